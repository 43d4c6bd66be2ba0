"""Instalments here over time: the recent ones counting more, the latest year against the time before, first ones."""

from garant.features.feature import Feature, Missing, Sign, Unit
from garant.features.ratio import ratio
from garant.features.topic import Topic
from garant.features.window import ALL, DAYS_365, Window
from garant.tables.expressions import Rows, Value

_HISTORY = Topic(table="installments_payments", prefix="installments", family="repayment_history")
_LATE = Topic(table="installments_payments", prefix="installments", family="late_payments", sign=Sign.RAISES)
_SHORT = Topic(table="installments_payments", prefix="installments", family="short_payments")


def features(past: Rows) -> tuple[Feature, ...]:
    """Features of recent, grave and first delays."""
    return (
        weighted_late_share(past, ALL),
        weighted_late_days_mean(past, ALL),
        first_late_share(past, ALL),
        late_month_share(past, ALL),
        *(late_days_when_late(past, window) for window in (DAYS_365, ALL)),
        late_days_change(past, DAYS_365),
        paid_in_time_change(past, DAYS_365),
        *(early_week_share(past, window) for window in (DAYS_365, ALL)),
        early_days_change(past, DAYS_365),
    )


def weighted_late_share(past: Rows, window: Window) -> Feature:
    """Share of the instalments paid late, the recent ones counting more."""
    late = ratio(_sum(past, "weight_late", window).coalesce(0), _sum(past, "weight", window))
    return _LATE.feature("weighted_late_share", Unit.SHARE, late, window=window)


def weighted_late_days_mean(past: Rows, window: Window) -> Feature:
    """Mean delay of an instalment, the recent ones counting more; those in time count 0."""
    days = ratio(_sum(past, "weighted_late_days", window), _sum(past, "weight", window))
    return _LATE.feature("weighted_late_days_mean", Unit.DAYS, days, window=window)


def first_late_share(past: Rows, window: Window) -> Feature:
    """Share of the first three instalments of each loan that were paid late; NULL when none of them is known."""
    late = ratio(_sum(past, "n_first_late", window), _sum(past, "n_first", window))
    return _LATE.feature("first_late_share", Unit.SHARE, late, window=window, missing=Missing.NO_DENOMINATOR)


def late_month_share(past: Rows, window: Window) -> Feature:
    """Share of the instalments paid more than 30 days late."""
    late = ratio(_sum(past, "n_late_month", window), _sum(past, "n", window))
    return _LATE.feature("late_month_share", Unit.SHARE, late, window=window)


def late_days_when_late(past: Rows, window: Window) -> Feature:
    """Mean delay of the instalments that were late; NULL when none was.

    No direction is certain: one more instalment that is a day late lowers the mean.
    """
    days = ratio(_sum(past, "late_days", window), _sum(past, "n_late", window))
    return _LATE.feature(
        "late_days_when_late", Unit.DAYS, days, window=window, sign=Sign.NONE, missing=Missing.NOT_APPLICABLE
    )


def late_days_change(past: Rows, window: Window) -> Feature:
    """Mean delay in the window less the mean before it; NULL unless instalments fell due in both."""
    change = _change(past, "late_days", "n", window)
    return _LATE.feature(
        "late_days_change", Unit.DAYS, change, window=window, sign=Sign.NONE, missing=Missing.NO_DENOMINATOR
    )


def paid_in_time_change(past: Rows, window: Window) -> Feature:
    """Share of the amount due that was paid in time in the window, less the share before it."""
    change = _change(past, "paid_in_time", "due", window)
    return _SHORT.feature("paid_in_time_change", Unit.SHARE, change, window=window, missing=Missing.NO_DENOMINATOR)


def early_week_share(past: Rows, window: Window) -> Feature:
    """Share of the instalments with a payment whose last payment came more than a week ahead."""
    early = ratio(_sum(past, "n_early_week", window), _sum(past, "n_paid", window))
    return _HISTORY.feature("early_week_share", Unit.SHARE, early, window=window, missing=Missing.NO_DENOMINATOR)


def early_days_change(past: Rows, window: Window) -> Feature:
    """Mean days paid ahead in the window less the mean before it."""
    change = _change(past, "early_days", "n_paid", window)
    return _HISTORY.feature("early_days_change", Unit.DAYS, change, window=window, missing=Missing.NO_DENOMINATOR)


def _sum(past: Rows, column: str, window: Window) -> Value:
    return past[column].sum(where=window.covers(past.begin))


def _change(past: Rows, top: str, bottom: str, window: Window) -> Value:
    """Ratio of two sums in the window, less the ratio before it."""
    before = window.precedes(past.begin)
    return ratio(_sum(past, top, window), _sum(past, bottom, window)) - ratio(
        past[top].sum(where=before), past[bottom].sum(where=before)
    )
