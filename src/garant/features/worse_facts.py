"""Raw facts made worse, one at a time: what must not lower a PD, told in the raw tables and not in features.

Each change touches one table of an applicant and leaves everything else as it is. Which row is changed is decided by
the values alone: the latest, ties broken by the keys.
"""

from collections.abc import Callable
from dataclasses import dataclass

import ibis

from garant.tables.columns import THOUSANDTHS
from garant.tables.expressions import Condition, Rows, Value

SCORE_STEP = 0.1
"""An external score lies between 0 and 1; a tenth less is about half a standard deviation in the public data."""

OVERDUE_AMOUNT = 1_000 * THOUSANDTHS
"""Amount that comes to be overdue, in thousandths."""

OVERDUE_DAYS = 30
"""Days that a credit elsewhere comes to be overdue."""

_WORSE_STATUS = {"0": "1", "1": "2", "2": "3", "3": "4", "4": "5"}

_NEW_KEY = 500_000_000_000
"""Added to the key of a row that is there twice; keys of the public data have seven digits."""


@dataclass(frozen=True, slots=True)
class WorseFact:
    """One fact made worse.

    Parameters
    ----------
    name : str
        End of its text id, ``report.worse_fact.<name>``.
    table : str
        Raw table that holds the fact.
    change : callable
        From the rows of that table to the same rows with each applicant's fact made worse, where there is one.
    """

    name: str
    table: str
    change: Callable[[Rows], Rows]


def worse_facts() -> tuple[WorseFact, ...]:
    """Every fact, in the order of a report."""
    return (
        WorseFact("instalment_late", "installments_payments", instalment_late),
        WorseFact("overdue_amount", "bureau", overdue_amount),
        WorseFact("overdue_days", "bureau", overdue_days),
        WorseFact("month_elsewhere", "bureau_balance", month_elsewhere),
        WorseFact("month_loan", "POS_CASH_balance", _month_past_due),
        WorseFact("month_card", "credit_card_balance", _month_past_due),
        WorseFact("refusal", "previous_application", refusal),
        *(WorseFact(f"external_score_{n}", "application", _lower_score(f"EXT_SOURCE_{n}")) for n in (1, 2, 3)),
    )


def instalment_late(row: Rows) -> Rows:
    """The latest instalment that was paid before the application is paid one day later than due, or than it was."""
    paid = (row.DAYS_ENTRY_PAYMENT < 0) & (row.DAYS_INSTALMENT < 0)
    order = [
        row.DAYS_INSTALMENT.desc(),
        row.SK_ID_PREV.desc(),
        row.NUM_INSTALMENT_VERSION.desc(),
        row.NUM_INSTALMENT_NUMBER.desc(),
        row.DAYS_ENTRY_PAYMENT.desc(),
        row.AMT_PAYMENT.desc(),
    ]
    return _change_first(row, paid, order, "DAYS_ENTRY_PAYMENT", _a_day_late)


def overdue_amount(credit: Rows) -> Rows:
    """More is overdue on the latest credit elsewhere."""
    return _change_latest_credit(
        credit, "AMT_CREDIT_SUM_OVERDUE", lambda rows: rows.AMT_CREDIT_SUM_OVERDUE.coalesce(0) + OVERDUE_AMOUNT
    )


def overdue_days(credit: Rows) -> Rows:
    """The latest credit elsewhere is a month more overdue."""
    return _change_latest_credit(
        credit, "CREDIT_DAY_OVERDUE", lambda rows: rows.CREDIT_DAY_OVERDUE.coalesce(0) + OVERDUE_DAYS
    )


def month_elsewhere(month: Rows) -> Rows:
    """The latest month that each credit elsewhere reports as running is one class later."""
    running = month.STATUS.isin(tuple(_WORSE_STATUS))
    order = [month.MONTHS_BALANCE.desc()]
    return _change_first(
        month,
        running,
        order,
        "STATUS",
        lambda rows: ibis.cases(*((level == rows.STATUS, worse) for level, worse in _WORSE_STATUS.items())),
        client="SK_ID_BUREAU",
    )


def refusal(request: Rows) -> Rows:
    """One application more like the latest one, on the same day, and refused."""
    order = [request.DAYS_DECISION.desc(), request.SK_ID_PREV.desc()]
    ranked = request.mutate(rank=ibis.row_number().over(group_by=request.SK_ID_CURR, order_by=order))
    latest = ranked.filter((ranked["rank"] == 0) & (ranked.DAYS_DECISION <= 0)).drop("rank")
    refused = latest.mutate(
        SK_ID_PREV=latest.SK_ID_PREV + _NEW_KEY,
        NAME_CONTRACT_STATUS=ibis.literal("Refused"),
        CODE_REJECT_REASON=ibis.literal("HC"),
    )
    return request.union(refused)


def _month_past_due(month: Rows) -> Rows:
    """The latest month of an applicant is one day more past due, tolerated or not."""
    order = [month.MONTHS_BALANCE.desc(), month.SK_ID_PREV.desc()]
    known = month.MONTHS_BALANCE <= 0
    later = _change_first(month, known, order, "SK_DPD", lambda rows: rows.SK_DPD.coalesce(0) + 1)
    order = [later.MONTHS_BALANCE.desc(), later.SK_ID_PREV.desc()]
    known = later.MONTHS_BALANCE <= 0
    return _change_first(later, known, order, "SK_DPD_DEF", lambda rows: rows.SK_DPD_DEF.coalesce(0) + 1)


def _a_day_late(row: Rows) -> Value:
    late = row.DAYS_ENTRY_PAYMENT > row.DAYS_INSTALMENT
    day: Value = ibis.cases((late, row.DAYS_ENTRY_PAYMENT), else_=row.DAYS_INSTALMENT)
    return day + 1


def _lower_score(column: str) -> Callable[[Rows], Rows]:
    def change(row: Rows) -> Rows:
        return row.mutate(**{column: (row[column] - SCORE_STEP).clip(lower=0.0)})

    return change


def _change_latest_credit(credit: Rows, column: str, worse: Callable[[Rows], Value]) -> Rows:
    order = [credit.DAYS_CREDIT.desc(), credit.SK_ID_BUREAU.desc()]
    return _change_first(credit, credit.DAYS_CREDIT <= 0, order, column, worse)


def _change_first(
    rows: Rows,
    among: Condition,
    order: list[Value],
    column: str,
    worse: Callable[[Rows], Value],
    *,
    client: str = "SK_ID_CURR",
) -> Rows:
    """`rows` with `column` of each client's first row of `among` in `order` made `worse`."""
    chosen = ibis.cases((among, 1), else_=0)
    place = ibis.row_number().over(group_by=[rows[client], chosen], order_by=order)
    ranked = rows.mutate(chosen=chosen, place=place)
    first = (ranked.chosen == 1) & (ranked.place == 0)
    # The type of the column stays what it is, so that the rows fit those that were left alone.
    changed = worse(ranked).cast(rows[column].type())
    return ranked.mutate(**{column: ibis.cases((first, changed), else_=ranked[column])}).drop("chosen", "place")
