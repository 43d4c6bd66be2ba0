"""Instalments of earlier loans here: how late, how short, how regular the client paid.

One instalment may be paid in several rows, so rows are first brought together per instalment: what was due, what was
paid of it by the application, and when the last of it came.
"""

from garant.features.aggregates import days_before, latest, mean, positive_part, share
from garant.features.feature import Feature, FeatureGroup, Missing, Sign, Unit
from garant.features.ratio import money, number, ratio
from garant.features.topic import Topic
from garant.features.window import ALL, DAYS_90, DAYS_180, DAYS_365, DAYS_730, Window
from garant.tables.expressions import Rows
from garant.tables.point_in_time import known

_HISTORY = Topic(table="installments_payments", prefix="installments", family="repayment_history")
_LATE = Topic(table="installments_payments", prefix="installments", family="late_payments", sign=Sign.RAISES)
_SHORT = Topic(table="installments_payments", prefix="installments", family="short_payments", sign=Sign.RAISES)

_WINDOWS = (DAYS_90, DAYS_180, DAYS_365, DAYS_730, ALL)

WEEK_DAYS = 7
"""Up to a week late may be a week-end, a holiday or a slow bank."""


def group() -> FeatureGroup:
    """Features of the table installments_payments."""
    instalment = instalments()
    return FeatureGroup(
        name="installments_payments",
        tables=("application", "installments_payments"),
        relation=instalment,
        features=features(instalment),
    )


def instalments() -> Rows:
    """One row per instalment, in thousandths and days; one without a payment is late until the application."""
    row = known("installments_payments")
    together = row.group_by(
        "SK_ID_CURR", "SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER", "DAYS_INSTALMENT"
    ).aggregate(
        due=row.AMT_INSTALMENT.max(),
        paid=row.AMT_PAYMENT.sum().coalesce(0),
        paid_in_time=row.AMT_PAYMENT.sum(where=row.DAYS_ENTRY_PAYMENT <= row.DAYS_INSTALMENT).coalesce(0),
        paid_day=row.DAYS_ENTRY_PAYMENT.max(),
        payments=row.AMT_PAYMENT.count(),
    )
    return together.select(
        "SK_ID_CURR",
        "due",
        "paid",
        "paid_in_time",
        "payments",
        due_day=together.DAYS_INSTALMENT,
        late_days=positive_part(together.paid_day.coalesce(0) - together.DAYS_INSTALMENT),
        early_days=positive_part(together.DAYS_INSTALMENT - together.paid_day),
        missing=positive_part(together.due - together.paid),
    )


def features(instalment: Rows) -> tuple[Feature, ...]:
    """Features of instalments that fell due by the application."""
    return (
        *(instalments_n(instalment, window) for window in (DAYS_365, ALL)),
        due_mean(instalment, ALL),
        last_days(instalment, ALL),
        *(early_days_mean(instalment, window) for window in (DAYS_365, ALL)),
        *(late_days_max(instalment, window) for window in _WINDOWS),
        *(late_days_mean(instalment, window) for window in _WINDOWS),
        *(late_share(instalment, window) for window in _WINDOWS),
        *(late_week_share(instalment, window) for window in (DAYS_365, ALL)),
        last_late_days(instalment, ALL),
        latest_late_days(instalment, ALL),
        late_share_change(instalment, DAYS_365),
        *(short_share(instalment, window) for window in (DAYS_365, ALL)),
        *(short_sum(instalment, window) for window in (DAYS_365, ALL)),
        *(paid_to_due(instalment, window) for window in (DAYS_180, DAYS_365, ALL)),
        *(paid_in_time(instalment, window) for window in (DAYS_180, DAYS_365, ALL)),
        *(parts_share(instalment, window) for window in (DAYS_365, ALL)),
    )


def instalments_n(instalment: Rows, window: Window) -> Feature:
    """Instalments that fell due in the window."""
    fell_due = instalment.count(where=window.covers(instalment.due_day))
    return _HISTORY.feature("n", Unit.COUNT, number(fell_due), window=window)


def due_mean(instalment: Rows, window: Window) -> Feature:
    """Mean instalment."""
    due = money(mean(instalment.due, window.covers(instalment.due_day)))
    return _HISTORY.feature("due_mean", Unit.MONEY, due, window=window)


def last_days(instalment: Rows, window: Window) -> Feature:
    """Days since the latest instalment fell due."""
    last = number(days_before(instalment.due_day).min(where=window.covers(instalment.due_day)))
    return _HISTORY.feature("last_days", Unit.DAYS, last, window=window)


