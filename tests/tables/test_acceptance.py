"""From raw files to accepted tables: what is accepted, what is set aside, what is refused."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.exceptions import ReconciliationError, TableError, UsageError
from garant.tables import judge, table_files
from garant.tables.accepted import AcceptedTables
from garant.tables.chunk import Chunk
from garant.tables.schema import TABLES

Book = dict[str, list[dict[str, str]]]
Accept = Callable[..., AcceptedTables]
Write = Callable[..., Path]

FORMATS = (".csv", ".csv.gz", ".parquet")


def rows_of(accepted: AcceptedTables, table: str) -> list[dict[str, Any]]:
    return [row for part in accepted.files[table] for row in pq.read_table(part).to_pylist()]


def set_aside(accepted: AcceptedTables, table: str) -> list[dict[str, Any]]:
    path = accepted.quarantine(table)
    return [] if path is None else pq.read_table(path).to_pylist()


def clone(book: Book, table: str, n: int) -> None:
    """Repeat the rows of a table without a key of its own, so that a few broken ones are few."""
    book[table] = [dict(row) for _ in range(n) for row in book[table]]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_sound_lender_is_accepted_whole_in_every_format(accept: Accept, book: Book, suffix: str):
    accepted = accept(book, suffix)
    assert accepted.tables == tuple(TABLES)
    for table in TABLES:
        count = accepted.report.table(table)
        assert (count.rows, count.accepted, count.orphans, count.quarantined) == (30, 30, 0, 0)
        for part in accepted.files[table]:
            assert pq.read_schema(part).equals(TABLES[table].arrow)
    first = rows_of(accepted, "application")[0]
    assert first["SK_ID_CURR"] == 100_000
    assert first["AMT_CREDIT"] == 47_962_125
    assert first["EXT_SOURCE_2"] == 0.059000000000000004
    assert (first["DAYS_EMPLOYED"], first["FLAG_NO_EMPLOYMENT"]) == (None, 1)
    assert first["ORGANIZATION_TYPE"] is None
    assert (first["source_file"], first["source_line"]) == (f"application{suffix}", 2)


@pytest.mark.parametrize("suffix", [".csv.gz", ".parquet"])
def test_the_same_rows_are_accepted_whatever_the_format(accept: Accept, book: Book, suffix: str):
    plain, other = accept(book, out="plain"), accept(book, suffix, out="other")
    for table in TABLES:
        for one, two in zip(rows_of(plain, table), rows_of(other, table), strict=True):
            assert {**one, "source_file": ""} == {**two, "source_file": ""}


CELLS = [
    ("bureau", "DAYS_CREDIT", "yesterday", "type"),
    ("bureau", "DAYS_CREDIT", "-400.5", "whole"),
    ("bureau", "DAYS_CREDIT", "1e30", "range"),
    ("bureau", "DAYS_CREDIT", "", "empty"),
    ("bureau", "DAYS_CREDIT", "365243", "empty"),
    ("bureau", "AMT_CREDIT_SUM", "91 323", "type"),
    ("bureau", "AMT_CREDIT_SUM", "91323.0001", "precision"),
    ("bureau", "AMT_CREDIT_SUM", "inf", "range"),
    ("bureau", "SK_ID_BUREAU", "0", "id"),
    ("previous_application", "SK_ID_PREV", "-5", "id"),
    ("bureau", "SK_ID_BUREAU", "5000003.5", "id"),
    ("bureau", "SK_ID_BUREAU", "05000003", "id"),
    ("bureau", "SK_ID_BUREAU", "9223372036854775808", "id"),
    ("bureau", "SK_ID_BUREAU", "5e6", "id"),
    ("bureau", "SK_ID_CURR", "NaN", "empty"),
    ("application", "EXT_SOURCE_2", "1e400", "range"),
    ("application", "TARGET", "2", "label"),
    ("application", "TARGET", "", "label"),
    ("bureau_balance", "MONTHS_BALANCE", "-1.5", "whole"),
    ("previous_application", "DAYS_DECISION", "NULL", "empty"),
    ("installments_payments", "AMT_PAYMENT", "0.0005", "precision"),
    ("POS_CASH_balance", "SK_DPD", "many", "type"),
    ("credit_card_balance", "AMT_BALANCE", "1e400", "range"),
    ("application", "DAYS_BIRTH", "-6573", "age"),
    ("application", "DAYS_EMPLOYED", "1", "future"),
    ("bureau", "DAYS_CREDIT", "1", "future"),
    ("bureau_balance", "STATUS", "6", "level"),
    ("installments_payments", "DAYS_ENTRY_PAYMENT", "1", "future"),
    ("credit_card_balance", "AMT_CREDIT_LIMIT_ACTUAL", "-0.001", "negative"),
]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_broken_cell_sends_its_row_to_quarantine(accept: Accept, book: Book, suffix: str):
    expected: dict[tuple[str, int], tuple[str, str]] = {}
    for number, (table, column, value, code) in enumerate(CELLS):
        raw = book[table][number][next(iter(book[table][number]))]
        book[table][number][column] = value
        expected[table, number + 2] = (
            f"{table}.{column}.{code}",
            raw if column != next(iter(book[table][number])) else value,
        )
    accepted = accept(book, suffix)
    for table in TABLES:
        found = {(table, row["source_line"]): row for row in set_aside(accepted, table)}
        assert {place for place in expected if place[0] == table} == set(found)
        for place, row in found.items():
            rule, raw = expected[place]
            value = CELLS[place[1] - 2][2]
            assert (row["source_file"], row["rule"], row["rules"]) == (f"{table}{suffix}", rule, [rule])
            assert row["column"] == rule.split(".")[1]
            # A word for "no value" is gone once CSV is read; the raw line still has it.
            assert row["value"] == (None if suffix != ".parquet" and value in {"", "NaN", "NULL"} else value)
            assert raw in row["raw"]
    assert {rule.rule: rule.rows for rule in accepted.report.rules} == {
        rule: [found for found, _ in expected.values()].count(rule) for rule, _ in expected.values()
    }


def test_a_broken_row_names_all_its_broken_rules_and_its_client(accept: Accept, book: Book):
    book["bureau"][3] |= {"DAYS_CREDIT": "x", "AMT_CREDIT_SUM": "0.0001"}
    accepted = accept(book)
    (row,) = set_aside(accepted, "bureau")
    assert row["rules"] == ["bureau.DAYS_CREDIT.type", "bureau.AMT_CREDIT_SUM.precision"]
    assert row["SK_ID_CURR"] == 100_003
    assert row["raw"] == "100003,5000003,Active,x,0.0001,,512.0"
    assert {rule.rule: rule.rows for rule in accepted.report.rules} == dict.fromkeys(row["rules"], 1)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_row_set_aside_late_shows_its_values_as_text(accept: Accept, book: Book, suffix: str):
    book["bureau"][3]["AMT_CREDIT_SUM"] = "1.5"
    book["bureau"].append(dict(book["bureau"][3]))
    (row,) = set_aside(accept(book, suffix), "bureau")
    assert row["rule"] == "bureau.SK_ID_BUREAU.duplicate"
    values = row["raw"].split("; ")
    assert values[:2] == ["SK_ID_CURR=100003", "SK_ID_BUREAU=5000003"]
    assert "AMT_CREDIT_SUM=1500" in values
    assert not [value for value in values if value.endswith(("=", "=None"))]


def test_the_label_is_needed_only_for_training(accept: Accept, book: Book):
    book["application"][3]["TARGET"] = ""
    assert accept(book, out="train").report.n_quarantined == 1
    accepted = accept(book, purpose="score", out="score")
    assert accepted.report.n_quarantined == 0
    assert rows_of(accepted, "application")[3]["TARGET"] is None


def test_a_part_without_label_is_accepted_beside_one_with_it(accept: Accept, book: Book, write: Write):
    train, test = book["application"][:20], [dict(row) for row in book["application"][20:]]
    for row in test:
        del row["TARGET"]
    folder = write({**book, "application": [], "application_train": train, "application_test": test})
    accepted = accept(folder)
    assert len(accepted.files["application"]) == 2
    assert sum(row["TARGET"] is None for row in rows_of(accepted, "application")) == 10
    assert not accepted.report.warnings or all(
        w.rule != "warning.absent_columns" or "TARGET" not in w.en for w in accepted.report.warnings
    )


@pytest.mark.parametrize("suffix", FORMATS)
def test_identical_copies_keep_one_row(accept: Accept, book: Book, suffix: str):
    book["application"].append(dict(book["application"][3]))
    accepted = accept(book, suffix)
    count = accepted.report.table("application")
    assert (count.rows, count.accepted, count.quarantined) == (31, 30, 1)
    (row,) = set_aside(accepted, "application")
    assert (row["rule"], row["source_line"]) == ("application.SK_ID_CURR.duplicate", 32)
    assert row["SK_ID_CURR"] == 100_003
    assert accepted.report.n_orphans == 0


@pytest.mark.parametrize("suffix", FORMATS)
def test_contradicting_copies_are_all_set_aside_and_their_child_rows_are_orphans(
    accept: Accept, book: Book, suffix: str
):
    book["application"].append({**book["application"][3], "AMT_CREDIT": "1.0"})
    accepted = accept(book, suffix)
    count = accepted.report.table("application")
    assert (count.rows, count.accepted, count.quarantined) == (31, 29, 2)
    assert [(row["rule"], row["source_line"]) for row in set_aside(accepted, "application")] == [
        ("application.SK_ID_CURR.conflict", 5),
        ("application.SK_ID_CURR.conflict", 32),
    ]
    assert {table: accepted.report.table(table).orphans for table in TABLES if table != "application"} == dict.fromkeys(
        [table for table in TABLES if table != "application"], 1
    )


def test_copies_are_found_across_part_files(accept: Accept, book: Book, write: Write):
    train, test = book["application"], [dict(book["application"][3]), {**book["application"][7], "AMT_CREDIT": "1.0"}]
    folder = write({**book, "application": [], "application_train": train, "application_test": test})
    accepted = accept(folder)
    found = [(row["source_file"], row["source_line"], row["rule"]) for row in set_aside(accepted, "application")]
    # application_test is read first: its copy of client 3 stays.
    assert found == [
        ("application_test.csv", 3, "application.SK_ID_CURR.conflict"),
        ("application_train.csv", 5, "application.SK_ID_CURR.duplicate"),
        ("application_train.csv", 9, "application.SK_ID_CURR.conflict"),
    ]


def test_copies_of_a_credit_are_set_aside_too(accept: Accept, book: Book):
    book["bureau"].append({**book["bureau"][3], "DAYS_CREDIT": "-1"})
    accepted = accept(book)
    assert accepted.report.table("bureau").quarantined == 2
    assert accepted.report.table("bureau_balance").orphans == 1


@pytest.mark.parametrize("suffix", FORMATS)
def test_child_rows_of_unknown_clients_are_orphans(accept: Accept, book: Book, suffix: str):
    book["bureau"][3]["SK_ID_CURR"] = "999"
    book["installments_payments"] = [dict(row) for row in book["installments_payments"] for _ in range(3)]
    book["installments_payments"][4] |= {"SK_ID_CURR": "9007199254740993", "SK_ID_PREV": "2999999"}
    accepted = accept(book, suffix)
    orphans = {table: accepted.report.table(table).orphans for table in TABLES if accepted.report.table(table).orphans}
    # The credit of an unknown client takes its months with it.
    assert orphans == {"bureau": 1, "bureau_balance": 1, "installments_payments": 1}
    path = accepted.orphans("installments_payments")
    assert path is not None
    (row,) = pq.read_table(path).to_pylist()
    assert (row["SK_ID_CURR"], row["source_line"], row["AMT_PAYMENT"]) == (9007199254740993, 6, 6_948_360)
    assert accepted.report.n_quarantined == 0


def test_months_of_a_quarantined_credit_are_orphans(accept: Accept, book: Book):
    book["bureau"][3]["DAYS_CREDIT"] = "x"
    accepted = accept(book)
    assert accepted.report.table("bureau_balance").orphans == 1


def test_a_broken_row_of_an_unknown_client_is_quarantined_not_an_orphan(accept: Accept, book: Book):
    book["bureau"][3] |= {"SK_ID_CURR": "999", "DAYS_CREDIT": "x"}
    count = accept(book).report.table("bureau")
    assert (count.orphans, count.quarantined) == (0, 1)


def test_ids_beyond_the_exact_floats_are_told_apart(accept: Accept, book: Book):
    for number, row in enumerate(book["application"]):
        row["SK_ID_CURR"] = str(9007199254740993 + number)
    for table in book:
        for number, row in enumerate(book[table]):
            if "SK_ID_CURR" in row:
                row["SK_ID_CURR"] = str(9007199254740993 + number)
    book["bureau"][0]["SK_ID_CURR"] = "9007199254740992"
    accepted = accept(book)
    assert accepted.report.table("bureau").orphans == 1
    assert rows_of(accepted, "application")[0]["SK_ID_CURR"] == 9007199254740993


def test_one_warning_lists_the_absent_columns_of_a_table(accept: Accept, book: Book):
    accepted = accept(book)
    warnings = [warning for warning in accepted.report.warnings if warning.table == "bureau"]
    (warning,) = warnings
    assert warning.rule == "warning.absent_columns"
    assert "10 columns are absent" in warning.en
    assert "CREDIT_CURRENCY" in warning.en
    assert "10 colonnes" in warning.fr
    assert rows_of(accepted, "bureau")[0]["CREDIT_CURRENCY"] is None


def test_extra_columns_are_named_and_not_passed_on(accept: Accept, book: Book):
    for row in book["bureau"]:
        row["SHOE_SIZE"] = "42"
    accepted = accept(book)
    assert any(w.rule == "warning.extra_columns" and "SHOE_SIZE" in w.en for w in accepted.report.warnings)
    assert "SHOE_SIZE" not in rows_of(accepted, "bureau")[0]


@pytest.mark.parametrize("suffix", FORMATS)
def test_column_order_and_case_never_matter(accept: Accept, book: Book, suffix: str):
    straight = accept(book, out="straight", suffix=suffix)
    book["bureau"] = [{f" {name.lower()} ": row[name] for name in reversed(row)} for row in book["bureau"]]
    turned = accept(book, out="turned", suffix=suffix)
    assert rows_of(straight, "bureau") == rows_of(turned, "bureau")


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_missing_required_column_is_named_with_its_file(accept: Accept, book: Book, suffix: str):
    for row in book["bureau"]:
        row["CREDIT_ACTIV"] = row.pop("CREDIT_ACTIVE")
        del row["DAYS_CREDIT"]
    with pytest.raises(
        TableError, match=rf"bureau{suffix}: required columns are absent: CREDIT_ACTIVE, DAYS_CREDIT"
    ) as caught:
        accept(book, suffix)
    assert caught.value.rule == "file.missing_columns"
    assert 'CREDIT_ACTIVE = "CREDIT_ACTIV"?' in str(caught.value)


def test_a_column_that_is_there_twice_is_refused(accept: Accept, book: Book, write: Write):
    folder = write(book)
    path = folder / "bureau_balance.csv"
    path.write_text("SK_ID_BUREAU,STATUS,MONTHS_BALANCE, status\n5000000,C,-1,0\n")
    with pytest.raises(TableError, match="the column STATUS is there 2 times") as caught:
        accept(folder)
    assert caught.value.rule == "file.duplicate_column"


def test_parts_with_other_columns_are_refused(accept: Accept, book: Book, write: Write):
    test = [dict(row) for row in book["application"][20:]]
    for row in test:
        del row["TARGET"], row["EXT_SOURCE_2"]
    folder = write({**book, "application": [], "application_train": book["application"][:20], "application_test": test})
    with pytest.raises(
        TableError,
        match=r"application_train\.csv: its columns differ from those of application_test\.csv: EXT_SOURCE_2",
    ):
        accept(folder)


def test_training_needs_a_label_column_and_suggests_one(accept: Accept, book: Book):
    for row in book["application"]:
        row["DEFAULTED"] = row.pop("TARGET")
    with pytest.raises(TableError, match="no application file has the column TARGET") as caught:
        accept(book)
    assert caught.value.rule == "file.no_label"
    assert 'TARGET = "DEFAULTED"' in str(caught.value)
    assert accept(book, purpose="score").report.n_accepted == 210


def test_training_needs_both_outcomes(accept: Accept, book: Book):
    for row in book["application"]:
        row["TARGET"] = "0"
    with pytest.raises(TableError, match="TARGET is 0 in every accepted row") as caught:
        accept(book)
    assert caught.value.rule == "file.one_class"


def test_a_header_without_applicants_is_refused_and_one_without_child_rows_is_not(
    accept: Accept, book: Book, write: Write
):
    folder = write(book)
    for table in ("bureau", "bureau_balance"):
        path = folder / f"{table}.csv"
        path.write_text(path.read_text().split("\n")[0] + "\n")
    accepted = accept(folder)
    assert accepted.report.table("bureau").rows == 0
    assert rows_of(accepted, "bureau") == []
    assert pq.read_schema(accepted.files["bureau"][0]).equals(TABLES["bureau"].arrow)
    path = folder / "application.csv"
    path.write_text(path.read_text().split("\n")[0])
    with pytest.raises(TableError, match="no applicant"):
        accept(folder, out="other")


def test_a_column_that_is_mostly_broken_refuses_the_file(accept: Accept, book: Book):
    for row in book["installments_payments"]:
        row["AMT_PAYMENT"] = "6 948.36"
    with pytest.raises(
        TableError, match=r"30 of 30 rows \(100\.0%\) break the rule installments_payments\.AMT_PAYMENT\.type"
    ) as caught:
        accept(book)
    assert caught.value.rule == "file.mostly_broken"
    assert "first on line 2: '6 948.36'" in str(caught.value)


def test_the_lenders_names_formats_and_own_columns_come_from_tables_toml(accept: Accept, book: Book, write: Write):
    for number, row in enumerate(book["application"]):
        row["DEFAULTED"] = row.pop("TARGET")
        row |= {"MONTHS_AS_CUSTOMER": str(number), "CHARGES": f"{number},25", "AMT_CREDIT": "47962,125"}
    folder = write({**book, "application": []})
    lines = [";".join(book["application"][0]), *(";".join(row.values()) for row in book["application"])]
    text = (
        "\n".join(lines).replace("Cash loans", "Prêt").replace(".5", ",5").replace("0.059", "0,059").replace(".0;", ";")
    )
    (folder / "demandes.csv").write_bytes(text.encode("cp1252"))
    (folder / "tables.toml").write_text(
        '[tables]\napplication = "demandes.csv"\n'
        '[columns.application]\nTARGET = "DEFAULTED"\n'
        '[read.application]\nencoding = "cp1252"\ndelimiter = ";"\ndecimal = ","\n'
        '[label]\nname = "own"\ntext_fr = "PD (défaut à 90 jours)"\ntext_en = "PD (90 days)"\n'
        '[money]\nperiod = "month"\ncurrency = "EUR"\ncharges = "CHARGES"\n'
        '[extra.MONTHS_AS_CUSTOMER]\ntype = "months"\ntext_fr = "Ancienneté"\ntext_en = "Months as a customer"\n'
    )
    accepted = accept(folder)
    assert accepted.report.n_quarantined == 0
    row = rows_of(accepted, "application")[7]
    assert row["NAME_CONTRACT_TYPE"] == "Prêt"
    assert row["AMT_CREDIT"] == 47_962_125
    assert (row["MONTHS_AS_CUSTOMER"], row["CHARGES"]) == (7, 7_250)
    assert accepted.config.label.text("fr") == "PD (défaut à 90 jours)"
    assert (accepted.config.money.period, accepted.config.money.charges) == ("month", "CHARGES")
    assert not any(warning.rule == "warning.label_text" for warning in accepted.report.warnings)


def test_a_renamed_label_without_a_meaning_is_a_warning(accept: Accept, book: Book, write: Write):
    for row in book["application"]:
        row["DEFAULTED"] = row.pop("TARGET")
    folder = write(book)
    (folder / "tables.toml").write_text('[columns.application]\nTARGET = "DEFAULTED"\n')
    accepted = accept(folder)
    assert any(w.rule == "warning.label_text" and "DEFAULTED" in w.en for w in accepted.report.warnings)
    assert accepted.config.label.text("en") == "PD (Home Credit definition: early payment difficulty)"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            '[columns.application]\nTARGET = "DEFAULT"\n',
            r"\[columns\.application\] names DEFAULT for TARGET, but no file",
        ),
        ('[extra.SHOE]\ntype = "count"\ntext_fr = "x"\ntext_en = "x"\n', r"\[extra\] names the column SHOE"),
        ('[money]\ncharges = "CHARGES"\n', r"\[money\] names the column CHARGES"),
        ('[columns.application]\nAMT_CREDIT = "AMT_ANNUITY"\n', "AMT_CREDIT is in the file, and"),
    ],
)
def test_tables_toml_may_not_name_what_is_not_there(
    accept: Accept, book: Book, write: Write, config: str, message: str
):
    folder = write(book)
    (folder / "tables.toml").write_text(config)
    with pytest.raises(TableError, match=message):
        accept(folder)


def test_nothing_stands_under_the_final_name_after_a_refusal(accept: Accept, book: Book, tmp_path: Path):
    for row in book["credit_card_balance"]:
        del row["SK_DPD"]
    with pytest.raises(TableError):
        accept(book)
    assert [path.name for path in tmp_path.iterdir()] == ["data-accepted"]


def test_other_files_in_the_output_folder_are_never_replaced(accept: Accept, book: Book, tmp_path: Path):
    target = tmp_path / "accepted"
    target.mkdir()
    (target / "thesis.docx").write_text("years of work")
    with pytest.raises(UsageError, match="holds other files"):
        accept(book)
    assert (target / "thesis.docx").exists()


def test_accepted_tables_are_replaced_by_the_next_ones(accept: Accept, book: Book, tmp_path: Path):
    first = accept(book)
    book["application"][0]["AMT_CREDIT"] = "1.0"
    second = accept(book)
    assert first.digest != second.digest
    assert rows_of(second, "application")[0]["AMT_CREDIT"] == 1_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["accepted", "data-accepted"]


def test_the_digest_depends_on_content_not_on_time_or_place(accept: Accept, book: Book, write: Write):
    first = accept(write(book, folder="one"), out="out1")
    second = accept(write(book, folder="two"), out="out2")
    assert first.digest == second.digest
    book["application"][0]["AMT_CREDIT"] = "1.0"
    assert accept(write(book, folder="three"), out="out3").digest != first.digest


def test_the_number_of_workers_and_the_size_of_blocks_change_nothing(
    accept: Accept, book: Book, monkeypatch: pytest.MonkeyPatch
):
    book["application"][3]["NAME_CONTRACT_TYPE"] = "Cash\nloans, quoted"
    book["bureau"][5]["DAYS_CREDIT"] = "x"
    clone(book, "installments_payments", 40)
    whole = accept(book, out="whole")
    monkeypatch.setattr("garant.tables.csv_reader._HEADER_BYTES", 700)
    monkeypatch.setattr("garant.tables.reading.BLOCK_BYTES", 600)
    blocks = accept(book, out="blocks")
    for table in TABLES:
        assert rows_of(whole, table) == rows_of(blocks, table)
        assert set_aside(whole, table) == set_aside(blocks, table)
    assert pq.ParquetFile(blocks.files["installments_payments"][0]).num_row_groups > 10


def test_duckdb_reads_what_was_accepted(accept: Accept, book: Book):
    part = accept(book).files["application"][0]
    with duckdb.connect() as connection:
        total = connection.execute(
            "SELECT sum(AMT_CREDIT), max(source_line) FROM read_parquet(?)", [str(part)]
        ).fetchall()
    assert total == [(30 * 47_962_125, 31)]


def test_a_row_that_a_reader_loses_is_noticed(accept: Accept, book: Book, monkeypatch: pytest.MonkeyPatch):
    real = judge.Judge.judge

    def losing(self: judge.Judge, chunk: Chunk) -> judge.Judged:
        found = real(self, chunk)
        return judge.Judged(found.accepted.slice(1), found.orphans, found.broken, found.n_physical, found.done)

    monkeypatch.setattr(judge.Judge, "judge", losing)
    with pytest.raises(ReconciliationError, match=r"application\.csv: 30 rows in the file, but 29 accepted"):
        accept(book)


def test_a_row_that_a_writer_loses_is_noticed(accept: Accept, book: Book, monkeypatch: pytest.MonkeyPatch):
    real = table_files.pq.ParquetWriter.write_batch

    def losing(self: pq.ParquetWriter, batch: pa.RecordBatch) -> None:
        real(self, batch.slice(1))

    monkeypatch.setattr(table_files.pq.ParquetWriter, "write_batch", losing)
    with pytest.raises(ReconciliationError, match="30 rows were accepted, 29 are in the files"):
        accept(book)


def test_a_file_that_changes_while_it_is_read_is_refused(
    accept: Accept, book: Book, write: Write, monkeypatch: pytest.MonkeyPatch
):
    folder = write(book)
    real = judge.Judge.judge

    def growing(self: judge.Judge, chunk: Chunk) -> judge.Judged:
        with (folder / "bureau.csv").open("a") as stream:
            stream.write("100001,5999999,Active,-1,1.0,,\n")
        return real(self, chunk)

    monkeypatch.setattr(judge.Judge, "judge", growing)
    with pytest.raises(TableError, match=r"bureau\.csv: the file changed while it was being read"):
        accept(folder)


def test_progress_is_told_in_bytes_of_each_file(write: Write, book: Book, tmp_path: Path):
    from garant.tables.acceptance import accept_tables
    from garant.tables.sources import DataFolder, find_sources

    found = find_sources(write(book))
    assert isinstance(found, DataFolder)
    told: list[tuple[str, int, int]] = []
    accept_tables(found, tmp_path / "accepted", progress=lambda *step: told.append(step))
    assert [step for step, _, _ in told] == [f"read {table}.csv" for table in TABLES]
    assert all(done == total for _, done, total in told)


def test_the_folder_of_part_files_is_one_table(accept: Accept, book: Book, write: Write):
    folder = write({**book, "bureau": []})
    parts = folder / "Bureau"
    parts.mkdir()
    header = ",".join(book["bureau"][0])
    for number in range(3):
        rows = [",".join(row.values()) for row in book["bureau"][number * 10 : number * 10 + 10]]
        data = "\n".join([header, *rows, ""]).encode()
        name, data = ("b.csv.gz", gzip.compress(data)) if number == 1 else (f"part-{number}.csv", data)
        (parts / name).write_bytes(data)
    (parts / "_SUCCESS").touch()
    accepted = accept(folder)
    assert [count.file for count in accepted.report.files if count.table == "bureau"] == [
        "Bureau/b.csv.gz",
        "Bureau/part-0.csv",
        "Bureau/part-2.csv",
    ]
    assert accepted.report.table("bureau").accepted == 30
