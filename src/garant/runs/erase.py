"""`garant run erase`: people leave every committed run below a folder, and stay away from later ones.

First their keyed names go on the list, so that readers leave them out and no later run brings them back. Then each run
that holds rows of theirs is rewritten: a new attempt with the files in which they stood written anew and all others
taken over, committed in place of the old one, which is removed with every older version. Whoever is stopped anywhere
leaves each run either as it was or without them; the same command again finishes.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from garant.exceptions import RunError, StorageError, UnknownNameError
from garant.failpoints import failpoint
from garant.keys import read_or_new_secret
from garant.runs.kept_tables import forget_tables_of
from garant.runs.personal_rows import KEY, People, credits_of, is_looked_at, numbers_in, rows_of, write_without
from garant.runs.progress import Progress, silent
from garant.runs.recount import recounted
from garant.runs.suppression import suppress, suppression_of
from garant.settings import Settings
from garant.storage import Run
from garant.storage.runs import no_run
from garant.storage.upkeep import Attempt, RunUpkeep

_BUCKET = re.compile(
    r"(?P<folder>scores|matrix|contributions|pca/pca_scores|pca/pca_scores_csv)/part-(?P<number>\d{5})\.(parquet|csv)"
)
"""Files whose rows follow from the id: client i is in part i mod n of the n parts of a folder."""

_ROUNDS = 10
"""How often an erasure looks again because other commands committed runs meanwhile."""


@dataclass(frozen=True, slots=True)
class ErasedRun:
    """A run that was rewritten: its new attempt, the files written anew, and how many rows were taken out."""

    run: Run
    files: tuple[str, ...]
    n_rows: int


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure did.

    Parameters
    ----------
    runs : tuple of ErasedRun
        Runs that were rewritten.
    n_runs : int
        Committed runs that were looked at.
    attempts : tuple of Attempt
        Attempts that were removed, and those of living writers, which were left.
    tells_versions : bool
        False where the store does not tell whether older versions of what was removed exist.
    n_kept_tables : int
        Accepted tables that were removed from the cache of this machine.
    n_listed : int
        Names on the list now.
    new_key : Path or None
        File of the list's key when it was made just now.
    """

    runs: tuple[ErasedRun, ...]
    n_runs: int
    attempts: tuple[Attempt, ...]
    tells_versions: bool
    n_kept_tables: int
    n_listed: int
    new_key: Path | None


def erase(
    clients: Collection[int],
    runs: RunUpkeep,
    *,
    settings: Settings,
    even_unknown: bool = False,
    progress: Progress = silent,
) -> Erasure:
    """Erase `clients` from every committed run of `runs` and from the cache of this machine.

    Raises
    ------
    UnknownNameError
        When a client is in no run and was not erased before, unless `even_unknown`; nothing is changed then.
    KeyFileError
        When the list of the folder was made with another key than that of the settings.
    RunError
        When there is no run.
    StorageError
        When a file of a run cannot be read; nothing is changed then.
    """
    wanted = frozenset(clients)
    found = _look_through(runs, wanted, frozenset(), progress)
    if not found:
        raise no_run(runs.out)
    listed = suppression_of(runs, settings).among(wanted)
    known = listed.union(*(_clients_of(rows, wanted) for _, rows in found))
    if wanted - known and not even_unknown:
        hint = f"No run below {runs.out} holds this client, and nothing was changed. Check the number."
        raise UnknownNameError(KEY, min(wanted - known), (), hint=hint)
    key, is_new = read_or_new_secret(settings.suppression_key)
    hidden = suppress(runs, wanted, key, settings)
    failpoint("erase.listed")
    done, attempts, tells_versions = _rewrite_all(runs, wanted, found, progress)
    return Erasure(
        runs=tuple(done),
        n_runs=len(found),
        attempts=tuple(attempts),
        tells_versions=tells_versions,
        n_kept_tables=forget_tables_of(wanted, settings),
        n_listed=len(hidden.names),
        new_key=settings.suppression_key if is_new else None,
    )


Found = dict[str, pa.Table]
"""Rows of people, by the file of a run in which they stand."""

Looked = list[tuple[Run, Found]]
"""Runs with what was found in each."""


def _look_through(runs: RunUpkeep, wanted: frozenset[int], clean: Collection[Run], progress: Progress) -> Looked:
    """Look for rows of the people in every committed run but those that are known to be clean."""
    return [_found(runs, run, wanted, progress) for run in runs.all_committed() if run not in clean]


