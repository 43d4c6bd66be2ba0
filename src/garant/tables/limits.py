"""Between which values the cells of a column must lie, derived from its declaration."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from garant.tables.columns import Column, Kind
from garant.tables.rule_texts import Code

_NEVER_NEGATIVE = frozenset({Kind.MONEY, Kind.YEARS, Kind.HOUR, Kind.COUNT, Kind.RATING, Kind.FLAG})
"""Kinds that cannot be below zero, unless a column says so. A rate can; days and months mostly are."""

MOST_MONEY = 10**14
"""Greatest amount, in thousandths: 100,000 million currency units. Weighted by recency (`garant.features.recency`), 80
such amounts of one client still add up inside int64; beyond it engines would stop, or go on with a rounded number."""

MOST_DAYS = 100_000
"""Farthest day or month, 270 years: beyond it packed values (`garant.features.aggregates`) would leave int64."""

_WIDEST = {Kind.MONEY: MOST_MONEY, Kind.DAYS: MOST_DAYS, Kind.MONTHS: MOST_DAYS}


@dataclass(frozen=True, slots=True)
class Limit:
    """Least and greatest legal value; a cell beyond them breaks the rule `code`."""

    code: Code
    least: int | None = None
    greatest: int | None = None


def limits(column: Column) -> tuple[Limit, ...]:
    """Limits of the integers in `column`; of several that a cell exceeds the first one counts."""
    if column.kind is Kind.ID:
        return (Limit(Code.ID, least=1),)
    if column.kind is Kind.LABEL:
        return (Limit(Code.LABEL, least=0, greatest=1),)
    found: list[Limit] = []
    if column.past:
        found.append(Limit(Code.FUTURE, greatest=0))
    if column.ages is not None:
        found.append(Limit(Code.AGE, *column.ages))
    if column.kind in _NEVER_NEGATIVE and not column.negative:
        found.append(Limit(Code.NEGATIVE, least=0))
    if column.kind in _WIDEST:
        found.append(Limit(Code.RANGE, least=-_WIDEST[column.kind], greatest=_WIDEST[column.kind]))
    return tuple(found)


def beyond(values: pa.Array, column: Column) -> Iterator[tuple[int, Code]]:
    """Rows of int64 `values` that lie beyond a limit of `column`, with the code of the rule.

    A sound column costs one pass, for its least and greatest value.
    """
    found = limits(column)
    if not found:
        return
    ends = pc.min_max(values).as_py()
    if ends["min"] is None:
        return
    for limit in found:
        if limit.least is not None and ends["min"] < limit.least:
            yield from _rows(pc.less(values, limit.least), limit.code)
        if limit.greatest is not None and ends["max"] > limit.greatest:
            yield from _rows(pc.greater(values, limit.greatest), limit.code)


def _rows(wrong: pa.Array, code: Code) -> Iterator[tuple[int, Code]]:
    for row in np.flatnonzero(pc.fill_null(wrong, fill_value=False).to_numpy(zero_copy_only=False)).tolist():
        yield row, code
