"""Aggregates that are exact in every engine: counts, sums, minima and maxima over integers, divided once."""

import ibis

from garant.features.ratio import ratio
from garant.tables.expressions import Condition, Rows, Value

PACK = 100_000
"""Room of a packed value in days, months or counts."""

PACK_MONEY = 10_000_000_000_000
"""Room of a packed amount: ten thousand million currency units, in thousandths."""


def positive_part(value: Value) -> Value:
    """`value` where it is above zero, else 0; NULL stays NULL."""
    return ibis.cases((value > 0, value), (value <= 0, 0))


def days_before(when: Value) -> Value:
    """How many days or months before the application `when` lies: the raw value with its sign turned."""
    return 0 - when


def total(rows: Rows, value: Value, where: Condition) -> Value:
    """Sum of `value` over the rows `where`: 0 when there is no such row, NULL when they state no value at all."""
    return ibis.cases((rows.count(where=where) > 0, value.sum(where=where)), else_=0)


def mean(value: Value, where: Condition) -> Value:
    """Mean of `value` over the rows `where` that state it; NULL when there is none."""
    return ratio(value.sum(where=where), value.count(where=where))


def share(rows: Rows, part: Condition, whole: Condition) -> Value:
    """Share of the rows `whole` that are also `part`; NULL when there is none."""
    return ratio(rows.count(where=part & whole), rows.count(where=whole))


def latest(value: Value, when: Value, where: Condition, *, room: int = PACK) -> Value:
    """Value of the latest row `where` that states one; of several rows of that day or month the largest value.

    Day and value are packed into one integer, whose maximum needs no order of rows and no ``argmax``. Values are held
    inside 0 to `room` - 1.
    """
    held = ibis.cases((value >= room, room - 1), (value > 0, value), (value <= 0, 0))
    return (when * room + held).max(where=where) - when.max(where=where & value.notnull()) * room
