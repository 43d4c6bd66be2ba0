"""Categories of whole columns: spaces around a value go, words for "no value" too, unknown values are noticed.

Only the levels are looked at; the rows are counted where a level deserves it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from garant.tables.cells import NULL_WORDS
from garant.tables.columns import Column

LEVELS = pa.dictionary(pa.int32(), pa.string())
"""Categories travel as codes of their levels; Parquet shows them as plain strings."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """What deserves a warning in the cells of a category.

    Parameters
    ----------
    stripped : int
        Cells that had spaces around their value.
    new : mapping of str to int
        Values that are not among the declared ones of the column, with the rows that hold them.
    """

    stripped: int = 0
    new: Mapping[str, int] = field(default_factory=dict[str, int])


def read_levels(cells: pa.Array, column: Column) -> tuple[pa.Array, Noticed]:
    """Read the `cells` of a category.

    Parameters
    ----------
    cells : Arrow array of shape (n,)
        Strings, or codes of them.
    column : Column
        Declares sentinels and known levels.

    Returns
    -------
    dictionary array of shape (n,)
        Categories; NULL where a cell holds nothing, a word for "no value" or a sentinel.
    Noticed
        Stripped and unknown values among them.
    """
    if not pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_encode()
    levels = pc.utf8_trim_whitespace(cells.dictionary)
    stripped = _mask(pc.and_(pc.not_equal(levels, cells.dictionary), pc.not_equal(levels, "")))
    words = pa.array([*NULL_WORDS, *column.sentinels], levels.type)
    levels = pc.if_else(pc.is_in(levels, value_set=words), pa.scalar(None, levels.type), levels)
    new = _mask(unknown(levels, column))
    noticed = _noticed(cells, levels, stripped, new) if stripped.any() or new.any() else Noticed()
    if levels.null_count == 0 and levels.equals(cells.dictionary):
        return cells.cast(LEVELS), noticed
    codes = levels.dictionary_encode()
    return pa.DictionaryArray.from_arrays(codes.indices.take(cells.indices), codes.dictionary).cast(LEVELS), noticed


def unknown(levels: pa.Array, column: Column) -> pa.Array:
    """Whether each of the `levels` is none of the declared ones; never where none are declared."""
    if not column.levels:
        return pa.array(np.zeros(len(levels), np.bool_))
    return pc.invert(pc.is_in(levels, value_set=pa.array([*column.levels, None], levels.type)))


def _noticed(cells: pa.Array, levels: pa.Array, stripped: npt.NDArray[np.bool_], new: npt.NDArray[np.bool_]) -> Noticed:
    codes = cells.indices.drop_null().to_numpy()
    rows = np.bincount(codes, minlength=len(levels))
    found: dict[str, int] = {}
    for level in np.flatnonzero(new & (rows > 0)).tolist():
        value = levels[level].as_py()
        found[value] = found.get(value, 0) + int(rows[level])
    return Noticed(int(rows[stripped].sum()), found)


def _mask(condition: pa.Array) -> npt.NDArray[np.bool_]:
    return pc.fill_null(condition, fill_value=False).to_numpy(zero_copy_only=False)
