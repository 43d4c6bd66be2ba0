"""Rows that broke a rule, as columns: a column that is broken throughout makes a million of them."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from garant.tables.rules import Code

BROKEN = pa.schema(
    [
        pa.field("line", pa.int64()),
        pa.field("client", pa.int64()),
        pa.field("columns", pa.list_(pa.string())),
        pa.field("codes", pa.list_(pa.string())),
        pa.field("values", pa.list_(pa.string())),
        pa.field("raw", pa.string()),
    ]
)
"""One row per row set aside: its line, its client where that cell is sound, its breaks (column, code, what the cell
holds) as three lists of one length, and its raw text."""

Rows = npt.NDArray[np.int64]


class Breaks:
    """Collects the broken cells of some rows, column by column."""

    def __init__(self) -> None:
        self._rows: list[Rows] = []
        self._columns: list[pa.Array] = []
        self._codes: list[pa.Array] = []
        self._values: list[pa.Array] = []

    def add(self, column: str, broken: dict[int, Code], cells: pa.Array) -> None:
        """Add the `broken` ones among the raw `cells` of a column."""
        if not broken:
            return
        rows = np.fromiter(broken, np.int64, len(broken))
        self._rows.append(rows)
        self._columns.append(pa.repeat(pa.scalar(column), len(rows)))
        self._codes.append(_codes(broken.values()))
        self._values.append(_text(cells.take(pa.array(rows))))

    def rows(self) -> Rows:
        """Positions of the rows that have any broken cell, rising."""
        return np.unique(np.concatenate([np.zeros(0, np.int64), *self._rows]))

    def table(self, lines: Rows, clients: pa.Array, raw: Sequence[str]) -> pa.Table:
        """The broken rows, of which `lines`, `clients` and `raw` texts are given, as a table of schema `BROKEN`."""
        if not self._rows:
            return BROKEN.empty_table()
        rows = np.concatenate(self._rows)
        order = np.argsort(rows, kind="stable")
        _, starts = np.unique(rows[order], return_index=True)
        offsets = pa.array(np.append(starts, len(rows)), pa.int32())
        lists = [
            pa.ListArray.from_arrays(offsets, pa.concat_arrays(parts).take(pa.array(order)))
            for parts in (self._columns, self._codes, self._values)
        ]
        return pa.table([pa.array(lines), clients, *lists, pa.array(raw, pa.string())], schema=BROKEN)


def broken_whole(
    lines: Sequence[int],
    raw: Sequence[str],
    *,
    column: str,
    codes: Iterable[Code],
    clients: Sequence[int | None] | None = None,
    values: Sequence[str] | None = None,
) -> pa.Table:
    """Rows that each break one rule, as a table of schema `BROKEN`."""
    n = len(lines)
    offsets = pa.array(np.arange(n + 1), pa.int32())
    breaks = [pa.repeat(pa.scalar(column), n), _codes(codes), pa.array(values or [None] * n, pa.string())]
    lists = [pa.ListArray.from_arrays(offsets, each) for each in breaks]
    ids = pa.array(clients or [None] * n, pa.int64())
    return pa.table([pa.array(lines, pa.int64()), ids, *lists, pa.array(raw, pa.string())], schema=BROKEN)


def by_line(tables: Sequence[pa.Table]) -> pa.Table:
    """The rows of several tables by their lines."""
    filled = [table for table in tables if table.num_rows]
    if len(filled) <= 1:
        return filled[0] if filled else BROKEN.empty_table()
    rows = pa.concat_tables(filled)
    return rows.take(pc.sort_indices(rows.column("line")))


def _codes(codes: Iterable[Code]) -> pa.Array:
    return pa.array([code.value for code in codes], pa.string())


def _text(cells: pa.Array) -> pa.Array:
    """What the cells hold, as Python writes it."""
    if pa.types.is_string(cells.type):
        return cells
    return pa.array([None if cell is None else str(cell) for cell in cells.to_pylist()], pa.string())
