"""Facts of the policy: what the application says, in currency units, and the known charges."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import UnknownNameError
from garant.features.facts import facts
from garant.tables.schema import TABLES

Row = dict[str, Any]
Book = dict[str, list[Row]]
Run = Callable[..., pa.Table]

APPLICATION = {
    "AMT_INCOME_TOTAL": 1_500_500,
    "AMT_CREDIT": 9_000_000,
    "AMT_ANNUITY": 300_250,
    "DAYS_BIRTH": -12_000,
}


@pytest.fixture
def facts_of(one_client: Callable[[dict[str, list[Row]]], Book], run_duckdb: Run) -> Callable[..., Row]:
    def run(children: dict[str, list[Row]], tables: tuple[str, ...] = ("application", "bureau")) -> Row:
        (row,) = run_duckdb(one_client(children), expression=facts(tables)).to_pylist()
        return row

    return run


def test_facts_are_in_currency_units_and_age_in_days(facts_of: Callable[..., Row]):
    assert facts_of({"application": [APPLICATION]}) == {
        "SK_ID_CURR": 7,
        "income": 1500.5,
        "credit": 9000.0,
        "annuity": 300.25,
        "charges": 300.25,
        "age_days": 12_000.0,
    }


def test_charges_add_the_annuities_of_running_credits_elsewhere(facts_of: Callable[..., Row]):
    credits_elsewhere = [
        {"SK_ID_BUREAU": 1, "DAYS_CREDIT": -9, "CREDIT_ACTIVE": "Active", "AMT_ANNUITY": 50_000},
        {"SK_ID_BUREAU": 2, "DAYS_CREDIT": -9, "CREDIT_ACTIVE": "Active", "AMT_ANNUITY": None},
        {"SK_ID_BUREAU": 3, "DAYS_CREDIT": -9, "CREDIT_ACTIVE": "Closed", "AMT_ANNUITY": 70_000},
        {"SK_ID_BUREAU": 4, "DAYS_CREDIT": 3, "CREDIT_ACTIVE": "Active", "AMT_ANNUITY": 90_000},
    ]
    children = {"application": [APPLICATION], "bureau": credits_elsewhere}
    assert facts_of(children)["charges"] == 350.25
    assert facts_of(children, ("application",))["charges"] == 300.25


def test_without_an_annuity_the_charges_are_unknown(facts_of: Callable[..., Row]):
    assert facts_of({"application": [{**APPLICATION, "AMT_ANNUITY": None}]})["charges"] is None


def test_charges_agree_with_the_feature_that_shows_them(values: dict[int, Row], book: Book, run_duckdb: Run):
    for row in run_duckdb(book, expression=facts(tuple(TABLES))).to_pylist():
        shown = values[row["SK_ID_CURR"]]["bureau_charges_to_income_all"]
        if shown is not None and row["income"]:
            assert shown == pytest.approx(row["charges"] / row["income"], rel=1e-12)


def test_a_column_of_the_lender_may_hold_the_charges(tmp_path: Path):
    schema = TABLES["application"].arrow.append(pa.field("AMT_CHARGES", pa.int64()))
    cells = {**dict.fromkeys(schema.names), **APPLICATION, "SK_ID_CURR": 7, "AMT_CHARGES": 444_000}
    file = tmp_path / "application.parquet"
    pq.write_table(pa.Table.from_pylist([cells], schema), file)
    with DuckDBEngine() as engine:
        engine.register("application", [file], schema)
        (batch,) = engine.batches(facts(("application",), "AMT_CHARGES"))
    assert batch["charges"].to_pylist() == [444.0]


def test_an_official_column_may_hold_the_charges(one_client: Callable[..., Book], run_duckdb: Run):
    book = one_client({"application": [APPLICATION]})
    found = run_duckdb(book, expression=facts(("application",), "AMT_ANNUITY"))
    assert found["charges"].to_pylist() == [300.25]


def test_an_unknown_table_is_named():
    with pytest.raises(UnknownNameError, match="Unknown table 'burau'"):
        facts(("application", "burau"))
