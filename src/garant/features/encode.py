"""From matrix columns to the float32 array that the model reads: the only cast there is, for every engine."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

OTHER = 0
"""Code of every level that is not frozen in the bundle: rare in training, or never seen."""

MIN_LEVEL_ROWS = 50
"""A level with fewer training rows joins `OTHER`, so that the code of unknown levels is one the model has met."""

MAX_RARE_LEVELS = 1_000
"""With more rare levels than this the column is free text, in which everything is new and nothing of it is news."""


@dataclass(frozen=True, slots=True)
class InputColumn:
    """One input of a model.

    Parameters
    ----------
    name : str
        Name of the feature.
    levels : tuple of str or None
        Frozen levels of a category (codes 1, 2, …, in this order); None for a number.
    rare : tuple of str or None
        Digests of the levels that training met too seldom to freeze; None when they are not known, as when there were
        more than `MAX_RARE_LEVELS`. Digests, because a level that one person has is not for others to read.
    """

    name: str
    levels: tuple[str, ...] | None = None
    rare: tuple[str, ...] | None = None


def freeze_levels(column: pa.ChunkedArray | pa.Array, *, min_rows: int = MIN_LEVEL_ROWS) -> tuple[str, ...]:
    """Levels of a category with at least `min_rows` rows, in alphabetical order."""
    counts = pc.value_counts(column).to_pylist()
    return tuple(sorted(c["values"] for c in counts if c["values"] is not None and c["counts"] >= min_rows))


def rare_levels(column: pa.ChunkedArray | pa.Array, levels: Sequence[str]) -> tuple[str, ...] | None:
    """Digests of the levels of `column` beside the frozen `levels`; None when there are too many of them."""
    rare = {level for level in pc.unique(column).to_pylist() if level is not None} - set(levels)
    return None if len(rare) > MAX_RARE_LEVELS else tuple(sorted(level_digest(level) for level in rare))


def level_digest(level: str) -> str:
    """Short digest of a level: enough to tell whether it was met."""
    return hashlib.sha256(level.encode()).hexdigest()[:16]


def encode(batch: pa.RecordBatch | pa.Table, columns: Sequence[InputColumn]) -> npt.NDArray[np.float32]:
    """Model input of the rows of `batch`.

    Returns
    -------
    array of float32, shape (rows, len(columns))
        NULL becomes NaN, a frozen level its code, any other level `OTHER`. Columns are selected by name.
    """
    matrix = np.empty((batch.num_rows, len(columns)), dtype=np.float32)
    for position, column in enumerate(columns):
        matrix[:, position] = _encoded(batch.column(column.name), column.levels)
    return matrix


def unknown_levels(batch: pa.RecordBatch | pa.Table, columns: Sequence[InputColumn]) -> dict[str, int]:
    """Rows per category whose level training never met; categories without such rows are left out.

    A category whose rare levels are not known is left out as well: nobody can tell which of them are new.
    """
    found: dict[str, int] = {}
    for column in columns:
        if column.levels is not None and column.rare is not None:
            values = batch.column(column.name)
            others = values.filter(pc.equal(pa.array(_encoded(values, column.levels)), pa.scalar(float(OTHER))))
            met = set(column.rare)
            counted = pc.value_counts(others).to_pylist()
            rows = sum(count["counts"] for count in counted if level_digest(count["values"]) not in met)
            if rows:
                found[column.name] = rows
    return found


def _encoded(values: pa.Array | pa.ChunkedArray, levels: tuple[str, ...] | None) -> npt.NDArray[np.float64]:
    if levels is None:
        return pc.cast(values, pa.float64()).to_numpy(zero_copy_only=False)
    codes = pc.add(pc.fill_null(pc.index_in(values, value_set=pa.array(levels, pa.string())), OTHER - 1), 1)
    codes = pc.if_else(pc.is_null(values), pa.scalar(None, pa.int32()), pc.cast(codes, pa.int32()))
    return pc.cast(codes, pa.float64()).to_numpy(zero_copy_only=False)
