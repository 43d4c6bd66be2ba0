"""Earlier applications here over time: recent against older ones, and means in which the recent ones count more."""

from garant.features.aggregates import days_before, mean, share
from garant.features.feature import Feature, Missing, Sign, Unit
from garant.features.ratio import money, ratio
from garant.features.recency import weighted_mean, weighted_share
from garant.features.topic import Topic
from garant.features.window import ALL, DAYS_365, Window
from garant.tables.expressions import Condition, Rows

_REQUESTS = Topic(table="previous_application", prefix="previous", family="previous_requests")
_REFUSALS = Topic(table="previous_application", prefix="previous", family="refusals", sign=Sign.RAISES)
_AMOUNTS = Topic(
    table="previous_application", prefix="previous", family="previous_amounts", missing=Missing.NO_DENOMINATOR
)


def features(request: Rows) -> tuple[Feature, ...]:
    """Features of what is recent."""
    return (
        recent_share(request, DAYS_365),
        age_days_mean(request, ALL),
        gap_days_mean(request, ALL),
        weighted_approved_share(request, ALL),
        weighted_refused_share(request, ALL),
        refused_share_change(request, DAYS_365),
        weighted_credit_mean(request, ALL),
        credit_trend(request, DAYS_365),
        requested_trend(request, DAYS_365),
    )


def recent_share(request: Rows, window: Window) -> Feature:
    """Share of all earlier applications here that were made in the window."""
    recent = share(request, window.covers(request.DAYS_DECISION), ALL.covers(request.DAYS_DECISION))
    return _REQUESTS.feature("recent_share", Unit.SHARE, recent, window=window)


def age_days_mean(request: Rows, window: Window) -> Feature:
    """Mean days since the earlier applications here."""
    age = mean(days_before(request.DAYS_DECISION), window.covers(request.DAYS_DECISION))
    return _REQUESTS.feature("age_days_mean", Unit.DAYS, age, window=window)


def gap_days_mean(request: Rows, window: Window) -> Feature:
    """Mean days from one application here to the next; NULL with fewer than two."""
    made, inside = days_before(request.DAYS_DECISION), window.covers(request.DAYS_DECISION)
    gap = ratio(made.max(where=inside) - made.min(where=inside), request.count(where=inside) - 1)
    return _REQUESTS.feature("gap_days_mean", Unit.DAYS, gap, window=window, missing=Missing.NO_DENOMINATOR)


def weighted_approved_share(request: Rows, window: Window) -> Feature:
    """Share of the earlier applications approved, the recent ones counting more; a higher share is safer."""
    approved = weighted_share(request.weight, _ended(request, "Approved"), window.covers(request.DAYS_DECISION))
    return _REQUESTS.feature("weighted_approved_share", Unit.SHARE, approved, window=window, sign=Sign.LOWERS)


def weighted_refused_share(request: Rows, window: Window) -> Feature:
    """Share of the earlier applications refused, the recent ones counting more."""
    refused = weighted_share(request.weight, _ended(request, "Refused"), window.covers(request.DAYS_DECISION))
    return _REFUSALS.feature("weighted_refused_share", Unit.SHARE, refused, window=window)


def refused_share_change(request: Rows, window: Window) -> Feature:
    """Share refused in the window less the share before it; NULL unless applications were made in both."""
    refused = _ended(request, "Refused")
    recent = share(request, refused, window.covers(request.DAYS_DECISION))
    before = share(request, refused, window.precedes(request.DAYS_DECISION))
    return _REFUSALS.feature(
        "refused_share_change",
        Unit.SHARE,
        recent - before,
        window=window,
        sign=Sign.NONE,
        missing=Missing.NO_DENOMINATOR,
    )


def weighted_credit_mean(request: Rows, window: Window) -> Feature:
    """Mean amount of the loans granted here, the recent ones counting more; NULL when none was."""
    granted = _ended(request, "Approved") & window.covers(request.DAYS_DECISION)
    amount = money(weighted_mean(request.AMT_CREDIT, request.weight, granted))
    return _AMOUNTS.feature("weighted_credit_mean", Unit.MONEY, amount, window=window, missing=Missing.NOT_APPLICABLE)


def credit_trend(request: Rows, window: Window) -> Feature:
    """Mean amount of the loans granted here in the window per unit of the mean before it."""
    granted = _ended(request, "Approved")
    recent = mean(request.AMT_CREDIT, granted & window.covers(request.DAYS_DECISION))
    before = mean(request.AMT_CREDIT, granted & window.precedes(request.DAYS_DECISION))
    return _AMOUNTS.feature("credit_trend", Unit.TIMES, ratio(recent, before), window=window)


def requested_trend(request: Rows, window: Window) -> Feature:
    """Mean amount asked for in the window per unit of the mean before it; 0 stands for an amount not yet chosen."""
    chosen = request.AMT_APPLICATION > 0
    recent = mean(request.AMT_APPLICATION, chosen & window.covers(request.DAYS_DECISION))
    before = mean(request.AMT_APPLICATION, chosen & window.precedes(request.DAYS_DECISION))
    return _AMOUNTS.feature("requested_trend", Unit.TIMES, ratio(recent, before), window=window)


def _ended(request: Rows, status: str) -> Condition:
    return status == request.NAME_CONTRACT_STATUS
