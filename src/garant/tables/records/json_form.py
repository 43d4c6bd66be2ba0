"""JSON Schema of raw records, from the declarations of the tables."""

from collections.abc import Mapping
from typing import Any

from garant.tables.columns import THOUSANDTHS, Column, Kind, TableSchema
from garant.tables.limits import limits

_LABEL = "TARGET"


def records_form(tables: Mapping[str, tuple[TableSchema, frozenset[str], int]]) -> dict[str, Any]:
    """JSON Schema of one client's records.

    Parameters
    ----------
    tables : mapping of str to (TableSchema, frozenset of str, int)
        Tables that may be sent, with the fields that each row needs, and how many rows there may be.
    """
    properties: dict[str, Any] = {}
    for name, (schema, needed, most) in tables.items():
        row = _row(schema, needed)
        properties[name] = {"type": "array", "items": row, "maxItems": most} if schema.parent else row
    return {"type": "object", "properties": properties, "required": ["application"], "additionalProperties": False}


def _row(schema: TableSchema, needed: frozenset[str]) -> dict[str, Any]:
    columns = [column for column in schema.columns if column.name != _LABEL]
    return {
        "type": "object",
        "properties": {column.name: _cell(column) for column in columns},
        "required": [column.name for column in columns if column.name in needed],
        "additionalProperties": False,
    }


def _cell(column: Column) -> dict[str, Any]:
    kind = {Kind.CATEGORY: "string", Kind.DATE: "string", Kind.MONEY: "number", Kind.RATE: "number"}.get(
        column.kind, "integer"
    )
    form: dict[str, Any] = {"type": [kind, "null"] if column.nullable else kind}
    if column.kind is Kind.CATEGORY:
        if column.closed:
            form["enum"] = [*column.levels, None] if column.nullable else [*column.levels]
        elif column.levels:
            form["examples"] = list(column.levels[:3])
        return form
    if column.kind is Kind.DATE:
        return {**form, "format": "date"}
    return {**form, **_bounds(column)}


def _bounds(column: Column) -> dict[str, int]:
    scale = THOUSANDTHS if column.kind is Kind.MONEY else 1
    least = [limit.least for limit in limits(column) if limit.least is not None]
    greatest = [limit.greatest for limit in limits(column) if limit.greatest is not None]
    # A sentinel lies beyond the limits and is legal all the same.
    if column.sentinels:
        return {}
    bounds: dict[str, int] = {}
    if least:
        bounds["minimum"] = max(least) // scale
    if greatest:
        bounds["maximum"] = min(greatest) // scale
    return bounds
