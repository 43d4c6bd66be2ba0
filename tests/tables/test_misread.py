"""A whole column that breaks a rule is refused with what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from garant.exceptions import TableError
from garant.tables.accepted import AcceptedTables

Book = dict[str, list[dict[str, str]]]
Accept = Callable[..., AcceptedTables]
Write = Callable[..., Path]

FORMATS = [".csv", ".csv.gz", ".parquet"]


def refused(accept: Accept, raw: Book | Path, suffix: str = ".csv") -> str:
    with pytest.raises(TableError) as caught:
        accept(raw, suffix)
    assert caught.value.rule == "file.mostly_broken"
    return str(caught.value)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    ("write_number", "entries"),
    [
        (lambda whole, cents: f"{whole},{cents}", 'decimal = ","'),
        (lambda whole, cents: f"{whole:,}.{cents}", 'thousands = ","'),
        (lambda whole, cents: f"{whole:,}.{cents}".replace(",", "'"), 'thousands = "\'"'),
        (lambda whole, cents: f"{whole:,}.{cents}".replace(",", "\u202f"), 'thousands = " "'),
        (lambda whole, cents: f"{whole:,}".replace(",", " ") + f",{cents}", 'decimal = "," and thousands = " "'),
        (lambda whole, cents: f"{whole:,}".replace(",", ".") + f",{cents}", 'decimal = "," and thousands = "."'),
    ],
)
def test_a_national_number_format_is_told_with_the_entry_that_reads_it(
    accept: Accept, book: Book, write: Write, suffix: str, write_number: Callable[[int, str], str], entries: str
):
    for number, row in enumerate(book["credit_card_balance"]):
        row["AMT_BALANCE"] = write_number(12_345 + number, "25")
    message = refused(accept, book, suffix)
    assert message.startswith(f"credit_card_balance{suffix}: 30 of 30 rows (100.0%) break the rule ")
    assert f"write [read.credit_card_balance] {entries} in tables.toml" in message
    folder = write(book, suffix)
    (folder / "tables.toml").write_text("[read.credit_card_balance]\n" + entries.replace(" and ", "\n") + "\n")
    accepted = accept(folder, out="other")
    assert accepted.report.n_quarantined == 0
    assert accepted.report.table("credit_card_balance").accepted == 30


def test_an_entry_that_would_break_other_columns_is_not_proposed_without_saying_so(accept: Accept, book: Book):
    for row in book["application"]:
        row["AMT_ANNUITY"] = "2400,5"
    message = refused(accept, book)
    assert 'with [read.application] decimal = ",", but those of other columns then not' in message


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_number_and_a_category_that_were_swapped_name_each_other(
    accept: Accept, book: Book, write: Write, suffix: str
):
    for row in book["bureau_balance"]:
        row["STATUS"], row["MONTHS_BALANCE"] = row["MONTHS_BALANCE"], row["STATUS"]
    message = refused(accept, book, suffix)
    assert "the two columns look swapped" in message
    line = '[columns.bureau_balance] STATUS = "MONTHS_BALANCE" and MONTHS_BALANCE = "STATUS" in tables.toml'
    turned = '[columns.bureau_balance] MONTHS_BALANCE = "STATUS" and STATUS = "MONTHS_BALANCE" in tables.toml'
    assert line in message or turned in message
    folder = write(book, suffix)
    (folder / "tables.toml").write_text(
        '[columns.bureau_balance]\nSTATUS = "MONTHS_BALANCE"\nMONTHS_BALANCE = "STATUS"\n'
    )
    assert accept(folder, out="other").report.n_quarantined == 0


@pytest.mark.parametrize("suffix", FORMATS)
def test_two_numbers_that_were_swapped_name_each_other(accept: Accept, book: Book, suffix: str):
    for row in book["application"]:
        row["DAYS_BIRTH"], row["AMT_INCOME_TOTAL"] = row["AMT_INCOME_TOTAL"], row["DAYS_BIRTH"]
    message = refused(accept, book, suffix)
    assert "the two columns look swapped" in message
    assert 'DAYS_BIRTH = "AMT_INCOME_TOTAL"' in message


def test_known_values_of_a_category_are_recognised_where_a_number_should_stand(accept: Accept, book: Book):
    for row in book["bureau"]:
        row["DAYS_CREDIT"] = row["CREDIT_ACTIVE"]
    assert "Its values would fit CREDIT_ACTIVE" in refused(accept, book)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_text_target_is_told_with_its_values(accept: Accept, book: Book, suffix: str):
    for row in book["application"]:
        row["TARGET"] = {"0": "non", "1": "oui"}[row["TARGET"]]
    assert "It holds 'non', 'oui'. Export 1 for a default and 0 for none" in refused(accept, book, suffix)


@pytest.mark.parametrize("suffix", FORMATS)
def test_applicants_without_outcome_are_told_to_stand_in_a_file_of_their_own(accept: Accept, book: Book, suffix: str):
    for number, row in enumerate(book["application"]):
        row["TARGET"] = "" if number % 3 == 0 else row["TARGET"]
    said = refused(accept, book, suffix)
    assert "10 of 30 rows (33.3%) break the rule application.TARGET.label" in said
    assert "first on line 2: an empty cell." in said
    assert "a file of their own without the column TARGET" in said
    assert "--for score" in said
    assert "[read." not in said
    assert accept(book, suffix, purpose="score", out="scored").report.n_quarantined == 0


def test_rows_with_one_cell_too_many_speak_of_the_delimiter(accept: Accept, book: Book, write: Write):
    folder = write(book)
    path = folder / "credit_card_balance.csv"
    path.write_text(path.read_text().replace("56.97", "56,97"))
    message = refused(accept, folder)
    assert "credit_card_balance.row.fields" in message
    assert "first on line 2" in message
    assert "The header has 6 cells. Quote cells that hold the delimiter ','" in message


def test_an_empty_required_column_asks_for_the_export(accept: Accept, book: Book):
    for row in book["installments_payments"]:
        row["SK_ID_PREV"] = ""
    message = refused(accept, book)
    assert "first on line 2: an empty cell" in message
    assert "SK_ID_PREV was not exported" in message


def test_a_column_that_fits_nothing_asks_for_its_name(accept: Accept, book: Book):
    for row in book["bureau"]:
        row["DAYS_CREDIT"] = "yesterday"
    message = refused(accept, book)
    assert "first on line 2: 'yesterday'" in message
    assert "name it in [columns.bureau] of tables.toml" in message


def test_the_first_broken_line_is_named_also_in_a_later_part(accept: Accept, book: Book, write: Write):
    table = book["bureau"]
    for row in table[:2]:
        row["DAYS_CREDIT"] = "x"
    folder = write({**book, "bureau": []})
    parts = folder / "bureau"
    parts.mkdir()
    header = ",".join(table[0])
    sound = [",".join(row.values()) for row in table[2:]]
    broken = [",".join(row.values()) for row in table[:2]]
    many = [line for n in range(40) for line in (f"100002,{6_000_000 + n},Active,-1,1.0,,",)]
    (parts / "a.csv").write_text("\n".join([header, *many, *broken, ""]))
    (parts / "b.csv").write_text(
        "\n".join([header, *sound[:3], *(line.replace("-400", "y") for line in sound[3:]), ""])
    )
    message = refused(accept, folder)
    assert message.startswith("bureau/b.csv: 25 of 28 rows")
    assert "first on line 5: 'y'" in message


def test_few_broken_rows_of_a_short_file_are_still_rows(accept: Accept, book: Book):
    for row in book["bureau"][:5]:
        row["DAYS_CREDIT"] = "x"
    assert accept(book).report.n_quarantined == 5


def test_more_than_half_of_very_few_rows_is_a_whole_column(accept: Accept, book: Book):
    book["bureau_balance"] = book["bureau_balance"][:5]
    for row in book["bureau_balance"][:3]:
        row["MONTHS_BALANCE"] = "x"
    assert "3 of 5 rows (60.0%)" in refused(accept, book)


def test_a_header_that_comes_back_is_a_broken_row(accept: Accept, book: Book, write: Write):
    folder = write(book)
    for path in folder.iterdir():
        lines = path.read_text().splitlines()
        path.write_text("\n".join([*lines[:11], lines[0], *lines[11:], ""]))
    report = accept(folder).report
    assert report.n_quarantined == 7
    assert {example.line for rule in report.rules for example in rule.examples} == {12}
