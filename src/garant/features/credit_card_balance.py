"""Monthly records of cards here: balance, use of the limit, and the group of all card features."""

from garant.features import credit_card_payments, credit_card_recency
from garant.features.aggregates import PACK_MONEY, latest, mean, positive_part, share
from garant.features.feature import Feature, FeatureGroup, Missing, Sign, Unit
from garant.features.ratio import money, ratio
from garant.features.recency import weight_by_months
from garant.features.streaks import longest_runs
from garant.features.topic import Topic
from garant.features.window import ALL, MONTHS_3, MONTHS_6, MONTHS_12, Window
from garant.tables.expressions import Rows
from garant.tables.point_in_time import known

_ACTIVITY = Topic(table="credit_card_balance", prefix="card", family="card_activity")
_USE = Topic(
    table="credit_card_balance",
    prefix="card",
    family="card_utilisation",
    sign=Sign.RAISES,
    missing=Missing.NO_DENOMINATOR,
)


def group() -> FeatureGroup:
    """Features of the table credit_card_balance."""
    month = card_months()
    return FeatureGroup(
        name="credit_card_balance",
        tables=("application", "credit_card_balance"),
        relation=month,
        features=(*features(month), *credit_card_payments.features(month), *credit_card_recency.features(month)),
    )


def card_months() -> Rows:
    """Known card months: what is owed (an overpaid card owes 0), weight, longest late run, income, and credit asked."""
    month = known("credit_card_balance")
    application = known("application")
    asked = application.select(
        "SK_ID_CURR", client_income=application.AMT_INCOME_TOTAL, credit_asked=application.AMT_CREDIT
    )
    late_runs = longest_runs(month.filter(month.SK_DPD > 0), ["SK_ID_CURR", "SK_ID_PREV"], "SK_DPD")
    of_client = late_runs.group_by(client_in_run=late_runs.SK_ID_CURR).aggregate(
        longest_run=late_runs.longest_run.max()
    )
    told = month.mutate(owed=positive_part(month.AMT_BALANCE), weight=weight_by_months(month.MONTHS_BALANCE))
    whole = told.inner_join(asked, "SK_ID_CURR")
    return whole.left_join(of_client, of_client.client_in_run == whole.SK_ID_CURR)


def features(month: Rows) -> tuple[Feature, ...]:
    """Features of balance and limit."""
    return (
        *(balance_mean(month, window) for window in (MONTHS_3, MONTHS_12, ALL)),
        balance_trend(month, MONTHS_6),
        limit_latest(month, ALL),
        *(drawings_mean(month, window) for window in (MONTHS_3, MONTHS_12, ALL)),
        *(active_months_share(month, window) for window in (MONTHS_12, ALL)),
        balance_to_income(month, ALL),
        *(utilisation_mean(month, window) for window in (MONTHS_3, MONTHS_6, MONTHS_12, ALL)),
        *(utilisation_max(month, window) for window in (MONTHS_6, MONTHS_12, ALL)),
        *(over_limit_share(month, window) for window in (MONTHS_12, ALL)),
    )


def balance_mean(month: Rows, window: Window) -> Feature:
    """Mean monthly balance owed; NULL when the window has no month of a card."""
    owed = money(mean(month.owed, window.covers(month.MONTHS_BALANCE)))
    return _ACTIVITY.feature("balance_mean", Unit.MONEY, owed, window=window)


def balance_trend(month: Rows, window: Window) -> Feature:
    """Mean balance in the window per unit of the mean before it; above 1 when the balance grew."""
    recent = mean(month.owed, window.covers(month.MONTHS_BALANCE))
    before = mean(month.owed, window.precedes(month.MONTHS_BALANCE))
    return _ACTIVITY.feature(
        "balance_trend", Unit.TIMES, ratio(recent, before), window=window, missing=Missing.NO_DENOMINATOR
    )


def limit_latest(month: Rows, window: Window) -> Feature:
    """Latest limit; of several cards the highest."""
    limit = latest(
        month.AMT_CREDIT_LIMIT_ACTUAL, month.MONTHS_BALANCE, window.covers(month.MONTHS_BALANCE), room=PACK_MONEY
    )
    return _ACTIVITY.feature("limit_latest", Unit.MONEY, money(limit), window=window)


def drawings_mean(month: Rows, window: Window) -> Feature:
    """Mean monthly drawings."""
    drawn = money(mean(month.AMT_DRAWINGS_CURRENT, window.covers(month.MONTHS_BALANCE)))
    return _ACTIVITY.feature("drawings_mean", Unit.MONEY, drawn, window=window)


def active_months_share(month: Rows, window: Window) -> Feature:
    """Share of the months with a drawing."""
    active = share(month, month.AMT_DRAWINGS_CURRENT > 0, window.covers(month.MONTHS_BALANCE))
    return _ACTIVITY.feature("active_months_share", Unit.SHARE, active, window=window)


def balance_to_income(month: Rows, window: Window) -> Feature:
    """Latest balance owed in incomes; of several cards the highest."""
    owed = latest(month.owed, month.MONTHS_BALANCE, window.covers(month.MONTHS_BALANCE), room=PACK_MONEY)
    return _USE.feature("balance_to_income", Unit.TIMES, ratio(owed, month.client_income.max()), window=window)


def utilisation_mean(month: Rows, window: Window) -> Feature:
    """Balance owed as a share of the limit, over all months in the window; NULL without a limit."""
    inside = window.covers(month.MONTHS_BALANCE)
    used = ratio(month.owed.sum(where=inside), month.AMT_CREDIT_LIMIT_ACTUAL.sum(where=inside))
    return _USE.feature("utilisation_mean", Unit.SHARE, used, window=window)


def utilisation_max(month: Rows, window: Window) -> Feature:
    """Highest monthly share of the limit in use."""
    used = ratio(month.owed, month.AMT_CREDIT_LIMIT_ACTUAL).max(where=window.covers(month.MONTHS_BALANCE))
    return _USE.feature("utilisation_max", Unit.SHARE, used, window=window)


def over_limit_share(month: Rows, window: Window) -> Feature:
    """Share of the months with a limit in which the balance was above it."""
    limited = window.covers(month.MONTHS_BALANCE) & (month.AMT_CREDIT_LIMIT_ACTUAL > 0)
    over = share(month, month.owed > month.AMT_CREDIT_LIMIT_ACTUAL, limited)
    return _USE.feature("over_limit_share", Unit.SHARE, over, window=window)
