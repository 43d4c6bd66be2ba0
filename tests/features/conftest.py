"""Seven small hostile tables with a fixed seed, their matrix in DuckDB, and the rows of each client for plain sums."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.engines.duckdb import DuckDBEngine
from garant.features.catalogue import groups
from garant.features.matrix import matrix
from garant.tables.columns import Column, Kind
from garant.tables.schema import TABLES

Row = dict[str, Any]
Cell = int | float | str | None
Book = dict[str, list[Row]]

CLIENTS = 40
NO_HISTORY, ONE_ROW, ALL_NULL, ALL_TIES = 1, 2, 3, 4
"""Clients on purpose: without any child row, with one per table, with nothing but NULL, with every row on one day."""

LEVELS = {
    "STATUS": ("0", "0", "1", "2", "3", "4", "5", "C", "X"),
    "CREDIT_ACTIVE": ("Active", "Closed", "Sold"),
    "CREDIT_TYPE": ("Credit card", "Consumer credit", "Microloan", "Mortgage"),
    "NAME_GOODS_CATEGORY": ("Mobile", "Medicine", "Medical Supplies", "Other"),
    "CODE_REJECT_REASON": ("SCO", "SCOFR", "LIMIT", "HC"),
    "NAME_YIELD_GROUP": ("high", "middle", "low_normal"),
    "NAME_INCOME_TYPE": ("Working", "Maternity leave", "Pensioner"),
    "ORGANIZATION_TYPE": ("School", "Religion", "Bank"),
    "FLAG_OWN_CAR": ("Y", "N"),
    "FLAG_OWN_REALTY": ("Y", "N"),
    "NAME_CONTRACT_STATUS": ("Approved", "Refused", "Canceled", "Unused offer", "Active", "Completed"),
    "NAME_CONTRACT_TYPE": ("Cash loans", "Revolving loans", "Consumer loans"),
}


@pytest.fixture(scope="session")
def book() -> Book:
    """Rows of the seven tables; some lie after the application, some days are shared, a fifth of the cells is NULL."""
    return made_book(np.random.default_rng(20))


@pytest.fixture(scope="session")
def matrix_sql() -> str:
    """SQL of the whole matrix for DuckDB, compiled once."""
    return DuckDBEngine().compile(matrix(groups()))


@pytest.fixture(scope="session")
def run_duckdb(matrix_sql: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., pa.Table]:
    """Run the matrix, or another expression, over rows that may lie in several part files."""

    def run(book: Book, *, parts: int = 1, expression: ibis.Table | None = None) -> pa.Table:
        folder = tmp_path_factory.mktemp("accepted")
        with DuckDBEngine(memory_limit="512MB") as engine:
            for name, rows in book.items():
                engine.register(name, write_parts(folder, name, rows, parts), TABLES[name].arrow)
            sql = matrix_sql if expression is None else engine.compile(expression)
            return engine._open().cursor().sql(sql).to_arrow_table()

    return run


@pytest.fixture(scope="session")
def arrow(book: Book, run_duckdb: Callable[..., pa.Table]) -> pa.Table:
    """Matrix of `book`, as Arrow."""
    return run_duckdb(book)


@pytest.fixture(scope="session")
def values(arrow: pa.Table) -> dict[int, Row]:
    """Matrix of `book`: feature values by client."""
    return {row["SK_ID_CURR"]: row for row in arrow.to_pylist()}


@pytest.fixture(scope="session")
def clients(book: Book) -> dict[int, Book]:
    """Rows known at the application, by client and table: the point in time applied by plain Python."""
    found: dict[int, Book] = {row["SK_ID_CURR"]: {name: [] for name in TABLES} for row in book["application"]}
    owner = {row["SK_ID_BUREAU"]: row["SK_ID_CURR"] for row in book["bureau"] if row["DAYS_CREDIT"] <= 0}
    for name, rows in known_rows(book).items():
        for row in rows:
            client = owner.get(row["SK_ID_BUREAU"]) if name == "bureau_balance" else row["SK_ID_CURR"]
            if client is not None:
                found[client][name].append(row)
    return found


def known_rows(book: Book) -> Book:
    """Rows that were known at the application, written out without Ibis."""

    def day(name: str, row: Row) -> int | None:
        if name == "installments_payments":
            paid = row["DAYS_ENTRY_PAYMENT"]
            return row["DAYS_INSTALMENT"] if paid is None else paid
        for column in ("DAYS_CREDIT", "DAYS_DECISION", "MONTHS_BALANCE"):
            if column in row:
                return row[column]
        return 0

    days = {name: [(day(name, row), row) for row in rows] for name, rows in book.items()}
    return {name: [row for when, row in rows if when is not None and when <= 0] for name, rows in days.items()}


@pytest.fixture(scope="session")
def only_known(book: Book) -> Book:
    """`book` without the rows after the application."""
    return known_rows(book)


def made_book(rng: np.random.Generator) -> Book:
    """Random rows by the declared kind of each column."""
    book: Book = {name: [] for name in TABLES}
    book["application"] = [made_row(rng, "application", client) for client in range(1, CLIENTS + 1)]
    for client in range(2, CLIENTS + 1):
        for name in TABLES:
            if name in {"application", "bureau_balance"} or (client > ALL_TIES and rng.random() < 0.15):
                continue
            count = 1 if client == ONE_ROW else int(rng.integers(1, 14))
            book[name] += [made_row(rng, name, client) for _ in range(count)]
    number_children(rng, book)
    return book


def number_children(rng: np.random.Generator, book: Book) -> None:
    """Give children their keys: loans with several months, instalments in several payments, unknown parents."""
    for number, row in enumerate(book["bureau"], start=5_000_000):
        row["SK_ID_BUREAU"] = number
        months = rng.choice(28, size=1 if row["SK_ID_CURR"] == ONE_ROW else int(rng.integers(0, 9)), replace=False)
        for month in months:
            balance = made_row(rng, "bureau_balance", row["SK_ID_CURR"])
            del balance["SK_ID_CURR"]
            book["bureau_balance"].append({**balance, "SK_ID_BUREAU": number, "MONTHS_BALANCE": 2 - int(month)})
    for number, row in enumerate(book["previous_application"], start=1_000_000):
        row["SK_ID_PREV"] = number
    for name in ("POS_CASH_balance", "credit_card_balance", "installments_payments"):
        for row in book[name]:
            row["SK_ID_PREV"] = 2_000_000 + 10 * row["SK_ID_CURR"] + int(rng.integers(0, 3))


def made_row(rng: np.random.Generator, name: str, client: int) -> Row:
    """One row with every column of the accepted table."""
    row: Row = {"source_file": f"{name}.csv", "source_line": int(rng.integers(2, 10_000))}
    for column in TABLES[name].columns:
        if column.sentinel_flag:
            row[column.sentinel_flag] = int(rng.random() < 0.3)
        empty = rng.random() < 0.2 or client == ALL_NULL
        row[column.name] = None if column.nullable and empty else made_value(rng, column, client)
    return {**row, "SK_ID_CURR": client}


def made_value(rng: np.random.Generator, column: Column, client: int) -> Cell:
    """One cell: days in steps of 45 so that many rows share a day, money in steps of a hundredth, zeros among them."""
    tie = client == ALL_TIES
    makers: dict[Kind, Callable[[], Cell]] = {
        Kind.DAYS: lambda: -90 if tie else int(rng.integers(-24, 2)) * 45,
        Kind.MONTHS: lambda: -3 if tie else int(rng.integers(-30, 3)),
        Kind.MONEY: lambda: int(rng.integers(-2, 20)) * 12_345_670,
        Kind.RATE: lambda: float(rng.random()),
        Kind.FLAG: lambda: int(rng.integers(0, 2)),
        Kind.CATEGORY: lambda: str(rng.choice(LEVELS.get(column.name, ("first", "second")))),
        Kind.DATE: lambda: None,
    }
    return makers.get(column.kind, lambda: int(rng.integers(0, 9)))()


def write_parts(folder: Path, name: str, rows: Sequence[Row], parts: int) -> list[Path]:
    """Write rows as Parquet part files of the accepted types; some parts may be empty."""
    files = []
    for part in range(parts):
        file = folder / f"{name}-{part}.parquet"
        pq.write_table(pa.Table.from_pylist(rows[part::parts], TABLES[name].arrow), file)
        files.append(file)
    return files


@pytest.fixture
def one_client() -> Callable[[Mapping[str, list[Row]]], Book]:
    """Book of client 7 from the cells that matter; all others are NULL."""

    def build(children: Mapping[str, list[Row]]) -> Book:
        book: Book = defaultdict(list)
        for name in TABLES:
            for cells in children.get(name, [{}] if name == "application" else []):
                unknown = sorted(set(cells) - set(TABLES[name].arrow.names))
                assert not unknown, f"{name} has no columns {unknown}"
                empty: Row = dict.fromkeys(TABLES[name].arrow.names)
                book[name].append({**empty, "SK_ID_CURR": 7, **cells})
            book.setdefault(name, [])
        return dict(book)

    return build


@pytest.fixture
def client_seven(
    one_client: Callable[[Mapping[str, list[Row]]], Book], run_duckdb: Callable[..., pa.Table]
) -> Callable[..., Row]:
    """Features of one client from the cells that matter."""

    def run(**children: list[Row]) -> Row:
        (row,) = run_duckdb(one_client(children)).to_pylist()
        return row

    return run
