"""Credits elsewhere over time: recent against older ones, and means in which the recent ones count more."""

from garant.features.aggregates import days_before, mean, share, total
from garant.features.bureau_debt import ever_overdue
from garant.features.feature import Feature, Missing, Sign, Unit
from garant.features.ratio import money, ratio
from garant.features.recency import weighted_mean, weighted_share
from garant.features.topic import Topic
from garant.features.window import ALL, DAYS_365, DAYS_730, Window
from garant.tables.expressions import Rows

_HISTORY = Topic(table="bureau", prefix="bureau", family="credit_history")
_CREDITS = Topic(table="bureau", prefix="bureau", family="credit_elsewhere")
_DEBT = Topic(table="bureau", prefix="bureau", family="debt_elsewhere", missing=Missing.NO_DENOMINATOR)
_OVERDUE = Topic(table="bureau", prefix="bureau", family="overdue_elsewhere", sign=Sign.RAISES)


def features(credit: Rows) -> tuple[Feature, ...]:
    """Features of what is recent."""
    return (
        *(recent_share(credit, window) for window in (DAYS_365, DAYS_730)),
        age_days_mean(credit, ALL),
        active_age_days_mean(credit, ALL),
        gap_days_mean(credit, ALL),
        weighted_active_share(credit, ALL),
        weighted_credit_mean(credit, ALL),
        credit_trend(credit, DAYS_365),
        weighted_debt_to_credit(credit, ALL),
        *(recent_debt_share(credit, window) for window in (DAYS_365, DAYS_730)),
        weighted_overdue_share(credit, ALL),
    )


def recent_share(credit: Rows, window: Window) -> Feature:
    """Share of all known credits elsewhere that were opened in the window."""
    recent = share(credit, window.covers(credit.DAYS_CREDIT), ALL.covers(credit.DAYS_CREDIT))
    return _HISTORY.feature("recent_share", Unit.SHARE, recent, window=window)


def age_days_mean(credit: Rows, window: Window) -> Feature:
    """Mean days since the credits elsewhere were opened."""
    age = mean(days_before(credit.DAYS_CREDIT), window.covers(credit.DAYS_CREDIT))
    return _HISTORY.feature("age_days_mean", Unit.DAYS, age, window=window)


def active_age_days_mean(credit: Rows, window: Window) -> Feature:
    """Mean days since the credits elsewhere that still run were opened; NULL when none does."""
    running = (credit.CREDIT_ACTIVE == "Active") & window.covers(credit.DAYS_CREDIT)
    age = mean(days_before(credit.DAYS_CREDIT), running)
    return _HISTORY.feature("active_age_days_mean", Unit.DAYS, age, window=window, missing=Missing.NOT_APPLICABLE)


def gap_days_mean(credit: Rows, window: Window) -> Feature:
    """Mean days from one credit elsewhere to the next; NULL with fewer than two."""
    opened, inside = days_before(credit.DAYS_CREDIT), window.covers(credit.DAYS_CREDIT)
    gap = ratio(opened.max(where=inside) - opened.min(where=inside), credit.count(where=inside) - 1)
    return _HISTORY.feature("gap_days_mean", Unit.DAYS, gap, window=window, missing=Missing.NO_DENOMINATOR)


def weighted_active_share(credit: Rows, window: Window) -> Feature:
    """Share of the credits elsewhere still running, the recent ones counting more."""
    running = weighted_share(credit.weight, credit.CREDIT_ACTIVE == "Active", window.covers(credit.DAYS_CREDIT))
    return _HISTORY.feature("weighted_active_share", Unit.SHARE, running, window=window)


def weighted_credit_mean(credit: Rows, window: Window) -> Feature:
    """Mean amount of the credits elsewhere, the recent ones counting more."""
    amount = money(weighted_mean(credit.AMT_CREDIT_SUM, credit.weight, window.covers(credit.DAYS_CREDIT)))
    return _CREDITS.feature("weighted_credit_mean", Unit.MONEY, amount, window=window)


def credit_trend(credit: Rows, window: Window) -> Feature:
    """Mean amount of the credits elsewhere opened in the window per unit of the mean before it."""
    recent = mean(credit.AMT_CREDIT_SUM, window.covers(credit.DAYS_CREDIT))
    before = mean(credit.AMT_CREDIT_SUM, window.precedes(credit.DAYS_CREDIT))
    return _CREDITS.feature(
        "credit_trend", Unit.TIMES, ratio(recent, before), window=window, missing=Missing.NO_DENOMINATOR
    )


def weighted_debt_to_credit(credit: Rows, window: Window) -> Feature:
    """Debt as a share of the amounts of the credits elsewhere that state one, the recent credits counting more."""
    stated = window.covers(credit.DAYS_CREDIT) & credit.AMT_CREDIT_SUM_DEBT.notnull()
    owed = (credit.AMT_CREDIT_SUM_DEBT * credit.weight).sum(where=stated)
    granted = (credit.AMT_CREDIT_SUM * credit.weight).sum(where=stated)
    return _DEBT.feature("weighted_debt_to_credit", Unit.SHARE, ratio(owed, granted), window=window, sign=Sign.RAISES)


def recent_debt_share(credit: Rows, window: Window) -> Feature:
    """Share of the debt elsewhere that is on credits opened in the window; NULL without debt."""
    recent = total(credit, credit.AMT_CREDIT_SUM_DEBT, window.covers(credit.DAYS_CREDIT))
    owed = total(credit, credit.AMT_CREDIT_SUM_DEBT, ALL.covers(credit.DAYS_CREDIT))
    return _DEBT.feature("recent_debt_share", Unit.SHARE, ratio(recent, owed), window=window)


def weighted_overdue_share(credit: Rows, window: Window) -> Feature:
    """Share of the credits elsewhere that were ever overdue, the recent credits counting more."""
    overdue = weighted_share(credit.weight, ever_overdue(credit), window.covers(credit.DAYS_CREDIT))
    return _OVERDUE.feature("weighted_overdue_share", Unit.SHARE, overdue, window=window)
