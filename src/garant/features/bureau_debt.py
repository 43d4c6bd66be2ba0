"""What the client owes elsewhere now, and what is or was overdue there."""

from garant.features.aggregates import days_before, share, total
from garant.features.feature import Feature, Missing, Sign, Unit
from garant.features.ratio import money, number, ratio
from garant.features.topic import Topic
from garant.features.window import ALL, DAYS_365, DAYS_730, LAST_3, Window
from garant.tables.expressions import Condition, Rows, Value

_DEBT = Topic(table="bureau", prefix="bureau", family="debt_elsewhere", sign=Sign.RAISES)
_BURDEN = Topic(table="bureau", prefix="bureau", family="repayment_burden", sign=Sign.RAISES)
_OVERDUE = Topic(table="bureau", prefix="bureau", family="overdue_elsewhere", sign=Sign.RAISES)


def features(credit: Rows) -> tuple[Feature, ...]:
    """Features of debt and arrears elsewhere."""
    return (
        *(debt_sum(credit, window) for window in (DAYS_365, DAYS_730, ALL)),
        *(debt_to_credit(credit, window) for window in (LAST_3, ALL)),
        active_debt_to_credit(credit, ALL),
        card_debt_to_credit(credit, ALL),
        debt_to_income(credit, ALL),
        charges_to_income(credit, ALL),
        overdue_sum(credit, ALL),
        overdue_days_max(credit, ALL),
        *(worst_overdue_max(credit, window) for window in (DAYS_730, ALL)),
        *(overdue_credits_share(credit, window) for window in (DAYS_730, ALL)),
        last_overdue_credit_days(credit, ALL),
        worst_overdue_to_credit(credit, ALL),
        prolonged_n(credit, ALL),
    )


def active_annuities(credit: Rows) -> Value:
    """Known annuities of the running credits elsewhere, in thousandths; 0 when none is stated."""
    return credit.AMT_ANNUITY.sum(where=credit.CREDIT_ACTIVE == "Active").coalesce(0)


def debt_sum(credit: Rows, window: Window) -> Feature:
    """Debt on credits elsewhere opened in the window; NULL when the bureau states no debt.

    More debt in all raises the risk; with all debt the same, whether more of it is young has no certain direction.
    """
    owed = total(credit, credit.AMT_CREDIT_SUM_DEBT, window.includes(credit.DAYS_CREDIT, credit.newest))
    sign = Sign.RAISES if window == ALL else Sign.NONE
    return _DEBT.feature("debt_sum", Unit.MONEY, money(owed), window=window, sign=sign)


def debt_to_credit(credit: Rows, window: Window) -> Feature:
    """Debt as a share of the amounts of the credits elsewhere that state a debt."""
    return _debt_share(credit, "debt_to_credit", window.includes(credit.DAYS_CREDIT, credit.newest), window)


def active_debt_to_credit(credit: Rows, window: Window) -> Feature:
    """Debt as a share of the amounts of the running credits elsewhere."""
    running = (credit.CREDIT_ACTIVE == "Active") & window.includes(credit.DAYS_CREDIT, credit.newest)
    return _debt_share(credit, "active_debt_to_credit", running, window)


def card_debt_to_credit(credit: Rows, window: Window) -> Feature:
    """Debt as a share of the amounts of the running credit cards elsewhere."""
    cards = (
        (credit.CREDIT_TYPE == "Credit card")
        & (credit.CREDIT_ACTIVE == "Active")
        & window.includes(credit.DAYS_CREDIT, credit.newest)
    )
    return _debt_share(credit, "card_debt_to_credit", cards, window)


def debt_to_income(credit: Rows, window: Window) -> Feature:
    """Debt elsewhere in incomes."""
    owed = total(credit, credit.AMT_CREDIT_SUM_DEBT, window.includes(credit.DAYS_CREDIT, credit.newest))
    in_incomes = ratio(owed, credit.client_income.max())
    return _DEBT.feature("debt_to_income", Unit.TIMES, in_incomes, window=window)


def charges_to_income(credit: Rows, window: Window) -> Feature:
    """Annuity asked for and known annuities of running credits elsewhere, as a share of income."""
    charges = credit.annuity_asked.max() + active_annuities(credit)
    return _BURDEN.feature("charges_to_income", Unit.SHARE, ratio(charges, credit.client_income.max()), window=window)


