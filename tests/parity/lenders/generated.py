"""Lenders of random rows by the declared kind of each column, the same for a seed."""

from collections.abc import Callable, Mapping

import numpy as np
from lenders.writing import Lender, Row

from garant.tables.columns import Column, Kind
from garant.tables.schema import TABLES

Cell = int | float | str | None

CLIENTS = 40
NO_HISTORY, ONE_ROW, ALL_NULL, ALL_TIES = 1, 2, 3, 4
"""Clients on purpose: without any child row, with one per table, with nothing but NULL, with every row on one day."""

Maker = Callable[[], Cell]

LEVELS = 8
"""Levels of a category that occur, what is sensitive first."""


def generated_lender(seed: int, n_clients: int = CLIENTS) -> Lender:
    """Rows of the seven tables; some lie after the application, some days are shared, a fifth of the cells is NULL."""
    rng = np.random.default_rng(seed)
    lender: Lender = {name: [] for name in TABLES}
    lender["application"] = [_row(rng, "application", client) for client in range(1, n_clients + 1)]
    for client in range(NO_HISTORY + 1, n_clients + 1):
        for name in TABLES:
            if name in {"application", "bureau_balance"} or (client > ALL_TIES and rng.random() < 0.15):
                continue
            count = 1 if client == ONE_ROW else int(rng.integers(1, 14))
            lender[name] += [_row(rng, name, client) for _ in range(count)]
    _number_children(rng, lender)
    return lender


def _number_children(rng: np.random.Generator, lender: Lender) -> None:
    """Give children their keys: credits with several months, loans with several months and payments."""
    for number, row in enumerate(lender["bureau"], start=5_000_000):
        row["SK_ID_BUREAU"] = number
        months = rng.choice(28, size=1 if row["SK_ID_CURR"] == ONE_ROW else int(rng.integers(0, 9)), replace=False)
        for month in months:
            balance = _row(rng, "bureau_balance", row["SK_ID_CURR"])
            del balance["SK_ID_CURR"]
            lender["bureau_balance"].append({**balance, "SK_ID_BUREAU": number, "MONTHS_BALANCE": 2 - int(month)})
    for number, row in enumerate(lender["previous_application"], start=1_000_000):
        row["SK_ID_PREV"] = number
    for name in ("POS_CASH_balance", "credit_card_balance", "installments_payments"):
        for row in lender[name]:
            row["SK_ID_PREV"] = 2_000_000 + 10 * row["SK_ID_CURR"] + int(rng.integers(0, 3))


def _row(rng: np.random.Generator, name: str, client: int) -> Row:
    """One row with every column of the accepted table."""
    row: Row = {"source_file": f"{name}.csv", "source_line": int(rng.integers(2, 10_000))}
    for column in TABLES[name].columns:
        if column.sentinel_flag:
            row[column.sentinel_flag] = int(rng.random() < 0.3)
        empty = rng.random() < 0.2 or client == ALL_NULL
        row[column.name] = None if column.nullable and empty else _cell(rng, column, client)
    return {**row, "SK_ID_CURR": client}


def _cell(rng: np.random.Generator, column: Column, client: int) -> Cell:
    """One cell: days in steps of 45 so that many rows share a day, money in steps of a hundredth, zeros among them."""
    tie = client == ALL_TIES
    levels = (*column.sensitive_levels, *column.levels, "first", "second")[:LEVELS]
    makers: Mapping[Kind, Maker] = {
        Kind.DAYS: lambda: -90 if tie else int(rng.integers(-24, 2)) * 45,
        Kind.MONTHS: lambda: -3 if tie else int(rng.integers(-30, 3)),
        Kind.MONEY: lambda: int(rng.integers(-2 if column.negative else 0, 20)) * 12_345_670,
        Kind.RATE: lambda: float(rng.random()),
        Kind.FLAG: lambda: int(rng.integers(0, 2)),
        Kind.CATEGORY: lambda: str(rng.choice(levels)),
        Kind.DATE: lambda: None,
    }
    return makers.get(column.kind, lambda: int(rng.integers(0, 9)))()