def _rewrite_all(
    runs: RunUpkeep, wanted: frozenset[int], found: Looked, progress: Progress
) -> tuple[list[ErasedRun], list[Attempt], bool]:
    """Rewrite every run until none holds a row of theirs, also one that was committed meanwhile; remove what was."""
    done: list[ErasedRun] = []
    removed: list[Attempt] = []
    tells_versions = True
    clean: set[Run] = set()
    for _ in range(_ROUNDS):
        for run, theirs in found:
            rewritten = _rewrite(runs, run, wanted, theirs) if theirs else None
            if rewritten is not None:
                done.append(rewritten)
            settled, tells = runs.settle(run.run_id)
            removed += [attempt for attempt in settled if attempt.is_removed]
            tells_versions = tells_versions and tells
            if not theirs:
                clean.add(run)
        # Who writes without knowing of the list is seen here as living, or has committed before the next look.
        swept = runs.sweep()
        removed += [attempt for attempt in swept if attempt.is_removed]
        # What was rewritten is looked through again, and what others committed meanwhile for the first time.
        found = _look_through(runs, wanted, clean, progress)
        if not found:
            return done, [*removed, *(attempt for attempt in swept if not attempt.is_removed)], tells_versions
    raise RunError(f"{runs.out}: other commands rewrite these runs all the time. Run the command again.")


def _rewrite(runs: RunUpkeep, old: Run, wanted: frozenset[int], found: Found) -> ErasedRun | None:
    """Commit a new attempt of `old` without the rows `found`; None when somebody else rewrote it first."""
    new = runs.start(old.run_id, after=old.attempt)
    try:
        failpoint("erase.started")
        people = _people(runs, old, wanted)
        for name in found:
            n_left = write_without(runs.file(old, name), new.folder / name, people)
            if not n_left and name.endswith(".parquet") and not _BUCKET.fullmatch(name):
                # A run that never had such rows has no such file.
                (new.folder / name).unlink()
        n_clients = len(_clients_of(found, wanted))
        manifest = recounted(old.manifest, found, n_clients=n_clients)
        kept = [name for name in old.manifest["files"] if name not in found]
        committed = runs.supersede(old, new, manifest, kept=kept)
    except BaseException as error:
        runs.discard(new)
        if isinstance(error, (OSError, StorageError)) and _is_replaced(runs, old):
            return None
        raise
    n_rows = sum(rows.num_rows for rows in found.values())
    return None if committed is None else ErasedRun(committed, tuple(sorted(found)), n_rows)


def _found(runs: RunUpkeep, run: Run, wanted: frozenset[int], progress: Progress) -> tuple[Run, Found]:
    """Find the rows of the people in a run, or in what took its place while it was looked through."""
    while True:
        try:
            return run, _rows_in(runs, run, wanted, progress)
        except (OSError, pa.ArrowException, StorageError) as error:
            if not _is_replaced(runs, run):
                raise StorageError(
                    f"{run.place}: cannot be looked through ({error}). `garant run verify {runs.out}` names every file "
                    "that is gone or another one; restore it from a copy, then run the command again."
                ) from error
            run = runs.committed(run.run_id) or run


def _is_replaced(runs: RunUpkeep, run: Run) -> bool:
    """Whether another command rewrote the run, so that its files may be gone."""
    now = runs.committed(run.run_id)
    return now is not None and now.attempt != run.attempt


def _rows_in(runs: RunUpkeep, run: Run, wanted: frozenset[int], progress: Progress) -> Found:
    """Rows of the people in each file of a run that has any."""
    people = _people(runs, run, wanted)
    names = _names_to_look_at(run, wanted)
    found: Found = {}
    for number, name in enumerate(names):
        progress(f"look through runs: {run.run_id}", number, len(names))
        file = runs.file(run, name)
        if is_looked_at(file) and (rows := rows_of(file, people)).num_rows:
            found[name] = rows
    progress(f"look through runs: {run.run_id}", len(names), len(names))
    return found


def _names_to_look_at(run: Run, wanted: frozenset[int]) -> list[str]:
    """Files that may hold rows of the people: of parts by id only theirs, of all others each Parquet and CSV."""
    names = [name for name in run.manifest["files"] if name.endswith((".parquet", ".csv"))]
    buckets = [match for name in names if (match := _BUCKET.fullmatch(name))]
    n_parts = {match["folder"]: sum(m["folder"] == match["folder"] for m in buckets) for match in buckets}
    passed = {
        match[0]
        for match in buckets
        if int(match["number"]) not in {client % n_parts[match["folder"]] for client in wanted}
    }
    return [name for name in names if name not in passed]


def _people(runs: RunUpkeep, run: Run, wanted: frozenset[int]) -> People:
    """The people with their credits elsewhere, as far as rows that were set aside in the run tell them."""
    theirs = People(wanted)
    bureau = [name for name in ("orphans/bureau.parquet", "quarantine/bureau.parquet") if name in run.manifest["files"]]
    credits_ = (credits_of(rows_of(runs.file(run, name), theirs)) for name in bureau)
    return People(wanted, frozenset().union(*credits_) - wanted)


def _clients_of(found: Found, wanted: frozenset[int]) -> frozenset[int]:
    """Which of the people the rows are of."""
    ids: set[int] = set()
    for rows in found.values():
        if KEY in rows.column_names:
            ids.update(int(client) for client in rows.column(KEY).drop_null().to_pylist())
        for text in rows.column("raw").to_pylist() if "raw" in rows.column_names else ():
            ids.update(numbers_in(text))
    return wanted & ids
