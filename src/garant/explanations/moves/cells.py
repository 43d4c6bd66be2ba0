"""Reading and writing single cells of a person's accepted rows."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from garant.tables.columns import THOUSANDTHS
from garant.tables.variants import ClientRows

CENT = 10
"""Amounts that a move makes are rounded to hundredths of the currency unit, in thousandths."""

Cell = int | float | str | None


def one(rows: ClientRows, column: str) -> Cell:
    """Cell of the one application; None where the column is absent."""
    table = rows["application"]
    return table[column][0].as_py() if column in table.schema.names else None


def amount_of(rows: ClientRows, column: str) -> int | None:
    """Amount of the application in thousandths, where one above zero is stated."""
    found = one(rows, column)
    return found if isinstance(found, int) and found > 0 else None


def with_application(rows: ClientRows, cells: Mapping[str, Cell]) -> dict[str, pa.Table]:
    """The rows with other cells in the one application."""
    table = rows["application"]
    for column, cell in cells.items():
        table = with_column(table, column, [cell])
    return {**rows, "application": table}


def with_column(table: pa.Table, column: str, cells: Sequence[Cell]) -> pa.Table:
    """The table with another column, of the same type."""
    place = table.schema.get_field_index(column)
    field = table.schema.field(place)
    return table.set_column(place, field, pa.array(cells, field.type))


def cells_of(table: pa.Table, column: str) -> list[Cell]:
    """All cells of a column; None in each where the column is absent."""
    return table[column].to_pylist() if column in table.schema.names else [None] * table.num_rows


def scaled(amount: int, factor: float) -> int:
    """`amount`, in thousandths, times `factor`, to whole cents."""
    return round(amount * factor / CENT) * CENT


def units(thousandths: int) -> float:
    """Currency units."""
    return thousandths / THOUSANDTHS


def thousandths(amount: float) -> int:
    """Thousandths of an amount in currency units, to whole cents."""
    return round(amount * THOUSANDTHS / CENT) * CENT
