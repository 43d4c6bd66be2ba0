"""A model that ends, hangs or confuses LightGBM does so in another process."""

import hashlib
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from garant.exceptions import BundleLoadError
from garant.models.bundle.load_check import check_loads
from garant.models.bundle.model_text import check_model_text
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.trust import Trust

DAMAGED: dict[str, tuple[str, str, str]] = {
    "a line renamed": ("num_cat=0", "num_kat=0", "was ended by SIGABRT.*damaged before it was signed"),
    "an objective of nobody": ("objective=binary", "objective=binory", "said: .*Unknown objective"),
    "more inputs than names": ("max_feature_idx=7", "max_feature_idx=9", "said: .*Wrong size of feature_names"),
}


def damage(text: str, case: str) -> bytes:
    """A text with the damage, as long as before, that the look at the text lets pass."""
    found, instead, _ = DAMAGED[case]
    damaged = text.replace(found, instead)
    assert damaged != text
    check_model_text(damaged, [*(f"number_{i}" for i in range(6)), "region", "empty"], where="model.txt")
    return damaged.encode()


@pytest.mark.parametrize("case", DAMAGED)
def test_a_signed_model_that_was_damaged_before_is_refused_and_this_process_lives(
    bundle: Bundle, edit: Callable[..., None], trust: Trust, case: str
) -> None:
    path = bundle.folder / "model.txt"
    path.write_bytes(damage(path.read_text(), case))
    edit(bundle.folder, lambda _: None)
    with pytest.raises(BundleLoadError, match=rf"model\.txt: LightGBM \d.*cannot use it.*{DAMAGED[case][2]}"):
        read_bundle(bundle.folder, trust)


def test_a_tree_that_goes_in_a_circle_is_stopped(bundle: Bundle, tmp_path: Path) -> None:
    text = bundle.files["model.txt"].decode()
    circle = text.replace("left_child=1 ", "left_child=0 ", 1).encode()
    assert circle != text.encode()
    with pytest.raises(BundleLoadError, match="was not done after 3 seconds and was stopped"):
        check_loads(circle, inputs=8, where=Path("model.txt"), memory=tmp_path / "memory", limit_seconds=3)
    assert not (tmp_path / "memory").exists()


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleLoadError, match=r"said: .*can't decode byte"):
        check_loads(b"\xff\xfe", inputs=8, where=Path("model.txt"), memory=tmp_path)


def test_a_model_of_another_number_of_inputs_is_refused(bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(BundleLoadError, match="said: loaded 8"):
        check_loads(bundle.files["model.txt"], inputs=9, where=Path("model.txt"), memory=tmp_path)


def test_a_model_is_tried_once_and_again_after_a_failure(bundle: Bundle, tmp_path: Path, monkeypatch: Any) -> None:  # noqa: ANN401
    runs: list[object] = []
    run = subprocess.run

    def counted(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as subprocess's
        runs.append(arguments)
        return run(*arguments, **named)

    monkeypatch.setattr(subprocess, "run", counted)
    text = bundle.files["model.txt"]
    for _ in range(2):
        check_loads(text, inputs=8, where=Path("model.txt"), memory=tmp_path / "memory")
    assert len(runs) == 1
    remembered = [json.loads(path.read_text()) for path in (tmp_path / "memory").iterdir()]
    assert [found["model"] for found in remembered] == [hashlib.sha256(text).hexdigest()]
    damaged = damage(text.decode(), "an objective of nobody")
    for _ in range(2):
        with pytest.raises(BundleLoadError):
            check_loads(damaged, inputs=8, where=Path("model.txt"), memory=tmp_path / "memory")
    assert len(runs) == 3


def test_a_cache_that_cannot_be_written_costs_time_and_nothing_else(
    bundle: Bundle, trust: Trust, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    found = read_bundle(bundle.folder, replace(trust, loaded=tmp_path / "file" / "loaded"))
    assert found.digest == bundle.digest


def test_a_file_of_the_working_folder_is_not_imported_instead_of_lightgbm(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lightgbm.py").write_text("raise SystemExit('planted')")
    monkeypatch.chdir(tmp_path)
    check_loads(bundle.files["model.txt"], inputs=8, where=Path("model.txt"), memory=tmp_path / "memory")
