"""Clients that hypothesis draws: few rows, cells from the edges of their kind, NULL among them."""

from collections.abc import Mapping
from typing import Any

import hypothesis
from hypothesis import strategies as st
from lenders.writing import Lender, Row, complete

from garant.features.catalogue import catalogue
from garant.features.feature import Profile
from garant.tables.columns import Column, Kind
from garant.tables.limits import MOST_MONEY
from garant.tables.schema import TABLES

DRAWN = 120
"""Clients of the drawn lender."""

Cells = st.SearchStrategy[Any]

_DAYS = (0, 1, -1, -60, -61, -90, -91, -180, -365, -366, -730, -731, -1095, -2500)
_MONTHS = (0, 1, -1, -2, -3, -6, -7, -12, -13, -24, -25, -36, -50)
_MONEY = (0, 1, 10, 999, 1_000_000, 12_345_670, 250_000_010, MOST_MONEY)
_RATES = (-0.0, 0.0, 0.1, 0.2, 1 / 3, 0.5, 0.9999999999999999, 1.0, 5e-324)

_OTHER_COLUMNS = {
    "bureau": ("DAYS_CREDIT",),
    "bureau_balance": ("MONTHS_BALANCE", "STATUS"),
    "previous_application": ("DAYS_DECISION",),
    "installments_payments": ("DAYS_ENTRY_PAYMENT",),
}
"""Columns that decide whether a row is known."""


def clients() -> st.SearchStrategy[Mapping[str, list[Row]]]:
    """Rows of one client by table, without the keys that tell clients apart."""
    read = _columns_read()
    tables = {
        table: st.lists(_row(table, columns), min_size=0 if table != "application" else 1, max_size=_most(table))
        for table, columns in read.items()
    }
    return st.fixed_dictionaries(tables)


def numbered(rows: Mapping[str, list[Row]], client: int) -> Lender:
    """Rows of a drawn client with keys: every credit elsewhere has its number, loans are few."""
    lender: Lender = {table: [] for table in TABLES}
    n_credits = len(rows["bureau"])
    for table, found in rows.items():
        for place, cells in enumerate(found):
            keys: Row = {} if table == "bureau_balance" else {"SK_ID_CURR": client}
            if table == "bureau":
                keys["SK_ID_BUREAU"] = 100 * client + place
            elif table == "bureau_balance":
                # The credit after the last is nobody's.
                keys["SK_ID_BUREAU"] = 100 * client + cells["SK_ID_BUREAU"] % (n_credits + 1)
            elif table == "previous_application":
                keys["SK_ID_PREV"] = 100 * client + place
            lender[table].append(complete(table, {**cells, **keys}))
    return lender


def drawn_lender() -> Lender:
    """The first clients that hypothesis draws: the same ones in every run."""
    lender: Lender = {table: [] for table in TABLES}
    n_clients = 0

    @hypothesis.settings(
        max_examples=DRAWN,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=[hypothesis.HealthCheck.data_too_large, hypothesis.HealthCheck.too_slow],
    )
    @hypothesis.given(clients())
    def add(rows: Mapping[str, list[Row]]) -> None:
        nonlocal n_clients
        n_clients += 1
        for table, found in numbered(rows, n_clients).items():
            lender[table].extend(found)

    add()
    return lender


def _most(table: str) -> int:
    return {"application": 1, "bureau_balance": 6}.get(table, 4)


def _columns_read() -> dict[str, list[Column]]:
    """Columns that some feature reads; the others say nothing."""
    read = {name for feature in catalogue(profile=Profile.KAGGLE) for name in feature.inputs}
    read |= {f"{table}.{column}" for table, columns in _OTHER_COLUMNS.items() for column in columns}
    return {
        name: [c for c in table.columns if f"{name}.{c.name}" in read and c.name != "SK_ID_CURR"]
        for name, table in TABLES.items()
    }


def _row(table: str, columns: list[Column]) -> Cells:
    cells = {column.name: _cell(column) for column in columns if not _is_key(column)}
    if table == "bureau_balance":
        cells["SK_ID_BUREAU"] = st.integers(0, 4)
    elif table in {"POS_CASH_balance", "installments_payments", "credit_card_balance"}:
        cells["SK_ID_PREV"] = st.integers(1, 2)
    flags = {column.sentinel_flag: st.integers(0, 1) for column in columns if column.sentinel_flag}
    return st.fixed_dictionaries({**cells, **flags})


def _is_key(column: Column) -> bool:
    return column.name in {"SK_ID_BUREAU", "SK_ID_PREV"}


def _cell(column: Column) -> Cells:
    pools: dict[Kind, tuple[Any, ...]] = {
        Kind.DAYS: _DAYS,
        Kind.MONTHS: _MONTHS,
        Kind.MONEY: (*_MONEY, -1, -12_345_670) if column.negative else _MONEY,
        Kind.RATE: _RATES,
        Kind.FLAG: (0, 1),
        Kind.CATEGORY: (*column.sensitive_levels, *column.levels[:8], "another"),
    }
    pool = pools.get(column.kind, (0, 1, 2, 3, 12, 31, 100_000))
    if column.closed:
        pool = column.levels
    drawn = st.sampled_from(pool)
    return st.none() | drawn if column.nullable and column.kind is not Kind.MONTHS else drawn
