"""Moves of debts that the person has already: arrears of today paid, a card balance reduced."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from garant.exceptions import UsageError
from garant.explanations.moves.cells import amount_of, cells_of, scaled, thousandths, units, with_column
from garant.explanations.moves.move import NOT_OFFERED, NOTHING_TO_CHANGE, Change, Offer
from garant.explanations.moves.round_steps import rising
from garant.explanations.moves.terms import ArrearsPaid, CardBalance
from garant.tables.variants import ClientRows

_DELAYS = ("SK_DPD", "SK_DPD_DEF")
_MONTHLY = ("POS_CASH_balance", "credit_card_balance")

_FOLLOWING = ("AMT_RECEIVABLE_PRINCIPAL", "AMT_RECIVABLE", "AMT_TOTAL_RECEIVABLE", "AMT_INST_MIN_REGULARITY")
"""Columns of a card's month that fall in proportion to its balance."""

_CARDS = "credit_card_balance"


@dataclass(frozen=True, slots=True)
class ArrearsPaidMove:
    """What is overdue on the day of the application is paid, here and elsewhere; the amount is what is known of it.

    Elsewhere the overdue amount and its days become zero, and the debt falls by the amount where it is as large. Here
    the delay of each running contract's latest month becomes zero. What once was overdue, and every earlier month,
    is history and stays.
    """

    terms: ArrearsPaid
    name: str = "arrears-paid"

    @property
    def touches(self) -> Mapping[str, frozenset[str]]:
        """Overdue amounts, their days, the debt that they are a part of, and delays of a latest month."""
        elsewhere = {"AMT_CREDIT_SUM_OVERDUE", "CREDIT_DAY_OVERDUE", "AMT_CREDIT_SUM_DEBT"}
        return {"bureau": frozenset(elsewhere), **{table: frozenset(_DELAYS) for table in _MONTHLY}}

    def offer(self, rows: ClientRows) -> Offer:
        """All at once: one step."""
        if not self.terms.is_offered:
            return Offer((), NOT_OFFERED)
        overdue, changed = self._paid(rows)
        return Offer((units(overdue),)) if changed else Offer((), NOTHING_TO_CHANGE)

    def change(self, rows: ClientRows, amount: float) -> Change:
        """Rows without arrears of today; `amount` is all that is known to be overdue."""
        if not self.terms.is_offered:
            raise UsageError(f"{self.name}: the lender does not offer this move (is_offered = false).")
        overdue, changed = self._paid(rows)
        if not changed:
            raise UsageError(f"{self.name}: nothing is overdue on the day of the application.")
        if thousandths(amount) != thousandths(units(overdue)):
            raise UsageError(f"{self.name}={amount:g}: all arrears are paid at once; write {self.name}=all.")
        credit = amount_of(rows, "AMT_CREDIT")
        share = overdue / credit if credit else 0.0
        return Change(self.name, amount, share, {**rows, **changed}, {"overdue": units(overdue)})

    def _paid(self, rows: ClientRows) -> tuple[int, dict[str, pa.Table]]:
        """Known overdue amount in thousandths, and the tables that change."""
        changed: dict[str, pa.Table] = {}
        overdue = 0
        if "bureau" in rows:
            overdue, elsewhere = _paid_elsewhere(rows["bureau"])
            if elsewhere is not None:
                changed["bureau"] = elsewhere
        for name in _MONTHLY:
            if name in rows and (here := _without_delay(rows[name], self.terms.current_months)) is not None:
                changed[name] = here
        return overdue, changed