def early_days_mean(instalment: Rows, window: Window) -> Feature:
    """Mean days by which instalments were paid ahead of their due day; late ones count 0."""
    early = mean(instalment.early_days, window.covers(instalment.due_day))
    return _HISTORY.feature("early_days_mean", Unit.DAYS, early, window=window)


def late_days_max(instalment: Rows, window: Window) -> Feature:
    """Longest delay of one instalment; 0 when never late, NULL when none fell due in the window."""
    longest = instalment.late_days.max(where=window.covers(instalment.due_day))
    return _LATE.feature("late_days_max", Unit.DAYS, number(longest), window=window)


def late_days_mean(instalment: Rows, window: Window) -> Feature:
    """Mean delay of an instalment; those in time count 0."""
    delay = mean(instalment.late_days, window.covers(instalment.due_day))
    return _LATE.feature("late_days_mean", Unit.DAYS, delay, window=window)


def late_share(instalment: Rows, window: Window) -> Feature:
    """Share of the instalments paid late."""
    late = share(instalment, instalment.late_days > 0, window.covers(instalment.due_day))
    return _LATE.feature("late_share", Unit.SHARE, late, window=window)


def late_week_share(instalment: Rows, window: Window) -> Feature:
    """Share of the instalments paid more than a week late."""
    late = share(instalment, instalment.late_days > WEEK_DAYS, window.covers(instalment.due_day))
    return _LATE.feature("late_week_share", Unit.SHARE, late, window=window)


def last_late_days(instalment: Rows, window: Window) -> Feature:
    """Days since the latest late instalment fell due; NULL when there was none. Longer ago is safer."""
    late = (instalment.late_days > 0) & window.covers(instalment.due_day)
    days = number(days_before(instalment.due_day).min(where=late))
    return _LATE.feature(
        "last_late_days", Unit.DAYS, days, window=window, sign=Sign.LOWERS, missing=Missing.NOT_APPLICABLE
    )


def latest_late_days(instalment: Rows, window: Window) -> Feature:
    """Delay of the instalment that fell due last; of several that day the longest."""
    delay = latest(instalment.late_days, instalment.due_day, window.covers(instalment.due_day))
    return _LATE.feature("latest_late_days", Unit.DAYS, number(delay), window=window)


def late_share_change(instalment: Rows, window: Window) -> Feature:
    """Share of late instalments in the window less the share before it; NULL unless some fell due in both."""
    late = instalment.late_days > 0
    recent = share(instalment, late, window.covers(instalment.due_day))
    before = share(instalment, late, window.precedes(instalment.due_day))
    return _LATE.feature(
        "late_share_change", Unit.SHARE, recent - before, window=window, sign=Sign.NONE, missing=Missing.NO_DENOMINATOR
    )


def short_share(instalment: Rows, window: Window) -> Feature:
    """Share of the instalments that were not paid in full by the application."""
    short = share(instalment, instalment.missing > 0, window.covers(instalment.due_day))
    return _SHORT.feature("short_share", Unit.SHARE, short, window=window)


def short_sum(instalment: Rows, window: Window) -> Feature:
    """Amount missing on instalments; 0 when all were paid in full."""
    lacking = money(instalment.missing.sum(where=window.covers(instalment.due_day)))
    return _SHORT.feature("short_sum", Unit.MONEY, lacking, window=window)


def paid_to_due(instalment: Rows, window: Window) -> Feature:
    """Amount paid per unit due; less than 1 means that something is missing."""
    inside = window.covers(instalment.due_day)
    paid = ratio(instalment.paid.sum(where=inside), instalment.due.sum(where=inside))
    return _SHORT.feature(
        "paid_to_due", Unit.SHARE, paid, window=window, sign=Sign.LOWERS, missing=Missing.NO_DENOMINATOR
    )


def paid_in_time(instalment: Rows, window: Window) -> Feature:
    """Amount paid by the due day per unit due."""
    inside = window.covers(instalment.due_day)
    paid = ratio(instalment.paid_in_time.sum(where=inside), instalment.due.sum(where=inside))
    return _SHORT.feature(
        "paid_in_time", Unit.SHARE, paid, window=window, sign=Sign.LOWERS, missing=Missing.NO_DENOMINATOR
    )


def parts_share(instalment: Rows, window: Window) -> Feature:
    """Share of the instalments that took more than one payment."""
    parts = share(instalment, instalment.payments > 1, window.covers(instalment.due_day))
    return _SHORT.feature("parts_share", Unit.SHARE, parts, window=window)
