"""The loan asked for against earlier ones here: amounts granted, refused and asked for, instalments and terms."""

from garant.features.aggregates import PACK_MONEY, latest, mean
from garant.features.feature import Feature, Missing, Unit
from garant.features.ratio import ratio
from garant.features.topic import Topic
from garant.features.window import ALL, LAST_3, Window
from garant.tables.expressions import Condition, Rows, Value

_AMOUNTS = Topic(
    table="previous_application", prefix="previous", family="previous_amounts", missing=Missing.NOT_APPLICABLE
)
_TERMS = Topic(table="previous_application", prefix="previous", family="previous_terms", missing=Missing.NOT_APPLICABLE)
_BURDEN = Topic(
    table="previous_application",
    prefix="previous",
    family="repayment_burden",
    missing=Missing.NOT_APPLICABLE,
)


def features(request: Rows) -> tuple[Feature, ...]:
    """Features of earlier amounts in relation to what is asked for now; none has a certain direction."""
    return (
        *(credit_mean_to_asked(request, window) for window in (LAST_3, ALL)),
        last_granted_to_asked(request, ALL),
        last_refused_to_asked(request, ALL),
        refused_max_to_asked(request, ALL),
        *(requested_mean_to_asked(request, window) for window in (LAST_3, ALL)),
        annuity_max_to_asked(request, ALL),
        last_annuity_to_asked(request, ALL),
        term_to_earlier(request, ALL),
        credit_mean_to_income(request, ALL),
        running_credit_to_income(request, ALL),
    )


def credit_mean_to_asked(request: Rows, window: Window) -> Feature:
    """Mean amount of the loans granted here per unit of the loan asked for now."""
    usual = mean(request.AMT_CREDIT, _granted(request, window))
    return _per_asked(request, "credit_mean_to_asked", usual, window)


def last_granted_to_asked(request: Rows, window: Window) -> Feature:
    """Latest loan granted here per unit of the loan asked for now; of several on that day the largest."""
    last = latest(request.AMT_CREDIT, request.DAYS_DECISION, _granted(request, window), room=PACK_MONEY)
    return _per_asked(request, "last_granted_to_asked", last, window)


def last_refused_to_asked(request: Rows, window: Window) -> Feature:
    """Amount of the latest application refused per unit of the loan asked for now; of several that day the largest."""
    last = latest(request.AMT_CREDIT, request.DAYS_DECISION, _refused(request, window), room=PACK_MONEY)
    return _per_asked(request, "last_refused_to_asked", last, window)


def refused_max_to_asked(request: Rows, window: Window) -> Feature:
    """Largest amount refused here per unit of the loan asked for now."""
    return _per_asked(request, "refused_max_to_asked", request.AMT_CREDIT.max(where=_refused(request, window)), window)


def requested_mean_to_asked(request: Rows, window: Window) -> Feature:
    """Mean amount asked for earlier, where one was chosen, per unit of the loan asked for now."""
    usual = mean(request.AMT_APPLICATION, (request.AMT_APPLICATION > 0) & _within(request, window))
    return _per_asked(request, "requested_mean_to_asked", usual, window)


def annuity_max_to_asked(request: Rows, window: Window) -> Feature:
    """Largest annuity of the loans granted here per unit of the annuity asked for now."""
    largest = ratio(request.AMT_ANNUITY.max(where=_granted(request, window)), request.annuity_asked.max())
    return _AMOUNTS.feature("annuity_max_to_asked", Unit.TIMES, largest, window=window)


def last_annuity_to_asked(request: Rows, window: Window) -> Feature:
    """Annuity of the latest loan granted here per unit of the annuity asked for now."""
    last = latest(request.AMT_ANNUITY, request.DAYS_DECISION, _granted(request, window), room=PACK_MONEY)
    in_asked = ratio(last, request.annuity_asked.max())
    return _AMOUNTS.feature("last_annuity_to_asked", Unit.TIMES, in_asked, window=window)


def term_to_earlier(request: Rows, window: Window) -> Feature:
    """Loan asked for in its annuities per unit of the same of the loans granted here: above 1 it runs longer."""
    priced = _granted(request, window) & (request.AMT_ANNUITY > 0)
    earlier = ratio(request.AMT_CREDIT.sum(where=priced), request.AMT_ANNUITY.sum(where=priced))
    asked = ratio(request.credit_asked.max(), request.annuity_asked.max())
    return _TERMS.feature("term_to_earlier", Unit.TIMES, ratio(asked, earlier), window=window)


def credit_mean_to_income(request: Rows, window: Window) -> Feature:
    """Mean amount of the loans granted here in incomes."""
    usual = ratio(mean(request.AMT_CREDIT, _granted(request, window)), request.client_income.max())
    return _AMOUNTS.feature("credit_mean_to_income", Unit.TIMES, usual, window=window)


def running_credit_to_income(request: Rows, window: Window) -> Feature:
    """Amounts of the loans here still running in incomes; NULL when none is."""
    running = _granted(request, window) & still_running(request)
    in_incomes = ratio(request.AMT_CREDIT.sum(where=running), request.client_income.max())
    return _BURDEN.feature("running_credit_to_income", Unit.TIMES, in_incomes, window=window)


def still_running(request: Rows) -> Condition:
    """True for a loan without an end, or with one ahead."""
    return (request.FLAG_NO_TERMINATION == 1) | (request.DAYS_TERMINATION > 0)


def _per_asked(request: Rows, thing: str, amount: Value, window: Window) -> Feature:
    return _AMOUNTS.feature(thing, Unit.TIMES, ratio(amount, request.credit_asked.max()), window=window)


def _refused(request: Rows, window: Window) -> Condition:
    return (request.NAME_CONTRACT_STATUS == "Refused") & _within(request, window)


def _granted(request: Rows, window: Window) -> Condition:
    return (request.NAME_CONTRACT_STATUS == "Approved") & _within(request, window)


def _within(request: Rows, window: Window) -> Condition:
    return window.includes(request.DAYS_DECISION, request.newest)
