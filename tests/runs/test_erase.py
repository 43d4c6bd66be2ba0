"""People who are erased: no file of any run speaks of them, everything else stays, and whoever is stopped finishes."""

import csv
import errno
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.exceptions import KeyFileError, RunError, StorageError, UnknownNameError
from garant.runs.erase import Erasure, erase
from garant.runs.run_list import list_runs, verify_runs
from garant.runs.score_files import read_scores
from garant.runs.suppression import LIST, require_same_list, suppression_of
from garant.settings import Settings
from garant.storage import LocalRuns, Run, read_json, sha256_file, write_json
from garant.storage.local_upkeep import LocalUpkeep
from garant.storage.parquet import write_parquet
from garant.storage.upkeep import Attempt
from garant.tables.quarantine import QUARANTINE

ANN, BOB, CLEO = 100_002, 100_003, 100_004
"""Ann and Cleo are in one part of two; Bob is alone in the other."""

OUTCOMES = {ANN: "refuse", BOB: "accept", CLEO: "accept"}

ANNS_CREDIT, ORPHAN_CREDIT, LOST_CREDIT, OTHER_CREDIT = 5_000_001, 5_000_002, 5_000_003, 5_000_004

POINTS = [
    "erase.listed",
    "storage.superseded",
    *(
        pytest.param(point, marks=pytest.mark.faults)
        for point in ("erase.started", "storage.commit", "storage.repointed", "storage.removed")
    ),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A cache and a key of the test's own."""
    return Settings(cache_folder=tmp_path / "cache", suppression_key=tmp_path / "keys" / "suppression.key", threads=1)


def write(path: Path, rows: list[dict[str, Any]], schema: pa.Schema | None = None) -> None:
    table = pa.Table.from_pylist(rows, schema)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_parquet(path, table.to_batches(), table.schema)


def broken(client: int | None, raw: str, table: str) -> dict[str, Any]:
    rules = {"rule": f"{table}.X.type", "column": "X", "value": "?", "rules": [f"{table}.X.type"]}
    return {"source_file": f"{table}.csv", "source_line": 2, "SK_ID_CURR": client, **rules, "raw": raw}


def fill(folder: Path) -> None:
    """Everything that a run may hold of people, in the forms in which it does."""
    for number, clients in enumerate(([ANN, CLEO], [BOB])):
        scores = [
            {"SK_ID_CURR": c, "pd": 0.1, "outcome": OUTCOMES[c], "ead": 10.0, "expected_loss": 1.0} for c in clients
        ]
        write(folder / "scores" / f"part-{number:05d}.parquet", scores)
        write(folder / "matrix" / f"part-{number:05d}.parquet", [{"SK_ID_CURR": c, "f": c / 7} for c in clients])
    aside = {"SK_ID_CURR": ANN, "pd": None, "outcome": "refer", "ead": None, "expected_loss": None}
    write(folder / "scores" / "part-set-aside.parquet", [aside], pq.read_schema(folder / "scores/part-00000.parquet"))
    people = [ANN, BOB, CLEO]
    write(folder / "pca" / "pca_scores.parquet", [{"SK_ID_CURR": c, "PC1": float(c)} for c in people])
    (folder / "pca" / "pca_scores.csv").write_text("SK_ID_CURR,PC1\n" + "".join(f"{c},{c}.0\n" for c in people))
    (folder / "pca" / "pca_loadings.csv").write_text(f"feature,PC1\nf,{ANN}\n")
    with (folder / "scores.csv").open("w", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(["SK_ID_CURR", "pd", "text"])
        out.writerows([[c, 0.1, 'one,\ntwo "three"'] for c in people])
    write(
        folder / "quarantine" / "application.parquet",
        [
            broken(ANN, f"{ANN},a lot", "application"),
            broken(None, f"F,{ANN}.0,x", "application"),
            broken(None, f"F,{ANN}0,x", "application"),
            broken(BOB, f"{BOB},a lot,{ANN}", "application"),
        ],
        QUARANTINE,
    )
    write(
        folder / "quarantine" / "bureau.parquet",
        [broken(ANN, f"{ANN},{LOST_CREDIT},-3,17", "bureau"), broken(BOB, f"{BOB},{OTHER_CREDIT},17", "bureau")],
        QUARANTINE,
    )
    write(
        folder / "quarantine" / "bureau_balance.parquet",
        [
            broken(ANN, f"{ANNS_CREDIT},-1,Z", "bureau_balance"),
            broken(None, f"{ORPHAN_CREDIT},-1,Z", "bureau_balance"),
            broken(None, f"{OTHER_CREDIT},-17,Z", "bureau_balance"),
        ],
        QUARANTINE,
    )
    orphans = [{"SK_ID_CURR": ANN, "SK_ID_BUREAU": ORPHAN_CREDIT}, {"SK_ID_CURR": CLEO, "SK_ID_BUREAU": 7_000_000}]
    write(folder / "orphans" / "bureau.parquet", orphans)
    credits_ = [ORPHAN_CREDIT, LOST_CREDIT, OTHER_CREDIT, 17]
    write(folder / "orphans" / "bureau_balance.parquet", [{"SK_ID_BUREAU": c, "STATUS": "0"} for c in credits_])
    write(folder / "orphans" / "POS_CASH_balance.parquet", [{"SK_ID_CURR": ANN, "SK_ID_PREV": 1}])
    (folder / "quarantine" / "summary.csv").write_text("table,rule,rows\napplication,application.X.type,4\n")


MANIFEST = {
    "verb": "score",
    "outcomes": {"accept": 2, "refer": 1, "refuse": 1},
    "rows": {"applicants": 4, "set_aside": 1, "quarantined": 9, "orphans": 7, "suppressed": 0},
    "expected_loss": {
        "currency": "EUR",
        "ead": {"accept": 20.0, "refer": 0.0, "refuse": 10.0},
        "expected_loss": {"accept": 2.0, "refer": 0.0, "refuse": 1.0},
    },
}


def commit(out: Path, run_id: str = "abc") -> Run:
    runs = LocalRuns(out)
    run = runs.start(run_id)
    fill(run.folder)
    return runs.commit(run, MANIFEST)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder of one committed run."""
    commit(tmp_path / "runs")
    return tmp_path / "runs"


def erased(out: Path, settings: Settings, *clients: int, even_unknown: bool = False) -> Erasure:
    return erase(clients or (ANN,), LocalUpkeep(out), settings=settings, even_unknown=even_unknown)


def texts(folder: Path) -> dict[str, str]:
    """Everything below a folder as text, Parquet row by row."""
    found: dict[str, str] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        is_table = path.suffix == ".parquet"
        found[name] = "\n".join(map(str, pq.read_table(path).to_pylist())) if is_table else path.read_text()
    return found


def speaks_of(text: str, *numbers: int) -> bool:
    return any(re.search(rf"(?<!\d){number}(?!\d)", text) for number in numbers)


def lines(folder: Path) -> dict[str, list[str]]:
    """Lines of every file of the current run but its manifest, by name."""
    return {name: text.splitlines() for name, text in texts(folder).items() if name != "manifest.json"}


# ---------------------------------------------------------------- what goes and what stays


def test_no_file_speaks_of_the_person_and_every_other_row_stays(out: Path, settings: Settings) -> None:
    before = lines(LocalRuns(out).current().folder)
    erased(out, settings)
    run = LocalRuns(out).current()
    after = lines(run.folder)
    # The loadings hold the number by chance, Bob's raw row mentions it beside his own id: neither is about Ann.
    chance = {"pca/pca_loadings.csv", "quarantine/application.parquet"}
    for name, rows in after.items():
        assert name in chance or not speaks_of("\n".join(rows), ANN, ANNS_CREDIT, ORPHAN_CREDIT, LOST_CREDIT), name
    gone = {name: [row for row in rows if row not in after.get(name, [])] for name, rows in before.items()}
    assert {name: len(rows) for name, rows in gone.items() if rows} == {
        "matrix/part-00000.parquet": 1,
        "scores/part-00000.parquet": 1,
        "scores/part-set-aside.parquet": 1,
        "pca/pca_scores.parquet": 1,
        "pca/pca_scores.csv": 1,
        "scores.csv": 1,  # its other line is like those of the others
        "quarantine/application.parquet": 2,
        "quarantine/bureau.parquet": 1,
        "quarantine/bureau_balance.parquet": 2,
        "orphans/bureau.parquet": 1,
        "orphans/bureau_balance.parquet": 2,
        "orphans/POS_CASH_balance.parquet": 1,
    }
    # A file of which nothing is left is not there, as if it had never been needed.
    assert set(before) - set(after) == {"scores/part-set-aside.parquet", "orphans/POS_CASH_balance.parquet"}
    others = [row for client in (BOB, CLEO) for row in (f'{client},0.1,"one,', 'two ""three"""')]
    assert after["scores.csv"] == ["SK_ID_CURR,pd,text", *others]


def test_files_without_the_person_are_the_very_same(out: Path, settings: Settings) -> None:
    before = LocalRuns(out).current().manifest["files"]
    done = erased(out, settings)
    after = LocalRuns(out).current().manifest["files"]
    untouched = {
        "matrix/part-00001.parquet",
        "scores/part-00001.parquet",
        "pca/pca_loadings.csv",
        "quarantine/summary.csv",
    }
    assert {name for name in after if after[name] == before[name]} == untouched
    assert set(done.runs[0].files) == set(before) - untouched
    assert verify_runs(LocalUpkeep(out)) == len(after)


def test_the_manifest_says_how_many_and_never_who(out: Path, settings: Settings) -> None:
    erased(out, settings)
    run = LocalRuns(out).current()
    manifest = run.manifest
    assert (run.attempt, manifest["supersedes"], manifest["erased"]) == (2, [1], {"clients": 1, "rows": 15})
    assert manifest["outcomes"] == {"accept": 2, "refer": 0, "refuse": 0}
    assert manifest["rows"] == {"applicants": 2, "set_aside": 0, "quarantined": 4, "orphans": 3, "suppressed": 0}
    assert manifest["expected_loss"]["ead"] == {"accept": 20.0, "refer": 0.0, "refuse": 0.0}
    assert manifest["expected_loss"]["expected_loss"] == {"accept": 2.0, "refer": 0.0, "refuse": 0.0}
    for path in (run.folder / "manifest.json", out / LIST, out / "current.json"):
        assert not speaks_of(path.read_text(), ANN)
    assert {path.name for path in out.iterdir()} == {"current.json", LIST, "run_id=abc"}
    assert [path.name for path in (out / "run_id=abc").glob("attempt=*")] == ["attempt=2"]


def test_several_people_leave_every_run_also_one_that_is_not_current(out: Path, settings: Settings) -> None:
    commit(out, "xyz")
    done = erased(out, settings, ANN, BOB)
    assert [run.run.run_id for run in done.runs] == ["abc", "xyz"]
    assert LocalRuns(out).current().run_id == "xyz"
    for listed in list_runs(LocalUpkeep(out))[0]:
        assert (listed.n_erased, listed.is_current) == (2, listed.run.run_id == "xyz")
        ids = [c for p in (listed.run.folder / "scores").glob("*") for c in pq.read_table(p)["SK_ID_CURR"].to_pylist()]
        assert ids == [CLEO]


def test_one_after_the_other_adds_up(out: Path, settings: Settings) -> None:
    for client in (ANN, BOB, CLEO):
        erased(out, settings, client)
    run = LocalRuns(out).current()
    assert (run.attempt, run.manifest["supersedes"], run.manifest["erased"]["clients"]) == (4, [1, 2, 3], 3)
    assert run.manifest["rows"]["applicants"] == 0
    # Parts by id stay, empty: their number says where a client would be.
    assert pq.read_metadata(run.folder / "scores" / "part-00000.parquet").num_rows == 0


def test_a_writer_who_knows_nothing_of_the_list_is_named_and_cannot_commit(out: Path, settings: Settings) -> None:
    writer = LocalRuns(out)
    hidden = suppression_of(writer, settings)
    run = writer.start("late")
    fill(run.folder)
    done = erased(out, settings)
    assert [(attempt.place, attempt.is_removed) for attempt in done.attempts][-1] == (run.place, False)
    with pytest.raises(RunError, match="Clients were erased from the folder of runs meanwhile"):
        writer.commit(run, MANIFEST, last_look=lambda: require_same_list(writer, hidden, settings))
    assert not run.folder.exists()
    assert writer.committed("late") is None


def test_two_erasures_at_once_erase_both(out: Path, settings: Settings) -> None:
    erased(out, settings, CLEO)  # so that there is a key
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda client: erased(out, settings, client), (ANN, BOB)))
    run = LocalRuns(out).current()
    assert run.manifest["erased"]["clients"] == 3
    assert run.manifest["rows"]["applicants"] == 0
    assert len(suppression_of(LocalRuns(out), settings).names) == 3


