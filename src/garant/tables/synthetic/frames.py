"""From columns of numpy arrays to Arrow tables with the official column names and order."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from garant.tables.schema import APPLICATION, TABLES
from garant.tables.synthetic.draws import Category, Flags

Values = Category | npt.NDArray[np.generic]
"""One column: a category, or an array of int64, float64 (NaN is missing) or days."""

TRAIN, TEST = "application_train", "application_test"

FILES = (TRAIN, TEST, *(name for name in TABLES if name != APPLICATION.name))
"""The eight files of a lender, without extension."""


def header(file: str) -> tuple[str, ...]:
    """Column names of a file, in the official order; only the training table has TARGET."""
    if file == TRAIN:
        return APPLICATION.names
    if file == TEST:
        return tuple(name for name in APPLICATION.names if name != "TARGET")
    return TABLES[file].names


def frame(file: str, columns: Mapping[str, Values], rows: Flags | None = None) -> pa.Table:
    """Make the Arrow table of one block of a file.

    Parameters
    ----------
    file : str
        One of `FILES`.
    columns : mapping of str to array or Category
        All columns, in any order; more than the file needs is allowed.
    rows : array of bool, optional
        Rows to keep.
    """
    names = header(file)
    return pa.table([_arrow(columns[name], rows) for name in names], names=list(names))


def _arrow(values: Values, rows: Flags | None) -> pa.Array:
    kept = values if rows is None else values[rows]
    if not isinstance(kept, Category):
        # Adding zero turns -0.0, which CSV would show, into 0.0.
        return pa.array(np.add(kept, 0.0) if kept.dtype == np.float64 else kept, from_pandas=True)
    if "" not in kept.names:
        return pa.DictionaryArray.from_arrays(pa.array(kept.codes), pa.array(kept.names, pa.string()))
    gap = kept.names.index("")
    # The names after the gap move down by one.
    codes = np.where(kept.codes > gap, kept.codes - 1, kept.codes).astype(np.int8)
    names = [name for name in kept.names if name]
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=kept.codes == gap), pa.array(names, pa.string()))
