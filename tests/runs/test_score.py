"""Scoring: a run holds everybody who was accepted and nobody who is erased meanwhile, or it is not made."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import BundleFormatError, ReconciliationError, RunError
from garant.explanations import contributions
from garant.explanations.treeshap.explainer import Explainer
from garant.keys import read_or_new_secret
from garant.models.bundle.content import CHALLENGER_FILE
from garant.models.bundle.signature import Signer
from garant.models.bundle.writing import write_bundle
from garant.runs import matrix
from garant.runs.score import ScoreOptions, score
from garant.runs.score_part import score_part
from garant.runs.suppression import LIST, suppress
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.storage import LocalRuns
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


def test_who_was_set_aside_is_referred_in_the_file_beside_the_scores_too(
    changed: Callable[[Callable[[Path], None]], Path], short: TrainResult, settings: Settings, tmp_path: Path
) -> None:
    damaged: list[str] = []

    def damage(folder: Path) -> None:
        table = folder / "application_test.csv"
        rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
        rows[0]["AMT_CREDIT"] = "a lot"
        damaged.append(rows[0]["SK_ID_CURR"])
        with table.open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            out.writeheader()
            out.writerows(rows)

    options = ScoreOptions(explain="none", file_format="csv")
    found = score(changed(damage), short.bundle.folder, tmp_path / "runs", options=options, settings=settings)
    said = csv.DictReader((found.run.folder / "scores.csv").read_text(encoding="utf-8").splitlines())
    (row,) = [row for row in said if row["SK_ID_CURR"] == damaged[0]]
    assert (row["outcome"], row["reason_1_code"], row["pd"]) == ("refer", "QUARANTINED", "")
    # The rows of this person in the other tables have nobody whom they belong to.
    counts = found.run.manifest["rows"]
    assert (found.n_set_aside, counts["quarantined"]) == (1, 1)
    assert counts["orphans"] > 1


def test_small_parts_of_a_large_portfolio_are_explained_as_the_large_portfolio_that_they_are(
    lender: Path, short: TrainResult, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_compiled_code: list[int] = []
    whole = Explainer.contributions

    def noted(explainer: Explainer, rows: npt.NDArray[np.float32], *, threads: int = 1) -> npt.NDArray[np.float64]:
        by_compiled_code.append(len(rows))
        return whole(explainer, rows, threads=threads)

    monkeypatch.setattr(Explainer, "contributions", noted)
    monkeypatch.setattr(matrix, "PART_ROWS", 300)
    # As many as a few parts together have, and no part alone.
    monkeypatch.setattr(contributions, "WORTH_COMPILING", 1_000 * short.bundle.booster.num_trees())
    found = score(
        lender, short.bundle.folder, tmp_path / "runs", options=ScoreOptions(explain="refused"), settings=settings
    )
    assert len(by_compiled_code) == len(list((found.run.folder / "matrix").iterdir())) > 3
    assert max(by_compiled_code) < 1_000


def test_whoever_waits_is_told_how_many_of_all_applicants_are_scored(
    lender: Path, short: TrainResult, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(matrix, "PART_ROWS", 300)
    found = score(
        lender,
        short.bundle.folder,
        tmp_path / "runs",
        options=QUICK,
        settings=settings,
        progress=lambda step, done, total: told.append((done, total)) if step == "score" else None,
    )
    applicants = found.run.manifest["rows"]["applicants"]
    assert {total for _, total in told} == {applicants}
    assert len({done for done, _ in told}) == len(told) > 3
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (applicants, applicants)


def test_readers_are_led_to_the_run_that_was_asked_for_last_also_where_it_was_there_already(
    lender: Path, short: TrainResult, settings: Settings, tmp_path: Path
) -> None:
    runs = LocalRuns(tmp_path / "runs")
    made = [
        score(lender, short.bundle.folder, tmp_path / "runs", options=options, settings=settings)
        for options in (QUICK, ScoreOptions(explain="none", purpose="simulation"), QUICK)
    ]
    assert [result.repeated for result in made] == [False, False, True]
    assert made[0].run.run_id == made[2].run.run_id != made[1].run.run_id
    assert runs.current().run_id == made[0].run.run_id


def test_a_challenger_that_is_none_is_told_before_the_long_work(
    lender: Path, short: TrainResult, settings: Settings, tmp_path: Path
) -> None:
    assert short.bundle.content.challenger is not None
    files = {**short.bundle.files, CHALLENGER_FILE: b"{}"}
    write_bundle(tmp_path / "bundle", short.bundle.content, files, signer=Signer.of(settings))
    steps: set[str] = set()
    with pytest.raises(BundleFormatError, match=r"challenger\.json: "):
        score(
            lender,
            tmp_path / "bundle",
            tmp_path / "runs",
            options=QUICK,
            settings=settings,
            progress=lambda step, _done, _total: steps.add(step),
        )
    assert not steps & {"features", "score"}
    assert not list((tmp_path / "runs").glob("run_id=*/attempt=*"))
