"""Which values are possible, by declaration: the past, ages, amounts that cannot be below zero."""

import pyarrow as pa
import pytest

from garant.tables.columns import Column, Kind
from garant.tables.config import TablesConfig
from garant.tables.limits import beyond
from garant.tables.rules import Code
from garant.tables.schema import TABLES


def found(column: Column, values: list[int | None]) -> dict[int, str]:
    return {row: str(code) for row, code in beyond(pa.array(values, pa.int64()), column)}


def test_only_events_must_lie_in_the_past():
    past = {f"{table.name}.{column.name}" for table in TABLES.values() for column in table.columns if column.past}
    assert past == {
        "application.DAYS_BIRTH",
        "application.DAYS_EMPLOYED",
        "application.DAYS_REGISTRATION",
        "application.DAYS_ID_PUBLISH",
        "application.DAYS_LAST_PHONE_CHANGE",
        "bureau.DAYS_CREDIT",
        "bureau_balance.MONTHS_BALANCE",
        "previous_application.DAYS_DECISION",
        "POS_CASH_balance.MONTHS_BALANCE",
        "installments_payments.DAYS_ENTRY_PAYMENT",
        "credit_card_balance.MONTHS_BALANCE",
    }


def test_debts_refunds_and_areas_may_be_below_zero_and_nothing_else():
    whole = {Kind.MONEY, Kind.YEARS, Kind.HOUR, Kind.COUNT, Kind.RATING, Kind.FLAG}
    possible = {
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        for column in table.columns
        if column.kind in whole and not found(column, [-1])
    }
    assert possible == {
        "bureau.AMT_CREDIT_SUM_DEBT",
        "bureau.AMT_CREDIT_SUM_LIMIT",
        "previous_application.SELLERPLACE_AREA",
        *(f"credit_card_balance.AMT_{name}" for name in ("BALANCE", "RECEIVABLE_PRINCIPAL", "RECIVABLE")),
        "credit_card_balance.AMT_TOTAL_RECEIVABLE",
        *(f"credit_card_balance.AMT_DRAWINGS_{name}CURRENT" for name in ("", "ATM_", "OTHER_", "POS_")),
    }


@pytest.mark.parametrize("kind", [Kind.DAYS, Kind.MONTHS])
def test_the_day_of_the_application_is_no_future(kind: Kind):
    assert found(Column("X", kind, past=True), [-1, 0, 1, None]) == {2: "future"}


def test_an_applicant_is_between_18_and_120_years_old():
    born = TABLES["application"]["DAYS_BIRTH"]
    codes = [code for _, code in beyond(pa.array([-6574, -43830]), born)]
    assert codes == []
    rows: dict[int, Code] = {}
    for row, code in beyond(pa.array([-6573, -43831, 0, 1, None]), born):
        rows.setdefault(row, code)
    assert rows == {0: Code.AGE, 1: Code.AGE, 2: Code.AGE, 3: Code.FUTURE}


@pytest.mark.parametrize(
    ("kind", "most"), [(Kind.MONEY, 10**14), (Kind.DAYS, 100_000), (Kind.MONTHS, 100_000)], ids=str
)
def test_what_sums_could_not_hold_exactly_is_out_of_range(kind: Kind, most: int):
    column = Column("X", kind, negative=True)
    assert found(column, [most, -most, most + 1, -most - 1, None]) == {2: "range", 3: "range"}


def test_numbers_and_ids_may_be_of_any_size():
    assert found(Column("X", Kind.COUNT), [2**62]) == {}
    assert found(Column("X", Kind.ID), [2**62]) == {}


def test_a_column_without_any_value_breaks_nothing():
    assert found(Column("X", Kind.COUNT), [None, None]) == {}
    assert found(Column("X", Kind.COUNT), []) == {}


def test_own_columns_may_be_below_zero_and_charges_may_not():
    texts = {"text_fr": "x", "text_en": "x"}
    extra = {"MARGIN": {"type": "money", **texts}, "PAID": {"type": "money", **texts}}
    schema = TablesConfig.model_validate({"extra": extra, "money": {"charges": "PAID"}}).table_schema("application")
    assert found(schema["MARGIN"], [-1]) == {}
    assert found(schema["PAID"], [-1]) == {0: "negative"}
    schema = TablesConfig.model_validate({"money": {"charges": "CHARGES"}}).table_schema("application")
    assert found(schema["CHARGES"], [-1]) == {0: "negative"}
