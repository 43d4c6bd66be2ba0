"""Columns are matched by name."""

import pytest

from garant.exceptions import TableError
from garant.tables.header import match_columns
from garant.tables.schema import TABLES

SCHEMA = TABLES["bureau_balance"]


def test_case_spaces_and_order_do_not_matter():
    match = match_columns([" status", "Months_Balance ", "x", "sk_id_bureau"], SCHEMA, renamed={}, where="f")
    assert match.positions == {"SK_ID_BUREAU": 3, "MONTHS_BALANCE": 1, "STATUS": 0}
    assert (match.extra, match.absent, match.n_columns) == (("x",), (), 4)


def test_a_renamed_column_is_found_under_its_new_name_only():
    match = match_columns(["SK_ID_BUREAU", "MONTHS_BALANCE", "Etat"], SCHEMA, renamed={"STATUS": "ETAT"}, where="f")
    assert match.positions["STATUS"] == 2
    with pytest.raises(TableError, match="required columns are absent: STATUS"):
        match_columns(["SK_ID_BUREAU", "MONTHS_BALANCE", "STATUS"], SCHEMA, renamed={"STATUS": "ETAT"}, where="f")


def test_two_names_swapped_by_renaming_are_followed():
    renamed = {"SK_ID_CURR": "SK_ID_PREV", "SK_ID_PREV": "SK_ID_CURR"}
    names = TABLES["POS_CASH_balance"].names
    match = match_columns(names, TABLES["POS_CASH_balance"], renamed={}, where="f")
    assert (match.positions["SK_ID_PREV"], match.positions["SK_ID_CURR"]) == (0, 1)
    swapped = match_columns(names, TABLES["POS_CASH_balance"], renamed=renamed, where="f")
    assert (swapped.positions["SK_ID_PREV"], swapped.positions["SK_ID_CURR"]) == (1, 0)


def test_an_ambiguous_column_is_refused():
    names = ["SK_ID_BUREAU", "MONTHS_BALANCE", "STATUS", "ETAT"]
    with pytest.raises(TableError, match="STATUS is in the file, and") as caught:
        match_columns(names, SCHEMA, renamed={"STATUS": "ETAT"}, where="f")
    assert caught.value.rule == "file.ambiguous_column"


def test_one_column_cannot_be_two_of_ours():
    names = ["SK_ID_BUREAU", "MONTHS_BALANCE"]
    with pytest.raises(TableError, match="MONTHS_BALANCE would be both MONTHS_BALANCE and STATUS") as caught:
        match_columns(names, SCHEMA, renamed={"STATUS": "MONTHS_BALANCE"}, where="f")
    assert caught.value.rule == "file.shared_column"


def test_a_repeated_foreign_column_is_nobodys_business():
    names = ["SK_ID_BUREAU", "MONTHS_BALANCE", "STATUS", "", ""]
    assert match_columns(names, SCHEMA, renamed={}, where="f").extra == ("", "")


@pytest.mark.parametrize("missing", SCHEMA.names)
def test_each_required_column_is_required(missing: str):
    with pytest.raises(TableError, match=f"required columns are absent: {missing}"):
        match_columns([name for name in SCHEMA.names if name != missing], SCHEMA, renamed={}, where="f")


REQUIRED = {
    "application": "SK_ID_CURR AMT_INCOME_TOTAL AMT_CREDIT AMT_ANNUITY DAYS_BIRTH DAYS_EMPLOYED NAME_CONTRACT_TYPE",
    "bureau": "SK_ID_CURR SK_ID_BUREAU CREDIT_ACTIVE DAYS_CREDIT AMT_CREDIT_SUM AMT_CREDIT_SUM_DEBT",
    "bureau_balance": "SK_ID_BUREAU MONTHS_BALANCE STATUS",
    "previous_application": "SK_ID_PREV SK_ID_CURR NAME_CONTRACT_STATUS AMT_APPLICATION AMT_CREDIT DAYS_DECISION",
    "POS_CASH_balance": "SK_ID_PREV SK_ID_CURR MONTHS_BALANCE SK_DPD",
    "installments_payments": "SK_ID_PREV SK_ID_CURR NUM_INSTALMENT_NUMBER DAYS_INSTALMENT DAYS_ENTRY_PAYMENT "
    "AMT_INSTALMENT AMT_PAYMENT",
    "credit_card_balance": "SK_ID_PREV SK_ID_CURR MONTHS_BALANCE AMT_BALANCE AMT_CREDIT_LIMIT_ACTUAL SK_DPD",
}


@pytest.mark.parametrize("table", REQUIRED)
def test_the_required_columns_are_those_of_the_contract(table: str):
    required = {column.name for column in TABLES[table].columns if column.required}
    assert required == set(REQUIRED[table].split())
