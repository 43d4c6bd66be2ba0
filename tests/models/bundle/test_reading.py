"""Reading a bundle: nothing altered, cut, foreign or newer reaches LightGBM."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import pytest

from garant.exceptions import BundleDigestError, BundleError, BundleFormatError, InvariantError
from garant.keys import new_key
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.signature import Signer
from garant.models.bundle.trust import Trust
from garant.models.training import Trained
from garant.models.training_data import TrainingData

Edit = Callable[[Path, Callable[[dict[str, Any]], object]], None]


def test_what_was_written_is_read(bundle: Bundle, trained: Trained) -> None:
    assert bundle.columns == trained.columns
    assert bundle.files["model.txt"].decode() == trained.model_text
    assert bundle.content.cutoff == pytest.approx(1 / 11)
    assert bundle.content.refer_band.lower == bundle.content.refer_band.upper == bundle.content.cutoff


def test_margins_are_those_of_a_direct_prediction(bundle: Bundle, data: TrainingData, trained: Trained) -> None:
    direct = np.asarray(lgb.Booster(model_str=trained.model_text).predict(data.matrix, raw_score=True))
    assert np.array_equal(bundle.predict_margin(data.matrix, num_threads=1), direct)
    assert np.array_equal(bundle.predict_margin(data.matrix[:1]), bundle.predict_margin(data.matrix)[:1])


def test_no_rows_give_no_margins(bundle: Bundle, data: TrainingData) -> None:
    assert bundle.predict_margin(data.matrix[:0]).shape == (0,)


@pytest.mark.parametrize("shape", [(3, 7), (3, 9), (8,)])
def test_a_matrix_of_another_shape_is_refused(bundle: Bundle, shape: tuple[int, ...]) -> None:
    with pytest.raises(InvariantError, match="expected float32 with 8 columns"):
        bundle.predict_margin(np.zeros(shape, dtype=np.float32))


def test_a_matrix_of_doubles_is_refused(bundle: Bundle) -> None:
    with pytest.raises(InvariantError, match="float64"):
        bundle.predict_margin(np.zeros((2, 8)))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.5, 0.9, 0.999])
def test_a_truncated_model_is_refused_by_its_digest(bundle: Bundle, part: float, trust: Trust) -> None:
    path = bundle.folder / "model.txt"
    path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
    with pytest.raises(BundleDigestError, match=r"model\.txt: is not the file that bundle\.json describes"):
        read_bundle(bundle.folder, trust)


@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.5, 0.9])
def test_a_truncated_model_is_refused_even_with_a_digest_and_a_signature_of_its_own(
    bundle: Bundle, edit: Edit, part: float, trust: Trust
) -> None:
    path = bundle.folder / "model.txt"
    path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
    edit(bundle.folder, lambda _: None)
    with pytest.raises(BundleFormatError, match=r"model\.txt"):
        read_bundle(bundle.folder, trust)


def test_a_truncated_model_ends_the_process_of_who_does_not_check(bundle: Bundle, tmp_path: Path) -> None:
    """Why every byte is checked first: LightGBM raises nothing, it aborts."""
    text = bundle.files["model.txt"]
    (tmp_path / "cut.txt").write_bytes(text[: len(text) // 2])
    code = "import sys, lightgbm; lightgbm.Booster(model_file=sys.argv[1])"
    found = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "cut.txt")], capture_output=True, timeout=120, check=False
    )
    assert found.returncode < 0


@pytest.mark.parametrize("name", ["model.txt", "features.sql", "schema.json", "wording.json", "reference.parquet"])
def test_one_changed_byte_in_any_file_is_found(bundle: Bundle, name: str, trust: Trust) -> None:
    path = bundle.folder / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(BundleDigestError, match=f"{name}: is not the file"):
        read_bundle(bundle.folder, trust)


def test_one_changed_digit_of_a_leaf_is_found(bundle: Bundle, trust: Trust) -> None:
    path = bundle.folder / "model.txt"
    text = path.read_text()
    at = text.index("leaf_value=") + len("leaf_value=-0.")
    path.write_text(text[:at] + ("1" if text[at] != "1" else "2") + text[at + 1 :])
    with pytest.raises(BundleDigestError, match=r"model\.txt"):
        read_bundle(bundle.folder, trust)


def test_a_missing_file_is_named(bundle: Bundle, trust: Trust) -> None:
    (bundle.folder / "wording.json").unlink()
    with pytest.raises(BundleDigestError, match=r"wording\.json: is missing from the bundle"):
        read_bundle(bundle.folder, trust)


def test_a_file_that_is_not_listed_is_refused_where_it_is_required(bundle: Bundle, edit: Edit, trust: Trust) -> None:
    edit(bundle.folder, lambda content: content["files"].pop("wording.json"))
    with pytest.raises(BundleFormatError, match=r"lists no digest of wording\.json"):
        read_bundle(bundle.folder, trust)


def test_what_happens_to_the_folder_after_reading_reaches_no_score(
    bundle: Bundle, data: TrainingData, trust: Trust
) -> None:
    again = read_bundle(bundle.folder, trust)
    shutil.rmtree(bundle.folder)
    assert len(again.predict_margin(data.matrix[:5])) == 5


def test_an_unknown_required_section_is_refused(bundle: Bundle, edit: Edit, trust: Trust) -> None:
    def newer(content: dict[str, Any]) -> None:
        content["second_model"] = {"weight": 0.5}
        content["sections"]["required"].append("second_model")

    edit(bundle.folder, newer)
    with pytest.raises(BundleFormatError, match="needs 'second_model', which this garant does not know"):
        read_bundle(bundle.folder, trust)


def test_an_unknown_optional_section_is_passed_over(bundle: Bundle, edit: Edit, trust: Trust) -> None:
    def newer(content: dict[str, Any]) -> None:
        content["postcard"] = {"text": "hello"}
        content["sections"]["optional"].append("postcard")

    edit(bundle.folder, newer)
    assert read_bundle(bundle.folder, trust).content.seed == bundle.content.seed


def test_a_higher_minor_is_read_and_what_it_adds_is_passed_over(bundle: Bundle, edit: Edit, trust: Trust) -> None:
    def newer(content: dict[str, Any]) -> None:
        content["format"]["minor"] = 7
        content["postcard"] = {"text": "hello"}
        content["sections"]["optional"].append("postcard")

    edit(bundle.folder, newer)
    read = read_bundle(bundle.folder, trust)
    assert (read.content.format.minor, read.content.seed) == (7, bundle.content.seed)


def test_a_higher_minor_that_needs_an_unknown_section_is_refused(bundle: Bundle, edit: Edit, trust: Trust) -> None:
    def newer(content: dict[str, Any]) -> None:
        content["format"]["minor"] = 7
        content["second_model"] = {"weight": 0.5}
        content["sections"]["required"].append("second_model")

    edit(bundle.folder, newer)
    with pytest.raises(BundleFormatError, match="needs 'second_model'"):
        read_bundle(bundle.folder, trust)


def test_a_section_that_is_not_listed_is_refused(bundle: Bundle, edit: Edit, trust: Trust) -> None:
    edit(bundle.folder, lambda content: content.update(cut_off_override=0.5))
    with pytest.raises(BundleFormatError, match="section 'cut_off_override' is not listed"):
        read_bundle(bundle.folder, trust)


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ({"major": 2, "minor": 0}, r"has format 2\.0, this garant reads 1\.x\. Install the garant that wrote it"),
        ({"major": 0, "minor": 2}, r"has the draft format 0\.2.*Train again"),
        ({"major": 1, "minor": -1}, r"format 1\.-1"),
        ({"major": "0", "minor": 2}, "states no format"),
        ({}, "states no format"),
        (None, "states no format"),
    ],
)
def test_another_format_is_refused(bundle: Bundle, edit: Edit, version: object, message: str, trust: Trust) -> None:
    edit(bundle.folder, lambda content: content.update(format=version))
    with pytest.raises(BundleFormatError, match=message):
        read_bundle(bundle.folder, trust)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no JSON"),
        ("{", "is no JSON"),
        ("null", "holds NoneType"),
        ("[1]", "holds list"),
        ('{"name": "some package", "version": "1.0.0"}', "states no format"),
        ('{"format": 1, "format": 2}', "a key comes twice"),
        ('{"format": NaN}', "NaN is no JSON number"),
        ("[" * 100_000, "is no JSON"),
        ("\ufeff{}", "is no JSON"),
    ],
)
def test_foreign_json_is_refused(bundle: Bundle, text: str, message: str, signer: Signer, trust: Trust) -> None:
    (bundle.folder / "bundle.json").write_text(text, encoding="utf-8")
    (bundle.folder / "bundle.sig").write_bytes(signer.sign(text.encode()))
    with pytest.raises(BundleFormatError, match=message):
        read_bundle(bundle.folder, trust)


def test_bytes_that_are_no_text_are_refused(bundle: Bundle, signer: Signer, trust: Trust) -> None:
    (bundle.folder / "bundle.json").write_bytes(b"\xff\xfe\x00")
    (bundle.folder / "bundle.sig").write_bytes(signer.sign(b"\xff\xfe\x00"))
    with pytest.raises(BundleFormatError, match="is no JSON"):
        read_bundle(bundle.folder, trust)


CONTRADICTIONS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "cut-off of other costs": (lambda c: c.update(cutoff=0.5), "is not the one of costs 1:10"),
    "cut-off outside the band": (
        lambda c: c.update(refer_band={"lower": 0.2, "upper": 0.3}),
        "the cut-off .* lies outside",
    ),
    "band out of order": (lambda c: c.update(refer_band={"lower": 0.3, "upper": 0.2}), "two PDs in order"),
    "free refusals": (lambda c: c.update(costs={"c_fp": 0, "c_fn": 10}), "two positive numbers"),
    "seed as text": (lambda c: c.update(seed="5"), "seed: Input should be a valid integer"),
    "seed as truth": (lambda c: c.update(seed=True), "seed: Input should be a valid integer"),
    "falling calibrator": (lambda c: c["calibrator"].update(slope=-1.0), "a finite line that rises"),
    "calibrator with a third number": (lambda c: c["calibrator"].update(offset=1.0), "calibrator.offset"),
    "levels of a number": (
        lambda c: c["features"][0].update(levels=["a"]),
        "a category has levels and a number has none",
    ),
    "feature twice": (lambda c: c["features"].append(c["features"][0]), "a name comes twice"),
    "features in another order": (lambda c: c["features"].reverse(), "its inputs are not the features"),
    "feature missing": (lambda c: c["features"].pop(), "its inputs are not the features"),
    "fingerprint of another kind": (lambda c: c.update(feature_fingerprint="x"), "feature_fingerprint"),
    "out of time without a month": (
        lambda c: c.update(split={"kind": "out_of_time"}),
        "an out-of-time split has a start",
    ),
    "file above the folder": (lambda c: c["files"].update({"../model.txt": "0" * 64}), "no path inside the bundle"),
    "file elsewhere": (lambda c: c["files"].update({"/etc/hostname": "0" * 64}), "no path inside the bundle"),
    "no label": (lambda c: c.pop("label"), "label: Field required"),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_content_that_contradicts_itself_is_refused(bundle: Bundle, edit: Edit, case: str, trust: Trust) -> None:
    change, message = CONTRADICTIONS[case]
    edit(bundle.folder, change)
    with pytest.raises(BundleFormatError, match=message):
        read_bundle(bundle.folder, trust)


def test_a_folder_without_a_bundle_says_how_to_make_one(tmp_path: Path, trust: Trust) -> None:
    with pytest.raises(BundleError, match="garant train DATA --bundle"):
        read_bundle(tmp_path, trust)
    with pytest.raises(BundleError, match="is no bundle"):
        read_bundle(tmp_path / "nowhere", trust)


def test_a_folder_that_holds_other_things_is_no_place_to_train_into(tmp_path: Path, trust: Trust) -> None:
    (tmp_path / "application.csv").touch()
    with pytest.raises(BundleError, match="is no bundle") as caught:
        read_bundle(tmp_path, trust)
    assert "train DATA" not in str(caught.value)


def test_the_digest_is_that_of_bundle_json(bundle: Bundle) -> None:
    import hashlib

    assert bundle.digest == hashlib.sha256((bundle.folder / "bundle.json").read_bytes()).hexdigest()
    assert json.loads((bundle.folder / "bundle.json").read_text())["seed"] == 5


# ---------------------------------------------------------------- the order of the checks


@pytest.fixture
def seen_by_lightgbm(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every model that is handed to LightGBM, in this process or in another."""
    seen: list[str] = []
    booster, run = lgb.Booster, subprocess.run

    def watched_booster(*arguments: Any, **named: Any) -> lgb.Booster:  # noqa: ANN401 - as LightGBM's
        seen.append("booster")
        return booster(*arguments, **named)

    def watched_run(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as subprocess's
        seen.append("process")
        return run(*arguments, **named)

    monkeypatch.setattr(lgb, "Booster", watched_booster)
    monkeypatch.setattr(subprocess, "run", watched_run)
    return seen


def test_a_sound_bundle_goes_to_another_process_first_and_only_once(
    bundle: Bundle, trust: Trust, data: TrainingData, tmp_path: Path, seen_by_lightgbm: list[str]
) -> None:
    fresh = replace(trust, loaded=tmp_path / "loaded")
    found = read_bundle(bundle.folder, fresh)
    assert seen_by_lightgbm == ["process"]
    found.predict_margin(data.matrix[:1])
    assert seen_by_lightgbm == ["process", "booster"]
    read_bundle(bundle.folder, fresh)
    assert seen_by_lightgbm == ["process", "booster"]


def test_checks_come_in_order_and_lightgbm_sees_nothing_before_the_last(
    bundle: Bundle, signer: Signer, trust: Trust, tmp_path: Path, seen_by_lightgbm: list[str]
) -> None:
    """A bundle with every fault at once: each that is mended uncovers the next."""
    fresh = replace(trust, loaded=tmp_path / "loaded")
    folder, content = bundle.folder, json.loads((bundle.folder / "bundle.json").read_text())
    model = (folder / "model.txt").read_text()

    def refusal(changes: dict[str, Any], text: str, by: Signer | None) -> str:
        (folder / "model.txt").write_text(text)
        described = json.dumps(content | changes).encode()
        (folder / "bundle.json").write_bytes(described)
        if by is not None:
            (folder / "bundle.sig").write_bytes(by.sign(described))
        with pytest.raises(BundleError) as caught:
            read_bundle(folder, fresh)
        return f"{type(caught.value).__name__} {getattr(caught.value, 'rule', '')}".strip()

    stranger = Signer(new_key(tmp_path / "stranger.key"), development=False)
    newer, cut = {"format": {"major": 9, "minor": 0}}, model[: len(model) // 2]
    damaged = model.replace("num_cat=0", "num_kat=0")
    cut_digest = content["files"] | {"model.txt": hashlib.sha256(cut.encode()).hexdigest()}
    damaged_digest = content["files"] | {"model.txt": hashlib.sha256(damaged.encode()).hexdigest()}
    assert refusal(newer, cut, None) == "BundleSignatureError altered"
    assert refusal(newer, cut, stranger) == "BundleSignatureError unknown_key"
    assert refusal(newer, cut, signer) == "BundleFormatError"
    assert refusal({}, cut, signer) == "BundleDigestError"
    assert refusal({"files": cut_digest}, cut, signer) == "BundleFormatError"
    assert seen_by_lightgbm == []
    assert refusal({"files": damaged_digest}, damaged, signer) == "BundleLoadError"
    assert seen_by_lightgbm == ["process"]


@pytest.mark.parametrize("name", ["bundle.json", "bundle.sig", "model.txt", "features.sql", "reference.parquet"])
def test_a_file_cut_anywhere_is_refused(bundle: Bundle, trust: Trust, name: str, seen_by_lightgbm: list[str]) -> None:
    whole = (bundle.folder / name).read_bytes()
    # The last byte of bundle.sig is a line end, which says nothing.
    for part in range(25):
        (bundle.folder / name).write_bytes(whole[: len(whole.rstrip()) * part // 25])
        with pytest.raises(BundleError):
            read_bundle(bundle.folder, trust)
    assert seen_by_lightgbm == []


@pytest.mark.parametrize("name", ["bundle.json", "bundle.sig", "model.txt", "features.sql", "reference.parquet"])
def test_a_flipped_bit_anywhere_is_refused(
    bundle: Bundle, trust: Trust, name: str, seen_by_lightgbm: list[str]
) -> None:
    whole = (bundle.folder / name).read_bytes()
    rng = np.random.default_rng(3)
    for position in {0, len(whole) - 1, *rng.integers(0, len(whole), 40).tolist()}:
        changed = bytearray(whole)
        changed[position] ^= 1 << int(rng.integers(8))
        (bundle.folder / name).write_bytes(changed)
        with pytest.raises(BundleError):
            read_bundle(bundle.folder, trust)
    assert seen_by_lightgbm == []
