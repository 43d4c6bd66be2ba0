"""Readers follow the pointer of a folder of runs: a command of another kind must not lead them elsewhere."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from garant.exceptions import RunError, StorageError, UsageError
from garant.projection.components import Extent
from garant.runs.pca.options import PcaOptions
from garant.runs.pca.run import pca
from garant.runs.score import ScoreOptions, score
from garant.runs.train_result import TrainResult
from garant.settings import Settings, load_settings
from garant.storage import Runs, S3Location, staging

Command = Callable[[Path, Runs, Settings], object]
"""Scores or computes components of what lies in a folder, into runs."""


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
    with pytest.raises(UsageError, match=r"run_id=a/attempt=1: is a run of `garant pca`"):
        score(lender, short.bundle.folder, out, options=ScoreOptions(), settings=settings)
    assert sorted(out.rglob("*")) == before


@pytest.mark.parametrize("out", ["score"], indirect=True)
def test_components_do_not_take_the_place_of_scores(out: Path, lender: Path, settings: Settings) -> None:
    before = sorted(out.rglob("*"))
    with pytest.raises(UsageError, match=r"run_id=a/attempt=1: is a run of `garant score`"):
        pca(lender, out, options=PcaOptions(extent=Extent(number=2)), settings=settings)
    assert sorted(out.rglob("*")) == before


@pytest.mark.parametrize("out", ["score"], indirect=True)
def test_a_damaged_pointer_is_said_before_anything_is_made(
    out: Path, lender: Path, short: TrainResult, settings: Settings
) -> None:
    (out / "current.json").write_text('{"run_id": "a", "att')
    before = sorted(out.rglob("*"))
    with pytest.raises(RunError, match=r"current\.json"):
        score(lender, short.bundle.folder, out, options=ScoreOptions(), settings=settings)
    assert sorted(out.rglob("*")) == before


@pytest.mark.xdist_group("s3")
@pytest.mark.parametrize(
    "command",
    [
        lambda folder, out, settings: score(folder, folder, out, options=ScoreOptions(), settings=settings),
        lambda folder, out, settings: pca(folder, out, options=PcaOptions(extent=Extent(number=2)), settings=settings),
    ],
    ids=["score", "pca"],
)
def test_a_bucket_that_does_not_answer_is_said_before_anything_is_read(
    command: Command,
    s3: Any,  # noqa: ANN401, ARG001 - sets the environment
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whose run is there cannot be told: that is not a folder without one, into which anybody may write."""
    monkeypatch.setenv("GARANT_S3_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("GARANT_CACHE_FOLDER", str(tmp_path / "cache"))
    settings = load_settings()
    with (
        pytest.raises(StorageError, match=r"^s3://lender/runs/current\.json: no answer after 3 attempts"),
        staging(settings) as at,
    ):
        # A folder that is not there would be refused as data, or as a bundle, had it been looked at.
        command(tmp_path / "nothing", at.runs(S3Location("lender", "runs")), settings)
