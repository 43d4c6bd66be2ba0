"""Rows that are set aside when whole tables are known: keys of two columns, contracts of two clients."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from garant.tables.accepted import AcceptedTables, open_accepted
from garant.tables.schema import TABLES

Book = dict[str, list[dict[str, str]]]
Accept = Callable[..., AcceptedTables]
Write = Callable[..., Path]

FORMATS = (".csv", ".csv.gz", ".parquet")
CONTRACTS = ("previous_application", "POS_CASH_balance", "installments_payments", "credit_card_balance")
MONTHS = [
    ("bureau_balance", "STATUS", "X"),
    ("POS_CASH_balance", "SK_DPD", "7"),
    ("credit_card_balance", "SK_DPD", "7"),
]


def set_aside(accepted: AcceptedTables, table: str) -> list[tuple[str, int, str, str]]:
    path = accepted.quarantine(table)
    rows: list[dict[str, Any]] = [] if path is None else pq.read_table(path).to_pylist()
    return [(row["source_file"], row["source_line"], row["rule"], row["value"]) for row in rows]


def counts(accepted: AcceptedTables, table: str) -> tuple[int, int, int, int]:
    count = accepted.report.table(table)
    return count.rows, count.accepted, count.orphans, count.quarantined


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(("table", "column", "other"), MONTHS)
def test_months_that_are_there_twice_keep_one_and_contradicting_ones_keep_none(
    accept: Accept, book: Book, suffix: str, table: str, column: str, other: str
):
    rows = book[table]
    rows += [dict(rows[3]), {**rows[7], column: other}, {**rows[3], "MONTHS_BALANCE": "-99"}]
    accepted = accept(book, suffix)
    key = TABLES[table].key[0]
    file, month = f"{table}{suffix}", rows[3]["MONTHS_BALANCE"]
    assert set_aside(accepted, table) == [
        (file, 9, f"{table}.{key}.conflict", f"{rows[7][key]}, {month}"),
        (file, 32, f"{table}.{key}.duplicate", f"{rows[3][key]}, {month}"),
        (file, 33, f"{table}.{key}.conflict", f"{rows[7][key]}, {month}"),
    ]
    assert counts(accepted, table) == (33, 30, 0, 3)
    assert sum(count.quarantined for count in accepted.report.files) == 3


def test_months_are_compared_across_part_files_and_each_file_is_reconciled(accept: Accept, book: Book, write: Write):
    rows = book["bureau_balance"]
    folder = write({**book, "bureau_balance": []})
    (folder / "bureau_balance").mkdir()
    parts = {"a": [*rows[:20], rows[0]], "b": [*rows[20:], rows[0], {**rows[1], "STATUS": "5"}]}
    for name, some in parts.items():
        with (folder / "bureau_balance" / f"{name}.csv").open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(some)
    accepted = accept(folder)
    assert [(file, line, rule.rpartition(".")[2]) for file, line, rule, _ in set_aside(accepted, "bureau_balance")] == [
        ("bureau_balance/a.csv", 3, "conflict"),
        ("bureau_balance/a.csv", 22, "duplicate"),
        ("bureau_balance/b.csv", 12, "duplicate"),
        ("bureau_balance/b.csv", 13, "conflict"),
    ]
    found = {count.file: (count.rows, count.accepted, count.quarantined) for count in accepted.report.files}
    assert found["bureau_balance/a.csv"] == (21, 19, 2)
    assert found["bureau_balance/b.csv"] == (12, 10, 2)


def test_a_month_of_a_broken_row_is_no_copy(accept: Accept, book: Book):
    book["POS_CASH_balance"].append({**book["POS_CASH_balance"][3], "SK_DPD": "x"})
    accepted = accept(book)
    assert [rule for _, _, rule, _ in set_aside(accepted, "POS_CASH_balance")] == ["POS_CASH_balance.SK_DPD.type"]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("table", CONTRACTS)
def test_a_contract_of_two_clients_leaves_all_tables(accept: Accept, book: Book, suffix: str, table: str):
    book[table][3]["SK_ID_CURR"] = "100004"
    accepted = accept(book, suffix)
    for name in CONTRACTS:
        client = "100004" if name == table else "100003"
        expected = (f"{name}{suffix}", 5, f"{name}.SK_ID_PREV.owner", f"2000003, {client}")
        assert set_aside(accepted, name) == [expected]
        assert counts(accepted, name) == (30, 29, 0, 1)
    assert {rule.rule: rule.rows for rule in accepted.report.rules} == {
        f"{name}.SK_ID_PREV.owner": 1 for name in CONTRACTS
    }
    assert open_accepted(accepted.folder, verify=True).report == accepted.report


def test_a_contract_of_two_clients_within_a_table_leaves_it_whole_even_its_copies(accept: Accept, book: Book):
    rows = book["previous_application"]
    rows += [dict(rows[3]), {**rows[3], "SK_ID_CURR": "100004"}]
    accepted = accept(book)
    assert [(line, rule.rpartition(".")[2]) for _, line, rule, _ in set_aside(accepted, "previous_application")] == [
        (5, "owner"),
        (32, "owner"),
        (33, "owner"),
    ]
    # Child rows hang on the client, who stays; they go because the contract is in doubt.
    assert counts(accepted, "POS_CASH_balance") == (30, 29, 0, 1)
    assert accepted.report.n_orphans == 0


def test_an_orphan_is_a_witness_and_stays_an_orphan(accept: Accept, book: Book):
    book["installments_payments"][3]["SK_ID_CURR"] = "999"
    accepted = accept(book)
    assert counts(accepted, "installments_payments") == (30, 29, 1, 0)
    assert counts(accepted, "previous_application") == (30, 29, 0, 1)


def test_a_broken_row_is_no_witness(accept: Accept, book: Book):
    book["installments_payments"][3] |= {"SK_ID_CURR": "100004", "AMT_PAYMENT": "x"}
    accepted = accept(book)
    assert {rule.rule for rule in accepted.report.rules} == {"installments_payments.AMT_PAYMENT.type"}


def test_contracts_beyond_the_exact_floats_are_told_apart(accept: Accept, book: Book):
    book["POS_CASH_balance"][3]["SK_ID_PREV"] = "9007199254740993"
    book["credit_card_balance"][4]["SK_ID_PREV"] = "9007199254740992"
    assert accept(book).report.n_quarantined == 0
    book["installments_payments"][5]["SK_ID_PREV"] = "9007199254740993"
    assert accept(book).report.n_quarantined == 2


def test_many_rows_of_one_contract_and_one_client_are_no_dispute(accept: Accept, book: Book):
    book["installments_payments"] = [dict(row) for row in book["installments_payments"] for _ in range(5)]
    accepted = accept(book)
    assert counts(accepted, "installments_payments") == (150, 150, 0, 0)


def test_the_rows_by_rule_are_written_beside_the_quarantine(accept: Accept, book: Book):
    book["bureau"][3]["DAYS_CREDIT"] = "=1+1"
    book["bureau"][4]["DAYS_CREDIT"] = "1"
    book["credit_card_balance"][5]["SK_DPD"] = "-1"
    accepted = accept(book)
    with (accepted.folder / "quarantine" / "summary.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row["table"], row["rule"], row["rows"]) for row in rows} == {
        ("bureau", "bureau.DAYS_CREDIT.type", "1"),
        ("bureau", "bureau.DAYS_CREDIT.future", "1"),
        ("credit_card_balance", "credit_card_balance.SK_DPD.negative", "1"),
    }
    assert all(row["en"] != row["fr"] and row["remedy_en"] and row["remedy_fr"] for row in rows)


def test_no_summary_is_written_where_nothing_is_set_aside(accept: Accept, book: Book):
    assert not (accept(book).folder / "quarantine").exists()
