"""What was known at the application, table by table."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.engines.duckdb import DuckDBEngine
from garant.tables.point_in_time import EVENT_DAY, known
from garant.tables.schema import TABLES


def visible(table: str, rows: list[dict[str, Any]], folder: Path) -> list[int]:
    """Positions of the rows that are known."""
    schema = TABLES[table].arrow
    cells = [{**dict.fromkeys(schema.names), "source_line": n, **row} for n, row in enumerate(rows)]
    file = folder / "rows.parquet"
    pq.write_table(pa.Table.from_pylist(cells, schema), file)
    with DuckDBEngine() as engine:
        engine.register(table, [file], schema)
        batches = list(engine.batches(known(table)))
    return sorted(line for batch in batches for line in batch["source_line"].to_pylist())


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("bureau", "DAYS_CREDIT"),
        ("bureau_balance", "MONTHS_BALANCE"),
        ("previous_application", "DAYS_DECISION"),
        ("POS_CASH_balance", "MONTHS_BALANCE"),
        ("credit_card_balance", "MONTHS_BALANCE"),
    ],
)
def test_the_application_day_is_known_and_nothing_after_it(table: str, column: str, tmp_path: Path):
    rows = [{column: day} for day in (-900, -1, 0, 1, 30, None)]
    assert visible(table, rows, tmp_path) == [0, 1, 2]


def test_an_instalment_is_known_from_its_payment_else_from_its_due_day(tmp_path: Path):
    rows = [
        {"DAYS_INSTALMENT": -10, "DAYS_ENTRY_PAYMENT": -12},
        {"DAYS_INSTALMENT": -10, "DAYS_ENTRY_PAYMENT": 5},
        {"DAYS_INSTALMENT": 10, "DAYS_ENTRY_PAYMENT": -2},
        {"DAYS_INSTALMENT": -10, "DAYS_ENTRY_PAYMENT": None},
        {"DAYS_INSTALMENT": 0, "DAYS_ENTRY_PAYMENT": None},
        {"DAYS_INSTALMENT": 3, "DAYS_ENTRY_PAYMENT": None},
        {"DAYS_INSTALMENT": None, "DAYS_ENTRY_PAYMENT": None},
    ]
    assert visible("installments_payments", rows, tmp_path) == [0, 2, 3, 4]


def test_the_end_of_a_contract_may_lie_in_the_future(tmp_path: Path):
    assert visible("bureau", [{"DAYS_CREDIT": -5, "DAYS_CREDIT_ENDDATE": 900}], tmp_path) == [0]
    assert visible("previous_application", [{"DAYS_DECISION": -5, "DAYS_TERMINATION": 900}], tmp_path) == [0]


def test_every_child_table_has_an_event_day():
    assert set(EVENT_DAY) == set(TABLES) - {"application"}


def test_the_application_is_known_as_a_whole(tmp_path: Path):
    assert visible("application", [{"SK_ID_CURR": 1}, {"SK_ID_CURR": 2, "DAYS_BIRTH": None}], tmp_path) == [0, 1]
