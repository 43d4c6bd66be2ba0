"""Scoring: a run holds everybody who was accepted and nobody who is erased meanwhile, or it is not made."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import ReconciliationError, RunError
from garant.keys import read_or_new_secret
from garant.runs import matrix
from garant.runs.score import ScoreOptions, score
from garant.runs.score_part import score_part
from garant.runs.suppression import LIST, suppress
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.storage.local_upkeep import LocalUpkeep

pytestmark = pytest.mark.xdist_group("own")

QUICK = ScoreOptions(explain="none")


def test_a_part_that_is_lost_on_the_way_stops_the_run(
    lender: Path, short: TrainResult, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = DuckDBEngine.map_files

    def losing(engine: DuckDBEngine, files: Sequence[Path], function: Any, **more: Any) -> Any:  # noqa: ANN401
        return whole(engine, files[1:] if function is score_part else files, function, **more)

    monkeypatch.setattr(matrix, "PART_ROWS", 1_000)
    monkeypatch.setattr(DuckDBEngine, "map_files", losing)
    with pytest.raises(ReconciliationError, match=r"\d+ applicants were scored, \d+ were accepted"):
        score(lender, short.bundle.folder, tmp_path / "runs", options=QUICK, settings=settings)
    assert not list((tmp_path / "runs").glob("run_id=*"))


def test_who_is_erased_while_others_are_scored_keeps_the_run_from_being_committed(
    lender: Path, short: TrainResult, settings: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "runs"

    def erased(step: str, _done: int, _total: int) -> None:
        if step == "score":
            key, _ = read_or_new_secret(settings.suppression_key)
            suppress(LocalUpkeep(out), [100_002], key, settings)

    with pytest.raises(RunError, match="Clients were erased from the folder of runs meanwhile"):
        score(lender, short.bundle.folder, out, options=QUICK, settings=settings, progress=erased)
    assert [path.name for path in out.iterdir()] == [LIST]
