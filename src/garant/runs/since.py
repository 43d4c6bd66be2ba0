"""`garant score --since RUN`: whose row of the matrix is bit for bit that of an earlier run keeps the scores made then.

A score is a function of the client's row of the matrix, the bundle, the policy, the options and the code. The matrix is
made wholly each time, so whatever changed in the raw tables, in an application or in a child row, shows in it; where
everything else is the same too, what was scored is copied and equals what would be scored. So no digest of a person's
rows need be kept, and a run says no more about anybody than it did.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.exceptions import StorageError, UsageError
from garant.runs.score_rows import SCORES
from garant.storage import Json, Location, Run, parse_location, sha256_file
from garant.storage.reach import Mount, Reach
from garant.storage.upkeep import RunUpkeep

KEY = "SK_ID_CURR"

PLACE = ("source_file", "source_line")
"""Where an application stands in the raw data: it moves when other rows come and go, and decides nothing."""

_DECISIVE = ("verb", "code", "bundle", "policy", "parameters", "schema", "config")
"""Entries of a manifest that must be equal; `input` may differ, and who is suppressed."""

_PART = re.compile(r"(matrix|scores)/part-\d+\.parquet")

Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """The run that `--since` names, and how one file of it is brought to this machine."""

    run: Run
    file: Callable[[Run, str], Path]

    def require_like(self, manifest: Mapping[str, Json]) -> None:
        """Refuse a run whose scores are not those that this run would make of the same rows.

        Raises
        ------
        UsageError
            Names every difference.
        """
        before = self.run.manifest
        differing = [
            f"another {name}" if name != "parameters" else _differences(before[name], manifest[name])
            for name in _DECISIVE
            if before.get(name) != manifest.get(name)
        ]
        if differing:
            raise UsageError(
                f"--since {self.run.run_id}: that run was made with {', '.join(differing)}, so every client must be "
                "scored. Score without --since."
            )

    def bring(self, *, n_parts: int, reach: Reach) -> "Earlier":
        """Make matrix and scores reachable where a new matrix of `n_parts` is scored.

        Raises
        ------
        StorageError
            When a file is not what the manifest says.
        UsageError
            When the run lies on this machine's disk and whoever scores does not see it.
        """
        said = {name: entry["sha256"] for name, entry in self.run.manifest["files"].items() if _PART.fullmatch(name)}
        parts = tuple(sorted({name.partition("/")[2] for name in said}))
        is_aligned = len(parts) == n_parts
        if not reach.mounts:
            return Earlier(self._here(said), parts, is_aligned=is_aligned, reach=reach)
        if isinstance(self.run.place, Path):
            message = f"--since {self.run.place}: the workers do not see this disk. Name a run in the bucket."
            raise UsageError(message)
        folder = Path("/earlier") / self.run.run_id
        mount = Mount(folder, self.run.place, said)
        return Earlier(folder, parts, is_aligned=is_aligned, reach=replace(reach, mounts=(*reach.mounts, mount)))

    def _here(self, said: Mapping[str, str]) -> Path:
        """Folder of this machine with the files, which are what is `said` of them."""
        found = Path()
        for name, digest in said.items():
            path = self.file(self.run, name)
            if sha256_file(path) != digest:
                raise StorageError(f"{path}: is not the file that the manifest describes. Score without --since.")
            found = path.parents[1]
        return found


def _differences(before: Mapping[str, Json], now: Mapping[str, Json]) -> str:
    names = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
    return ", ".join(f"{name} {before.get(name)} instead of {now.get(name)}" for name in names)


def find_earlier(name: str, runs: RunUpkeep) -> EarlierRun:
    """Find the run `name` of a folder of runs: ``current``, a run id, or as much of one as tells it from the others.

    Raises
    ------
    UsageError
        When no run, or more than one, is called so.
    RunError
        When the folder has no current run.
    """
    if name == "current":
        return EarlierRun(runs.current(), runs.file)
    found = [run for run in runs.all_committed() if run.run_id.startswith(name)]
    if len(found) != 1:
        which = f"{len(found)} runs of {runs.out} are called so" if found else f"{runs.out} holds no such run"
        message = f"--since {name}: {which}. `garant run list {runs.out}` names them; `current` is the last one."
        raise UsageError(message)
    return EarlierRun(found[0], runs.file)


def where_earlier(typed: str, out: Location) -> tuple[Location, str]:
    """Folder of runs, and the run in it, that a user means: a run of `out`, or the path of a run or of other runs."""
    steps = typed.rstrip("/").split("/")
    for number, step in enumerate(steps):
        if step.startswith("run_id="):
            return parse_location("/".join(steps[:number])) if number else out, step.removeprefix("run_id=")
    if len(steps) > 1 or Path(typed).is_dir():
        return parse_location(typed), "current"
    return out, typed


@dataclass(frozen=True, slots=True)
class Earlier:
    """Matrix and scores of an earlier run: plain data that travels to workers.

    Parameters
    ----------
    folder : Path
        Folder of the two.
    parts : tuple of str
        Names of the parts, which both have.
    is_aligned : bool
        Whether the new matrix has as many parts: then a client is in the part of the same name.
    reach : Reach
        How the files are reached.
    """

    folder: Path
    parts: tuple[str, ...]
    is_aligned: bool
    reach: Reach


class EarlierPart:
    """Rows of an earlier run that may be those of one part of the new matrix.

    Parameters
    ----------
    earlier : Earlier
        Matrix and scores of then.
    name : str
        Name of the part of the new matrix.
    clients : int64 array
        Ids of its clients.
    """

    def __init__(self, earlier: Earlier, name: str, clients: pa.ChunkedArray) -> None:
        names = [name] if earlier.is_aligned else earlier.parts
        self._matrix = _rows([earlier.folder / "matrix" / each for each in names], clients, earlier.reach)
        self._scores = _rows([earlier.folder / "scores" / each for each in names], clients, earlier.reach)

    def unchanged(self, batch: pa.RecordBatch) -> tuple[Mask, pa.Table]:
        """Which rows of `batch` stood there before, bit for bit, and their scores of then in schema `SCORES`."""
        columns = [name for name in batch.schema.names if name not in PLACE]
        is_same = np.zeros(batch.num_rows, np.bool_)
        ids = batch.column(KEY).to_numpy()
        before, was_there = _positions(self._matrix, ids)
        scored, was_scored = _positions(self._scores, ids)
        known = was_there & was_scored
        if self._matrix.num_rows and set(columns) == set(self._matrix.column_names) - set(PLACE):
            mine, theirs = batch.filter(pa.array(known)), self._matrix.take(pa.array(before[known]))
            equal = np.ones(mine.num_rows, np.bool_)
            for name in columns:
                equal &= equal_bits(mine.column(name), theirs.column(name).combine_chunks())
            is_same[known] = equal
        kept = self._scores.take(pa.array(scored[is_same]))
        now = batch.filter(pa.array(is_same))
        filled = [
            now.column(field.name)
            if field.name in PLACE
            else kept.column(field.name)
            if field.name in kept.column_names
            else pa.nulls(kept.num_rows, field.type)
            for field in SCORES
        ]
        return is_same, pa.table(filled, schema=SCORES)


def merged(is_same: Mask, kept: pa.Table, made: pa.Table) -> pa.RecordBatch:
    """Scores of a batch in its order: `kept` ones where `is_same`, `made` ones elsewhere."""
    order = np.empty(len(is_same), np.int64)
    order[is_same] = np.arange(kept.num_rows)
    order[~is_same] = kept.num_rows + np.arange(made.num_rows)
    together = pa.concat_tables([kept, made]).take(pa.array(order)).combine_chunks()
    return together.to_batches()[0] if together.num_rows else pa.RecordBatch.from_pylist([], schema=SCORES)


def _rows(files: Sequence[Path], clients: pa.ChunkedArray, reach: Reach) -> pa.Table:
    """Rows of `clients`, by id."""
    tables = [_rows_of(file, clients.combine_chunks(), reach) for file in files]
    if not tables:
        return pa.table({KEY: pa.array([], pa.int64())})
    return pa.concat_tables(tables).sort_by(KEY).combine_chunks()


def _rows_of(file: Path, clients: pa.Array, reach: Reach) -> pa.Table:
    with reach.reading(file) as local:
        rows = pq.read_table(local)
    return rows.filter(pc.is_in(rows.column(KEY), value_set=clients))


def _positions(table: pa.Table, ids: Positions) -> tuple[Positions, Mask]:
    """Where each id stands in a table sorted by id, and whether it does."""
    there = table.column(KEY).to_numpy()
    if not len(there):
        return np.zeros(len(ids), np.int64), np.zeros(len(ids), np.bool_)
    places = np.minimum(np.searchsorted(there, ids), len(there) - 1)
    return places, there[places] == ids


def equal_bits(mine: pa.Array, theirs: pa.Array) -> Mask:
    """Whether values are the same to the last bit, both absent included; numbers of other types never are."""
    if mine.type != theirs.type:
        return np.zeros(len(mine), np.bool_)
    if pa.types.is_float64(mine.type):
        mine, theirs = mine.view(pa.int64()), theirs.view(pa.int64())
    both_absent = pc.and_(pc.is_null(mine), pc.is_null(theirs))
    return pc.coalesce(pc.equal(mine, theirs), both_absent).to_numpy(zero_copy_only=False).astype(np.bool_)
