"""Monthly records of credits elsewhere: how often and how far behind, first per credit, then per client.

How many months the bureau reports says more about the bureau than about the client, so no feature counts them: late
months are shares of the reported ones.
"""

import ibis

from garant.features import bureau_balance_recency
from garant.features.aggregates import days_before, share
from garant.features.feature import Feature, FeatureGroup, Missing, Sign, Unit
from garant.features.ratio import number, ratio
from garant.features.recency import weight_by_months
from garant.features.streaks import longest_runs
from garant.features.topic import Topic
from garant.features.window import ALL, MONTHS_6, MONTHS_12, MONTHS_24, Window
from garant.tables.expressions import Rows, Value
from garant.tables.point_in_time import known

_LATE = Topic(table="bureau_balance", prefix="bureau_balance", family="overdue_elsewhere", sign=Sign.RAISES)

_DAYS_OF_STATUS = {"0": 0, "1": 1, "2": 31, "3": 61, "4": 91, "5": 120}
"""Least days past due of each status of a reported month; C (closed) and X (unknown) report no delay."""

_MONTH_DAYS = 30
"""Beyond this a delay is more than one missed payment."""

_WINDOWS = (MONTHS_6, MONTHS_12, MONTHS_24, ALL)


def group() -> FeatureGroup:
    """Features of the table bureau_balance."""
    credit = credits_with_months()
    return FeatureGroup(
        name="bureau_balance",
        tables=("application", "bureau", "bureau_balance"),
        relation=credit,
        features=(*features(credit), *bureau_balance_recency.features(credit)),
    )


def credits_with_months() -> Rows:
    """One row per known credit elsewhere with monthly records: late months per window and by weight, longest run."""
    month = known("bureau_balance")
    days_late = _days_late(month.STATUS)
    late = days_late > 0
    counts: dict[str, Value] = {}
    for window in _WINDOWS:
        inside = window.covers(month.MONTHS_BALANCE)
        counts[f"reported_{window}"] = days_late.count(where=inside)
        counts[f"late_{window}"] = month.count(where=inside & late)
        counts[f"late_30_{window}"] = month.count(where=inside & (days_late > _MONTH_DAYS))
        counts[f"worst_{window}"] = days_late.max(where=inside)
    weight = weight_by_months(month.MONTHS_BALANCE)
    counts["weight_reported"] = weight.sum(where=days_late.notnull())
    counts["weight_late"] = weight.sum(where=late)
    counts["weight_late_30"] = weight.sum(where=days_late > _MONTH_DAYS)
    counts["last_late"] = month.MONTHS_BALANCE.max(where=late)
    per_credit = month.group_by("SK_ID_BUREAU").aggregate(**counts)
    late_runs = longest_runs(month.filter(late), ["SK_ID_BUREAU"], "STATUS").rename(credit_in_run="SK_ID_BUREAU")
    credit: Rows = known("bureau").select("SK_ID_BUREAU", "SK_ID_CURR").inner_join(per_credit, "SK_ID_BUREAU")
    return credit.left_join(late_runs, late_runs.credit_in_run == credit.SK_ID_BUREAU)


def _days_late(status: Value) -> Value:
    return ibis.cases(*((status == level, days) for level, days in _DAYS_OF_STATUS.items()))


def features(credit: Rows) -> tuple[Feature, ...]:
    """Features of delays elsewhere, all of which raise the risk."""
    return (
        *(late_share(credit, window) for window in _WINDOWS),
        *(late_30_share(credit, window) for window in (MONTHS_24, ALL)),
        *(worst_days(credit, window) for window in (MONTHS_12, MONTHS_24, ALL)),
        late_credits_share(credit, ALL),
        last_late_months(credit, ALL),
    )


def late_share(credit: Rows, window: Window) -> Feature:
    """Share of the reported months with a late payment; NULL when no month was reported in the window."""
    late = ratio(credit[f"late_{window}"].sum(), credit[f"reported_{window}"].sum())
    return _LATE.feature("late_share", Unit.SHARE, late, window=window)


def late_30_share(credit: Rows, window: Window) -> Feature:
    """Share of the reported months more than 30 days late."""
    late = ratio(credit[f"late_30_{window}"].sum(), credit[f"reported_{window}"].sum())
    return _LATE.feature("late_30_share", Unit.SHARE, late, window=window)


def worst_days(credit: Rows, window: Window) -> Feature:
    """Worst delay class: at least so many days late; 0 when never late."""
    return _LATE.feature("worst_days", Unit.DAYS, number(credit[f"worst_{window}"].max()), window=window)


def late_credits_share(credit: Rows, window: Window) -> Feature:
    """Share of the credits with reported months that were ever late."""
    late = share(credit, credit[f"late_{window}"] > 0, credit[f"reported_{window}"] > 0)
    return _LATE.feature("late_credits_share", Unit.SHARE, late, window=window)


def last_late_months(credit: Rows, window: Window) -> Feature:
    """Months since the latest late payment; NULL when there was none. Longer ago is safer."""
    months = number(days_before(credit.last_late.max()))
    return _LATE.feature(
        "last_late_months", Unit.MONTHS, months, window=window, sign=Sign.LOWERS, missing=Missing.NOT_APPLICABLE
    )
