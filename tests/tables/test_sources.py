"""Which file is which table."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from garant.exceptions import TableError, UnknownNameError, UsageError
from garant.tables.accepted import AcceptedTables
from garant.tables.schema import TABLES
from garant.tables.sources import CHILD_TABLES, DataFolder, find_sources, input_digest

Book = dict[str, list[dict[str, str]]]
Write = Callable[..., Path]


def found(folder: Path, **options: object) -> DataFolder:
    data = find_sources(folder, **options)  # pyright: ignore[reportArgumentType]
    assert isinstance(data, DataFolder)
    return data


@pytest.fixture
def folder(write: Write, book: Book) -> Path:
    return write(book)


def rename(folder: Path, old: str, new: str) -> None:
    (folder / old).rename(folder / new)


def test_names_are_found_without_regard_to_case(folder: Path):
    rename(folder, "POS_CASH_balance.csv", "pos_cash_BALANCE.CSV")
    rename(folder, "bureau.csv", "Bureau.Csv")
    data = found(folder)
    assert data.tables == tuple(TABLES)
    assert data.files["POS_CASH_balance"][0].name == "pos_cash_BALANCE.CSV"


def test_train_and_test_are_parts_of_one_table(folder: Path):
    rename(folder, "application.csv", "application_train.csv")
    (folder / "application_test.csv").write_bytes((folder / "application_train.csv").read_bytes())
    assert [file.name for file in found(folder).files["application"]] == [
        "application_test.csv",
        "application_train.csv",
    ]


def test_files_that_are_no_table_are_named_and_ignored(folder: Path):
    for name in (
        "sample_submission.csv",
        "HomeCredit_columns_description.csv",
        "README.md",
        "truth.parquet",
        "notes.txt",
    ):
        (folder / name).write_text("x")
    (folder / "truth").mkdir()
    (folder / ".DS_Store").touch()
    assert found(folder).ignored == (
        "HomeCredit_columns_description.csv",
        "README.md",
        "notes.txt",
        "sample_submission.csv",
        "truth",
        "truth.parquet",
    )


def test_a_missing_child_table_names_the_option(folder: Path):
    (folder / "bureau.csv").unlink()
    (folder / "credit_card_balance.csv").unlink()
    with pytest.raises(TableError, match="tables are missing: bureau, credit_card_balance") as caught:
        found(folder)
    assert "--without bureau --without credit_card_balance" in str(caught.value)
    assert caught.value.rule == "file.missing_tables"


def test_a_missing_table_may_lie_in_a_zip(folder: Path):
    (folder / "bureau.csv").rename(folder / "home-credit-default-risk.zip")
    with pytest.raises(TableError, match=r"there is home-credit-default-risk\.zip\. Unzip first"):
        found(folder)


def test_a_zip_beside_all_tables_is_ignored(folder: Path):
    (folder / "home-credit-default-risk.zip").touch()
    assert found(folder).ignored == ("home-credit-default-risk.zip",)


def test_a_missing_table_may_have_another_name(folder: Path):
    rename(folder, "installments_payments.csv", "instalment_payments.csv")
    with pytest.raises(TableError, match=r'\[tables\] installments_payments = "instalment_payments\.csv"'):
        found(folder)


def test_applicants_cannot_be_left_out(folder: Path):
    with pytest.raises(UsageError, match="application table holds the applicants"):
        found(folder, without=["application"])
    (folder / "application.csv").unlink()
    with pytest.raises(TableError, match="the table of applicants is missing"):
        found(folder)


def test_tables_are_left_out_on_demand(folder: Path):
    (folder / "credit_card_balance.csv").unlink()
    data = found(folder, without={"CREDIT_CARD_BALANCE", "pos_cash_balance"})
    assert data.without == ("POS_CASH_balance", "credit_card_balance")
    assert "POS_CASH_balance" not in data.tables


def test_an_unknown_table_to_leave_out_suggests_a_near_one(folder: Path):
    with pytest.raises(UnknownNameError, match="Did you mean 'installments_payments'"):
        found(folder, without=["instalments_payments"])


def test_months_without_their_credits_are_refused(folder: Path):
    with pytest.raises(UsageError, match="--without bureau_balance"):
        found(folder, without=["bureau"])
    assert found(folder, without=["bureau", "bureau_balance"]).tables[1] == "previous_application"


@pytest.mark.parametrize("other", ["bureau.csv.gz", "BUREAU.parquet", "bureau"])
def test_two_sources_of_one_table_are_refused(folder: Path, other: str):
    if other == "bureau":
        (folder / other).mkdir()
    else:
        (folder / other).write_bytes(gzip.compress(b"x"))
    with pytest.raises(TableError, match="the table bureau is there twice") as caught:
        found(folder)
    assert caught.value.rule == "file.two_sources"
    assert f"{other}" in str(caught.value)


def test_one_of_two_sources_may_be_named(folder: Path):
    (folder / "bureau.csv.gz").write_bytes(gzip.compress(b"x"))
    (folder / "tables.toml").write_text('[tables]\nbureau = "bureau.csv"\n')
    data = found(folder)
    assert [file.name for file in data.files["bureau"]] == ["bureau.csv"]
    assert data.ignored == ("bureau.csv.gz",)


def test_files_may_have_any_name_that_tables_toml_gives_them(folder: Path):
    rename(folder, "bureau.csv", "credits.csv")
    rename(folder, "application.csv", "a.csv")
    (folder / "b.csv").write_bytes((folder / "a.csv").read_bytes())
    (folder / "tables.toml").write_text('[tables]\nbureau = "credits.csv"\napplication = ["b.csv", "a.csv"]\n')
    data = found(folder)
    assert [file.name for file in data.files["application"]] == ["a.csv", "b.csv"]
    assert data.files["bureau"][0].name == "credits.csv"
    assert data.ignored == ()


@pytest.mark.parametrize("name", ["credit.csv", "../bureau.csv", "/etc/passwd", "README.md"])
def test_a_named_source_must_be_a_table_file_inside_the_folder(folder: Path, name: str):
    (folder / "README.md").touch()
    (folder.parent / "bureau.csv").touch()
    (folder / "tables.toml").write_text(f'[tables]\nbureau = "{name}"\n')
    with pytest.raises(TableError, match=r"tables\.toml: \[tables\] names"):
        found(folder)


def test_a_configuration_may_lie_elsewhere(folder: Path, tmp_path: Path):
    elsewhere = tmp_path / "lender.toml"
    elsewhere.write_text('[columns.application]\nTARGET = "DEFAULTED"\n')
    assert found(folder, config=elsewhere).config.columns == {"application": {"TARGET": "DEFAULTED"}}


def test_part_files_lie_directly_in_the_folder_of_their_table(folder: Path):
    (folder / "bureau.csv").unlink()
    (folder / "bureau").mkdir()
    with pytest.raises(TableError, match=r"bureau: a folder of bureau without part files"):
        found(folder)
    (folder / "bureau" / "part-0.csv").touch()
    (folder / "bureau" / "README.md").touch()
    assert found(folder).ignored == ("bureau/README.md",)
    (folder / "bureau" / "year=2026").mkdir()
    with pytest.raises(TableError, match="one level only"):
        found(folder)


def test_one_part_in_two_formats_is_refused(folder: Path):
    (folder / "bureau.csv").unlink()
    (folder / "bureau").mkdir()
    for name in ("part-0.csv", "part-0.csv.gz"):
        (folder / "bureau" / name).touch()
    with pytest.raises(TableError, match=r"bureau/part-0\.csv, bureau/part-0\.csv\.gz"):
        found(folder)


def test_a_spark_folder_with_a_suffix_is_a_table(folder: Path):
    (folder / "bureau.csv").unlink()
    parts = folder / "bureau.parquet"
    parts.mkdir()
    (parts / "part-00000-c000.snappy.parquet").touch()
    (parts / "_SUCCESS").touch()
    assert [file.name for file in found(folder).files["bureau"]] == ["bureau.parquet/part-00000-c000.snappy.parquet"]


@pytest.mark.parametrize("name", ["bureau.csv", "bureau.parquet", "bureau.csv.gz", "Bureau"])
def test_a_folder_under_the_name_of_a_table_needs_part_files(folder: Path, name: str):
    (folder / "bureau.csv").unlink()
    (folder / name).mkdir()
    (folder / name / "_SUCCESS").touch()
    with pytest.raises(TableError, match=f"{name}: a folder of bureau without part files") as caught:
        found(folder)
    assert caught.value.rule == "file.no_parts"


def test_a_link_out_of_the_data_folder_is_refused(folder: Path, tmp_path: Path):
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (folder / "bureau.csv").rename(outside / "credits.csv")
    (folder / "bureau.csv").symlink_to(outside / "credits.csv")
    with pytest.raises(
        TableError, match=r"bureau\.csv: bureau\.csv is a link that leaves the data folder, to "
    ) as caught:
        found(folder)
    assert caught.value.rule == "file.outside"
    assert str(outside / "credits.csv") in str(caught.value)
    assert "Copy what it leads to into the data folder" in str(caught.value)


def test_a_linked_folder_of_parts_and_a_linked_part_are_refused_too(folder: Path, tmp_path: Path):
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (folder / "bureau.csv").rename(outside / "part-0.csv")
    (folder / "bureau").symlink_to(outside, target_is_directory=True)
    with pytest.raises(TableError, match=f"bureau: bureau is a link that leaves the data folder, to {outside}"):
        found(folder)
    (folder / "bureau").unlink()
    (folder / "bureau").mkdir()
    (folder / "bureau" / "part-0.csv").symlink_to("../../elsewhere/part-0.csv")
    with pytest.raises(TableError, match=r"bureau/part-0\.csv is a link that leaves") as caught:
        found(folder)
    assert caught.value.rule == "file.outside"


def test_a_file_below_a_linked_folder_that_tables_toml_names_is_refused(folder: Path, tmp_path: Path):
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (folder / "bureau.csv").rename(outside / "bureau.csv")
    (folder / "sub").symlink_to(outside, target_is_directory=True)
    (folder / "tables.toml").write_text('[tables]\nbureau = "sub/bureau.csv"\n')
    with pytest.raises(TableError, match=r"sub/bureau\.csv: sub is a link that leaves the data folder"):
        found(folder)


def test_links_inside_the_data_folder_are_followed_and_it_may_be_one_itself(folder: Path, tmp_path: Path):
    (folder / "store").mkdir()
    rename(folder, "bureau.csv", "store/credits.csv")
    (folder / "bureau.csv").symlink_to("store/credits.csv")
    rename(folder, "bureau_balance.csv", "store/part-0.csv")
    (folder / "balances").mkdir()
    rename(folder, "store/part-0.csv", "balances/part-0.csv")
    (folder / "bureau_balance").symlink_to("balances", target_is_directory=True)
    link = tmp_path / "link"
    link.symlink_to(folder, target_is_directory=True)
    for place in (folder, link):
        data = found(place)
        assert data.files["bureau"][0].name == "bureau.csv"
        assert data.files["bureau_balance"][0].name == "bureau_balance/part-0.csv"


@pytest.mark.parametrize("name", ["bureau.csv", "bureau"])
def test_a_link_to_nothing_is_told(folder: Path, name: str):
    (folder / "bureau.csv").unlink()
    (folder / name).symlink_to("nowhere.csv")
    with pytest.raises(TableError, match=f"{name}: a link to what is not there") as caught:
        found(folder)
    assert caught.value.rule == "file.dangling_link"


def test_a_link_in_a_circle_is_told(folder: Path):
    (folder / "bureau.csv").unlink()
    (folder / "bureau.csv").symlink_to("bureau.csv")
    with pytest.raises(TableError, match=r"bureau\.csv"):
        found(folder)


def test_a_pipe_is_no_file_and_is_not_waited_for(folder: Path):
    (folder / "bureau.csv").unlink()
    os.mkfifo(folder / "bureau.csv")
    with pytest.raises(TableError, match="neither a file nor a folder") as caught:
        found(folder)
    assert caught.value.rule == "file.special_file"


def test_what_is_no_folder_is_misuse(tmp_path: Path):
    with pytest.raises(UsageError, match="is no folder"):
        find_sources(tmp_path / "nowhere")


def test_accepted_tables_are_recognised(accept: Callable[..., AcceptedTables], book: Book):
    accepted = accept(book)
    again = find_sources(accepted.folder)
    assert again == accepted
    fewer = find_sources(accepted.folder, without=["credit_card_balance"])
    assert isinstance(fewer, AcceptedTables)
    assert "credit_card_balance" not in fewer.files
    assert fewer.digest != accepted.digest


def test_the_input_digest_follows_content_configuration_and_purpose(folder: Path):
    data = found(folder)
    digest = input_digest(data, purpose="train")
    assert digest == input_digest(found(folder), purpose="train")
    others = {
        input_digest(data, purpose="score"),
        input_digest(found(folder, without=["credit_card_balance"]), purpose="train"),
    }
    (folder / "tables.toml").write_text('[money]\nperiod = "month"\n')
    others.add(input_digest(found(folder), purpose="train"))
    (folder / "tables.toml").unlink()
    with (folder / "bureau.csv").open("a") as stream:
        stream.write("\n")
    others.add(input_digest(found(folder), purpose="train"))
    assert len(others) == 4
    assert digest not in others


def test_every_table_but_the_application_may_be_left_out():
    assert set(CHILD_TABLES) == set(TABLES) - {"application"}


def test_a_table_that_is_left_out_may_still_be_named_in_tables_toml(folder: Path):
    (folder / "tables.toml").write_text('[tables]\nbureau_balance = "balances.csv"\n')
    (folder / "bureau_balance.csv").unlink()
    with pytest.raises(TableError, match=r"balances\.csv"):
        find_sources(folder)
    assert "bureau_balance" not in found(folder, without=["bureau_balance"]).tables
