"""Warnings about values and absent columns, over all files of a table."""

from collections.abc import Callable
from pathlib import Path

import pytest

from garant.tables.accepted import AcceptedTables, open_accepted

Book = dict[str, list[dict[str, str]]]
Accept = Callable[..., AcceptedTables]


def said(accepted: AcceptedTables, rule: str) -> list[tuple[str, str]]:
    return [(warning.table, warning.en) for warning in accepted.report.warnings if warning.rule == f"warning.{rule}"]


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
def test_spaces_and_new_values_are_counted_and_accepted(accept: Accept, book: Book, suffix: str):
    for row in book["bureau"][:4]:
        row["CREDIT_ACTIVE"] = " Active "
    for row in book["bureau"][4:6]:
        row["CREDIT_ACTIVE"] = "Frozen"
    for row in book["bureau_balance"][:3]:
        row["STATUS"] = "C "
    accepted = accept(book, suffix)
    assert accepted.report.n_quarantined == 0
    assert said(accepted, "stripped_spaces") == [
        ("bureau", "spaces around values, removed from 4 cell(s): CREDIT_ACTIVE × 4."),
        ("bureau_balance", "spaces around values, removed from 3 cell(s): STATUS × 3."),
    ]
    # "Trade, small" of the sample book is no organization of the public data.
    (_, organizations), bureau = said(accepted, "new_levels")
    assert bureau == ("bureau", 'values that the public data do not have, in 2 cell(s): CREDIT_ACTIVE × 2 ("Frozen").')
    assert 'ORGANIZATION_TYPE × 25 ("Trade, small")' in organizations


def test_part_files_are_counted_together(accept: Accept, book: Book, write: Callable[..., Path]):
    book["application"][0]["NAME_CONTRACT_TYPE"] = "Gold loans"
    book["application"][29]["NAME_CONTRACT_TYPE"] = "Gold loans"
    train, test = book["application"][:20], book["application"][20:]
    accepted = accept(write({**book, "application": [], "application_train": train, "application_test": test}))
    ((_, text),) = said(accepted, "new_levels")
    assert 'NAME_CONTRACT_TYPE × 2 ("Gold loans")' in text


def test_absent_columns_are_told_as_data(accept: Accept, book: Book):
    for table in book:
        for row in book[table]:
            row.pop("EXT_SOURCE_2", None)
    accepted = accept(book)
    assert "EXT_SOURCE_2" in accepted.report.absent["application"]
    assert "bureau_balance" not in accepted.report.absent
    assert accepted.report.absent["POS_CASH_balance"] == (
        "CNT_INSTALMENT",
        "CNT_INSTALMENT_FUTURE",
        "NAME_CONTRACT_STATUS",
        "SK_DPD_DEF",
    )
    assert not {"TARGET", "APPLICATION_DATE", "subject_ref"} & {*accepted.report.absent["application"]}
    assert open_accepted(accepted.folder).report.absent == accepted.report.absent
