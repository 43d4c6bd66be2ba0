"""Accepted rows back to the JSON that they are read from: exactly, so that reading it gives the same rows."""

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from garant.tables.columns import THOUSANDTHS, Column, Kind, TableSchema

_LABEL = "TARGET"


def as_json(tables: Mapping[str, tuple[TableSchema, pa.Table]]) -> dict[str, Any]:
    """JSON of one client: the application as an object, every other table as a list; never the outcome."""
    found = {name: _rows(schema, table) for name, (schema, table) in tables.items()}
    return {name: rows if tables[name][0].parent else rows[0] for name, rows in found.items()}


def _rows(schema: TableSchema, table: pa.Table) -> list[dict[str, Any]]:
    columns = [column for column in schema.columns if column.name != _LABEL]
    cells = [_cells(column, table) for column in columns]
    names = [column.name for column in columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def _cells(column: Column, table: pa.Table) -> list[Any]:
    values = table.column(column.name).to_pylist()
    if column.sentinel_flag:
        flags = table.column(column.sentinel_flag).to_pylist()
        sentinel = int(column.sentinels[0])
        values = [sentinel if flag == 1 else value for value, flag in zip(values, flags, strict=True)]
    tell = _TELL.get(column.kind)
    return values if tell is None else [None if value is None else tell(value) for value in values]


def _amount(thousandths: int) -> int | float:
    whole, rest = divmod(thousandths, THOUSANDTHS)
    # The float nearest to the quotient: below a thousand million millions its shortest text is the amount.
    return thousandths / THOUSANDTHS if rest else whole


_TELL: dict[Kind, Callable[[Any], Any]] = {Kind.MONEY: _amount, Kind.DATE: lambda day: day.isoformat()}
