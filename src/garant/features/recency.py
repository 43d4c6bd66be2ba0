"""Weights by recency: whole numbers that fall by one for each day or month back, so that weighted sums stay exact.

A weighted sum of amounts stays inside int64 as long as the amounts of one client, in currency units, add up to less
than 8 million million: 1,095 times as many thousandths are 8.8e18. Days and counts are far below that.
"""

from garant.features.aggregates import positive_part
from garant.features.ratio import ratio
from garant.tables.expressions import Condition, Value

REACH_DAYS = 1_095
"""Rows three years back weigh nothing: with a longer reach a weighted mean says the same as a plain one."""

REACH_MONTHS = 36
"""The same for monthly records."""


def weight_by_days(when: Value) -> Value:
    """Weight of a row of day `when`: 1,095 on the day of the application, one less for each day before it."""
    return positive_part(when + REACH_DAYS)


def weight_by_months(when: Value) -> Value:
    """Weight of a row of month `when`: 36 in the month of the application, one less for each month before it."""
    return positive_part(when + REACH_MONTHS)


def weighted_share(weight: Value, part: Condition, whole: Condition) -> Value:
    """Weight of the rows `whole` that are also `part`, as a share of the weight of `whole`; NULL when there is none."""
    return ratio(weight.sum(where=part & whole).coalesce(0), weight.sum(where=whole))


def weighted_mean(value: Value, weight: Value, where: Condition) -> Value:
    """Mean of the whole number `value` over the rows `where` that state it, the recent ones counting more."""
    stated = where & value.notnull()
    return ratio((value * weight).sum(where=stated), weight.sum(where=stated))
