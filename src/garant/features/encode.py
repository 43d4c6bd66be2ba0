"""From matrix columns to the float32 array that the model reads: the only cast there is, for every engine."""

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


@dataclass(frozen=True, slots=True)
class InputColumn:
    """One input of a model.

    Parameters
    ----------
    name : str
        Name of the feature.
    levels : tuple of str or None
        Frozen levels of a category (codes 1, 2, …, in this order); None for a number.
    """

    name: str
    levels: tuple[str, ...] | None = None


def freeze_levels(column: pa.ChunkedArray | pa.Array, *, min_rows: int = MIN_LEVEL_ROWS) -> tuple[str, ...]:
    """Levels of a category with at least `min_rows` rows, in alphabetical order."""
    counts = pc.value_counts(column).to_pylist()
    return tuple(sorted(c["values"] for c in counts if c["values"] is not None and c["counts"] >= min_rows))


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
    """Rows per category whose level is not frozen; categories without such rows are left out."""
    found: dict[str, int] = {}
    for column in columns:
        if column.levels is not None:
            rows = int(np.count_nonzero(_encoded(batch.column(column.name), column.levels) == OTHER))
            if rows:
                found[column.name] = rows
    return found


def _encoded(values: pa.Array | pa.ChunkedArray, levels: tuple[str, ...] | None) -> npt.NDArray[np.float64]:
    if levels is None:
        return pc.cast(values, pa.float64()).to_numpy(zero_copy_only=False)
    codes = pc.add(pc.fill_null(pc.index_in(values, value_set=pa.array(levels, pa.string())), OTHER - 1), 1)
    codes = pc.if_else(pc.is_null(values), pa.scalar(None, pa.int32()), pc.cast(codes, pa.int32()))
    return pc.cast(codes, pa.float64()).to_numpy(zero_copy_only=False)
