"""What is kept of the tables that were read, and under which content."""

import shutil
from pathlib import Path

import pytest

from garant.exceptions import BundleTablesError, TableError
from garant.runs.accept import KEPT_FOLDERS, accepted_tables, tables_for_bundle
from garant.settings import Settings
from garant.tables.accepted import AcceptedTables
from garant.tables.schema import TABLES
from garant.tables.synthetic import generate


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lender") / "raw"
    generate(folder, scale=0.001, seed=7, file_format="csv")
    return folder


def test_a_file_that_changes_before_it_is_read_is_kept_under_no_content(raw: Path, tmp_path: Path):
    data, changed = tmp_path / "raw", list[str]()
    shutil.copytree(raw, data)

    def progress(step: str, _done: int, _total: int) -> None:
        # The applications are being read: every file has its digest by now, the cards were not opened yet.
        if "application" in step and not changed:
            lines = (data / "credit_card_balance.csv").read_text("utf-8").splitlines(keepends=True)
            (data / "credit_card_balance.csv").write_text("".join(lines[:-1]), "utf-8")
            changed.append(step)

    settings = Settings(cache_folder=tmp_path / "cache")
    with pytest.raises(TableError, match=r"credit_card_balance\.csv: the file changed") as caught:
        accepted_tables(data, purpose="train", settings=settings, progress=progress)
    assert changed
    assert caught.value.rule == "file.changed"
    assert list((tmp_path / "cache" / "accepted").iterdir()) == []
    again = accepted_tables(data, purpose="train", settings=settings)
    assert accepted_tables(data, purpose="train", settings=settings).digest == again.digest


@pytest.mark.parametrize("renamed", [None, "credit_balance.csv"])
def test_a_table_that_the_bundle_needs_is_not_advised_away(raw: Path, tmp_path: Path, renamed: str | None):
    data = tmp_path / "raw"
    shutil.copytree(raw, data)
    table = data / "credit_card_balance.csv"
    table.rename(data / (renamed or "notes.txt"))
    with pytest.raises(BundleTablesError, match="trained with credit_card_balance") as caught:
        tables_for_bundle(data, list(TABLES), without=(), settings=Settings(cache_folder=tmp_path / "cache"))
    said = str(caught.value)
    assert "--without" not in said
    assert "Add credit_card_balance to the data" in said
    assert ('[tables] credit_card_balance = "credit_balance.csv"' in said) == (renamed is not None)


def test_a_table_that_the_bundle_does_without_is_left_out_by_the_option(raw: Path, tmp_path: Path):
    data, trained_on = tmp_path / "raw", [name for name in TABLES if name != "credit_card_balance"]
    shutil.copytree(raw, data)
    (data / "credit_card_balance.csv").unlink()
    with pytest.raises(TableError, match="--without credit_card_balance"):
        tables_for_bundle(data, trained_on, without=(), settings=Settings(cache_folder=tmp_path / "cache"))


def test_tables_that_somebody_uses_stay_when_others_are_cleared_away(raw: Path, tmp_path: Path):
    settings = Settings(cache_folder=tmp_path / "cache")

    def accept(number: int) -> AcceptedTables:
        data = tmp_path / f"raw-{number}"
        shutil.copytree(raw, data)
        lines = (data / "POS_CASH_balance.csv").read_text("utf-8").splitlines(keepends=True)
        (data / "POS_CASH_balance.csv").write_text("".join(lines[: -1 - number]), "utf-8")
        return accepted_tables(data, purpose="score", settings=settings)

    used = accept(0)
    folders = [accept(number).folder for number in range(1, KEPT_FOLDERS + 2)]
    assert used.folder.exists()
    assert [folder.exists() for folder in folders[:2]] == [False, True]
    folder = used.folder
    del used
    accept(KEPT_FOLDERS + 2)
    assert not folder.exists()
