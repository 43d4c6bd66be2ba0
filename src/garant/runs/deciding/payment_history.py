"""A client's credits and payments in the order of time, from the raw rows: what a timeline shows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from garant.tables.columns import THOUSANDTHS
from garant.tables.records.client_records import ClientRecords
from garant.wording.catalogue import Wording

DAYS_A_YEAR = 365

_STATES: Mapping[str, str] = {
    "Active": "page.history.state.active",
    "Closed": "page.history.state.closed",
    "Sold": "page.history.state.sold",
    "Bad debt": "page.history.state.bad_debt",
}
"""Texts of what the bureau says of a credit; another word of its own is quoted."""


@dataclass(frozen=True, slots=True)
class PastCredit:
    """One credit or request.

    Parameters
    ----------
    where : {"here", "elsewhere"}
        With the lender, or with another one as the bureau reports it.
    kind, state : str
        What it is and how it stands, in the asked language; empty where it is not stated.
    opened : int
        Days relative to the application, 0 or less.
    until : int or None
        When it ended or is to end, likewise and maybe later than the application; None where nobody knows or where
        it never began.
    amount, debt, overdue : float or None
        In currency units.
    days_late : int
        Days that it is overdue on the day of the application.
    """

    where: Literal["here", "elsewhere"]
    kind: str
    state: str
    opened: int
    until: int | None
    amount: float | None
    debt: float | None = None
    overdue: float | None = None
    days_late: int = 0


@dataclass(frozen=True, slots=True)
class PaidYear:
    """Instalments of earlier loans with the lender that fell due in one year before the application.

    Parameters
    ----------
    year : int
        0: the last 365 days before the application, 1: the 365 days before those, and so forth.
    due, late : int
        Instalments that fell due, and those of them that were paid after their day or never.
    longest_days : int
        Longest delay of one that was paid.
    unpaid : float
        What was due and not paid, in currency units.
    """

    year: int
    due: int
    late: int
    longest_days: int
    unpaid: float


@dataclass(frozen=True, slots=True)
class PaymentHistory:
    """Credits, the latest first, and years of payments, the latest first."""

    credits: tuple[PastCredit, ...]
    years: tuple[PaidYear, ...]

    @property
    def begins(self) -> int:
        """Earliest day of a credit, relative to the application; 0 where there is none."""
        return min((each.opened for each in self.credits), default=0)


def payment_history(records: ClientRecords, words: Wording) -> PaymentHistory:
    """History of one client in the language of `words`; rows from after the application are no history."""
    found = [*_elsewhere(records, words), *_here(records, words)]
    return PaymentHistory(tuple(sorted(found, key=lambda each: each.opened, reverse=True)), tuple(_years(records)))


def _elsewhere(records: ClientRecords, words: Wording) -> Iterator[PastCredit]:
    for row in _rows(records, "bureau"):
        if row["DAYS_CREDIT"] > 0:
            continue
        ended = row["DAYS_ENDDATE_FACT"]
        yield PastCredit(
            where="elsewhere",
            kind=_level("CREDIT_TYPE", row, words),
            state=_state(row["CREDIT_ACTIVE"], words),
            opened=row["DAYS_CREDIT"],
            until=row["DAYS_CREDIT_ENDDATE"] if ended is None else ended,
            amount=_units(row["AMT_CREDIT_SUM"]),
            debt=_units(row["AMT_CREDIT_SUM_DEBT"]),
            overdue=_units(row["AMT_CREDIT_SUM_OVERDUE"]),
            days_late=row["CREDIT_DAY_OVERDUE"] or 0,
        )


def _here(records: ClientRecords, words: Wording) -> Iterator[PastCredit]:
    for row in _rows(records, "previous_application"):
        if row["DAYS_DECISION"] > 0:
            continue
        is_granted = row["NAME_CONTRACT_STATUS"] == "Approved"
        ended = row["DAYS_TERMINATION"]
        yield PastCredit(
            where="here",
            kind=_level("NAME_CONTRACT_TYPE", row, words),
            state=_level("NAME_CONTRACT_STATUS", row, words),
            opened=row["DAYS_DECISION"],
            until=(row["DAYS_LAST_DUE"] if ended is None else ended) if is_granted else None,
            amount=_units(row["AMT_CREDIT"]),
        )


def _years(records: ClientRecords) -> Iterator[PaidYear]:
    """Years with instalments; one that was paid in several rows is one instalment."""
    dues: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(records, "installments_payments"):
        day = row["DAYS_INSTALMENT"]
        if day is not None and day <= 0:
            dues[row["SK_ID_PREV"], row["NUM_INSTALMENT_VERSION"], row["NUM_INSTALMENT_NUMBER"], day].append(row)
    years: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for (*_, day), rows in dues.items():
        paid = sum(row["AMT_PAYMENT"] or 0 for row in rows)
        owed = max(row["AMT_INSTALMENT"] or 0 for row in rows)
        delays = [row["DAYS_ENTRY_PAYMENT"] - day for row in rows if row["DAYS_ENTRY_PAYMENT"] is not None]
        years[-day // DAYS_A_YEAR].append((max(delays, default=0), max(0.0, (owed - paid) / THOUSANDTHS)))
    for year, found in sorted(years.items()):
        yield PaidYear(
            year=year,
            due=len(found),
            late=sum(delay > 0 or unpaid > 0 for delay, unpaid in found),
            longest_days=max(0, *(delay for delay, _ in found)),
            unpaid=sum(unpaid for _, unpaid in found),
        )


def _rows(records: ClientRecords, table: str) -> Iterator[dict[str, Any]]:
    if table in records.rows:
        names = records.schemas[table].names
        for row in records.rows[table]:
            yield dict(zip(names, row, strict=True))


def _level(column: str, row: Mapping[str, Any], words: Wording) -> str:
    return "" if row[column] is None else words.level(column, row[column])


def _state(state: str | None, words: Wording) -> str:
    if state is None:
        return ""
    return words.text(_STATES[state]) if state in _STATES else words.text("level_unknown", level=state)


def _units(thousandths: int | None) -> float | None:
    return None if thousandths is None else thousandths / THOUSANDTHS
