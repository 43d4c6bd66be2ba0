"""A registry: a folder that keeps bundles by digest, says which is the champion, and remembers every promotion.

``registry.json`` is replaced in one step; ``bundles/<digest>`` is never changed. Each entry of the history holds the
sha256 of the one before, so that none can be taken out or altered without the ones after it.
"""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Self

from pydantic import ValidationError, model_validator

from garant.exceptions import BundleFormatError, PromotionError
from garant.models.bundle.content_text import json_object
from garant.models.bundle.part import Part, Sha256
from garant.models.bundle.promotion.waiver import Waiver
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.trust import Trust
from garant.storage import sha256_json, write_json

REGISTRY_FILE = "registry.json"
FORMAT = 1

Role = Literal["champion", "challenger"]


class GateEntry(Part):
    """What a gate said when the bundle was promoted; `wrong` is null when it passed."""

    gate: str
    wrong: str | None


class Promotion(Part):
    """One entry of the history.

    Parameters
    ----------
    time : str
        UTC, ISO 8601.
    role : str
        What the bundle became.
    bundle : str
        Its digest.
    replaces : str or None
        The champion before, which became a challenger.
    key_id : str
        Key that had signed the bundle.
    development : bool
        Whether that was a development key.
    gates : tuple of GateEntry
        What each gate said.
    waiver : Waiver or None
        For gates that failed.
    previous : str or None
        sha256 of the entry before.
    """

    time: str
    role: Role
    bundle: Sha256
    replaces: Sha256 | None
    key_id: str
    development: bool
    gates: tuple[GateEntry, ...]
    waiver: Waiver | None
    previous: Sha256 | None

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the gates that failed."""
        return tuple(entry.gate for entry in self.gates if entry.wrong is not None)

    @property
    def digest(self) -> str:
        """sha256 of this entry."""
        return sha256_json(self.model_dump(mode="json"))


class Registry(Part):
    """What ``registry.json`` says; it is refused unless its history leads to it.

    Parameters
    ----------
    format : int
        Version of this file.
    champion : str or None
        Digest of the champion.
    challengers : tuple of str
        Digests of the challengers, latest first.
    history : tuple of Promotion
        Every promotion, oldest first.
    """

    format: Literal[1] = FORMAT
    champion: Sha256 | None = None
    challengers: tuple[Sha256, ...] = ()
    history: tuple[Promotion, ...] = ()

    def promoted(self, entry: Promotion) -> "Registry":
        """Return this registry with one promotion more."""
        champion, rest = self.champion, [name for name in self.challengers if name != entry.bundle]
        if entry.role == "champion":
            if champion is not None and champion != entry.bundle:
                rest.insert(0, champion)
            champion = entry.bundle
        else:
            champion = None if champion == entry.bundle else champion
            rest.insert(0, entry.bundle)
        return self.model_copy(
            update={"champion": champion, "challengers": tuple(rest), "history": (*self.history, entry)}
        )

    @model_validator(mode="after")
    def _history_leads_here(self) -> Self:
        replayed = Registry.model_construct()
        for number, entry in enumerate(self.history, start=1):
            last = replayed.history[-1].digest if replayed.history else None
            if entry.previous != last:
                raise ValueError(
                    f"history: entry {number} does not follow the one before; one was altered or taken out"
                )
            if entry.failed and (
                entry.waiver is None
                or entry.waiver.bundle != entry.bundle
                or not set(entry.failed) <= set(entry.waiver.gates)
                or not entry.waiver.is_signed()
            ):
                raise ValueError(f"history: entry {number} has failed gates and no signed waiver of them")
            replayed = replayed.promoted(entry)
        if (replayed.champion, replayed.challengers) != (self.champion, self.challengers):
            raise ValueError("champion and challengers are not those that the history leads to")
        return self


def read_registry(folder: Path) -> Registry:
    """Read and check the registry in `folder`; an empty one when there is none yet.

    Raises
    ------
    PromotionError
        When it cannot be read or contradicts itself.
    """
    path = folder / REGISTRY_FILE
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return Registry()
    except OSError as error:
        raise PromotionError(f"{path}: cannot be read ({error.strerror or error}).") from error
    remedy = "Take the registry from a backup."
    try:
        json_object(text, where=str(path))
        return Registry.model_validate_json(text)
    except BundleFormatError as error:
        raise PromotionError(str(error)) from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'registry'}: {e['msg']}" for e in error.errors()[:5])
        raise PromotionError(f"{path}: {wrong}. {remedy}") from error


def write_registry(folder: Path, registry: Registry) -> None:
    """Replace ``registry.json`` in one step."""
    write_json(folder / REGISTRY_FILE, registry.model_dump(mode="json"))


def bundle_folder(folder: Path, digest: str) -> Path:
    """Where the registry in `folder` keeps the bundle with the digest `digest`."""
    return folder / "bundles" / digest


def champion(folder: Path, trust: Trust) -> Bundle:
    """Champion of the registry in `folder`, read and checked.

    Raises
    ------
    PromotionError
        When there is none, or another bundle lies in its place.
    BundleError
        As `read_bundle`.
    """
    digest = read_registry(folder).champion
    if digest is None:
        raise PromotionError(
            f"{folder}: has no champion. Promote one with `garant bundle promote MODEL --registry {folder}`."
        )
    return kept_bundle(folder, digest, trust)


def kept_bundle(folder: Path, digest: str, trust: Trust) -> Bundle:
    """The bundle that the registry in `folder` keeps under `digest`, read and checked."""
    place = bundle_folder(folder, digest)
    bundle = read_bundle(place, trust)
    if bundle.digest != digest:
        raise PromotionError(f"{place}: holds the bundle {bundle.digest}. Take the registry from a backup.")
    return bundle


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Hold the registry: two promotions at once follow one another. A process that dies lets go."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise PromotionError(f"{folder}: cannot be written ({error.strerror or error}).") from error
