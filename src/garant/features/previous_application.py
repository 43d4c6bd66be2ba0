"""Earlier applications here: how many, how they ended, and which of them is the latest."""

import ibis

from garant.features import (
    previous_against_asked,
    previous_course,
    previous_products,
    previous_recency,
    previous_terms,
)
from garant.features.aggregates import days_before, share
from garant.features.feature import Feature, FeatureGroup, Missing, Sign, Unit
from garant.features.ratio import number
from garant.features.recency import weight_by_days
from garant.features.topic import Topic
from garant.features.window import (
    ALL,
    DAYS_60,
    DAYS_90,
    DAYS_180,
    DAYS_365,
    DAYS_730,
    FIRST_3,
    LAST_1,
    LAST_2,
    LAST_3,
    LAST_5,
    Window,
)
from garant.tables.expressions import Condition, Rows, Value
from garant.tables.point_in_time import known

_REQUESTS = Topic(table="previous_application", prefix="previous", family="previous_requests")
_REFUSALS = Topic(table="previous_application", prefix="previous", family="refusals", sign=Sign.RAISES)

_REJECT_REASONS = (("refused_scoring_n", ("SCO", "SCOFR")), ("refused_limit_n", ("LIMIT",)))
"""Codes of the lender for a refusal by its score and by its limit."""


def group() -> FeatureGroup:
    """Features of the table previous_application, in relation to what the client asks for now."""
    request = requests()
    return FeatureGroup(
        name="previous_application",
        tables=("application", "previous_application"),
        relation=request,
        features=tuple(feature for topic in _TOPICS for feature in topic(request)),
    )


def requests() -> Rows:
    """Known earlier applications, their ranks from either end, their weight, and the client's income and demand now."""
    request = known("previous_application")
    newest_first = [request.DAYS_DECISION.desc(), request.SK_ID_PREV.desc()]
    oldest_first = [request.DAYS_DECISION, request.SK_ID_PREV]
    ranked = request.mutate(
        newest=ibis.row_number().over(group_by=request.SK_ID_CURR, order_by=newest_first) + 1,
        oldest=ibis.row_number().over(group_by=request.SK_ID_CURR, order_by=oldest_first) + 1,
        weight=weight_by_days(request.DAYS_DECISION),
    )
    application = known("application")
    asked = application.select(
        "SK_ID_CURR",
        client_income=application.AMT_INCOME_TOTAL,
        credit_asked=application.AMT_CREDIT,
        annuity_asked=application.AMT_ANNUITY,
    )
    return ranked.inner_join(asked, "SK_ID_CURR")


def features(request: Rows) -> tuple[Feature, ...]:
    """Features of the client's requests here and of their refusals."""
    return (
        *(applications_n(request, window) for window in (DAYS_60, DAYS_90, DAYS_180, DAYS_365, DAYS_730, ALL)),
        *(approved_share(request, window) for window in (DAYS_365, LAST_3, LAST_5, FIRST_3, ALL)),
        *(cancelled_share(request, window) for window in (DAYS_365, ALL)),
        history_days(request, ALL),
        last_days(request, ALL),
        last_status(request, LAST_1),
        *(refused_n(request, window) for window in (DAYS_180, DAYS_365, DAYS_730, ALL)),
        *(refused_share(request, window) for window in (DAYS_365, LAST_2, LAST_3, LAST_5, ALL)),
        last_refused_days(request, ALL),
        *(refused_for_n(request, thing, codes) for thing, codes in _REJECT_REASONS),
    )


def applications_n(request: Rows, window: Window) -> Feature:
    """Earlier applications here in the window; NULL without any at all."""
    made = request.count(where=_within(request, window))
    return _REQUESTS.feature("applications_n", Unit.COUNT, number(made), window=window)


def approved_share(request: Rows, window: Window) -> Feature:
    """Share of the earlier applications approved; a higher share is safer."""
    approved = _status_share(request, "Approved", window)
    return _REQUESTS.feature("approved_share", Unit.SHARE, approved, window=window, sign=Sign.LOWERS)


def cancelled_share(request: Rows, window: Window) -> Feature:
    """Share of the earlier applications that the client cancelled."""
    return _REQUESTS.feature("cancelled_share", Unit.SHARE, _status_share(request, "Canceled", window), window=window)


def history_days(request: Rows, window: Window) -> Feature:
    """Days since the first application here; no direction is certain, because the first may have been refused."""
    first = number(days_before(request.DAYS_DECISION).max(where=_within(request, window)))
    return _REQUESTS.feature("history_days", Unit.DAYS, first, window=window)


def last_days(request: Rows, window: Window) -> Feature:
    """Days since the latest application here."""
    last = number(days_before(request.DAYS_DECISION).min(where=_within(request, window)))
    return _REQUESTS.feature("last_days", Unit.DAYS, last, window=window)


def last_status(request: Rows, window: Window) -> Feature:
    """How the latest application here ended."""
    status = request.NAME_CONTRACT_STATUS.max(where=_within(request, window))
    return _REQUESTS.feature("last_status", Unit.CATEGORY, status, window=window)


def refused_n(request: Rows, window: Window) -> Feature:
    """Earlier applications refused."""
    refused = number(request.count(where=_refused(request) & _within(request, window)))
    return _REFUSALS.feature("refused_n", Unit.COUNT, refused, window=window)


def refused_share(request: Rows, window: Window) -> Feature:
    """Share of the earlier applications refused."""
    return _REFUSALS.feature("refused_share", Unit.SHARE, _status_share(request, "Refused", window), window=window)


def last_refused_days(request: Rows, window: Window) -> Feature:
    """Days since the latest refusal; NULL when there was none. Longer ago is safer."""
    days = number(days_before(request.DAYS_DECISION).min(where=_refused(request) & _within(request, window)))
    return _REFUSALS.feature(
        "last_refused_days", Unit.DAYS, days, window=window, sign=Sign.LOWERS, missing=Missing.NOT_APPLICABLE
    )


def refused_for_n(request: Rows, thing: str, codes: tuple[str, ...]) -> Feature:
    """Refusals for one of the lender's reasons, over all history."""
    for_reason = _refused(request) & request.CODE_REJECT_REASON.isin(codes) & _within(request, ALL)
    return _REFUSALS.feature(thing, Unit.COUNT, number(request.count(where=for_reason)), window=ALL)


def _refused(request: Rows) -> Condition:
    return request.NAME_CONTRACT_STATUS == "Refused"


def _status_share(request: Rows, status: str, window: Window) -> Value:
    return share(request, status == request.NAME_CONTRACT_STATUS, _within(request, window))


def _within(request: Rows, window: Window) -> Condition:
    return window.includes(request.DAYS_DECISION, request.newest, request.oldest)


_TOPICS = (
    features,
    previous_terms.features,
    previous_course.features,
    previous_products.features,
    previous_recency.features,
    previous_against_asked.features,
)
