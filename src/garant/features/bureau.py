"""Credits elsewhere, as the credit bureau reports them: how many, how old, of what kind and size."""

import ibis

from garant.features import bureau_against_asked, bureau_debt, bureau_kinds, bureau_plans, bureau_recency
from garant.features.aggregates import days_before, mean, share, total
from garant.features.feature import Feature, FeatureGroup, Missing, Unit
from garant.features.ratio import money, number
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
    LAST_2,
    LAST_3,
    LAST_5,
    Window,
)
from garant.tables.expressions import Rows
from garant.tables.point_in_time import known

_HISTORY = Topic(table="bureau", prefix="bureau", family="credit_history")
_CREDITS = Topic(table="bureau", prefix="bureau", family="credit_elsewhere")


def group() -> FeatureGroup:
    """Features of the table bureau, in relation to what the client asks for."""
    credit = credits_elsewhere()
    return FeatureGroup(
        name="bureau",
        tables=("application", "bureau"),
        relation=credit,
        features=tuple(feature for topic in _TOPICS for feature in topic(credit)),
    )


def credits_elsewhere() -> Rows:
    """Known credits with their ranks from either end, their weight, and the client's income and amounts asked for."""
    credit = known("bureau")
    newest_first = [credit.DAYS_CREDIT.desc(), credit.SK_ID_BUREAU.desc()]
    oldest_first = [credit.DAYS_CREDIT, credit.SK_ID_BUREAU]
    ranked = credit.mutate(
        newest=ibis.row_number().over(group_by=credit.SK_ID_CURR, order_by=newest_first) + 1,
        oldest=ibis.row_number().over(group_by=credit.SK_ID_CURR, order_by=oldest_first) + 1,
        weight=weight_by_days(credit.DAYS_CREDIT),
    )
    application = known("application")
    asked = application.select(
        "SK_ID_CURR",
        client_income=application.AMT_INCOME_TOTAL,
        credit_asked=application.AMT_CREDIT,
        annuity_asked=application.AMT_ANNUITY,
    )
    return ranked.inner_join(asked, "SK_ID_CURR")


def features(credit: Rows) -> tuple[Feature, ...]:
    """Features of the client's history of credits elsewhere."""
    return (
        *(credits_n(credit, window) for window in (DAYS_60, DAYS_90, DAYS_180, DAYS_365, DAYS_730, ALL)),
        active_n(credit, ALL),
        *(active_share(credit, window) for window in (LAST_3, LAST_5, ALL)),
        history_days(credit, ALL),
        last_credit_days(credit, ALL),
        *(type_n(credit, thing, level) for thing, level in _TYPES),
        *(credit_sum(credit, window) for window in (DAYS_365, ALL)),
        *(credit_mean(credit, window) for window in (LAST_2, LAST_3, LAST_5, FIRST_3, ALL)),
        remaining_days_max(credit, ALL),
        early_days_mean(credit, ALL),
        last_closed_days(credit, ALL),
    )


_TYPES = (
    ("cards_n", "Credit card"),
    ("car_loans_n", "Car loan"),
    ("consumer_n", "Consumer credit"),
    ("microloans_n", "Microloan"),
    ("mortgages_n", "Mortgage"),
)


def credits_n(credit: Rows, window: Window) -> Feature:
    """Credits elsewhere opened in the window; NULL when the bureau knows none at all."""
    opened = credit.count(where=window.includes(credit.DAYS_CREDIT, credit.newest))
    return _HISTORY.feature("credits_n", Unit.COUNT, number(opened), window=window)


def active_n(credit: Rows, window: Window) -> Feature:
    """Credits elsewhere still running."""
    running = credit.count(
        where=(credit.CREDIT_ACTIVE == "Active") & window.includes(credit.DAYS_CREDIT, credit.newest)
    )
    return _HISTORY.feature("active_n", Unit.COUNT, number(running), window=window)


def active_share(credit: Rows, window: Window) -> Feature:
    """Share of the credits elsewhere still running."""
    running = share(credit, credit.CREDIT_ACTIVE == "Active", window.includes(credit.DAYS_CREDIT, credit.newest))
    return _HISTORY.feature("active_share", Unit.SHARE, running, window=window)


