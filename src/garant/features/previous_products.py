"""Earlier applications here by product: cash or goods, dear or cheap, refused or granted."""

from garant.features.aggregates import share
from garant.features.feature import Feature, Missing, Sign, Unit
from garant.features.topic import Topic
from garant.features.window import ALL, Window
from garant.tables.expressions import Condition, Rows

_REQUESTS = Topic(table="previous_application", prefix="previous", family="previous_requests")
_REFUSALS = Topic(
    table="previous_application",
    prefix="previous",
    family="refusals",
    sign=Sign.RAISES,
    missing=Missing.NO_DENOMINATOR,
)
_TERMS = Topic(table="previous_application", prefix="previous", family="previous_terms", missing=Missing.NOT_APPLICABLE)

_CASH, _GOODS = "Cash loans", "Consumer loans"


def features(request: Rows) -> tuple[Feature, ...]:
    """Features of products; only refusals have a certain direction."""
    return (
        cash_share(request, ALL),
        offered_share(request, ALL),
        walk_in_share(request, ALL),
        unused_share(request, ALL),
        refused_cash_share(request, ALL),
        refused_goods_share(request, ALL),
        low_rate_share(request, ALL),
        insured_share(request, ALL),
    )


def cash_share(request: Rows, window: Window) -> Feature:
    """Share of the earlier applications that were for cash loans."""
    cash = share(request, request.NAME_CONTRACT_TYPE == _CASH, _within(request, window))
    return _REQUESTS.feature("cash_share", Unit.SHARE, cash, window=window)


def offered_share(request: Rows, window: Window) -> Feature:
    """Share of the earlier applications that followed an offer of the lender to a client it knew."""
    offered = share(request, request.NAME_PRODUCT_TYPE == "x-sell", _within(request, window))
    return _REQUESTS.feature("offered_share", Unit.SHARE, offered, window=window)


def walk_in_share(request: Rows, window: Window) -> Feature:
    """Share of the earlier applications that the client came forward with, without an offer of the lender."""
    unasked = share(request, request.NAME_PRODUCT_TYPE == "walk-in", _within(request, window))
    return _REQUESTS.feature("walk_in_share", Unit.SHARE, unasked, window=window)


def unused_share(request: Rows, window: Window) -> Feature:
    """Share of the earlier applications whose offer the client did not take."""
    unused = share(request, request.NAME_CONTRACT_STATUS == "Unused offer", _within(request, window))
    return _REQUESTS.feature("unused_share", Unit.SHARE, unused, window=window)


def refused_cash_share(request: Rows, window: Window) -> Feature:
    """Share of the applications for cash loans that were refused; NULL without any."""
    return _refused_share(request, "refused_cash_share", _CASH, window)


def refused_goods_share(request: Rows, window: Window) -> Feature:
    """Share of the applications for loans to buy goods that were refused; NULL without any."""
    return _refused_share(request, "refused_goods_share", _GOODS, window)


def low_rate_share(request: Rows, window: Window) -> Feature:
    """Share of the loans granted here that the lender counts in one of its low interest groups."""
    low = request.NAME_YIELD_GROUP.isin(("low_normal", "low_action"))
    return _TERMS.feature("low_rate_share", Unit.SHARE, share(request, low, _rated(request, window)), window=window)


def insured_share(request: Rows, window: Window) -> Feature:
    """Share of the loans granted here with an insurance; NULL when none states it."""
    stated = _granted(request, window) & request.NFLAG_INSURED_ON_APPROVAL.notnull()
    insured = share(request, request.NFLAG_INSURED_ON_APPROVAL == 1, stated)
    return _TERMS.feature("insured_share", Unit.SHARE, insured, window=window)


def _refused_share(request: Rows, thing: str, product: str, window: Window) -> Feature:
    asked = (product == request.NAME_CONTRACT_TYPE) & _within(request, window)
    refused = share(request, request.NAME_CONTRACT_STATUS == "Refused", asked)
    return _REFUSALS.feature(thing, Unit.SHARE, refused, window=window)


def _rated(request: Rows, window: Window) -> Condition:
    return _granted(request, window) & request.NAME_YIELD_GROUP.notnull()


def _granted(request: Rows, window: Window) -> Condition:
    return (request.NAME_CONTRACT_STATUS == "Approved") & _within(request, window)


def _within(request: Rows, window: Window) -> Condition:
    return window.includes(request.DAYS_DECISION, request.newest)
