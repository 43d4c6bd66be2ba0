"""`score --since`: only clients whose facts changed are scored, and the run is that of scoring everybody."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.exceptions import RunError, StorageError, UsageError
from garant.runs.erase import erase
from garant.runs.score import ScoreOptions, ScoreResult, score
from garant.runs.score_files import read_scores
from garant.runs.score_rows import Scorer
from garant.runs.since import EarlierPart, EarlierRun, equal_bits, find_earlier, where_earlier
from garant.runs.train_result import TrainResult
from garant.settings import Settings, load_settings
from garant.storage import Run, S3Location, manifest_digest, staging
from garant.storage.local_upkeep import LocalUpkeep
from garant.storage.reach import Mount, Reach

pytestmark = pytest.mark.xdist_group("own")

Lines = list[list[str]]

RICHER, PAID_LESS, VANISHED = 20, 40, 80
"""Rows of the application table whose client something happens to."""

NEW = 999_999
"""Id of a newcomer."""


def change_lines(path: Path, change: Callable[[list[str], Lines], Lines]) -> None:
    """Write a table anew; cells are cut at commas, which no cell that is looked at here holds."""
    header, *rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    lines = [header, *change(header, rows)]
    path.write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf-8")


@pytest.fixture(scope="module")
def small_parts() -> Iterator[pytest.MonkeyPatch]:
    """Matrices of several parts, although there are few clients."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("garant.runs.matrix.PART_ROWS", 700)
        yield patch


@pytest.fixture(scope="module")
def day_two(lender: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[int]]:
    """The lender a day later, and who is to be scored: every kind of change, and rows in another order."""
    folder = tmp_path_factory.mktemp("day") / "lender"
    shutil.copytree(lender, folder)
    clients: dict[int, str] = {}
    fewer_credits: list[str] = []

    def applications(header: list[str], rows: Lines) -> Lines:
        place_of_id = header.index("SK_ID_CURR")
        clients.update({place: rows[place][place_of_id] for place in (RICHER, PAID_LESS, VANISHED)})
        rows[RICHER][header.index("AMT_INCOME_TOTAL")] = "99000.0"
        newcomer = [*rows[5]]
        newcomer[place_of_id] = str(NEW)
        return [newcomer, *(row for place, row in reversed(list(enumerate(rows))) if place != VANISHED)]

    def paid(header: list[str], rows: Lines) -> Lines:
        row = next(row for row in rows if row[header.index("SK_ID_CURR")] == clients[PAID_LESS])
        row[header.index("AMT_PAYMENT")] = "1.0"
        return rows

    def without_a_credit(header: list[str], rows: Lines) -> Lines:
        dropped = next(row for row in rows if row[header.index("SK_ID_CURR")] not in clients.values())
        fewer_credits.append(dropped[header.index("SK_ID_CURR")])
        return [row for row in rows if row is not dropped]

    change_lines(folder / "application_train.csv", applications)
    change_lines(folder / "installments_payments.csv", paid)
    change_lines(folder / "bureau.csv", without_a_credit)
    return folder, {NEW, *map(int, (clients[RICHER], clients[PAID_LESS], *fewer_credits))}


def scored(data: Path, model: TrainResult, out: Path, settings: Settings, since: str = "") -> ScoreResult:
    """Score as the command does."""
    options = ScoreOptions(file_format="csv")
    earlier = find_earlier(since, LocalUpkeep(out)) if since else None
    return score(data, model.bundle.folder, out, options=options, settings=settings, since=earlier)


@pytest.fixture(scope="module")
def before(
    lender: Path,
    model: TrainResult,
    settings: Settings,
    small_parts: pytest.MonkeyPatch,  # noqa: ARG001 - in force from here on
    tmp_path_factory: pytest.TempPathFactory,
) -> ScoreResult:
    """The run of the day before."""
    return scored(lender, model, tmp_path_factory.mktemp("before") / "runs", settings)


@pytest.fixture(scope="module")
def full(day_two: tuple[Path, set[int]], model: TrainResult, settings: Settings, before: ScoreResult) -> ScoreResult:
    """Everybody scored on day two."""
    return scored(day_two[0], model, before.run.folder.parents[2] / "full", settings)


@pytest.fixture
def out(before: ScoreResult, tmp_path: Path) -> Path:
    """A folder of runs that holds the run of the day before."""
    shutil.copytree(before.run.folder.parents[1], tmp_path / "runs")
    return tmp_path / "runs"


