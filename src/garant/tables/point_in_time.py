"""What was known at the application: rows of events after it are invisible to every feature."""

from collections.abc import Callable

import ibis

from garant.tables.expressions import Rows, Value
from garant.tables.unbound import unbound

EVENT_DAY: dict[str, Callable[[Rows], Value]] = {
    "bureau": lambda row: row.DAYS_CREDIT,
    "bureau_balance": lambda row: row.MONTHS_BALANCE,
    "previous_application": lambda row: row.DAYS_DECISION,
    "POS_CASH_balance": lambda row: row.MONTHS_BALANCE,
    "installments_payments": lambda row: ibis.coalesce(row.DAYS_ENTRY_PAYMENT, row.DAYS_INSTALMENT),
    "credit_card_balance": lambda row: row.MONTHS_BALANCE,
}
"""Day or month, relative to the application, at which a row came to be known.

An instalment is known from its payment, else, when no payment is recorded, from its due day: a payment made after the
application does not tell what will be paid. Ends of contracts are plans and may lie in the future.
"""


def known(name: str) -> Rows:
    """Accepted table `name`, unbound, without the rows that came to be known after the application.

    Day 0 and month 0, the application itself, are known. A row whose event has no day is invisible: nothing shows that
    it was known in time.

    Parameters
    ----------
    name : str
        Name of a raw table; ``application`` is known as a whole.
    """
    rows = unbound(name)
    event_day = EVENT_DAY.get(name)
    return rows if event_day is None else rows.filter(event_day(rows) <= 0)
