"""`garant bundle validate` on the command line: what it prints, writes and ends with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Garant = Callable[..., Any]
"""Runs `garant` and returns what it said."""

pytestmark = pytest.mark.xdist_group("journey")


def test_a_bundle_is_judged_on_data_and_writes_a_report_only_when_asked(
    garant: Garant, lender: Path, model: Path, tmp_path: Path
) -> None:
    before = sorted(path.name for path in lender.parent.iterdir())
    said = garant("bundle", "validate", model, lender, "--segment", "CODE_GENDER", "--output", "json", cwd=tmp_path)
    assert said.code in (0, 1), said.err
    assert "too good" in said.err
    found = said.json
    assert found["own_data"]
    assert sum(segment["rows"] for segment in found["segments"]) == found["rows"]
    assert {gate["gate"] for gate in found["gates"]} >= {"calibration_slope", "calibration_bands", "leak"}
    assert found["populations"]["labelled"]["change"] == "none"
    assert sorted(path.name for path in lender.parent.iterdir()) == before
    assert not list(tmp_path.iterdir())

    page = tmp_path / "page.html"
    asked = garant("bundle", "validate", model, lender, "--segment", "CODE_GENDER", "--report", page, "--lang", "fr")
    assert asked.code == said.code
    assert "Gates of promotion" not in asked.out
    assert "`garant bundle promote` does not read this: it judges what the bundle itself states" in asked.out
    assert "PSI of the score" in asked.out
    assert f"Segments of CODE_GENDER (every measure: section Segments of {page}):" in asked.out
    for segment in found["segments"]:
        who = f"  {segment['level']}: {segment['rows']} applicants, {segment['positives']} with payment difficulties"
        assert who in asked.out
    assert '<html lang="fr">' in page.read_text(encoding="utf-8")
