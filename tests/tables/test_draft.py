"""The draft of tables.toml: it can be used, and says what it guessed."""

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from garant.exceptions import UsageError
from garant.tables.accepted import AcceptedTables
from garant.tables.config_file import load_config
from garant.tables.draft import draft_config

Book = dict[str, list[dict[str, str]]]
Write = Callable[..., Path]


def drafted(folder: Path) -> str:
    text = draft_config(folder)
    (folder / "tables.toml").write_text(text, encoding="utf-8")
    load_config(folder / "tables.toml")
    return text


def test_a_foreign_export_is_read_after_its_draft(accept: Callable[..., AcceptedTables], book: Book, write: Write):
    for row in book["application"]:
        row["defaulted"] = row.pop("TARGET")
        row["AMT_INCOME_TOTL"] = row.pop("AMT_INCOME_TOTAL")
    folder = write({**book, "application": [], "bureau_balance": []})
    lines = [";".join(row) for row in ([*book["application"][0]], *(row.values() for row in book["application"]))]
    text = "\n".join(lines).replace(".", ",").replace("Cash loans", "Prêt")
    (folder / "application.csv").write_bytes(text.encode("cp1252"))
    months = ["SK_ID_BUREAU,MONTHS_BALANCE,STATUS", *(",".join(row.values()) for row in book["bureau_balance"]), ""]
    (folder / "mois.csv").write_text("\n".join(months))
    text = drafted(folder)
    assert 'bureau_balance = "mois.csv"          # guess: it has 100% of the columns of bureau_balance' in text
    assert 'TARGET = "defaulted"          # guess: its first rows hold only 0 and 1' in text
    assert 'AMT_INCOME_TOTAL = "AMT_INCOME_TOTL"          # guess: near name' in text
    for line in ('encoding = "cp1252"', 'delimiter = ";"', 'decimal = ","'):
        assert f"{line}          # guess" in text
    accepted = accept(folder)
    assert accepted.report.n_accepted == 210


@pytest.mark.parametrize(
    ("numbers", "lines"),
    [
        (("1 234,50", "12,25"), ('decimal = ","', 'thousands = " "')),
        (("1\u202f234", "12.25"), ('thousands = " "',)),
        (("1.234,50", "12,25"), ('decimal = ","', 'thousands = "."')),
        (("1'234.50", "12.25"), ('thousands = "\'"',)),
        (("1,234.50", "12.25"), ('thousands = ","',)),
        (("1,234", "12,2"), ('decimal = ","',)),
        (("1.234", "12.25"), ()),
    ],
)
def test_marks_in_numbers_are_guessed_from_the_first_rows(
    accept: Callable[..., AcceptedTables], book: Book, write: Write, numbers: tuple[str, ...], lines: tuple[str, ...]
):
    # No fraction elsewhere: the application is written in one format.
    for number, row in enumerate(book["application"]):
        del row["EXT_SOURCE_2"]
        row |= {"AMT_INCOME_TOTAL": numbers[number % 2], "AMT_CREDIT": "47962", "AMT_ANNUITY": numbers[0]}
    folder = write(book)
    text = drafted(folder)
    assert [line.split("   ")[0] for line in text.splitlines() if "from the first rows" in line] == list(lines)
    assert accept(folder).report.n_quarantined == 0


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "iso8859-15", "cp850", "mac_roman"])
def test_an_encoding_is_guessed_from_the_first_rows(
    accept: Callable[..., AcceptedTables], book: Book, write: Write, encoding: str
):
    for row in book["application"]:
        row["NAME_CONTRACT_TYPE"] = "Prêt à crédit, cœur" if encoding == "iso8859-15" else "Prêt à crédit"
    folder = write(book)
    path = folder / "application.csv"
    path.write_bytes(path.read_text().encode(encoding))
    text = drafted(folder)
    assert f'encoding = "{encoding.replace("_", "-")}"' in text
    accepted = accept(folder)
    values = pq.read_table(list(accepted.files["application"]))["NAME_CONTRACT_TYPE"].unique().to_pylist()
    assert values == [book["application"][0]["NAME_CONTRACT_TYPE"]]


def test_the_official_names_need_no_guess(book: Book, write: Write):
    text = drafted(write(book, ".csv.gz"))
    assert "guess:" not in text
    assert 'POS_CASH_balance = "POS_CASH_balance.csv.gz"' in text


def test_missing_tables_and_columns_are_said(book: Book, write: Write):
    for row in book["application"]:
        del row["TARGET"], row["AMT_ANNUITY"]
        row["SHOE_SIZE"] = "42"
    folder = write({**book, "bureau": [], "application": []})
    (folder / "application_train.parquet").write_bytes(
        write({"application": book["application"]}, ".parquet").joinpath("application.parquet").read_bytes()
    )
    (folder / "application.parquet").unlink()
    (folder / "notes.csv").write_text("a,b\n1,2\n")
    (folder / "broken.parquet").write_text("no parquet")
    text = drafted(folder)
    assert '# bureau = ""          # not found: name it, or work with --without bureau' in text
    assert '# AMT_ANNUITY = ""          # required, not found' in text
    assert '# not used: "SHOE_SIZE"' in text
    assert '# "notes.csv": no table of ours' in text
    assert "TARGET =" not in text


def test_an_empty_folder_gives_a_template(tmp_path: Path):
    text = drafted(tmp_path)
    assert '# application = ""          # not found: name it\n' in text
    assert "# [label]" in text


def test_what_is_no_folder_is_misuse(tmp_path: Path):
    with pytest.raises(UsageError):
        draft_config(tmp_path / "nowhere")


def test_the_template_of_each_section_can_be_uncommented(tmp_path: Path):
    text = draft_config(tmp_path)
    template = text[text.index("# [label]") :]
    lines = [line.removeprefix("# ") for line in template.splitlines() if " = " in line or line.startswith("# [")]
    said = "\n".join(lines).replace('charges = ""', 'charges = "CHARGES"').replace(' = ""', ' = "x"')
    (tmp_path / "tables.toml").write_text(said)
    config = load_config(tmp_path / "tables.toml")
    assert config.money.charges == "CHARGES"
    assert set(config.extra) == {"MY_COLUMN"}
    assert config.scores["EXT_SOURCE_1"].provider == "x"


def test_a_column_that_is_called_like_a_score_is_pointed_out(book: Book, write: Write):
    for row in book["application"]:
        row["FICO_SCORE"] = row["UNDERSCORED"] = "1"
    text = drafted(write(book))
    assert '# "FICO_SCORE" may be an external score: see [extra] (legal = external) and [external_scores]' in text
    assert '# "UNDERSCORED" may' not in text
