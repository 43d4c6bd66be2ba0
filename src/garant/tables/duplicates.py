"""Rows that share a key: identical copies keep one row, contradicting ones keep none."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from garant.tables.leaving import PART, POSITION, Leaving, Positions, rows_with
from garant.tables.orphans import IdSet
from garant.tables.rules import Code

_SOURCE = ("source_file", "source_line")
_GROUP = "group"


def find_copies(
    parts: Sequence[Path], key: tuple[str, ...], candidates: Positions, *, owner: str | None = None
) -> Leaving:
    """Rows of the Parquet `parts` that must go, among those whose packed key is one of the `candidates`.

    Two rows are identical when all their values are, wherever they come from; then the first one stays. Rows of one
    key that name several owners are left to the rule about owners, which takes all of them.

    Parameters
    ----------
    parts : sequence of Path
        Accepted parts of one table.
    key : tuple of str
        Columns that identify a row.
    candidates : int64 array
        Packed keys that occur more than once; keys that only look equal when packed are told apart here.
    owner : str or None
        Column that says whose row it is.
    """
    rows = rows_with(parts, key, IdSet(candidates))
    order, starts, group = _groups([rows.column(name).to_numpy() for name in key])
    values = [name for name in rows.column_names if name not in {*_SOURCE, PART, POSITION}]
    grouped = rows.select(values).append_column(_GROUP, pa.array(group))
    contents = grouped.group_by([*values, _GROUP]).aggregate([]).column(_GROUP).to_numpy()
    contradicting = (np.bincount(contents, minlength=len(starts)) > 1)[group]
    goes = np.ones(rows.num_rows, bool)
    goes[order[starts]] = False
    goes |= contradicting
    if owner is not None:
        owners = rows.column(owner).to_numpy()[order]
        disputed = np.minimum.reduceat(owners, starts) != np.maximum.reduceat(owners, starts)
        goes &= ~disputed[group]
    codes = np.array([Code.DUPLICATE, Code.CONFLICT], object)[contradicting[goes].astype(np.intp)]
    return Leaving(rows.filter(pa.array(goes)), codes, key)


def _groups(keys: Sequence[Positions]) -> tuple[Positions, npt.NDArray[np.intp], Positions]:
    """Order of the rows by key (equal keys in their own order), where each key starts in it, and each row's key."""
    order = np.lexsort(keys[::-1])
    is_new = np.ones(len(order), bool)
    is_new[1:] = np.any([key[order][1:] != key[order][:-1] for key in keys], axis=0)
    group = np.empty(len(order), np.int64)
    group[order] = np.cumsum(is_new) - 1
    return order, np.flatnonzero(is_new), group
