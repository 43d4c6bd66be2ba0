"""The matrix of a lender, computed plainly: every feature of every client by its own small function."""

import re
from collections.abc import Iterator

from plain import application, bureau, bureau_balance, card, installments, pos, previous
from plain.measures import Measure
from plain.rows import Cell, History, Row, Rows

Lender = dict[str, Rows]
"""Rows by raw table."""

_MODULES = {
    "bureau": bureau,
    "bureau_balance": bureau_balance,
    "previous_application": previous,
    "POS_CASH_balance": pos,
    "installments_payments": installments,
    "credit_card_balance": card,
}

_WINDOW = re.compile(r"(?P<stem>.+)_(?P<window>all|\d+[dm]|(?:last|first|due)\d)")


class PlainMatrix:
    """Plain values of a lender's applicants, in the order of their ids."""

    def __init__(self, lender: Lender) -> None:
        self.clients = sorted(lender["application"], key=lambda row: row["SK_ID_CURR"])
        self.ids = [client["SK_ID_CURR"] for client in self.clients]
        known = {client: {table: list[Row]() for table in _MODULES} for client in self.ids}
        for table, client, row in _known(lender):
            if client in known:
                known[client][table].append(row)
        self._histories: dict[str, list[History]] = {
            table: [module.history(known[client][table]) for client in self.ids] for table, module in _MODULES.items()
        }

    def column(self, name: str) -> list[Cell]:
        """Values of the feature `name`, one per applicant; KeyError when no plain function makes it."""
        if name in application.FACTS:
            return [application.FACTS[name](client) for client in self.clients]
        table, measure, window = _measure(name)
        histories = zip(self._histories[table], self.clients, strict=True)
        # Whoever has no row at all has no history: NULL, whatever is measured.
        return [measure(past, client, window) if past.newest_first else None for past, client in histories]


def _measure(name: str) -> tuple[str, Measure, str]:
    found = _WINDOW.fullmatch(name)
    for table, module in _MODULES.items():
        if found and found["stem"] in module.MEASURES:
            return table, module.MEASURES[found["stem"]], found["window"]
    raise KeyError(f"no plain computation of {name}")


def _known(lender: Lender) -> Iterator[tuple[str, int | None, Row]]:
    """Rows known at the application with the client whose they are; months of credits elsewhere follow their credit."""
    owner = {row["SK_ID_BUREAU"]: row["SK_ID_CURR"] for row in lender["bureau"] if is_known("bureau", row)}
    for table in _MODULES:
        for row in lender[table]:
            if is_known(table, row):
                yield table, owner.get(row["SK_ID_BUREAU"]) if table == "bureau_balance" else row["SK_ID_CURR"], row


def is_known(table: str, row: Row) -> bool:
    """Whether the row's event lies on the day of the application or before it."""
    if table == "installments_payments":
        paid = row["DAYS_ENTRY_PAYMENT"]
        when = row["DAYS_INSTALMENT"] if paid is None else paid
    else:
        day = {"bureau": "DAYS_CREDIT", "previous_application": "DAYS_DECISION"}
        when = row[day.get(table, "MONTHS_BALANCE")]
    return when is not None and when <= 0


def plain_names() -> set[str]:
    """Stems of child tables and names of the application's facts that have a plain function."""
    return {*application.FACTS, *(stem for module in _MODULES.values() for stem in module.MEASURES)}
