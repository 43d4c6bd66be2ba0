"""Promoting a bundle: it passes its gates or somebody signs why not, then the registry changes in one step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from garant.exceptions import PromotionError
from garant.models.bundle.promotion.gates import Verdict, verdicts
from garant.models.bundle.promotion.registry import (
    GateEntry,
    Promotion,
    Registry,
    Role,
    bundle_folder,
    kept_bundle,
    locked,
    read_registry,
    write_registry,
)
from garant.models.bundle.promotion.waiver import Waiver, sign_waiver
from garant.models.bundle.reading import Bundle, bundle_json, read_bundle
from garant.models.bundle.signature import SIGNATURE_FILE, Signer
from garant.models.bundle.trust import Trust
from garant.models.bundle.writing import BUNDLE_FILE
from garant.storage import atomic_folder, atomic_path


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionRequest:
    """What shall be promoted, and by what right.

    Parameters
    ----------
    bundle : Path
        Folder of the bundle.
    role : str
        What it shall become.
    waiver : Path or None
        Text file that says why failed gates are waived.
    signer : Signer or None
        Who signs the waiver.
    """

    bundle: Path
    role: Role = "champion"
    waiver: Path | None = None
    signer: Signer | None = None


def promote(registry: Path, request: PromotionRequest, *, trust: Trust, now: datetime) -> tuple[Registry, Bundle]:
    """Promote a bundle in the folder `registry`, which is made at first need.

    Returns
    -------
    Registry
        After the promotion.
    Bundle
        The copy that the registry keeps, read and checked.

    Raises
    ------
    BundleError
        When the bundle cannot be trusted.
    PromotionError
        When a gate fails and no waiver is signed, the bundle has this role already, or the registry contradicts itself.
    """
    bundle = read_bundle(request.bundle, trust)
    found = verdicts(bundle.content)
    waiver = _waiver(bundle, [verdict for verdict in found if not verdict.passed], request, trust=trust)
    with locked(registry):
        before = read_registry(registry)
        holders = (before.champion,) if request.role == "champion" else before.challengers
        if bundle.digest in holders:
            raise PromotionError(f"{request.bundle}: is {request.role} in {registry} already. Nothing was changed.")
        kept = _keep(registry, bundle, trust)
        entry = Promotion(
            time=now.astimezone(UTC).isoformat(timespec="seconds"),
            role=request.role,
            bundle=bundle.digest,
            replaces=before.champion if request.role == "champion" else None,
            key_id=kept.signature.key.id,
            development=kept.signature.development,
            gates=tuple(GateEntry(gate=verdict.gate, wrong=verdict.wrong) for verdict in found),
            waiver=waiver,
            previous=before.history[-1].digest if before.history else None,
        )
        # Read back from its text: model_copy validates nothing.
        after = Registry.model_validate_json(before.promoted(entry).model_dump_json())
        write_registry(registry, after)
    return after, kept


def _waiver(bundle: Bundle, failed: Sequence[Verdict], request: PromotionRequest, *, trust: Trust) -> Waiver | None:
    if not failed:
        return None
    if request.waiver is None or request.signer is None:
        wrong = "\n".join(f"  {verdict.gate}: {verdict.wrong}" for verdict in failed)
        raise PromotionError(
            f"{bundle.folder}: is not promoted, since it fails {len(failed)} of its gates:\n{wrong}\n"
            "Train a better one, or write why it is used nevertheless: --waiver TEXT --key FILE."
        )
    gates = [verdict.gate for verdict in failed]
    return sign_waiver(request.waiver, bundle=bundle.digest, gates=gates, signer=request.signer, trust=trust)


def _keep(registry: Path, bundle: Bundle, trust: Trust) -> Bundle:
    """Copy `bundle` into the registry, from the bytes that were checked; only its signature may be replaced there."""
    place = bundle_folder(registry, bundle.digest)
    signature = (bundle.folder / SIGNATURE_FILE).read_bytes()
    if place.is_dir() and any(place.iterdir()):
        with atomic_path(place / SIGNATURE_FILE) as temporary:
            temporary.write_bytes(signature)
    else:
        text = bundle_json(bundle.folder)
        with atomic_folder(place) as temporary:
            for name, data in bundle.files.items():
                path = temporary / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            (temporary / BUNDLE_FILE).write_bytes(text)
            (temporary / SIGNATURE_FILE).write_bytes(signature)
    return kept_bundle(registry, bundle.digest, trust)
