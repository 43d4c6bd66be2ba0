"""Instalments here against the income, against the instalment asked for now, and against each other over time."""

from garant.features.feature import Feature, Missing, Unit
from garant.features.ratio import ratio
from garant.features.topic import Topic
from garant.features.window import ALL, DAYS_365, Window
from garant.tables.expressions import Rows, Value

_HISTORY = Topic(
    table="installments_payments",
    prefix="installments",
    family="repayment_history",
    missing=Missing.NO_DENOMINATOR,
)
_BURDEN = Topic(
    table="installments_payments",
    prefix="installments",
    family="repayment_burden",
    missing=Missing.NO_DENOMINATOR,
)


def features(past: Rows) -> tuple[Feature, ...]:
    """Features of the size of instalments; none has a certain direction."""
    return (
        *(due_to_asked(past, window) for window in (DAYS_365, ALL)),
        due_max_to_asked(past, ALL),
        due_to_income(past, DAYS_365),
        due_trend(past, DAYS_365),
    )


def due_to_asked(past: Rows, window: Window) -> Feature:
    """Mean instalment in the window per unit of the annuity asked for now."""
    usual = ratio(_mean_due(past, window), past.annuity_asked.max())
    return _HISTORY.feature("due_to_asked", Unit.TIMES, usual, window=window)


def due_max_to_asked(past: Rows, window: Window) -> Feature:
    """Largest instalment per unit of the annuity asked for now."""
    largest = ratio(past.largest_due.max(where=window.covers(past.begin)), past.annuity_asked.max())
    return _HISTORY.feature("due_max_to_asked", Unit.TIMES, largest, window=window)


def due_to_income(past: Rows, window: Window) -> Feature:
    """Amounts that fell due in the window, in incomes; NULL when none did."""
    due = past.due.sum(where=window.covers(past.begin))
    return _BURDEN.feature("due_to_income", Unit.TIMES, ratio(due, past.client_income.max()), window=window)


def due_trend(past: Rows, window: Window) -> Feature:
    """Mean instalment in the window per unit of the mean before it."""
    before = window.precedes(past.begin)
    usual = ratio(past.due.sum(where=before), past.n_stated.sum(where=before))
    return _HISTORY.feature("due_trend", Unit.TIMES, ratio(_mean_due(past, window), usual), window=window)


def _mean_due(past: Rows, window: Window) -> Value:
    inside = window.covers(past.begin)
    return ratio(past.due.sum(where=inside), past.n_stated.sum(where=inside))
