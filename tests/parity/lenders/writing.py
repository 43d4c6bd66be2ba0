"""Rows of lenders: complete ones from the cells that matter, and their files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from garant.tables.schema import TABLES

Row = dict[str, Any]
Lender = dict[str, list[Row]]
"""Rows by raw table."""


def complete(table: str, cells: Mapping[str, Any]) -> Row:
    """One row with every column of the accepted table; what is not said is NULL."""
    empty: Row = dict.fromkeys(TABLES[table].arrow.names)
    unknown = sorted(set(cells) - set(empty))
    assert not unknown, f"{table} has no columns {unknown}"
    return {**empty, **cells}


def as_arrow(table: str, rows: Sequence[Row]) -> pa.Table:
    """Rows in the types of the accepted table."""
    return pa.Table.from_pylist(list(rows), TABLES[table].arrow)


def write_parts(folder: Path, table: str, rows: Sequence[Row], parts: int = 1) -> list[Path]:
    """Write rows as Parquet part files of the accepted types; some parts may be empty."""
    files: list[Path] = []
    for part in range(parts):
        file = folder / f"{table}-{part}.parquet"
        pq.write_table(as_arrow(table, rows[part::parts]), file)
        files.append(file)
    return files


def joined_lenders(*lenders: Lender) -> Lender:
    """One lender with the rows of all, whose keys must differ."""
    return {table: [row for lender in lenders for row in lender[table]] for table in TABLES}


def shifted(lender: Lender, by: int) -> Lender:
    """The lender with other keys, in the same order."""
    keys = ("SK_ID_CURR", "SK_ID_PREV", "SK_ID_BUREAU")
    return {
        table: [{**row, **{key: row[key] + by for key in keys if row.get(key) is not None}} for row in rows]
        for table, rows in lender.items()
    }
