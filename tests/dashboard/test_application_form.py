"""From what is typed to raw cells: day counts, exact amounts, the lender's own columns."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.dashboard.application_form import Application, days_between, field_name, read_application
from garant.decisions.record import Language
from garant.runs.deciding.asked_columns import AskedColumn, AskedColumns
from garant.tables.columns import DAYS_SENTINEL, Column, Kind
from garant.tables.config import Extra
from garant.tables.schema_application import APPLICATION

TODAY = date(2026, 11, 30)
APPLIED = date(2026, 11, 2)
OWN = Extra(type="days", text_fr="Jour", text_en="Day")

BUILT_IN = tuple(
    AskedColumn(column=column, required=column.required, levels=column.levels)
    for column in APPLICATION.columns
    if column.name != "TARGET"
)
COLUMNS = AskedColumns(
    asked=(
        *BUILT_IN,
        AskedColumn(column=Column("LAST_VISIT", Kind.DAYS), required=False, own=OWN),
        AskedColumn(column=Column("BRANCH_OPENED", Kind.DATE), required=False, own=OWN),
        AskedColumn(column=Column("CHARGES", Kind.MONEY), required=True),
    ),
    unasked=("RELIGION",),
)


NO_JOB = {field_name("DAYS_EMPLOYED.none"): "1"}


def read(
    language: Language = "en", applied: str = "02/11/2026", ticks: Mapping[str, str] | None = None, **typed: str
) -> Application:
    """What is read of some columns."""
    fields = {field_name("APPLICATION_DATE"): applied} | {field_name(name): text for name, text in typed.items()}
    fields |= ticks or {}
    return read_application(COLUMNS, fields, language, TODAY)


def codes(found: Application) -> list[tuple[str, str]]:
    """Column and code of each problem."""
    return [(problem.pointer.rpartition("/")[2], problem.code) for problem in found.problems]


def test_days_are_counted_from_the_day_of_the_application_and_not_from_today():
    found = read(DAYS_BIRTH="02/11/1986", DAYS_ID_PUBLISH="02/11/2026", DAYS_EMPLOYED="01/11/2026")
    assert found.row["DAYS_BIRTH"] == -14610  # forty years with ten days that leap
    assert (found.row["DAYS_ID_PUBLISH"], found.row["DAYS_EMPLOYED"]) == (0, -1)
    assert found.row["APPLICATION_DATE"] == "2026-11-02"
    assert not found.problems


@given(days=st.integers(-40_000, 3_000))
def test_a_count_of_days_and_its_day_are_one_fact(days: int):
    assert days_between(APPLIED, APPLIED + timedelta(days=days)) == days


def test_no_job_is_the_lenders_word_for_it():
    found = read(ticks=NO_JOB)
    assert found.row["DAYS_EMPLOYED"] == DAYS_SENTINEL
    assert codes(read(DAYS_EMPLOYED="01/02/2020", ticks=NO_JOB)) == [("DAYS_EMPLOYED", "form.day_and_none")]


@pytest.mark.parametrize(("text", "code"), [("", "json.missing"), ("x", "form.day")])
def test_without_the_day_of_the_application_one_problem_is_told(text: str, code: str):
    found = read(applied=text, DAYS_BIRTH="02/11/1986")
    assert codes(found) == [("APPLICATION_DATE", code)]
    assert found.row["DAYS_BIRTH"] is None


def test_no_application_was_made_tomorrow():
    assert codes(read(applied="30/11/2026")) == []
    assert codes(read(applied="01/12/2026")) == [("APPLICATION_DATE", "application.APPLICATION_DATE.future")]


@pytest.mark.parametrize(
    ("text", "cell"),
    [("12,000.50", 12000.5), ("12000.00", 12000), ("0.125", 0.125), ("-3", -3), ("99999999999.999", 99999999999.999)],
)
def test_an_amount_is_the_number_that_was_typed(text: str, cell: float):
    found = read(AMT_CREDIT=text).row["AMT_CREDIT"]
    assert (found, type(found)) == (cell, type(cell))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0.1234", "precision"),
        ("12000.00000000000000000000000000001", "precision"),
        ("9223372036854775808", "range"),
        ("12345678901234567.125", "range"),
    ],
)
def test_an_amount_is_never_rounded(text: str, code: str):
    assert codes(read(AMT_CREDIT=text)) == [("AMT_CREDIT", f"application.AMT_CREDIT.{code}")]


@given(thousandths=st.integers(-(10**14), 10**14))
def test_every_legal_amount_arrives_exactly(thousandths: int):
    amount = Decimal(thousandths).scaleb(-3)
    found = read("fr", AMT_CREDIT=f"{amount:f}0".replace(".", ",")).row["AMT_CREDIT"]
    assert Decimal(repr(found)) == amount


def test_what_is_left_empty_is_left_out_but_for_the_lenders_own_columns():
    found = read(AMT_GOODS_PRICE=" ")
    assert found.row == {"RELIGION": None, "LAST_VISIT": None, "BRANCH_OPENED": None, "APPLICATION_DATE": "2026-11-02"}


def test_the_lenders_own_days_and_dates_are_days():
    found = read(LAST_VISIT="12/11/2026", BRANCH_OPENED="1990-01-31", CHARGES="1,000")
    assert (found.row["LAST_VISIT"], found.row["BRANCH_OPENED"], found.row["CHARGES"]) == (10, "1990-01-31", 1000)
    assert codes(read(BRANCH_OPENED="1990")) == [("BRANCH_OPENED", "form.day")]


def test_what_was_not_offered_cannot_be_chosen():
    assert codes(read(NAME_CONTRACT_TYPE="Gift", FLAG_EMAIL="yes")) == [
        ("NAME_CONTRACT_TYPE", "application.NAME_CONTRACT_TYPE.level"),
        ("FLAG_EMAIL", "application.FLAG_EMAIL.type"),
    ]


def test_flags_counts_and_scores_are_numbers():
    found = read("fr", FLAG_EMAIL="0", OWN_CAR_AGE="2,5", EXT_SOURCE_1="0,1234567890123456789", SK_ID_CURR="100001")
    assert (found.row["FLAG_EMAIL"], found.row["OWN_CAR_AGE"], found.row["SK_ID_CURR"]) == (0, 2.5, 100001)
    assert found.row["EXT_SOURCE_1"] == pytest.approx(0.1234567890123456789, abs=0)
    assert found.client == 100001