def test_a_run_that_is_committed_meanwhile_is_rewritten_too(
    out: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[str] = []

    def commit_another(point: str) -> None:
        if point == "erase.started" and not listed:
            listed.append(commit(out, "late").run_id)

    monkeypatch.setattr("garant.runs.erase.failpoint", commit_another)
    done = erased(out, settings)
    assert [run.run.run_id for run in done.runs] == ["abc", "late"]
    assert not any(
        speaks_of(text, ANN)
        for run in LocalUpkeep(out).all_committed()
        for name, text in texts(run.folder).items()
        if name.startswith(("scores", "matrix"))
    )


@pytest.mark.parametrize("step", ["look", "erase.listed", "erase.started"])
def test_an_erasure_that_another_one_overtakes_goes_on_with_what_that_left(
    out: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    overtaken: list[str] = []

    def overtake(now: str) -> None:
        if now == step and not overtaken:
            overtaken.append(now)
            erased(out, settings, BOB)

    erased(out, settings, CLEO)  # so that there is a key
    monkeypatch.setattr("garant.runs.erase.failpoint", overtake)
    done = erase([ANN], LocalUpkeep(out), settings=settings, progress=lambda _step, _done, _total: overtake("look"))
    assert overtaken == [step]
    assert [(run.run.run_id, run.n_rows) for run in done.runs] == [("abc", 15)]
    run = LocalRuns(out).current()
    assert run.manifest["erased"]["clients"] == 3
    assert run.manifest["rows"]["applicants"] == 0


class Untold(LocalUpkeep):
    """A store that does not tell of one run whether older versions of its files exist."""

    def settle(self, run_id: str) -> tuple[list[Attempt], bool]:
        return super().settle(run_id)[0], run_id != "abc"


def test_one_run_whose_versions_the_store_does_not_tell_is_enough_to_say_so(out: Path, settings: Settings) -> None:
    commit(out, "xyz")
    assert not erase([ANN], Untold(out), settings=settings).tells_versions
    assert erase([BOB], LocalUpkeep(out), settings=settings).tells_versions


def test_runs_that_never_stop_coming_are_said_and_not_taken_for_erased(
    out: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = (f"late-{n}" for n in itertools.count())
    monkeypatch.setattr("garant.runs.erase._ROUNDS", 2)
    monkeypatch.setattr("garant.runs.erase.failpoint", lambda _point: commit(out, next(names)))
    with pytest.raises(RunError, match="other commands rewrite these runs all the time"):
        erased(out, settings)


# ---------------------------------------------------------------- again, unknown, unreadable


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"PAR1, and no more of it")])
def test_a_file_that_cannot_be_read_stops_the_erasure_before_anything_is_changed(
    out: Path, settings: Settings, damage: Callable[[Path], object]
) -> None:
    damage(LocalRuns(out).current().folder / "orphans" / "bureau.parquet")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with pytest.raises(StorageError, match=r"attempt=1: cannot be looked through .*`garant run verify .* names"):
        erased(out, settings)
    assert before == {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_a_disk_that_is_full_is_said_and_leaves_the_run_as_it_was(
    out: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(point: str) -> None:
        if point == "erase.started":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = texts(out)
    monkeypatch.setattr("garant.runs.erase.failpoint", full)
    with pytest.raises(OSError, match="No space left on device"):
        erased(out, settings)
    assert {name: text for name, text in texts(out).items() if name != LIST} == before
    assert [path.name for path in out.glob("run_id=*/attempt=*")] == ["attempt=1"]


def test_a_second_call_changes_nothing(out: Path, settings: Settings) -> None:
    erased(out, settings)
    before = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in out.rglob("*") if path.is_file()}
    done = erased(out, settings)
    assert (done.runs, done.n_listed, done.new_key) == ((), 1, None)
    assert before == {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in out.rglob("*") if path.is_file()}


def test_a_client_whom_no_run_holds_changes_nothing_unless_it_is_meant(out: Path, settings: Settings) -> None:
    before = texts(out)
    with pytest.raises(UnknownNameError, match=r"No run below .* holds this client, and nothing was changed"):
        erased(out, settings, ANN, 77)
    assert texts(out) == before
    assert not settings.suppression_key.exists()
    done = erased(out, settings, 77, even_unknown=True)
    assert done.runs == ()
    assert suppression_of(LocalRuns(out), settings).among([ANN, 77]) == {77}


def test_a_folder_without_runs_is_said(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunError, match="holds no committed run"):
        erased(tmp_path / "empty", settings)


# ---------------------------------------------------------------- the list and its key


def test_the_key_is_made_once_and_is_its_owners_alone(out: Path, settings: Settings) -> None:
    done = erased(out, settings)
    assert done.new_key == settings.suppression_key
    assert settings.suppression_key.stat().st_mode & 0o777 == 0o600
    assert erased(out, settings, BOB).new_key is None


def test_without_the_key_or_with_another_nobody_goes_on(out: Path, settings: Settings, tmp_path: Path) -> None:
    erased(out, settings)
    kept = settings.suppression_key.rename(tmp_path / "kept.key")
    with pytest.raises(KeyFileError, match="Without it nobody can tell who is on the list"):
        suppression_of(LocalRuns(out), settings)
    with pytest.raises(KeyFileError, match="Without it nobody can tell"):
        erased(out, settings, BOB)
    assert not settings.suppression_key.exists()
    other = tmp_path / "other"
    commit(other)
    erased(other, settings)
    with pytest.raises(KeyFileError, match=r"is not the key of suppressed\.json"):
        erased(out, settings, BOB)
    settings.suppression_key.unlink()
    shutil.copy(kept, settings.suppression_key)
    assert suppression_of(LocalRuns(out), settings).among([ANN, BOB]) == {ANN}


def test_two_lists_of_one_key_tell_the_same_and_another_client_changes_the_digest(
    out: Path, settings: Settings, tmp_path: Path
) -> None:
    assert suppression_of(LocalRuns(out), settings).digest is None
    commit(tmp_path / "other")
    digests: list[str | None] = []
    for folder, clients in ((out, (ANN,)), (tmp_path / "other", (ANN,)), (out, (ANN, BOB))):
        erased(folder, settings, *clients)
        digests.append(suppression_of(LocalRuns(folder), settings).digest)
    assert digests[0] == digests[1] != digests[2]


def test_a_list_that_is_none_is_refused(out: Path, settings: Settings) -> None:
    (out / LIST).write_text('{"clients": []}')
    with pytest.raises(RunError, match="is no suppression list"):
        suppression_of(LocalRuns(out), settings)


@pytest.mark.parametrize("other", [{"format": "another list"}, {"version": 2}])
def test_a_list_of_a_format_that_is_not_known_hides_nobody_by_guess(
    out: Path, settings: Settings, other: dict[str, Any]
) -> None:
    erased(out, settings)
    write_json(out / LIST, {**read_json(out / LIST), **other})
    with pytest.raises(RunError, match="of a format that this garant does not know"):
        suppression_of(LocalRuns(out), settings)


def test_a_reader_leaves_out_who_is_on_the_list_before_any_run_is_rewritten(
    out: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[int]] = []

    def read(point: str) -> None:
        if point == "erase.listed":
            runs = LocalRuns(out)
            parts = read_scores(runs.current(), hidden=suppression_of(runs, settings))
            seen.append(set(pa.concat_tables(parts).column("SK_ID_CURR").to_pylist()))

    monkeypatch.setattr("garant.runs.erase.failpoint", read)
    erased(out, settings)
    assert seen == [{BOB, CLEO}]


# ---------------------------------------------------------------- the cache


def test_kept_tables_with_the_person_are_forgotten(out: Path, settings: Settings) -> None:
    kept = settings.cache_folder / "accepted"
    write(kept / "one" / "application" / "part-00000.parquet", [{"SK_ID_CURR": ANN}])
    write(kept / "two" / "application" / "part-00000.parquet", [{"SK_ID_CURR": BOB}])
    write(kept / "two" / "bureau" / "part-00000.parquet", [{"SK_ID_CURR": BOB, "SK_ID_BUREAU": ANN}])
    write(kept / "three" / "quarantine" / "bureau.parquet", [broken(None, f"{ANN};1", "bureau")], QUARANTINE)
    assert erased(out, settings).n_kept_tables == 2
    assert [path.name for path in kept.iterdir()] == ["two"]


# ---------------------------------------------------------------- killed anywhere


def command(out: Path, settings: Settings, **environment: str) -> int:
    variables = {
        **os.environ,
        "GARANT_CACHE_FOLDER": str(settings.cache_folder),
        "GARANT_SUPPRESSION_KEY": str(settings.suppression_key),
        **environment,
    }
    arguments = [sys.executable, "-m", "garant", "run", "erase", str(ANN), "--runs", str(out)]
    return subprocess.run(arguments, env=variables, capture_output=True, check=False).returncode


def normal(out: Path) -> dict[str, str]:
    """Everything below a folder but the number of the attempt, which a killed one takes with it."""
    return {
        re.sub(r"attempt=\d+", "attempt", name): re.sub(r'"attempt": \d+', "", text)
        for name, text in texts(out).items()
    }


@pytest.mark.parametrize("point", POINTS)
def test_an_erasure_killed_anywhere_leaves_old_or_new_and_the_next_call_finishes(
    out: Path, settings: Settings, tmp_path: Path, point: str
) -> None:
    commit(tmp_path / "undisturbed")
    erased(tmp_path / "undisturbed", settings)
    before = LocalRuns(out).current().manifest
    assert command(out, settings, GARANT_FAILPOINT=point) == -signal.SIGKILL
    # A reader leaves out whoever is on the list, from the first step on.
    assert suppression_of(LocalRuns(out), settings).among([ANN]) == {ANN}
    run = LocalRuns(out).current()
    assert all(sha256_file(run.folder / name) == said["sha256"] for name, said in run.manifest["files"].items())
    is_old = run.manifest == before
    assert is_old == (point not in {"storage.repointed", "storage.removed"})
    assert command(out, settings) == 0
    assert normal(out) == normal(tmp_path / "undisturbed")


def test_the_pointer_never_leads_to_a_mixture(out: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before, seen = LocalRuns(out).current(), set[int]()

    def look(_point: str) -> None:
        run = LocalRuns(out).current()
        seen.add(run.attempt)
        for name, said in run.manifest["files"].items():
            assert (run.folder / name).stat().st_size == said["bytes"]
        assert read_json(run.folder / "manifest.json") == run.manifest

    for module in ("garant.storage.local_upkeep", "garant.storage.durable", "garant.storage.runs", "garant.runs.erase"):
        monkeypatch.setattr(f"{module}.failpoint", look)
    erased(out, settings)
    assert seen == {before.attempt, 2}
