"""Cards here: cash drawn, payments against the minimum due, and delays."""

from garant.features.aggregates import PACK_MONEY, latest, mean, share
from garant.features.feature import Feature, Missing, Sign, Unit
from garant.features.ratio import number, ratio
from garant.features.topic import Topic
from garant.features.window import ALL, MONTHS_6, MONTHS_12, MONTHS_24, Window
from garant.tables.expressions import Rows

_CASH = Topic(table="credit_card_balance", prefix="card", family="card_cash", missing=Missing.NO_DENOMINATOR)
"""Cash may tell of need or of a country that pays in cash: no direction is certain."""

_PAYMENTS = Topic(
    table="credit_card_balance",
    prefix="card",
    family="short_payments",
    sign=Sign.RAISES,
    missing=Missing.NO_DENOMINATOR,
)
_BURDEN = Topic(
    table="credit_card_balance",
    prefix="card",
    family="repayment_burden",
    sign=Sign.RAISES,
    missing=Missing.NO_DENOMINATOR,
)
_LATE = Topic(table="credit_card_balance", prefix="card", family="late_payments", sign=Sign.RAISES)


def features(month: Rows) -> tuple[Feature, ...]:
    """Features of cash, payments and delays."""
    return (
        *(cash_share(month, window) for window in (MONTHS_12, ALL)),
        *(cash_months_share(month, window) for window in (MONTHS_12, ALL)),
        paid_to_owed(month, MONTHS_12),
        minimum_to_income(month, ALL),
        *(cash_n_mean(month, window) for window in (MONTHS_12, ALL)),
        *(paid_to_minimum(month, window) for window in (MONTHS_6, MONTHS_12, ALL)),
        *(below_minimum_share(month, window) for window in (MONTHS_12, ALL)),
        *(late_days_max(month, window) for window in (MONTHS_12, MONTHS_24, ALL)),
        *(late_share(month, window) for window in (MONTHS_12, ALL)),
    )


def cash_share(month: Rows, window: Window) -> Feature:
    """Share of the drawings taken as cash at machines; NULL without drawings."""
    inside = window.covers(month.MONTHS_BALANCE)
    cash = ratio(month.AMT_DRAWINGS_ATM_CURRENT.sum(where=inside), month.AMT_DRAWINGS_CURRENT.sum(where=inside))
    return _CASH.feature("cash_share", Unit.SHARE, cash, window=window)


def cash_n_mean(month: Rows, window: Window) -> Feature:
    """Mean number of cash drawings in a month that states them."""
    drawings = mean(month.CNT_DRAWINGS_ATM_CURRENT, window.covers(month.MONTHS_BALANCE))
    return _CASH.feature("cash_n_mean", Unit.COUNT, drawings, window=window, missing=Missing.NOT_STATED)


def cash_months_share(month: Rows, window: Window) -> Feature:
    """Share of the months, of those that state it, with cash drawn at a machine."""
    stated = window.covers(month.MONTHS_BALANCE) & month.AMT_DRAWINGS_ATM_CURRENT.notnull()
    drawn = share(month, month.AMT_DRAWINGS_ATM_CURRENT > 0, stated)
    return _CASH.feature("cash_months_share", Unit.SHARE, drawn, window=window, missing=Missing.NOT_STATED)


def paid_to_owed(month: Rows, window: Window) -> Feature:
    """Payments in the window as a share of the monthly balances owed, added up; NULL when nothing was owed."""
    inside = window.covers(month.MONTHS_BALANCE)
    paid = ratio(month.AMT_PAYMENT_TOTAL_CURRENT.sum(where=inside), month.owed.sum(where=inside))
    return _PAYMENTS.feature("paid_to_owed", Unit.SHARE, paid, window=window, sign=Sign.NONE)


def minimum_to_income(month: Rows, window: Window) -> Feature:
    """Latest minimum due as a share of income; of several cards the highest."""
    minimum = latest(
        month.AMT_INST_MIN_REGULARITY, month.MONTHS_BALANCE, window.covers(month.MONTHS_BALANCE), room=PACK_MONEY
    )
    return _BURDEN.feature("minimum_to_income", Unit.SHARE, ratio(minimum, month.client_income.max()), window=window)


def paid_to_minimum(month: Rows, window: Window) -> Feature:
    """Payments per unit of the minimum due, over the months with one; below 1 is less than the minimum."""
    due = window.covers(month.MONTHS_BALANCE) & (month.AMT_INST_MIN_REGULARITY > 0)
    paid = ratio(month.AMT_PAYMENT_TOTAL_CURRENT.sum(where=due), month.AMT_INST_MIN_REGULARITY.sum(where=due))
    return _PAYMENTS.feature("paid_to_minimum", Unit.TIMES, paid, window=window, sign=Sign.LOWERS)


def below_minimum_share(month: Rows, window: Window) -> Feature:
    """Share of the months with a minimum due in which less was paid."""
    due = window.covers(month.MONTHS_BALANCE) & (month.AMT_INST_MIN_REGULARITY > 0)
    below = share(month, month.AMT_PAYMENT_TOTAL_CURRENT < month.AMT_INST_MIN_REGULARITY, due)
    return _PAYMENTS.feature("below_minimum_share", Unit.SHARE, below, window=window)


def late_days_max(month: Rows, window: Window) -> Feature:
    """Worst days past due of a month in the window; 0 when never late."""
    worst = number(month.SK_DPD.max(where=window.covers(month.MONTHS_BALANCE)))
    return _LATE.feature("late_days_max", Unit.DAYS, worst, window=window)


def late_share(month: Rows, window: Window) -> Feature:
    """Share of the months in the window that were late."""
    late = share(month, month.SK_DPD > 0, window.covers(month.MONTHS_BALANCE))
    return _LATE.feature("late_share", Unit.SHARE, late, window=window)
