"""Readers follow the pointer of a folder of runs: a command of another kind must not lead them elsewhere."""

import json
from pathlib import Path

import pytest

from garant.exceptions import UsageError
from garant.projection.components import Extent
from garant.runs.pca.options import PcaOptions
from garant.runs.pca.run import pca
from garant.runs.score import ScoreOptions, score
from garant.runs.train_result import TrainResult
from garant.settings import Settings


@pytest.fixture
def out(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder whose current run was made by the command of the parameter."""
    attempt = tmp_path / "out" / "run_id=a" / "attempt=1"
    attempt.mkdir(parents=True)
    (attempt / "manifest.json").write_text(json.dumps({"verb": request.param}))
    (tmp_path / "out" / "current.json").write_text('{"run_id": "a", "attempt": 1}')
    return tmp_path / "out"


@pytest.mark.parametrize("out", ["pca"], indirect=True)
def test_scores_do_not_take_the_place_of_components(
    out: Path, lender: Path, short: TrainResult, settings: Settings
) -> None:
    before = sorted(out.rglob("*"))
    with pytest.raises(UsageError, match="is a run of `garant pca`"):
        score(lender, short.bundle.folder, out, options=ScoreOptions(), settings=settings)
    assert sorted(out.rglob("*")) == before


@pytest.mark.parametrize("out", ["score"], indirect=True)
def test_components_do_not_take_the_place_of_scores(out: Path, lender: Path, settings: Settings) -> None:
    before = sorted(out.rglob("*"))
    with pytest.raises(UsageError, match="is a run of `garant score`"):
        pca(lender, out, options=PcaOptions(extent=Extent(number=2)), settings=settings)
    assert sorted(out.rglob("*")) == before
