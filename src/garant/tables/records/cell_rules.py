"""One cell of a row of JSON, held to the rules of its column: those of `garant.tables`, on plain values.

A number must come as a number and a text as a text; beyond that a cell means what the same cell means in a Parquet
file (`garant.tables.convert_typed`), and limits, sentinels and levels are those of the declaration.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from garant.tables.cells import MAX_INT64, NULL_WORDS, read_cell
from garant.tables.columns import THOUSANDTHS, Column, Kind
from garant.tables.convert_typed import read_number
from garant.tables.limits import Limit, limits
from garant.tables.rule_texts import Code

Read = Callable[[Any], Any]
"""Accepted value of a cell of JSON, or the `Code` of the rule that it breaks."""

_EXACT_FLOAT = 2.0**53
_EXACT_THOUSANDTHS = 1e15


@dataclass(frozen=True, slots=True)
class CellRule:
    """What a cell of one column is held to.

    Parameters
    ----------
    column : Column
        Declaration.
    read : callable
        Value or `Code` of a cell.
    sentinels : frozenset of int
        Numbers of the lender that mean "no value", for a column that keeps a flag of them.
    """

    column: Column
    read: Read
    sentinels: frozenset[int]

    @classmethod
    def of(cls, column: Column) -> "CellRule":
        """Rule of a declared column."""
        make = {Kind.CATEGORY: _category, Kind.DATE: _date}.get(column.kind, _number)
        kept = frozenset(map(int, column.sentinels)) if column.sentinel_flag else frozenset[int]()
        return cls(column, make(column), kept)

    def is_new(self, value: object) -> bool:
        """Whether an accepted value is none of the declared levels."""
        return value is not None and bool(self.column.levels) and value not in self.column.levels


def _number(column: Column) -> Read:
    sentinels = frozenset(map(int, column.sentinels))
    bounds = limits(column)
    # What the fast way lets pass: inside every limit.
    least = max([limit.least for limit in bounds if limit.least is not None], default=-MAX_INT64)
    greatest = min([limit.greatest for limit in bounds if limit.greatest is not None], default=MAX_INT64)
    empty = None if column.nullable else Code.EMPTY
    kind = column.kind
    whole = _WHOLE.get(kind, _plain)
    fraction = _FRACTION.get(kind, _whole_float)
    wrong_type = Code.ID if kind is Kind.ID else Code.TYPE
    bounded = kind is not Kind.RATE

    def read(cell: Any) -> Any:  # noqa: ANN401 - a value of JSON
        if cell is None:
            return empty
        if cell.__class__ is int:
            value = whole(cell)
        elif cell.__class__ is float:
            value = fraction(cell, kind)
        else:
            return wrong_type
        if value.__class__ is Code or not bounded:
            return value
        if value in sentinels:
            return empty
        return value if least <= value <= greatest else _beyond(value, bounds)

    return read


def _beyond(value: int, bounds: tuple[Limit, ...]) -> Code | int:
    """Code of the first limit that `value` exceeds."""
    for limit in bounds:
        below = limit.least is not None and value < limit.least
        if below or (limit.greatest is not None and value > limit.greatest):
            return limit.code
    return value


def _plain(cell: int) -> Any:  # noqa: ANN401 - an int or a Code
    return cell


def _money(cell: int) -> Any:  # noqa: ANN401 - an int or a Code
    value = cell * THOUSANDTHS
    return value if -MAX_INT64 <= value <= MAX_INT64 else Code.RANGE


_WHOLE: dict[Kind, Callable[[int], Any]] = {Kind.MONEY: _money, Kind.RATE: float}


def _whole_float(cell: float, kind: Kind) -> Any:  # noqa: ANN401 - an int or a Code
    return int(cell) if cell.is_integer() and abs(cell) <= _EXACT_FLOAT else read_number(cell, kind)


def _money_float(cell: float, kind: Kind) -> Any:  # noqa: ANN401 - an int or a Code
    scaled = cell * THOUSANDTHS
    if -_EXACT_THOUSANDTHS < scaled < _EXACT_THOUSANDTHS:
        value = round(scaled)
        if value / THOUSANDTHS == cell:
            return value
    return read_number(cell, kind)


def _rate_float(cell: float, _: Kind) -> float:
    # Adding zero turns -0.0 into 0.0.
    return cell + 0.0


_FRACTION: dict[Kind, Callable[[float, Kind], Any]] = {Kind.MONEY: _money_float, Kind.RATE: _rate_float}


def _category(column: Column) -> Read:
    words = frozenset((*NULL_WORDS, *column.sentinels))
    known = frozenset(level for level in column.levels if level not in words and level == level.strip())
    empty = None if column.nullable else Code.EMPTY

    def read(cell: Any) -> Any:  # noqa: ANN401 - a value of JSON
        if cell.__class__ is not str:
            return empty if cell is None else Code.TYPE
        if cell in known:
            return cell
        value = cell.strip()
        if value in words:
            return empty
        return Code.LEVEL if column.closed and value not in known else value

    return read


def _date(column: Column) -> Read:
    empty = None if column.nullable else Code.EMPTY

    def read(cell: Any) -> Any:  # noqa: ANN401 - a value of JSON
        if cell.__class__ is not str:
            return empty if cell is None else Code.TYPE
        value = read_cell(cell, Kind.DATE)
        return empty if value is None else value

    return read
