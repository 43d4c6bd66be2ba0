"""Loans granted here before: their amounts against what is asked for now, their price, kind and course."""

from garant.features.aggregates import mean, share
from garant.features.feature import Feature, Missing, Sign, Unit
from garant.features.levels import plain_levels
from garant.features.previous_against_asked import still_running
from garant.features.ratio import money, ratio
from garant.features.topic import Topic
from garant.features.window import ALL, FIRST_3, LAST_1, LAST_3, LAST_5, Window
from garant.tables.expressions import Condition, Rows

_AMOUNTS = Topic(
    table="previous_application", prefix="previous", family="previous_amounts", missing=Missing.NOT_APPLICABLE
)
_TERMS = Topic(table="previous_application", prefix="previous", family="previous_terms", missing=Missing.NOT_APPLICABLE)
_BURDEN = Topic(table="previous_application", prefix="previous", family="repayment_burden", sign=Sign.RAISES)


def features(request: Rows) -> tuple[Feature, ...]:
    """Features of the loans granted here; no direction of risk is certain for their amounts and kinds."""
    return (
        *(credit_mean(request, window) for window in (LAST_3, LAST_5, FIRST_3, ALL)),
        *(granted_to_asked(request, window) for window in (LAST_3, ALL)),
        credit_max_to_asked(request, ALL),
        annuity_mean_to_asked(request, ALL),
        down_payment_share(request, ALL),
        *(term_mean(request, window) for window in (LAST_3, ALL)),
        *(cost(request, window) for window in (LAST_3, ALL)),
        *(high_rate_share(request, window) for window in (LAST_3, ALL)),
        revolving_share(request, ALL),
        last_product(request, LAST_1),
        last_goods(request, LAST_1),
        early_days_mean(request, ALL),
        running_annuity_to_income(request, ALL),
    )


def credit_mean(request: Rows, window: Window) -> Feature:
    """Mean amount of the loans granted here; NULL when none was."""
    amount = money(mean(request.AMT_CREDIT, _granted(request, window)))
    return _AMOUNTS.feature("credit_mean", Unit.MONEY, amount, window=window)


def granted_to_asked(request: Rows, window: Window) -> Feature:
    """Amount granted per unit that had been asked for."""
    asked = _granted(request, window) & (request.AMT_APPLICATION > 0)
    granted = ratio(request.AMT_CREDIT.sum(where=asked), request.AMT_APPLICATION.sum(where=asked))
    return _AMOUNTS.feature("granted_to_asked", Unit.TIMES, granted, window=window)


def credit_max_to_asked(request: Rows, window: Window) -> Feature:
    """Largest loan granted here per unit of the loan asked for now."""
    largest = ratio(request.AMT_CREDIT.max(where=_granted(request, window)), request.credit_asked.max())
    return _AMOUNTS.feature("credit_max_to_asked", Unit.TIMES, largest, window=window)


def annuity_mean_to_asked(request: Rows, window: Window) -> Feature:
    """Mean annuity of the loans granted here per unit of the annuity asked for now."""
    usual = ratio(mean(request.AMT_ANNUITY, _granted(request, window)), request.annuity_asked.max())
    return _AMOUNTS.feature("annuity_mean_to_asked", Unit.TIMES, usual, window=window)


def down_payment_share(request: Rows, window: Window) -> Feature:
    """Down payments as a share of the price of the goods, where a down payment is stated."""
    stated = request.AMT_DOWN_PAYMENT.notnull() & _within(request, window)
    paid_down = ratio(request.AMT_DOWN_PAYMENT.sum(where=stated), request.AMT_GOODS_PRICE.sum(where=stated))
    return _AMOUNTS.feature("down_payment_share", Unit.SHARE, paid_down, window=window)


def term_mean(request: Rows, window: Window) -> Feature:
    """Mean term of the loans granted here, in monthly payments; revolving loans have none."""
    term = mean(request.CNT_PAYMENT, _granted(request, window) & (request.CNT_PAYMENT > 0))
    return _TERMS.feature("term_mean", Unit.MONTHS, term, window=window)


def cost(request: Rows, window: Window) -> Feature:
    """Planned payments (annuity times number of payments) per unit borrowed."""
    planned = request.AMT_ANNUITY * request.CNT_PAYMENT
    priced = _granted(request, window) & (planned > 0)
    price = ratio(planned.sum(where=priced), request.AMT_CREDIT.sum(where=priced))
    return _TERMS.feature("cost", Unit.TIMES, price, window=window)


def high_rate_share(request: Rows, window: Window) -> Feature:
    """Share of the loans granted here that the lender counts in its high interest group."""
    grouped = _granted(request, window) & request.NAME_YIELD_GROUP.notnull()
    dear = share(request, request.NAME_YIELD_GROUP == "high", grouped)
    return _TERMS.feature("high_rate_share", Unit.SHARE, dear, window=window)


def revolving_share(request: Rows, window: Window) -> Feature:
    """Share of the earlier applications that were for revolving loans."""
    revolving = share(request, request.NAME_CONTRACT_TYPE == "Revolving loans", _within(request, window))
    return _TERMS.feature("revolving_share", Unit.SHARE, revolving, window=window, missing=Missing.NO_HISTORY)


def last_product(request: Rows, window: Window) -> Feature:
    """Product of the latest application here."""
    product = request.PRODUCT_COMBINATION.max(where=_within(request, window))
    return _TERMS.feature("last_product", Unit.CATEGORY, product, window=window, missing=Missing.NO_HISTORY)


def last_goods(request: Rows, window: Window) -> Feature:
    """Goods of the latest application here; NULL when it was not for goods."""
    goods = plain_levels(request, "previous_application", "NAME_GOODS_CATEGORY").max(where=_within(request, window))
    return _TERMS.feature("last_goods", Unit.CATEGORY, goods, window=window)


def early_days_mean(request: Rows, window: Window) -> Feature:
    """Mean days by which loans here ended before their first plan; below 0 when they ended after it."""
    ended = _granted(request, window) & (request.DAYS_LAST_DUE <= 0)
    early = mean(request.DAYS_LAST_DUE_1ST_VERSION - request.DAYS_LAST_DUE, ended)
    return _TERMS.feature("early_days_mean", Unit.DAYS, early, window=window)


def running_annuity_to_income(request: Rows, window: Window) -> Feature:
    """Annuities of the loans here still running, as a share of income; 0 when none is running."""
    running = request.AMT_ANNUITY.sum(where=_granted(request, window) & still_running(request)).coalesce(0)
    burden = ratio(running, request.client_income.max())
    return _BURDEN.feature("running_annuity_to_income", Unit.SHARE, burden, window=window)


def _granted(request: Rows, window: Window) -> Condition:
    return (request.NAME_CONTRACT_STATUS == "Approved") & _within(request, window)


def _within(request: Rows, window: Window) -> Condition:
    return window.includes(request.DAYS_DECISION, request.newest, request.oldest)