def history_days(credit: Rows, window: Window) -> Feature:
    """Days since the first credit elsewhere; no direction is certain, because the first may have been a bad one."""
    first = days_before(credit.DAYS_CREDIT).max(where=window.includes(credit.DAYS_CREDIT, credit.newest))
    return _HISTORY.feature("history_days", Unit.DAYS, number(first), window=window)


def last_credit_days(credit: Rows, window: Window) -> Feature:
    """Days since the latest credit elsewhere was opened."""
    last = days_before(credit.DAYS_CREDIT).min(where=window.includes(credit.DAYS_CREDIT, credit.newest))
    return _HISTORY.feature("last_credit_days", Unit.DAYS, number(last), window=window)


def type_n(credit: Rows, thing: str, level: str) -> Feature:
    """Credits elsewhere of one type, over all history."""
    of_type = credit.count(where=(level == credit.CREDIT_TYPE) & ALL.covers(credit.DAYS_CREDIT))
    return _HISTORY.feature(thing, Unit.COUNT, number(of_type), window=ALL)


def credit_sum(credit: Rows, window: Window) -> Feature:
    """Amounts of the credits elsewhere opened in the window, together."""
    amounts = total(credit, credit.AMT_CREDIT_SUM, window.includes(credit.DAYS_CREDIT, credit.newest))
    return _CREDITS.feature("credit_sum", Unit.MONEY, money(amounts), window=window)


def credit_mean(credit: Rows, window: Window) -> Feature:
    """Mean amount of the credits elsewhere."""
    inside = window.includes(credit.DAYS_CREDIT, credit.newest, credit.oldest)
    amount = money(mean(credit.AMT_CREDIT_SUM, inside))
    return _CREDITS.feature("credit_mean", Unit.MONEY, amount, window=window)


def remaining_days_max(credit: Rows, window: Window) -> Feature:
    """Longest time that a running credit elsewhere has to go; NULL when none has an end ahead."""
    ahead = (
        (credit.CREDIT_ACTIVE == "Active")
        & (credit.DAYS_CREDIT_ENDDATE > 0)
        & window.includes(credit.DAYS_CREDIT, credit.newest)
    )
    days = number(credit.DAYS_CREDIT_ENDDATE.max(where=ahead))
    return _CREDITS.feature("remaining_days_max", Unit.DAYS, days, window=window, missing=Missing.NOT_APPLICABLE)


def early_days_mean(credit: Rows, window: Window) -> Feature:
    """Mean days by which closed credits elsewhere ended before their planned end; below 0 when they ended after it.

    Ends before the credit was opened are errors of the bureau (some lie a century back) and do not count.
    """
    closed = (credit.DAYS_ENDDATE_FACT <= 0) & (credit.DAYS_ENDDATE_FACT >= credit.DAYS_CREDIT)
    planned = credit.DAYS_CREDIT_ENDDATE >= credit.DAYS_CREDIT
    early = mean(
        credit.DAYS_CREDIT_ENDDATE - credit.DAYS_ENDDATE_FACT,
        closed & planned & window.includes(credit.DAYS_CREDIT, credit.newest),
    )
    return _CREDITS.feature("early_days_mean", Unit.DAYS, early, window=window, missing=Missing.NOT_APPLICABLE)


def last_closed_days(credit: Rows, window: Window) -> Feature:
    """Days since a credit elsewhere was last closed; NULL when none was."""
    closed = (credit.DAYS_ENDDATE_FACT <= 0) & window.includes(credit.DAYS_CREDIT, credit.newest)
    days = number(days_before(credit.DAYS_ENDDATE_FACT).min(where=closed))
    return _CREDITS.feature("last_closed_days", Unit.DAYS, days, window=window, missing=Missing.NOT_APPLICABLE)


_TOPICS = (
    features,
    bureau_debt.features,
    bureau_kinds.features,
    bureau_plans.features,
    bureau_recency.features,
    bureau_against_asked.features,
)
