"""Loans granted here before, as they went: dearest, longest, still running, ended in time or after it."""

from garant.features.aggregates import days_before, mean, share
from garant.features.feature import Feature, Missing, Unit
from garant.features.previous_against_asked import still_running
from garant.features.ratio import money, number, ratio
from garant.features.topic import Topic
from garant.features.window import ALL, LAST_3, Window
from garant.tables.expressions import Condition, Rows

_AMOUNTS = Topic(
    table="previous_application", prefix="previous", family="previous_amounts", missing=Missing.NOT_APPLICABLE
)
_TERMS = Topic(table="previous_application", prefix="previous", family="previous_terms", missing=Missing.NOT_APPLICABLE)


def features(request: Rows) -> tuple[Feature, ...]:
    """Features of the loans' course; no direction of risk is certain."""
    return (
        *(annuity_mean(request, window) for window in (LAST_3, ALL)),
        credit_max(request, ALL),
        cost_max(request, ALL),
        term_max(request, ALL),
        running_n(request, ALL),
        last_end_days(request, ALL),
        late_end_share(request, ALL),
    )


def annuity_mean(request: Rows, window: Window) -> Feature:
    """Mean annuity of the loans granted here."""
    amount = money(mean(request.AMT_ANNUITY, _granted(request, window)))
    return _AMOUNTS.feature("annuity_mean", Unit.MONEY, amount, window=window)


def credit_max(request: Rows, window: Window) -> Feature:
    """Largest loan granted here."""
    return _AMOUNTS.feature(
        "credit_max", Unit.MONEY, money(request.AMT_CREDIT.max(where=_granted(request, window))), window=window
    )


def cost_max(request: Rows, window: Window) -> Feature:
    """Planned payments per unit borrowed of the dearest loan granted here."""
    planned = request.AMT_ANNUITY * request.CNT_PAYMENT
    dearest = ratio(planned, request.AMT_CREDIT).max(where=_granted(request, window) & (planned > 0))
    return _TERMS.feature("cost_max", Unit.TIMES, dearest, window=window)


def term_max(request: Rows, window: Window) -> Feature:
    """Longest term of the loans granted here, in monthly payments; revolving loans have none."""
    longest = request.CNT_PAYMENT.max(where=_granted(request, window) & (request.CNT_PAYMENT > 0))
    return _TERMS.feature("term_max", Unit.MONTHS, number(longest), window=window)


def running_n(request: Rows, window: Window) -> Feature:
    """Loans granted here that are still running."""
    running = request.count(where=_granted(request, window) & still_running(request))
    return _TERMS.feature("running_n", Unit.COUNT, number(running), window=window, missing=Missing.NO_HISTORY)


def last_end_days(request: Rows, window: Window) -> Feature:
    """Days since the last instalment of the loan here that ended last; NULL when none has ended."""
    ended = _granted(request, window) & (request.DAYS_LAST_DUE <= 0)
    days = number(days_before(request.DAYS_LAST_DUE).min(where=ended))
    return _TERMS.feature("last_end_days", Unit.DAYS, days, window=window)


def late_end_share(request: Rows, window: Window) -> Feature:
    """Share of the loans here that ended after the day first planned, among those that have ended."""
    ended = _granted(request, window) & (request.DAYS_LAST_DUE <= 0) & request.DAYS_LAST_DUE_1ST_VERSION.notnull()
    late = share(request, request.DAYS_LAST_DUE > request.DAYS_LAST_DUE_1ST_VERSION, ended)
    return _TERMS.feature("late_end_share", Unit.SHARE, late, window=window)


def _granted(request: Rows, window: Window) -> Condition:
    return (request.NAME_CONTRACT_STATUS == "Approved") & window.includes(request.DAYS_DECISION, request.newest)