def overdue_sum(credit: Rows, window: Window) -> Feature:
    """Amount overdue now on credits elsewhere."""
    overdue = total(credit, credit.AMT_CREDIT_SUM_OVERDUE, window.includes(credit.DAYS_CREDIT, credit.newest))
    return _OVERDUE.feature("overdue_sum", Unit.MONEY, money(overdue), window=window)


def overdue_days_max(credit: Rows, window: Window) -> Feature:
    """Longest delay now on a credit elsewhere."""
    days = number(credit.CREDIT_DAY_OVERDUE.max(where=window.includes(credit.DAYS_CREDIT, credit.newest)))
    return _OVERDUE.feature("overdue_days_max", Unit.DAYS, days, window=window)


def worst_overdue_max(credit: Rows, window: Window) -> Feature:
    """Largest amount ever overdue on a credit elsewhere opened in the window; NULL when none is stated."""
    worst = money(credit.AMT_CREDIT_MAX_OVERDUE.max(where=window.includes(credit.DAYS_CREDIT, credit.newest)))
    return _OVERDUE.feature("worst_overdue_max", Unit.MONEY, worst, window=window, missing=Missing.NOT_STATED)


def overdue_credits_share(credit: Rows, window: Window) -> Feature:
    """Share of the credits elsewhere opened in the window that were ever overdue."""
    overdue = share(credit, ever_overdue(credit), window.includes(credit.DAYS_CREDIT, credit.newest))
    return _OVERDUE.feature("overdue_credits_share", Unit.SHARE, overdue, window=window)


def last_overdue_credit_days(credit: Rows, window: Window) -> Feature:
    """Days since the latest of the credits elsewhere that were ever overdue was opened.

    Longer ago is safer: one overdue credit more can only shorten it.
    """
    overdue = ever_overdue(credit) & window.includes(credit.DAYS_CREDIT, credit.newest)
    days = number(days_before(credit.DAYS_CREDIT).min(where=overdue))
    return _OVERDUE.feature(
        "last_overdue_credit_days",
        Unit.DAYS,
        days,
        window=window,
        sign=Sign.LOWERS,
        missing=Missing.NOT_APPLICABLE,
    )


def worst_overdue_to_credit(credit: Rows, window: Window) -> Feature:
    """Largest amounts ever overdue as a share of the amounts of the credits elsewhere that state one."""
    stated = credit.AMT_CREDIT_MAX_OVERDUE.notnull() & window.includes(credit.DAYS_CREDIT, credit.newest)
    worst = ratio(credit.AMT_CREDIT_MAX_OVERDUE.sum(where=stated), credit.AMT_CREDIT_SUM.sum(where=stated))
    return _OVERDUE.feature("worst_overdue_to_credit", Unit.SHARE, worst, window=window, missing=Missing.NO_DENOMINATOR)


def ever_overdue(credit: Rows) -> Condition:
    """True for a credit elsewhere that is, or once was, overdue."""
    return (credit.AMT_CREDIT_MAX_OVERDUE > 0) | (credit.CREDIT_DAY_OVERDUE > 0)


def prolonged_n(credit: Rows, window: Window) -> Feature:
    """How often credits elsewhere were prolonged.

    No direction is certain: a credit is prolonged in trouble, a card as a matter of course.
    """
    prolonged = number(total(credit, credit.CNT_CREDIT_PROLONG, window.includes(credit.DAYS_CREDIT, credit.newest)))
    return _OVERDUE.feature("prolonged_n", Unit.COUNT, prolonged, window=window, sign=Sign.NONE)


def _debt_share(credit: Rows, thing: str, where: Condition, window: Window) -> Feature:
    stated = where & credit.AMT_CREDIT_SUM_DEBT.notnull()
    owed = ratio(credit.AMT_CREDIT_SUM_DEBT.sum(where=stated), credit.AMT_CREDIT_SUM.sum(where=stated))
    return _DEBT.feature(thing, Unit.SHARE, owed, window=window, missing=Missing.NO_DENOMINATOR)