@pytest.fixture
def rows_scored(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of the clients who are scored from now on."""
    found: list[int] = []
    whole = Scorer.score

    def noted(scorer: Scorer, batch: pa.RecordBatch) -> pa.RecordBatch:
        found.extend(batch.column("SK_ID_CURR").to_pylist())
        return whole(scorer, batch)

    monkeypatch.setattr(Scorer, "score", noted)
    return found


def contents(run: Run) -> dict[str, bytes]:
    return {p.relative_to(run.folder).as_posix(): p.read_bytes() for p in run.folder.rglob("*") if p.is_file()}


# ---------------------------------------------------------------- equal to a full run


def test_only_whose_facts_changed_are_scored_and_the_run_is_that_of_scoring_everybody(
    day_two: tuple[Path, set[int]],
    model: TrainResult,
    settings: Settings,
    full: ScoreResult,
    out: Path,
    rows_scored: list[int],
) -> None:
    folder, changed = day_two
    assert len(list((full.run.folder / "matrix").iterdir())) > 1
    found = scored(folder, model, out, settings, since="current")
    assert set(rows_scored) == changed
    assert len(rows_scored) == len(changed)
    assert found.n_kept == full.outcomes["accept"] + full.outcomes["refer"] + full.outcomes["refuse"] - len(changed)
    assert found.run.run_id == full.run.run_id
    assert manifest_digest(found.run.manifest) == manifest_digest(full.run.manifest)
    assert contents(found.run) == contents(full.run)


def test_other_parts_than_then_change_nothing(
    day_two: tuple[Path, set[int]],
    model: TrainResult,
    settings: Settings,
    full: ScoreResult,
    out: Path,
    small_parts: pytest.MonkeyPatch,
    tmp_path: Path,
    rows_scored: list[int],
) -> None:
    folder, changed = day_two
    with small_parts.context() as patch:
        patch.setattr("garant.runs.matrix.PART_ROWS", 300)
        whole = scored(folder, model, tmp_path / "whole", settings)
        rows_scored.clear()
        found = scored(folder, model, out, settings, since="current")
    assert set(rows_scored) == changed
    assert contents(found.run) == contents(whole.run)
    assert len(contents(found.run)) > len(contents(full.run))


def test_the_same_run_again_does_nothing_whatever_since_names(
    lender: Path, model: TrainResult, settings: Settings, before: ScoreResult, out: Path, rows_scored: list[int]
) -> None:
    again = scored(lender, model, out, settings, since=before.run.run_id)
    assert again.repeated
    assert rows_scored == []


def test_who_was_erased_is_not_kept_and_everybody_else_is(
    lender: Path, model: TrainResult, settings: Settings, before: ScoreResult, out: Path, rows_scored: list[int]
) -> None:
    clients = pa.concat_tables(read_scores(before.run)).column("SK_ID_CURR").to_pylist()
    erase([clients[3]], LocalUpkeep(out), settings=settings)
    found = scored(lender, model, out, settings, since="current")
    assert not found.repeated
    assert (found.n_suppressed, rows_scored) == (1, [])
    assert found.n_kept == len(clients) - 1
    # The rewritten run and the one that never held the client agree in every byte of the scores and the matrix.
    erased = LocalUpkeep(out).committed(before.run.run_id)
    assert erased is not None
    now, then = contents(found.run), contents(erased)
    assert {name for name in now if now[name] != then.get(name)} <= {"manifest.json", *then} - {
        name for name in then if name.startswith(("scores", "matrix"))
    }
    assert found.run.manifest["outcomes"] == erased.manifest["outcomes"]
    assert found.run.manifest["rows"] == {**erased.manifest["rows"], "suppressed": 1}


def test_of_two_that_make_one_run_at_once_the_slower_is_told_and_leaves_nothing(
    lender: Path, model: TrainResult, settings: Settings, tmp_path: Path
) -> None:
    faster: list[ScoreResult] = []

    def overtake(step: str, _done: int, _total: int) -> None:
        if step == "score" and not faster:
            faster.append(scored(lender, model, tmp_path, settings))

    options = ScoreOptions(file_format="csv")
    slower = score(lender, model.bundle.folder, tmp_path, options=options, settings=settings, progress=overtake)
    assert (slower.outrun, slower.repeated) == (True, False)
    assert (faster[0].outrun, faster[0].run.attempt, slower.run.attempt) == (False, 2, 2)
    assert [path.name for path in tmp_path.glob("run_id=*/attempt=*")] == ["attempt=2"]


# ---------------------------------------------------------------- refused


def test_a_run_made_otherwise_is_refused_with_all_that_differs(
    lender: Path, model: TrainResult, short: TrainResult, settings: Settings, out: Path
) -> None:
    earlier = find_earlier("current", LocalUpkeep(out))
    options = ScoreOptions(language="fr", file_format="csv")
    other = "language en instead of fr, so every client must be scored"
    with pytest.raises(UsageError, match=f"made with another bundle, {other}"):
        score(lender, short.bundle.folder, out, options=options, settings=settings, since=earlier)
    with pytest.raises(UsageError, match=f"made with {other}"):
        score(lender, model.bundle.folder, out, options=options, settings=settings, since=earlier)
    assert [run.attempt for run in LocalUpkeep(out).all_committed()] == [1]


def test_another_configuration_is_refused_even_where_the_facts_are_the_same(
    lender: Path, model: TrainResult, settings: Settings, out: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "lender"
    shutil.copytree(lender, folder)
    said = (folder / "tables.toml").read_text(encoding="utf-8")
    (folder / "tables.toml").write_text(said.replace("Savings with us", "Money with us"), encoding="utf-8")
    with pytest.raises(UsageError, match="made with another config"):
        scored(folder, model, out, settings, since="current")


def test_an_earlier_file_that_was_changed_is_refused_and_nothing_is_left(
    day_two: tuple[Path, set[int]], model: TrainResult, settings: Settings, out: Path
) -> None:
    part = LocalUpkeep(out).current().folder / "scores" / "part-00001.parquet"
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    with pytest.raises(StorageError, match=r"part-00001\.parquet: is not the file that the manifest describes"):
        scored(day_two[0], model, out, settings, since="current")
    assert len(list(out.glob("run_id=*/attempt=*"))) == 1


# ---------------------------------------------------------------- which run


def test_a_run_is_named_by_its_id_or_the_beginning_of_it(before: ScoreResult, out: Path) -> None:
    runs = LocalUpkeep(out)
    for name in ("current", before.run.run_id, before.run.run_id[:4]):
        assert find_earlier(name, runs).run.run_id == before.run.run_id
    with pytest.raises(UsageError, match="holds no such run"):
        find_earlier("nothing", runs)
    other = runs.start("zzz")
    runs.commit(other, {})
    with pytest.raises(UsageError, match=r"2 runs of .* are called so"):
        find_earlier("", runs)
    (out / "current.json").unlink()
    with pytest.raises(RunError, match="holds no committed run"):
        find_earlier("current", runs)


OUT = Path("RUNS")


@pytest.mark.parametrize(
    ("typed", "place", "name"),
    [
        ("current", OUT, "current"),
        ("48c3", OUT, "48c3"),
        ("run_id=48c3", OUT, "48c3"),
        ("RUNS/run_id=48c3/attempt=1/scores", OUT, "48c3"),
        ("s3://lender/runs/run_id=48c3/", S3Location("lender", "runs"), "48c3"),
        ("s3://lender/runs", S3Location("lender", "runs"), "current"),
        ("other/runs", Path("other/runs"), "current"),
    ],
)
def test_what_a_user_may_type_for_a_run(typed: str, place: Any, name: str) -> None:  # noqa: ANN401
    assert where_earlier(typed, OUT) == (place, name)


def test_workers_that_do_not_see_the_disk_of_the_earlier_run_are_said(before: ScoreResult) -> None:
    reach = Reach(mounts=(Mount(Path("/somewhere"), S3Location("lender", "runs")),))
    with pytest.raises(UsageError, match="the workers do not see this disk"):
        EarlierRun(before.run, lambda run, name: run.folder / name).bring(n_parts=1, reach=reach)


@pytest.mark.xdist_group("s3")
def test_workers_elsewhere_fetch_the_earlier_parts_from_the_bucket(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GARANT_CACHE_FOLDER", str(tmp_path / "cache"))
    settings, place = load_settings(), S3Location(bucket, "runs")
    rows = pa.table({"SK_ID_CURR": [7, 9], "source_line": [2, 3], "f": [0.5, None]})
    scores = pa.table({"SK_ID_CURR": [7, 9], "source_line": [2, 3], "pd": [0.1, 0.2]})
    with staging(settings) as at:
        runs = at.upkeep(place)
        run = runs.start("abc")
        for name, table in (("matrix", rows), ("scores", scores)):
            (run.folder / name).mkdir()
            pq.write_table(table, run.folder / name / "part-00000.parquet")
        runs.commit(run, {})
        reach = Reach(mounts=(Mount(Path("/elsewhere"), place),), settings=settings)
        earlier = find_earlier("current", runs).bring(n_parts=1, reach=reach)
    assert not earlier.folder.exists()
    now = pa.table({"SK_ID_CURR": [7, 8, 9], "source_line": [5, 6, 7], "f": [0.5, 0.5, 1.0]})
    batch = now.append_column("source_file", pa.array(["a.csv"] * 3)).to_batches()[0]
    is_same, kept = EarlierPart(earlier, "part-00000.parquet", now.column("SK_ID_CURR")).unchanged(batch)
    assert is_same.tolist() == [True, False, False]
    assert kept.select(["SK_ID_CURR", "source_line", "pd"]).to_pylist() == [
        {"SK_ID_CURR": 7, "source_line": 5, "pd": 0.1}
    ]


@pytest.mark.parametrize(
    ("mine", "theirs", "equal"),
    [
        (pa.array([0.0, 1.5, None]), pa.array([-0.0, 1.5, None]), [False, True, True]),
        (pa.array([None, 2.0]), pa.array([0.0, None]), [False, False]),
        (pa.array([np.nan]), pa.array([np.nan]), [True]),
        (pa.array([0.1]), pa.array([np.nextafter(0.1, 1)]), [False]),
        (pa.array(["a", None, ""]), pa.array(["a", None, None]), [True, True, False]),
        (pa.array([1], pa.int64()), pa.array([1.0], pa.float64()), [False]),
    ],
)
def test_values_are_the_same_to_the_last_bit_or_not_at_all(mine: pa.Array, theirs: pa.Array, equal: list[bool]) -> None:
    assert equal_bits(mine, theirs).tolist() == equal
