"""A small lender whose seven raw tables a test may damage, in every format that garant reads."""

import csv
import gzip
import io
from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.tables.acceptance import accept_tables
from garant.tables.accepted import AcceptedTables
from garant.tables.columns import Kind
from garant.tables.schema import TABLES
from garant.tables.sources import DataFolder, Purpose, find_sources

Row = dict[str, str]
Book = dict[str, list[Row]]

N_CLIENTS = 30

NOTHING = {"", "NaN", "nan", "NULL", "NA"}
"""Words for no value."""


def _application(client: int) -> Row:
    return {
        "SK_ID_CURR": str(100_000 + client),
        "TARGET": str(int(client % 5 == 0)),
        "NAME_CONTRACT_TYPE": "Cash loans",
        "AMT_INCOME_TOTAL": f"{20_000 + client}.5",
        "AMT_CREDIT": "47962.125",
        "AMT_ANNUITY": "2400.0",
        "DAYS_BIRTH": str(-9_000 - client),
        "DAYS_EMPLOYED": "365243" if client % 7 == 0 else "-637",
        "EXT_SOURCE_2": "0.059000000000000004",
        "ORGANIZATION_TYPE": "XNA" if client % 7 == 0 else "Trade, small",
    }


def _bureau(client: int) -> Row:
    return {
        "SK_ID_CURR": str(100_000 + client),
        "SK_ID_BUREAU": str(5_000_000 + client),
        "CREDIT_ACTIVE": "Active",
        "DAYS_CREDIT": "-400",
        "AMT_CREDIT_SUM": "91323.0",
        "AMT_CREDIT_SUM_DEBT": "",
        "DAYS_CREDIT_ENDDATE": "512.0",
    }


def _bureau_balance(client: int) -> Row:
    return {"SK_ID_BUREAU": str(5_000_000 + client), "MONTHS_BALANCE": "-1", "STATUS": "C"}


def _previous(client: int) -> Row:
    return {
        "SK_ID_PREV": str(2_000_000 + client),
        "SK_ID_CURR": str(100_000 + client),
        "NAME_CONTRACT_STATUS": "Approved",
        "AMT_APPLICATION": "0.0",
        "AMT_CREDIT": "1000.0",
        "DAYS_DECISION": "-606",
        "DAYS_FIRST_DRAWING": "365243.0",
    }


def _pos(client: int) -> Row:
    return {
        "SK_ID_PREV": str(2_000_000 + client),
        "SK_ID_CURR": str(100_000 + client),
        "MONTHS_BALANCE": "0",
        "SK_DPD": "0",
    }


def _installment(client: int) -> Row:
    return {
        "SK_ID_PREV": str(2_000_000 + client),
        "SK_ID_CURR": str(100_000 + client),
        "NUM_INSTALMENT_NUMBER": "6",
        "DAYS_INSTALMENT": "-1180.0",
        "DAYS_ENTRY_PAYMENT": "-1187.0",
        "AMT_INSTALMENT": "6948.36",
        "AMT_PAYMENT": "6948.36",
    }


def _card(client: int) -> Row:
    return {
        "SK_ID_PREV": str(2_000_000 + client),
        "SK_ID_CURR": str(100_000 + client),
        "MONTHS_BALANCE": "-6",
        "AMT_BALANCE": "56.97",
        "AMT_CREDIT_LIMIT_ACTUAL": "135000",
        "SK_DPD": "0",
    }


_MAKERS: dict[str, Callable[[int], Row]] = {
    "application": _application,
    "bureau": _bureau,
    "bureau_balance": _bureau_balance,
    "previous_application": _previous,
    "POS_CASH_balance": _pos,
    "installments_payments": _installment,
    "credit_card_balance": _card,
}


@pytest.fixture
def book() -> Book:
    """Raw rows by table of 30 clients, one row per client in each; clients 0, 5, 10… defaulted."""
    return {table: [make(client) for client in range(N_CLIENTS)] for table, make in _MAKERS.items()}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write the rows of a book to a data folder; an empty list of rows is a table that is not there."""

    def written(book: Book, suffix: str = ".csv", folder: str = "data") -> Path:
        target = tmp_path / folder
        target.mkdir(exist_ok=True)
        for table, rows in book.items():
            path = target / f"{table}{suffix}"
            if not rows:
                continue
            if suffix == ".parquet":
                pq.write_table(pa.table({name: [row[name] for row in rows] for name in rows[0]}), path)
            else:
                data = _csv(rows)
                path.write_bytes(gzip.compress(data, mtime=0) if suffix == ".csv.gz" else data)
        return target

    return written


@pytest.fixture
def accept(write: Callable[..., Path], tmp_path: Path) -> Callable[..., AcceptedTables]:
    """Accept a book, or a data folder, into a folder beside it."""

    def accepted(
        raw: Book | Path,
        suffix: str = ".csv",
        *,
        purpose: Purpose = "train",
        without: Collection[str] = (),
        out: str = "accepted",
    ) -> AcceptedTables:
        found = find_sources(raw if isinstance(raw, Path) else write(raw, suffix, f"data-{out}"), without=without)
        assert isinstance(found, DataFolder)
        return accept_tables(found, tmp_path / out, purpose=purpose, threads=2)

    return accepted


def _csv(rows: list[Row]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


@pytest.fixture(scope="session")
def meant() -> Callable[[str, str, str], object]:
    """What the accepted table must hold for a table, a column and the text of a cell, computed without the reader."""
    return _meant


@cache
def _meant(table: str, name: str, text: str) -> object:
    column, stripped = TABLES[table][name], text.strip()
    if stripped in NOTHING or stripped in column.sentinels or (stripped == "365243.0" and column.kind is Kind.DAYS):
        return None
    if column.kind is Kind.CATEGORY or name == "subject_ref":
        return stripped
    if column.kind is Kind.RATE:
        return float(stripped)
    if column.kind is Kind.DATE:
        return date.fromisoformat(stripped)
    exact = Decimal(stripped) * (1000 if column.kind is Kind.MONEY else 1)
    assert exact == int(exact), "the expectation itself would round"
    return int(exact)
