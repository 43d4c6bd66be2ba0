"""Accepted tables are opened only when they are what their manifest says."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from garant.exceptions import DataError, TableError
from garant.tables.accepted import AcceptedTables, is_accepted, open_accepted
from garant.tables.report import AcceptanceReport

Book = dict[str, list[dict[str, str]]]


@pytest.fixture
def accepted(accept: Callable[..., AcceptedTables], book: Book) -> AcceptedTables:
    book["bureau"][3]["DAYS_CREDIT"] = "x"
    return accept(book)


def rewrite(folder: Path, key: str, value: object) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest[key] = value
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_what_was_written_is_read_back(accepted: AcceptedTables):
    assert open_accepted(accepted.folder, verify=True) == accepted
    assert accepted.report.n_quarantined == 1
    assert accepted.report.rules[0].examples[0].value == "x"


def test_the_report_survives_json(accepted: AcceptedTables):
    said = json.loads(json.dumps(accepted.report.to_dict()))
    assert said["totals"] == {"rows": 210, "accepted": 208, "orphans": 1, "quarantined": 1}
    assert AcceptanceReport.from_dict(said) == accepted.report


def test_the_manifest_has_rows_bytes_and_digest_of_every_file(accepted: AcceptedTables):
    manifest = json.loads((accepted.folder / "manifest.json").read_text())
    on_disk = {path.relative_to(accepted.folder).as_posix() for path in accepted.folder.rglob("*") if path.is_file()}
    assert set(manifest["files"]) == on_disk - {"manifest.json"}
    assert manifest["files"]["quarantine/summary.csv"]["rows"] == 1
    assert manifest["files"]["quarantine/bureau.parquet"]["rows"] == 1
    assert accepted.quarantine("application") is None
    assert accepted.orphans("bureau_balance") is not None


@pytest.mark.parametrize("name", ["bureau/part-00000.parquet", "quarantine/bureau.parquet", "quarantine/summary.csv"])
def test_a_missing_file_is_noticed(accepted: AcceptedTables, name: str):
    (accepted.folder / name).unlink()
    with pytest.raises(TableError, match="is gone, although the manifest lists it"):
        open_accepted(accepted.folder)


def test_a_shortened_file_is_noticed(accepted: AcceptedTables):
    path = accepted.folder / "bureau" / "part-00000.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(TableError, match="It was changed"):
        open_accepted(accepted.folder)


def test_a_flipped_byte_is_noticed_when_content_is_verified(accepted: AcceptedTables):
    path = accepted.folder / "bureau" / "part-00000.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert open_accepted(accepted.folder).digest == accepted.digest
    with pytest.raises(TableError, match="It was changed"):
        open_accepted(accepted.folder, verify=True)


def test_another_format_is_refused(accepted: AcceptedTables):
    rewrite(accepted.folder, "format_version", 99)
    with pytest.raises(DataError, match="accepted tables of format 99"):
        open_accepted(accepted.folder)
    rewrite(accepted.folder, "format", "something else")
    with pytest.raises(DataError, match="holds no accepted tables"):
        open_accepted(accepted.folder)
    assert not is_accepted(accepted.folder)


@pytest.mark.parametrize(("key", "value"), [("report", {"files": 3}), ("config", {"money": 3}), ("tables", None)])
def test_a_damaged_manifest_is_refused(accepted: AcceptedTables, key: str, value: object):
    rewrite(accepted.folder, key, value)
    with pytest.raises(DataError, match=r"manifest\.json: damaged"):
        open_accepted(accepted.folder)


def test_a_folder_without_a_readable_manifest_holds_no_accepted_tables(tmp_path: Path):
    assert not is_accepted(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    assert not is_accepted(tmp_path)
    with pytest.raises(DataError, match="holds no accepted tables"):
        open_accepted(tmp_path)
