"""`garant report deck`."""

import json
from pathlib import Path

import pytest

from decision_service import ServedLender
from garant.cli.app import run

pytestmark = pytest.mark.xdist_group("deck")


def test_the_deck_is_written_and_its_gaps_are_listed(
    served_lender: ServedLender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for name, value in served_lender.variables.items():
        monkeypatch.setenv(name, value)
    out = tmp_path / "talk.pptx"
    (tmp_path / "results").mkdir()
    command = ["report", "deck", "--bundle", str(served_lender.bundles[0]), "--lang", "fr", "--out", str(out)]
    assert run([*command, "--results", str(tmp_path / "results"), "--output", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert out.stat().st_size > 50_000
    assert len(told["slides"]) == 20
    gaps = {slide["slide"]: slide["not measured"] for slide in told["slides"]}
    assert gaps[3] > 0
    assert gaps[6] == 0
