"""`garant manifest write` and `verify`, as a shell runs them."""

import csv
import hashlib
import io
import json
from pathlib import Path

import pytest

from garant.cli.app import run
from garant.tables.manifest import MANIFEST_NAME
from garant.tables.schema import TABLES


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """One row of only required cells in each table."""
    folder = tmp_path / "export"
    folder.mkdir()
    cells = {"id": "1", "label": "1", "category": "C", "money": "1.5", "months": "-1", "days": "-9000"}
    for name, schema in TABLES.items():
        columns = [column for column in schema.columns if column.required]
        row = [cells.get(column.kind.value, "1") for column in columns]
        (folder / f"{name}.csv").write_text(f"{','.join(c.name for c in columns)}\n{','.join(row)}\n")
    return folder


def test_write_lists_every_file_and_verify_agrees(data: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["manifest", "write", str(data)]) == 0
    said = capsys.readouterr().out
    assert said.split()[:5] == ["file", "table", "rows", "bytes", "sha256"]
    assert f"Written: {data / MANIFEST_NAME}" in said
    assert run(["manifest", "verify", str(data)]) == 0
    assert "All files are those of the manifest." in capsys.readouterr().out
    assert run(["manifest", "write", str(data)]) == 0
    assert "The same manifest stood there already" in capsys.readouterr().out


def test_rows_are_printed_for_programs_too(data: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["manifest", "write", str(data), "--output", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["rows"] for entry in listed] == [1] * 7
    assert run(["manifest", "verify", str(data), "--output", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["file"]: row["sha256"] for row in rows} == {entry["file"]: entry["sha256"] for entry in listed}


def test_verify_names_every_difference_and_ends_with_three(data: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["manifest", "write", str(data)]) == 0
    with (data / "bureau.csv").open("a") as stream:
        stream.write("1,2,C,-9,1.5,1.5\n")
    (data / "application.csv").rename(data / "application_train.csv")
    (data / "bureau_balance.csv").write_bytes(b"")
    capsys.readouterr()
    assert run(["manifest", "verify", str(data)]) == 3
    said = capsys.readouterr().err
    for part in (
        "bureau.csv has 2 rows instead of 1",
        "bureau.csv has another content",
        "application_train.csv is not listed",
        "application.csv is listed but not here",
        "bureau_balance.csv cannot be read: the file is empty",
    ):
        assert part in said


def test_a_manifest_that_says_something_else_is_kept_until_asked(data: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["manifest", "write", str(data)]) == 0
    before = (data / MANIFEST_NAME).read_bytes()
    with (data / "bureau.csv").open("a") as stream:
        stream.write("\n")
    assert run(["manifest", "write", str(data)]) == 2
    assert "add --overwrite" in capsys.readouterr().err
    assert (data / MANIFEST_NAME).read_bytes() == before
    assert run(["manifest", "write", str(data), "--overwrite"]) == 0
    assert run(["manifest", "verify", str(data)]) == 0
    (data / MANIFEST_NAME).write_text("no manifest")
    assert run(["manifest", "write", str(data)]) == 2
    assert run(["manifest", "write", str(data), "--overwrite"]) == 0


def test_a_table_that_is_not_sent_is_left_out_of_both(data: Path, capsys: pytest.CaptureFixture[str]):
    (data / "credit_card_balance.csv").unlink()
    assert run(["manifest", "write", str(data)]) == 3
    assert "--without credit_card_balance" in capsys.readouterr().err
    assert run(["manifest", "write", str(data), "--without", "credit_card_balance"]) == 0
    assert run(["manifest", "verify", str(data), "--without", "credit_card_balance"]) == 0


def test_without_a_manifest_verify_says_how_to_make_one(data: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["manifest", "verify", str(data)]) == 2
    assert "garant manifest write" in capsys.readouterr().err


def test_a_file_that_is_no_table_is_not_listed(data: Path, capsys: pytest.CaptureFixture[str]):
    (data / "bureau.csv").write_bytes(b"<html></html>")
    assert run(["manifest", "write", str(data)]) == 3
    assert "bureau.csv: this is a web page" in capsys.readouterr().err
    assert not (data / MANIFEST_NAME).exists()


@pytest.mark.parametrize("command", [["check"], ["check", "--for", "score"]])
def test_every_reading_command_refuses_files_that_were_changed(
    data: Path, command: list[str], capsys: pytest.CaptureFixture[str]
):
    assert run(["manifest", "write", str(data)]) == 0
    path = data / "POS_CASH_balance.csv"
    path.write_text(path.read_text().replace("-1", "-2"))
    assert run([*command, str(data)]) == 3
    assert "POS_CASH_balance.csv has another content" in capsys.readouterr().err


def test_tables_that_are_missing_hide_no_other_difference(data: Path, capsys: pytest.CaptureFixture[str]):
    parts = data / "previous_application"
    parts.mkdir()
    (data / "previous_application.csv").rename(parts / "part-0.csv")
    assert run(["manifest", "write", str(data)]) == 0
    (data / "bureau_balance.csv").unlink()
    (parts / "part-0.csv").unlink()
    (data / "credit_card_balance.csv.gz").write_bytes(b"")
    path = data / "POS_CASH_balance.csv"
    was = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_text(path.read_text().replace("-1", "-2"))
    now = hashlib.sha256(path.read_bytes()).hexdigest()
    capsys.readouterr()
    for command in (["manifest", "verify"], ["check"]):
        assert run([*command, str(data)]) == 3
        said = capsys.readouterr().err
        assert "the files are not those that were listed" in said
        assert "bureau_balance.csv is listed but not here" in said
        assert "previous_application/part-0.csv is listed but not here" in said
        assert "credit_card_balance.csv.gz is not listed" in said
        assert f"{path.name} has another content (sha256 {now[:12]}… instead of {was[:12]}…)" in said


def test_a_table_that_neither_the_folder_nor_the_manifest_has_is_still_missing(
    data: Path, capsys: pytest.CaptureFixture[str]
):
    (data / "bureau_balance.csv").unlink()
    assert run(["manifest", "write", str(data), "--without", "bureau_balance"]) == 0
    capsys.readouterr()
    for command in (["manifest", "verify"], ["check"]):
        assert run([*command, str(data)]) == 3
        assert "tables are missing: bureau_balance" in capsys.readouterr().err


def test_rows_of_a_table_left_out_are_not_shown_as_verified(data: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["manifest", "write", str(data)]) == 0
    (data / "bureau_balance.csv").unlink()
    capsys.readouterr()
    assert run(["manifest", "verify", str(data), "--without", "bureau_balance", "--output", "json"]) == 0
    shown = {entry["table"] for entry in json.loads(capsys.readouterr().out)}
    assert shown == set(TABLES) - {"bureau_balance"}


@pytest.mark.parametrize("command", ["write", "verify"])
def test_the_help_of_without_speaks_of_files_and_not_of_features(command: str, capsys: pytest.CaptureFixture[str]):
    assert run(["manifest", command, "--help"]) == 0
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "neither required, listed nor compared" in said
    assert "features are left out" not in said