@dataclass(frozen=True, slots=True)
class CardBalanceMove:
    """The latest balances of the cards here fall by the amount, the highest first, each with what follows from it."""

    terms: CardBalance
    name: str = "card-balance"

    @property
    def touches(self) -> Mapping[str, frozenset[str]]:
        """The balance of a month, what is receivable of it, and its least instalment."""
        return {_CARDS: frozenset({"AMT_BALANCE", *_FOLLOWING})}

    def offer(self, rows: ClientRows) -> Offer:
        """Round amounts up to the greatest share of all balances."""
        if not self.terms.is_offered:
            return Offer((), NOT_OFFERED)
        most = self._most(rows)
        amounts = rising(most, most=self.terms.steps) if most >= 1 else ()
        return Offer(amounts, "" if amounts else NOTHING_TO_CHANGE)

    def change(self, rows: ClientRows, amount: float) -> Change:
        """Rows of a person who owes `amount` less on cards."""
        if not self.terms.is_offered:
            raise UsageError(f"{self.name}: the lender does not offer this move (is_offered = false).")
        most = self._most(rows)
        if not most:
            raise UsageError(f"{self.name}: the person owes nothing on a card here.")
        if not 0 < amount <= most:
            raise UsageError(f"{self.name}={amount:g}: expected an amount above 0 and up to {most:,.2f}.")
        owed = self._owed(rows)
        table, left = rows[_CARDS], thousandths(amount)
        columns = {name: cells_of(table, name) for name in ("AMT_BALANCE", *_FOLLOWING) if name in table.schema.names}
        for row, balance in sorted(owed.items(), key=lambda found: (-found[1], found[0])):
            paid = min(left, balance)
            left -= paid
            for name, cells in columns.items():
                cell = cells[row]
                if isinstance(cell, int):
                    cells[row] = balance - paid if name == "AMT_BALANCE" else scaled(cell, 1 - paid / balance)
        for name, cells in columns.items():
            table = with_column(table, name, cells)
        total = sum(owed.values())
        figures = {"balance_before": units(total), "balance": units(total) - amount, "paid": amount}
        return Change(self.name, amount, thousandths(amount) / total, {**rows, _CARDS: table}, figures)

    def _owed(self, rows: ClientRows) -> dict[int, int]:
        """Row of each running card's latest month → what is owed, in thousandths."""
        if _CARDS not in rows:
            return {}
        balances = cells_of(rows[_CARDS], "AMT_BALANCE")
        latest = _latest_months(rows[_CARDS], self.terms.current_months)
        return {row: balance for row in latest if isinstance(balance := balances[row], int) and balance > 0}

    def _most(self, rows: ClientRows) -> float:
        return units(int(sum(self._owed(rows).values()) * self.terms.most_share))


def _paid_elsewhere(credit: pa.Table) -> tuple[int, pa.Table | None]:
    """Overdue amount of all credits, and the credits without it; None where nothing is overdue."""
    overdue = [cell if isinstance(cell, int) else 0 for cell in cells_of(credit, "AMT_CREDIT_SUM_OVERDUE")]
    days = [cell if isinstance(cell, int) else 0 for cell in cells_of(credit, "CREDIT_DAY_OVERDUE")]
    opened = cells_of(credit, "DAYS_CREDIT")
    late = [
        (amount > 0 or delay > 0) and isinstance(day, int) and day <= 0
        for amount, delay, day in zip(overdue, days, opened, strict=True)
    ]
    if not any(late):
        return 0, None
    debts = cells_of(credit, "AMT_CREDIT_SUM_DEBT")
    paid = [amount if is_late else 0 for amount, is_late in zip(overdue, late, strict=True)]
    after = [
        debt - amount if isinstance(debt, int) and debt >= amount else debt
        for debt, amount in zip(debts, paid, strict=True)
    ]
    for name, cells in (
        ("AMT_CREDIT_SUM_OVERDUE", _zeroed(credit, "AMT_CREDIT_SUM_OVERDUE", late)),
        ("CREDIT_DAY_OVERDUE", _zeroed(credit, "CREDIT_DAY_OVERDUE", late)),
        ("AMT_CREDIT_SUM_DEBT", after),
    ):
        credit = with_column(credit, name, cells)
    return sum(paid), credit


def _without_delay(month: pa.Table, current_months: int) -> pa.Table | None:
    """Months without the delay of each contract's latest one; None where there is none."""
    latest = _latest_months(month, current_months)
    delays = [name for name in _DELAYS if name in month.schema.names]
    late = [
        row in latest and any(isinstance(cell, int) and cell > 0 for cell in cells)
        for row, cells in enumerate(zip(*(cells_of(month, name) for name in delays), strict=True))
    ]
    if not any(late):
        return None
    for name in delays:
        month = with_column(month, name, _zeroed(month, name, late))
    return month


def _zeroed(table: pa.Table, column: str, which: list[bool]) -> list[int | float | str | None]:
    """Cells of a column, those of the rows `which` zero where they state anything."""
    cells = cells_of(table, column)
    return [0 if is_paid and cell is not None else cell for cell, is_paid in zip(cells, which, strict=True)]


def _latest_months(month: pa.Table, current_months: int) -> set[int]:
    """Rows of each contract's latest month, where that is not older than `current_months`."""
    latest: dict[object, tuple[int, int]] = {}
    contracts, months = cells_of(month, "SK_ID_PREV"), cells_of(month, "MONTHS_BALANCE")
    for row, (contract, at) in enumerate(zip(contracts, months, strict=True)):
        if isinstance(at, int) and at <= 0 and (contract not in latest or latest[contract][0] < at):
            latest[contract] = (at, row)
    return {row for at, row in latest.values() if at >= -current_months}
