"""Cards here over time: the use of the limit and delays now against before, and what lasted."""

from garant.features.aggregates import PACK_MONEY, days_before, latest, mean, share
from garant.features.feature import Feature, Missing, Sign, Unit
from garant.features.ratio import money, number, ratio
from garant.features.recency import weighted_share
from garant.features.topic import Topic
from garant.features.window import ALL, MONTHS_6, MONTHS_12, Window
from garant.tables.expressions import Rows

_ACTIVITY = Topic(table="credit_card_balance", prefix="card", family="card_activity", missing=Missing.NO_DENOMINATOR)
_USE = Topic(
    table="credit_card_balance",
    prefix="card",
    family="card_utilisation",
    sign=Sign.RAISES,
    missing=Missing.NO_DENOMINATOR,
)
_LATE = Topic(table="credit_card_balance", prefix="card", family="late_payments", sign=Sign.RAISES)


def features(month: Rows) -> tuple[Feature, ...]:
    """Features of change, recency and duration."""
    return (
        drawings_trend(month, MONTHS_6),
        drawing_mean(month, ALL),
        limit_to_asked(month, ALL),
        nothing_owed_share(month, ALL),
        utilisation_latest(month, ALL),
        utilisation_change(month, MONTHS_6),
        weighted_utilisation(month, ALL),
        *(late_days_tolerant_max(month, window) for window in (MONTHS_12, ALL)),
        weighted_late_share(month, ALL),
        last_late_months(month, ALL),
        late_streak_max(month, ALL),
    )


def drawings_trend(month: Rows, window: Window) -> Feature:
    """Mean monthly drawings in the window per unit of the mean before it."""
    recent = mean(month.AMT_DRAWINGS_CURRENT, window.covers(month.MONTHS_BALANCE))
    before = mean(month.AMT_DRAWINGS_CURRENT, window.precedes(month.MONTHS_BALANCE))
    return _ACTIVITY.feature("drawings_trend", Unit.TIMES, ratio(recent, before), window=window)


def drawing_mean(month: Rows, window: Window) -> Feature:
    """Mean amount of one drawing; NULL without drawings."""
    inside = window.covers(month.MONTHS_BALANCE) & (month.CNT_DRAWINGS_CURRENT > 0)
    amount = ratio(month.AMT_DRAWINGS_CURRENT.sum(where=inside), month.CNT_DRAWINGS_CURRENT.sum(where=inside))
    return _ACTIVITY.feature("drawing_mean", Unit.MONEY, money(amount), window=window)


def limit_to_asked(month: Rows, window: Window) -> Feature:
    """Latest limit, of several cards the highest, per unit of the loan asked for now."""
    inside = window.covers(month.MONTHS_BALANCE)
    limit = latest(month.AMT_CREDIT_LIMIT_ACTUAL, month.MONTHS_BALANCE, inside, room=PACK_MONEY)
    return _ACTIVITY.feature("limit_to_asked", Unit.TIMES, ratio(limit, month.credit_asked.max()), window=window)


def nothing_owed_share(month: Rows, window: Window) -> Feature:
    """Share of the months, of those that state a balance, at whose end nothing was owed."""
    stated = window.covers(month.MONTHS_BALANCE) & month.owed.notnull()
    return _ACTIVITY.feature("nothing_owed_share", Unit.SHARE, share(month, month.owed == 0, stated), window=window)


def utilisation_latest(month: Rows, window: Window) -> Feature:
    """Latest balance owed as a share of the latest limit, of several cards the highest of each."""
    inside = window.covers(month.MONTHS_BALANCE)
    owed = latest(month.owed, month.MONTHS_BALANCE, inside, room=PACK_MONEY)
    limit = latest(month.AMT_CREDIT_LIMIT_ACTUAL, month.MONTHS_BALANCE, inside, room=PACK_MONEY)
    return _USE.feature("utilisation_latest", Unit.SHARE, ratio(owed, limit), window=window)


def utilisation_change(month: Rows, window: Window) -> Feature:
    """Share of the limit in use in the window less the share before it."""
    inside, before = window.covers(month.MONTHS_BALANCE), window.precedes(month.MONTHS_BALANCE)
    limit = month.AMT_CREDIT_LIMIT_ACTUAL
    recent = ratio(month.owed.sum(where=inside), limit.sum(where=inside))
    change = recent - ratio(month.owed.sum(where=before), limit.sum(where=before))
    return _USE.feature("utilisation_change", Unit.SHARE, change, window=window, sign=Sign.NONE)


def weighted_utilisation(month: Rows, window: Window) -> Feature:
    """Balance owed as a share of the limit, the recent months counting more."""
    inside = window.covers(month.MONTHS_BALANCE)
    owed = (month.owed * month.weight).sum(where=inside)
    limit = (month.AMT_CREDIT_LIMIT_ACTUAL * month.weight).sum(where=inside)
    return _USE.feature("weighted_utilisation", Unit.SHARE, ratio(owed, limit), window=window)


def late_days_tolerant_max(month: Rows, window: Window) -> Feature:
    """Worst days past due of a month, where the lender tolerates small amounts."""
    worst = number(month.SK_DPD_DEF.max(where=window.covers(month.MONTHS_BALANCE)))
    return _LATE.feature("late_days_tolerant_max", Unit.DAYS, worst, window=window)


def weighted_late_share(month: Rows, window: Window) -> Feature:
    """Share of the months that were late, the recent months counting more."""
    late = weighted_share(month.weight, month.SK_DPD > 0, window.covers(month.MONTHS_BALANCE))
    return _LATE.feature("weighted_late_share", Unit.SHARE, late, window=window)


def last_late_months(month: Rows, window: Window) -> Feature:
    """Months since the latest late month; NULL when there was none. Longer ago is safer."""
    late = (month.SK_DPD > 0) & window.covers(month.MONTHS_BALANCE)
    months = number(days_before(month.MONTHS_BALANCE).min(where=late))
    return _LATE.feature(
        "last_late_months", Unit.MONTHS, months, window=window, sign=Sign.LOWERS, missing=Missing.NOT_APPLICABLE
    )


def late_streak_max(month: Rows, window: Window) -> Feature:
    """Longest run of consecutive late months of one card; 0 when never late."""
    longest = month.longest_run.max(where=window.covers(month.MONTHS_BALANCE)).coalesce(0)
    return _LATE.feature("late_streak_max", Unit.MONTHS, number(longest), window=window)
