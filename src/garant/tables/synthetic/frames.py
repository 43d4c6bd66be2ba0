"""From columns of numpy arrays to Arrow tables with the official column names and order."""

from collections.abc import Mapping, Sequence

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
    """Column names of a file, in the official order; only the training table has TARGET.

    The applicants have no customer number beside `SK_ID_CURR`.
    """
    if file in {TRAIN, TEST}:
        left_out = {"subject_ref"} if file == TRAIN else {"subject_ref", "TARGET"}
        return tuple(name for name in APPLICATION.names if name not in left_out)
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
    return pa.table([_kept(columns[name], rows) for name in names], names=list(names))


def arrow_array(values: npt.NDArray[np.generic], gaps: Flags | None = None) -> pa.Array:
    """Wrap a numpy array without a copy; NaN and `gaps` become missing.

    ``pa.array`` would do the same, but imports pandas first wherever it is installed: over a second, and 60 MB.
    """
    if values.dtype.kind == "M":
        days = values.astype("datetime64[D]").astype(np.int32)
        return pa.Array.from_buffers(pa.date32(), len(days), [None, pa.py_buffer(days)])
    if values.dtype == np.float64:
        # Adding zero turns -0.0, which CSV would show, into 0.0.
        values = np.add(values, 0.0)
        gaps = np.isnan(values)
    n_gaps = 0 if gaps is None else int(gaps.sum())
    validity = pa.py_buffer(np.packbits(~gaps, bitorder="little")) if gaps is not None and n_gaps else None
    buffers = [validity, pa.py_buffer(np.ascontiguousarray(values))]
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), buffers, n_gaps)


def word_array(words: Sequence[str]) -> pa.Array:
    """Make a string array, without pandas as `arrow_array`."""
    texts = [word.encode() for word in words]
    offsets = np.cumsum([0, *(len(text) for text in texts)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(offsets), pa.py_buffer(b"".join(texts)))


def _kept(values: Values, rows: Flags | None) -> pa.Array:
    kept = values if rows is None else values[rows]
    if not isinstance(kept, Category):
        return arrow_array(kept)
    words = word_array([name for name in kept.names if name])
    if "" not in kept.names:
        return pa.DictionaryArray.from_arrays(arrow_array(kept.codes), words)
    gap = kept.names.index("")
    # The names after the gap move down by one.
    codes = np.where(kept.codes > gap, kept.codes - 1, kept.codes).astype(np.int8)
    return pa.DictionaryArray.from_arrays(arrow_array(codes, kept.codes == gap), words)
