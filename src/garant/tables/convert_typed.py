"""Columns of a Parquet file to the types of the accepted tables: exactly, cell by cell where needed, or not at all."""

from decimal import Decimal
from math import isinf, isnan

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from garant.tables.cells import NULL_WORDS, Cell, read_cell
from garant.tables.columns import THOUSANDTHS, Column, Kind
from garant.tables.convert import Converted, DoubtError, convert_text, finish, read_distinct, thousandths
from garant.tables.rules import Code

_EXACT_FLOAT = 2.0**53
"""Beyond it neighbouring whole numbers share a float64: an id there may be another id."""


def unfit(found: pa.DataType, kind: Kind) -> str | None:
    """Types that would fit a column of `kind`, or None when the type `found` does."""
    if pa.types.is_dictionary(found):
        found = found.value_type
    if pa.types.is_null(found) or _is_text(found):
        return None
    match kind:
        case Kind.CATEGORY:
            return None if pa.types.is_integer(found) else "string"
        case Kind.DATE:
            fits = pa.types.is_date(found) or (pa.types.is_timestamp(found) and found.tz is None)
            return None if fits else "date or string"
        case Kind.MONEY:
            # A float32 holds about seven digits: 47962.125 would be another amount.
            fits = pa.types.is_integer(found) or pa.types.is_float64(found) or pa.types.is_decimal(found)
            return None if fits else "double, decimal, an integer or string"
        case _:
            number = pa.types.is_integer(found) or pa.types.is_float32(found) or pa.types.is_float64(found)
            fits = number or pa.types.is_decimal(found)
            fits = fits or (pa.types.is_boolean(found) and kind in {Kind.FLAG, Kind.LABEL})
            return None if fits else "an integer, double, decimal or string"


def convert_typed(cells: pa.Array, column: Column, *, decimal: str = ".", thousands: str = "") -> Converted:
    """Convert a column that `unfit` found nothing against; the marks are those of numbers written as text."""
    if pa.types.is_dictionary(cells.type) and not (column.kind is Kind.CATEGORY and _is_text(cells.type.value_type)):
        cells = cells.dictionary_decode()
    if pa.types.is_null(cells.type):
        cells = cells.cast(pa.string())
    if column.kind is Kind.CATEGORY:
        plain = cells if pa.types.is_dictionary(cells.type) else cells.cast(pa.string())
        return convert_text(plain, column)
    if _is_text(cells.type):
        text = _without_words(cells.cast(pa.string()))
        return convert_text(text, column, decimal=decimal, thousands=thousands)
    if pa.types.is_decimal(cells.type):
        # The shortest way that is exact: Arrow's own decimal to float64 is not always the nearest one.
        return convert_text(cells.cast(pa.string()), column)
    if column.kind is Kind.DATE:
        days, wrong = _dates(cells)
        return finish(days, column, wrong)
    try:
        values, broken = _whole_column(cells, column.kind), dict[int, Code]()
    except (DoubtError, pa.ArrowInvalid):
        values, broken = _cell_by_cell(cells, column.kind)
    return finish(values, column, broken)


def _is_text(found: pa.DataType) -> bool:
    return pa.types.is_string(found) or pa.types.is_large_string(found) or pa.types.is_string_view(found)


def _without_words(text: pa.Array) -> pa.Array:
    hit = pc.is_in(text, value_set=pa.array(NULL_WORDS))
    return pc.if_else(hit, pa.scalar(None, text.type), text) if pc.any(hit).as_py() else text


def _whole_column(cells: pa.Array, kind: Kind) -> pa.Array:
    """Convert by Arrow; raise DoubtError or ArrowInvalid where a cell needs a look."""
    if pa.types.is_floating(cells.type):
        cells = _without_nan(pc.cast(cells, pa.float64()))
        if kind is Kind.RATE:
            return pc.add(_all_true(pc.is_finite(cells), cells), 0.0)
        if kind is Kind.MONEY:
            return thousandths(cells)
        return pc.cast(_all_true(pc.less_equal(pc.abs(cells), _EXACT_FLOAT), cells), pa.int64())
    whole = pc.cast(cells, pa.int64())
    if kind is Kind.MONEY:
        return pc.multiply_checked(whole, THOUSANDTHS)
    return pc.cast(whole, pa.float64()) if kind is Kind.RATE else whole


def _dates(cells: pa.Array) -> tuple[pa.Array, dict[int, Code]]:
    """Days of dates and of timestamps at midnight; another time of the day is no date."""
    days = pc.cast(cells, pa.date32(), safe=False)
    wrong = pc.fill_null(pc.not_equal(pc.cast(days, cells.type), cells), fill_value=False)
    broken = dict.fromkeys(np.flatnonzero(wrong.to_numpy(zero_copy_only=False)).tolist(), Code.TYPE)
    return (pc.if_else(wrong, pa.scalar(None, days.type), days) if broken else days), broken


def _cell_by_cell(cells: pa.Array, kind: Kind) -> tuple[pa.Array, dict[int, Code]]:
    """Convert each distinct cell by itself; only for a batch in which some cell is broken."""
    return read_distinct(cells, kind, lambda cell: read_number(cell, kind))


def read_number(cell: float, kind: Kind) -> Cell | Code:
    """Value of one number for a column of `kind`: None when it is NaN, a `Code` when it breaks a rule."""
    if isinstance(cell, int):
        return read_cell(str(cell), kind)
    if isnan(cell):
        return None
    if kind not in {Kind.RATE, Kind.MONEY} and abs(cell) > _EXACT_FLOAT:
        return Code.ID if kind is Kind.ID else Code.RANGE
    # The shortest text of a float64: for an amount it is the one that was meant.
    return read_cell(repr(cell) if isinf(cell) else f"{Decimal(repr(cell)):f}", kind)


def _without_nan(numbers: pa.Array) -> pa.Array:
    missing = pc.is_nan(numbers)
    return pc.if_else(missing, pa.scalar(None, numbers.type), numbers) if pc.any(missing).as_py() else numbers


def _all_true(condition: pa.Array, cells: pa.Array) -> pa.Array:
    if pc.all(condition).as_py() is False:
        raise DoubtError
    return cells
