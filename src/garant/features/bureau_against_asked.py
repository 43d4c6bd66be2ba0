"""The loan asked for against credits elsewhere: whether it is larger than what the client has carried before."""

from garant.features.aggregates import mean, total
from garant.features.bureau_debt import active_annuities
from garant.features.feature import Feature, Missing, Sign, Unit
from garant.features.ratio import ratio
from garant.features.topic import Topic
from garant.features.window import ALL, LAST_1, LAST_3, Window
from garant.tables.expressions import Condition, Rows

_CREDITS = Topic(table="bureau", prefix="bureau", family="credit_elsewhere", missing=Missing.NO_DENOMINATOR)
_DEBT = Topic(table="bureau", prefix="bureau", family="debt_elsewhere", missing=Missing.NO_DENOMINATOR)
_BURDEN = Topic(table="bureau", prefix="bureau", family="repayment_burden", missing=Missing.NO_DENOMINATOR)


def features(credit: Rows) -> tuple[Feature, ...]:
    """Features of credits elsewhere in relation to what is asked for now."""
    return (
        credit_max_to_asked(credit, ALL),
        *(credit_mean_to_asked(credit, window) for window in (LAST_3, ALL)),
        last_amount_to_asked(credit, LAST_1),
        debt_to_asked(credit, ALL),
        debt_and_asked_to_income(credit, ALL),
        annuities_to_income(credit, ALL),
    )


def credit_max_to_asked(credit: Rows, window: Window) -> Feature:
    """Largest credit elsewhere per unit of the loan asked for now."""
    largest = credit.AMT_CREDIT_SUM.max(where=_within(credit, window))
    return _CREDITS.feature("credit_max_to_asked", Unit.TIMES, ratio(largest, credit.credit_asked.max()), window=window)


def credit_mean_to_asked(credit: Rows, window: Window) -> Feature:
    """Mean amount of the credits elsewhere per unit of the loan asked for now."""
    usual = mean(credit.AMT_CREDIT_SUM, _within(credit, window))
    return _CREDITS.feature("credit_mean_to_asked", Unit.TIMES, ratio(usual, credit.credit_asked.max()), window=window)


def last_amount_to_asked(credit: Rows, window: Window) -> Feature:
    """Amount of the latest credit elsewhere per unit of the loan asked for now."""
    last = credit.AMT_CREDIT_SUM.max(where=_within(credit, window))
    return _CREDITS.feature("last_amount_to_asked", Unit.TIMES, ratio(last, credit.credit_asked.max()), window=window)


def debt_to_asked(credit: Rows, window: Window) -> Feature:
    """Debt elsewhere per unit of the loan asked for now."""
    owed = total(credit, credit.AMT_CREDIT_SUM_DEBT, _within(credit, window))
    return _DEBT.feature("debt_to_asked", Unit.TIMES, ratio(owed, credit.credit_asked.max()), window=window)


def debt_and_asked_to_income(credit: Rows, window: Window) -> Feature:
    """Debt elsewhere and the loan asked for, together, in incomes; NULL when the bureau states no debt."""
    owed = total(credit, credit.AMT_CREDIT_SUM_DEBT, _within(credit, window)) + credit.credit_asked.max()
    in_incomes = ratio(owed, credit.client_income.max())
    return _BURDEN.feature("debt_and_asked_to_income", Unit.TIMES, in_incomes, window=window)


def annuities_to_income(credit: Rows, window: Window) -> Feature:
    """Known annuities of the running credits elsewhere as a share of income; 0 when none is stated."""
    burden = ratio(active_annuities(credit), credit.client_income.max())
    return _BURDEN.feature("annuities_to_income", Unit.SHARE, burden, window=window, sign=Sign.RAISES)


def _within(credit: Rows, window: Window) -> Condition:
    return window.includes(credit.DAYS_CREDIT, credit.newest)
