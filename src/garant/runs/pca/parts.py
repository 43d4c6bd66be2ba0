"""Work on one part of a matrix, where the part is read: its moments, later the scores of its clients.

A part is read in slabs of `SLAB_ROWS` rows that begin where its rows say, so that the same file gives the same digits
in every process and takes the same memory whatever its size.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.exceptions import DataError
from garant.features.matrix import KEY
from garant.projection.components import Components
from garant.projection.moments import Floats, Moments, moments, rough_means
from garant.projection.transform import block_of, scores
from garant.runs.pca.score_files import write_scores
from garant.storage import sha256_file
from garant.storage.reach import Reach, Written

SLAB_ROWS = 8_192
"""Rows of one slab: 24 MB of 374 features."""

HEAD_ROWS, HEADS = 1_024, 8
"""Rows at the start of a part, and parts, that the shift is made of."""

Task = TypeVar("Task")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Stored parts of a matrix and how a worker reaches them.

    Parameters
    ----------
    files : tuple of Path
        In the order of their numbers: results are combined in it, so that no digit depends on who computed them.
    rows : int
        Clients in all of them.
    left_out : frozenset of int
        Clients in them who were erased from the folder of runs, and are passed over.
    digests : mapping of str to str
        What each part must be, by its name; empty for parts that were just written.
    reach : Reach
        How other files are reached.
    """

    files: tuple[Path, ...]
    rows: int
    left_out: frozenset[int] = frozenset()
    digests: Mapping[str, str] = field(default_factory=dict[str, str])
    reach: Reach = field(default_factory=Reach)

    def head(self, part: Path, columns: tuple[str, ...]) -> Floats:
        """First rows of `part`, at most `HEAD_ROWS`."""
        wanted = HEAD_ROWS + len(self.left_out)
        with self.reach.reading(part) as local, pq.ParquetFile(local) as file:
            first = next(file.iter_batches(batch_size=wanted, columns=[KEY, *columns]), None)
        if first is None:
            return np.empty((0, len(columns)))
        return block_of(self._known(pa.Table.from_batches([first]))[:HEAD_ROWS], columns)

    def slabs(self, local: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Rows of the part that the file `local` is, with the key: at least one slab, in one piece each.

        Raises
        ------
        DataError
            When it is not the file that the manifest lists.
        """
        expected = self.digests.get(local.name)
        if expected is not None and sha256_file(local) != expected:
            message = f"{local}: is not the file that the manifest lists: it was changed. Make the folder again."
            raise DataError(message)
        table = self._known(pq.read_table(local, columns=list(dict.fromkeys((KEY, *columns)))))
        for start in range(0, max(table.num_rows, 1), SLAB_ROWS):
            yield table.slice(start, SLAB_ROWS).combine_chunks()

    def _known(self, table: pa.Table) -> pa.Table:
        """Rows of `table` without those who are left out."""
        if not self.left_out:
            return table
        return table.filter(pc.invert(pc.is_in(table.column(KEY), value_set=pa.array(sorted(self.left_out)))))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MomentsTask:
    """What a worker needs for moments.

    Parameters
    ----------
    columns : tuple of str
        Features, f of them.
    shift : array of float64, shape (f,)
        The same for every part.
    source : Parts
        The parts.
    """

    columns: tuple[str, ...]
    shift: Floats
    source: Parts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoresTask:
    """What a worker needs for scores.

    Parameters
    ----------
    components : Components
        Of all parts, or of an earlier run.
    folder : Path
        Where the files of each part are written.
    sampled_to : int
        Highest hash of a client of the sample, see `is_sampled`.
    inputs : tuple of str
        Columns of the sample to bring along.
    source : Parts
        The parts.
    """

    components: Components
    folder: Path
    sampled_to: int
    inputs: tuple[str, ...]
    source: Parts


@dataclass(frozen=True, slots=True, eq=False)
class PartScores:
    """What comes back of a part.

    Parameters
    ----------
    rows : int
        Its clients.
    sample : Table
        Those of them that belong to the sample: key, first two components, and the columns `ScoresTask.inputs`.
    written : tuple of Written
        Its files: Parquet, then CSV.
    """

    rows: int
    sample: pa.Table
    written: tuple[Written, ...]


def as_it_is(task: Task) -> Task:
    """Tool of a worker that has nothing to prepare."""
    return task


def shift_of(parts: Parts, columns: tuple[str, ...]) -> Floats:
    """Rough means of `columns` from the first rows of up to `HEADS` parts that lie evenly among all."""
    chosen = sorted({number * len(parts.files) // HEADS for number in range(HEADS)})
    return rough_means(np.concatenate([parts.head(parts.files[number], columns) for number in chosen]))


def part_moments(part: Path, task: MomentsTask) -> Moments:
    """Moments of the clients of `part`.

    Raises
    ------
    DataError
        When the part was changed, or a value cannot be used; it names client and feature.
    """
    total: Moments | None = None
    for slab in task.source.slabs(part, task.columns):
        try:
            found = moments(block_of(slab, task.columns), task.shift, task.columns, rows=_ids(slab))
        except DataError as error:
            raise DataError(f"{part.name}, {error}") from error
        total = found if total is None else total + found
    assert total is not None  # noqa: S101 - there is a slab, if an empty one
    return total


def part_scores(part: Path, task: ScoresTask) -> PartScores:
    """Write the scores of the clients of `part`, as Parquet and as a CSV file, under its name."""
    scored: list[pa.Table] = []
    sampled: list[pa.Table] = []
    for slab in task.source.slabs(part, [*task.components.columns, *task.inputs]):
        scored.append(_scored(slab, task.components))
        shown = scored[-1].select([KEY, *task.components.names[:2]])
        for name in task.inputs:
            shown = shown.append_column(name, slab.column(name))
        sampled.append(shown.filter(pa.array(is_sampled(_ids(slab), task.sampled_to))))
    written = write_scores(pa.concat_tables(scored), task.folder, part.stem, task.source.reach)
    return PartScores(written[0].rows, pa.concat_tables(sampled), written)


def _scored(slab: pa.Table, components: Components) -> pa.Table:
    found = scores(block_of(slab, components.columns), components)
    return pa.table({KEY: slab.column(KEY), **dict(zip(components.names, found.T, strict=True))})


def is_sampled(ids: npt.NDArray[np.int64], highest: int) -> npt.NDArray[np.bool_]:
    """Whether each client belongs to the sample: by the id alone, so that no engine and no order can change it.

    The hash is splitmix64 (Steele, Lea and Flood 2014), whose values are as good as drawn at random.
    """
    mixed = ids.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (mixed ^ (mixed >> np.uint64(31))) <= np.uint64(highest)


def sampled_to(n: int, *, of: int) -> int:
    """Hash up to which about `n` of `of` clients lie; all of them where there are not more."""
    largest = 2**64 - 1
    return largest if n >= of else largest * n // of


def _ids(slab: pa.Table) -> npt.NDArray[np.int64]:
    return slab.column(KEY).to_numpy()
