"""Promotion: champion, challengers and a history that cannot be altered unnoticed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from garant.exceptions import BundleDigestError, BundleError, PromotionError
from garant.keys import new_key
from garant.metrics.intervals import Interval
from garant.models.bundle.content import BundleContent, MetricEntry
from garant.models.bundle.promotion.promote import PromotionRequest, promote
from garant.models.bundle.promotion.registry import Registry, bundle_folder, champion, read_registry
from garant.models.bundle.signature import Signer
from garant.models.bundle.trust import Trust
from garant.models.bundle.writing import write_bundle
from garant.settings import Settings

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WHY = "The slope of this small sample is off; used for ten weeks beside the old model, risk committee of 1 March."

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path, content: BundleContent, files: Mapping[str, bytes], signer: Signer) -> Make:
    """Write a bundle of a seed, with a slope."""

    def made(seed: int, slope: float = 1.0, by: Signer = signer) -> Path:
        entry = MetricEntry(value=slope, low=slope - 0.02, high=slope + 0.02)
        metrics = content.metrics.model_copy(update={"out_of_fold": content.metrics.out_of_fold | {"slope": entry}})
        folder = tmp_path / f"model-{seed}"
        write_bundle(folder, content.model_copy(update={"seed": seed, "metrics": metrics}), files, signer=by)
        return folder

    return made


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """Where the registry will be."""
    return tmp_path / "registry"


@pytest.fixture
def waiver(tmp_path: Path) -> Path:
    """A text that says why."""
    (tmp_path / "waiver.txt").write_text(WHY)
    return tmp_path / "waiver.txt"


def promoted(registry: Path, request: PromotionRequest, trust: Trust) -> Registry:
    """Promote at noon."""
    return promote(registry, request, trust=trust, now=NOW)[0]


def require_signature(registry: Path, gate: str, signed: PromotionRequest, trust: Trust) -> None:
    """Nothing was kept of the refused bundle; the signed waiver promotes it, and names the gate."""
    assert not registry.exists()
    waiver = promoted(registry, signed, trust).history[0].waiver
    assert waiver is not None
    assert waiver.gates == (gate,)


def test_a_champion_gives_way_and_becomes_a_challenger(registry: Path, make: Make, trust: Trust) -> None:
    first = promoted(registry, PromotionRequest(bundle=make(1)), trust)
    promoted(registry, PromotionRequest(bundle=make(2), role="challenger"), trust)
    promoted(registry, PromotionRequest(bundle=make(3)), trust)
    found = read_registry(registry)
    one, two, three = (entry.bundle for entry in found.history)
    assert first.champion == one
    assert found.champion == three
    assert found.challengers == (one, two)
    assert [entry.replaces for entry in found.history] == [None, None, one]
    assert champion(registry, trust).content.seed == 3
    back = promoted(registry, PromotionRequest(bundle=bundle_folder(registry, one)), trust)
    assert (back.champion, back.challengers) == (one, (three, two))


def test_the_registry_keeps_its_own_copy(registry: Path, make: Make, trust: Trust) -> None:
    folder = make(1)
    promoted(registry, PromotionRequest(bundle=folder), trust)
    (folder / "model.txt").write_text("")
    assert champion(registry, trust).content.seed == 1


def test_an_empty_folder_where_the_copy_belongs_does_not_stop_a_promotion(
    registry: Path, make: Make, trust: Trust, tmp_path: Path
) -> None:
    folder = make(1)
    digest = promoted(tmp_path / "other", PromotionRequest(bundle=folder), trust).champion
    assert digest is not None
    bundle_folder(registry, digest).mkdir(parents=True)
    promoted(registry, PromotionRequest(bundle=folder), trust)
    assert champion(registry, trust).content.seed == 1


def test_the_history_says_when_who_signed_and_what_the_gates_said(
    registry: Path, make: Make, trust: Trust, signer: Signer
) -> None:
    paris = NOW.astimezone(timezone(timedelta(hours=1)))
    after, _ = promote(registry, PromotionRequest(bundle=make(1)), trust=trust, now=paris)
    entry = json.loads((registry / "registry.json").read_text())["history"][0]
    assert entry["time"] == "2026-03-01T12:00:00+00:00"
    assert entry["key_id"] == signer.key.public.id
    assert entry["development"] is False
    assert {gate["gate"]: gate["wrong"] for gate in entry["gates"]} == {
        "calibration_slope": None,
        "calibration_bands": None,
        "leak": None,
        "fairness": None,
        "profile": None,
    }
    assert entry["waiver"] is None
    assert after.history[0].bundle == after.champion


def test_a_bundle_that_fails_a_gate_is_not_promoted(registry: Path, make: Make, trust: Trust) -> None:
    with pytest.raises(PromotionError, match=r"(?s)fails 1 of its gates:.*calibration_slope: .*0\.500.*--waiver TEXT"):
        promoted(registry, PromotionRequest(bundle=make(1, slope=0.5)), trust)
    assert not registry.exists()


def test_a_text_without_a_key_and_a_key_without_a_text_waive_nothing(
    registry: Path, make: Make, trust: Trust, signer: Signer, waiver: Path
) -> None:
    folder = make(1, slope=0.5)
    for request in (PromotionRequest(bundle=folder, waiver=waiver), PromotionRequest(bundle=folder, signer=signer)):
        with pytest.raises(PromotionError, match="--waiver TEXT --key FILE"):
            promoted(registry, request, trust)
    assert not registry.exists()


def test_a_signed_waiver_promotes_it_and_stays_in_the_history(
    registry: Path, make: Make, trust: Trust, signer: Signer, waiver: Path
) -> None:
    after = promoted(registry, PromotionRequest(bundle=make(1, slope=0.5), waiver=waiver, signer=signer), trust)
    said = after.history[0].waiver
    assert said is not None
    assert (said.text, said.gates, said.bundle) == (WHY, ("calibration_slope",), after.champion)
    assert said.public_key == signer.key.public.text
    assert said.is_signed()
    for change in ({"text": WHY + " Or more."}, {"bundle": "0" * 64}, {"gates": ("calibration_slope", "leak")}):
        assert not said.model_copy(update=change).is_signed()


def test_a_waiver_is_not_kept_where_nothing_failed(
    registry: Path, make: Make, trust: Trust, signer: Signer, waiver: Path
) -> None:
    after = promoted(registry, PromotionRequest(bundle=make(1), waiver=waiver, signer=signer), trust)
    assert after.history[0].waiver is None


def test_a_group_that_is_treated_apart_stops_a_promotion_until_somebody_signs(
    registry: Path, content: BundleContent, files: Mapping[str, bytes], trust: Trust, signer: Signer, waiver: Path
) -> None:
    section = content.fairness
    assert section is not None
    women, men = section.attributes["sex"]
    women = women.model_copy(update={"approval_ratio": Interval(0.7, 0.65, 0.75), "verdict": "needs_waiver"})
    section = section.model_copy(update={"attributes": {"sex": (women, men)}})
    folder = waiver.parent / "apart"
    write_bundle(folder, content.model_copy(update={"fairness": section}), files, signer=signer)
    with pytest.raises(PromotionError, match=r"fails 1 of its gates:\n  fairness: sex F: approval ratio 0\.700"):
        promoted(registry, PromotionRequest(bundle=folder), trust)
    require_signature(registry, "fairness", PromotionRequest(bundle=folder, waiver=waiver, signer=signer), trust)


def test_a_model_that_reads_protected_attributes_is_promoted_by_signature_alone(
    registry: Path, content: BundleContent, files: Mapping[str, bytes], trust: Trust, signer: Signer, waiver: Path
) -> None:
    folder = waiver.parent / "compared"
    write_bundle(folder, content.model_copy(update={"profile": "kaggle"}), files, signer=signer)
    with pytest.raises(PromotionError, match=r"fails 1 of its gates:\n  profile: .*train with --profile eu"):
        promoted(registry, PromotionRequest(bundle=folder), trust)
    require_signature(registry, "profile", PromotionRequest(bundle=folder, waiver=waiver, signer=signer), trust)


def test_a_waiver_needs_a_trusted_key_and_reasons(
    registry: Path, make: Make, trust: Trust, signer: Signer, waiver: Path, tmp_path: Path
) -> None:
    folder = make(1, slope=0.5)
    stranger = Signer(new_key(tmp_path / "stranger.key"), development=False)
    development = Signer(new_key(tmp_path / "development.key"), development=True)
    own = replace(trust, own=development.key.public)
    for by, message in ((stranger, "is not listed"), (development, "is a development key")):
        with pytest.raises(PromotionError, match=message):
            promoted(registry, PromotionRequest(bundle=folder, waiver=waiver, signer=by), own)
    waiver.write_text("because")
    with pytest.raises(PromotionError, match="has 7 characters, expected at least 40"):
        promoted(registry, PromotionRequest(bundle=folder, waiver=waiver, signer=signer), trust)
    with pytest.raises(PromotionError, match=r"nowhere: no such file\. Write there why"):
        promoted(registry, PromotionRequest(bundle=folder, waiver=tmp_path / "nowhere", signer=signer), trust)
    assert not registry.exists()


def test_a_bundle_that_is_not_trusted_or_damaged_is_not_promoted(
    registry: Path, make: Make, trust: Trust, settings: Settings
) -> None:
    with pytest.raises(BundleError, match="development key"):
        promoted(registry, PromotionRequest(bundle=make(1, by=Signer.of(settings))), trust)
    folder = make(2)
    (folder / "features.sql").write_text("SELECT 2")
    with pytest.raises(BundleDigestError):
        promoted(registry, PromotionRequest(bundle=folder), trust)
    assert not registry.exists()


def test_the_same_promotion_again_is_refused(registry: Path, make: Make, trust: Trust) -> None:
    folder = make(1)
    promoted(registry, PromotionRequest(bundle=folder), trust)
    with pytest.raises(PromotionError, match=r"is champion in .* already"):
        promoted(registry, PromotionRequest(bundle=folder), trust)
    assert len(read_registry(registry).history) == 1


def test_a_bundle_that_was_signed_anew_brings_its_new_signature(
    registry: Path, make: Make, trust: Trust, signer: Signer, settings: Settings
) -> None:
    own = Signer.of(settings)
    both = replace(trust, own=own.key.public)
    folder = make(1, by=own)
    promoted(registry, PromotionRequest(bundle=folder, role="challenger"), both)
    (folder / "bundle.sig").write_bytes(signer.sign((folder / "bundle.json").read_bytes()))
    after = promoted(registry, PromotionRequest(bundle=folder), trust)
    assert [entry.development for entry in after.history] == [True, False]
    assert champion(registry, trust).signature == signer.signature


EDITS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "other champion": (lambda r: r.update(champion=r["challengers"][0]), "not those that the history leads to"),
    "challenger gone": (lambda r: r.update(challengers=[]), "not those that the history leads to"),
    "first entry gone": (lambda r: r["history"].pop(0), "entry 1 does not follow"),
    "entry in the middle gone": (lambda r: r["history"].pop(1), "entry 2 does not follow"),
    "other time": (lambda r: r["history"][0].update(time="2026-03-02T12:00:00+00:00"), "entry 2 does not follow"),
    "waiver gone": (lambda r: r["history"][-1].update(waiver=None), "entry 3 has failed gates and no signed waiver"),
    "waiver says more": (
        lambda r: r["history"][-1]["waiver"].update(text="All is well with this model, we looked at it closely."),
        "entry 3 has failed gates and no signed waiver",
    ),
    "newer format": (lambda r: r.update(format=2), "format"),
    "unknown key": (lambda r: r.update(owner="me"), "owner"),
}


@pytest.mark.parametrize("case", EDITS)
def test_an_altered_registry_is_refused(
    registry: Path, make: Make, trust: Trust, signer: Signer, waiver: Path, case: str
) -> None:
    promoted(registry, PromotionRequest(bundle=make(1)), trust)
    promoted(registry, PromotionRequest(bundle=make(2)), trust)
    promoted(registry, PromotionRequest(bundle=make(3, slope=0.5), waiver=waiver, signer=signer), trust)
    how, message = EDITS[case]
    found = json.loads((registry / "registry.json").read_text())
    how(found)
    (registry / "registry.json").write_text(json.dumps(found))
    with pytest.raises(PromotionError, match=message):
        champion(registry, trust)
    with pytest.raises(PromotionError, match=message):
        promoted(registry, PromotionRequest(bundle=make(4)), trust)


def test_a_registry_without_a_champion_says_how_to_get_one(registry: Path, make: Make, trust: Trust) -> None:
    with pytest.raises(PromotionError, match=r"has no champion.*garant bundle promote MODEL --registry"):
        champion(registry, trust)
    promoted(registry, PromotionRequest(bundle=make(1), role="challenger"), trust)
    with pytest.raises(PromotionError, match="has no champion"):
        champion(registry, trust)


def test_a_bundle_under_the_digest_of_another_is_refused(registry: Path, make: Make, trust: Trust) -> None:
    after = promoted(registry, PromotionRequest(bundle=make(1)), trust)
    other = promoted(registry, PromotionRequest(bundle=make(2), role="challenger"), trust).challengers[0]
    assert after.champion is not None
    bundle_folder(registry, after.champion).rename(registry / "aside")
    bundle_folder(registry, other).rename(bundle_folder(registry, after.champion))
    with pytest.raises(PromotionError, match=f"holds the bundle {other}"):
        champion(registry, trust)


CODE = (
    "import pathlib, sys\n"
    "from datetime import UTC, datetime\n"
    "from garant.models.bundle import Trust\n"
    "from garant.models.bundle.promotion.promote import PromotionRequest, promote\n"
    "from garant.settings import load_settings\n"
    "request = PromotionRequest(bundle=pathlib.Path(sys.argv[2]))\n"
    "promote(pathlib.Path(sys.argv[1]), request, trust=Trust.of(load_settings()), now=datetime.now(UTC))\n"
)


def environment(trust: Trust) -> dict[str, str]:
    """Environment of a process that trusts the same keys."""
    return {
        **os.environ,
        "GARANT_CACHE_FOLDER": str(trust.loaded.parent),
        "GARANT_DEVELOPMENT_KEY": str(trust.loaded.parent / "none.key"),
        "GARANT_TRUSTED_KEYS": ",".join(key.text for key in trust.keys),
    }


@pytest.mark.parametrize("point", ["storage.rename_folder", "storage.rename"])
def test_a_promotion_that_is_killed_changed_nothing_and_can_be_repeated(
    registry: Path, make: Make, trust: Trust, point: str
) -> None:
    before = promoted(registry, PromotionRequest(bundle=make(1)), trust)
    folder = make(2)
    killed = subprocess.run(
        [sys.executable, "-c", CODE, str(registry), str(folder)],
        env=environment(trust) | {"GARANT_FAILPOINT": point},
        timeout=120,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert read_registry(registry) == before
    after = promoted(registry, PromotionRequest(bundle=folder), trust)
    assert len(after.history) == 2


def test_promotions_at_once_follow_one_another(registry: Path, make: Make, trust: Trust) -> None:
    folders = [make(seed) for seed in range(3)]
    champion_of = [
        subprocess.Popen([sys.executable, "-c", CODE, str(registry), str(folder)], env=environment(trust))
        for folder in folders
    ]
    assert [process.wait(timeout=300) for process in champion_of] == [0, 0, 0]
    found = read_registry(registry)
    assert len(found.history) == 3
    assert len(found.challengers) == 2
