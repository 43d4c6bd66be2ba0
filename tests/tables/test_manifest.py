"""The manifest beside the data: compared before anything is parsed, and once more after."""

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from garant.exceptions import TableError
from garant.runs.manifest import write as write_manifest
from garant.tables import manifest
from garant.tables.acceptance import accept_tables
from garant.tables.accepted import AcceptedTables
from garant.tables.manifest import MANIFEST_NAME, read_manifest
from garant.tables.sources import DataFolder, find_sources, input_digest

Book = dict[str, list[dict[str, str]]]
Accept = Callable[..., AcceptedTables]
Write = Callable[..., Path]


@pytest.fixture(params=[".csv", ".csv.gz", ".parquet"])
def listed(book: Book, write: Write, request: pytest.FixtureRequest) -> Path:
    """A data folder with its manifest."""
    folder = write(book, request.param)
    write_manifest(folder)
    return folder


def only(folder: Path, table: str) -> Path:
    return next(path for path in folder.iterdir() if path.name.startswith(f"{table}."))


def refused(folder: Path, *, without: tuple[str, ...] = ()) -> str:
    with pytest.raises(TableError) as caught:
        find_sources(folder, without=without)
    assert caught.value.rule == "file.manifest"
    assert str(caught.value).startswith(f"{MANIFEST_NAME}: the files are not those that were listed: ")
    assert "Copy them again" in str(caught.value)
    assert "garant manifest write DATA --overwrite" in caught.value.french
    return str(caught.value)


def change(folder: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    path = folder / MANIFEST_NAME
    said = json.loads(path.read_text())
    edit(said)
    path.write_text(json.dumps(said))


def test_the_manifest_lists_what_an_independent_count_finds(listed: Path, book: Book):
    said = json.loads((listed / MANIFEST_NAME).read_text())
    assert (said["format"], said["version"]) == ("garant-manifest", 1)
    assert {entry["table"]: entry["rows"] for entry in said["files"].values()} == {
        table: len(rows) for table, rows in book.items()
    }
    for name, entry in said["files"].items():
        data = (listed / name).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


def test_files_that_agree_are_read_and_the_manifest_is_no_stray_file(accept: Accept, listed: Path):
    data = find_sources(listed)
    assert isinstance(data, DataFolder)
    assert data.ignored == ()
    assert accept(listed).report.n_accepted == 210


def test_the_digest_of_the_input_is_the_same_with_and_without_a_manifest(listed: Path):
    with_it = find_sources(listed)
    (listed / MANIFEST_NAME).unlink()
    without_it = find_sources(listed)
    assert isinstance(with_it, DataFolder)
    assert isinstance(without_it, DataFolder)
    assert input_digest(with_it, purpose="train") == input_digest(without_it, purpose="train")


def test_a_file_that_was_cut_or_grew_is_refused_by_its_bytes(listed: Path):
    path = only(listed, "bureau")
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-1])
    assert f"{path.name} has {size - 1} bytes instead of {size}" in refused(listed)


def test_one_flipped_byte_is_refused_before_anything_is_parsed(listed: Path):
    path = only(listed, "credit_card_balance")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert f"{path.name} has another content (sha256 {hashlib.sha256(data).hexdigest()[:12]}…" in refused(listed)


def test_every_difference_is_named_at_once(listed: Path):
    only(listed, "POS_CASH_balance").unlink()
    for name in ("bureau", "bureau_balance"):
        path = only(listed, name)
        path.write_bytes(path.read_bytes() + b"\n")
    message = refused(listed, without=("POS_CASH_balance",))
    assert f"{only(listed, 'bureau').name} has" in message
    assert f"{only(listed, 'bureau_balance').name} has" in message
    assert "POS_CASH" not in message


def test_a_table_file_that_is_listed_and_absent_or_there_and_not_listed_is_refused(listed: Path):
    gone = only(listed, "bureau")
    parts = listed / "bureau"
    parts.mkdir()
    gone.rename(parts / gone.name)
    message = refused(listed)
    assert f"bureau/{gone.name} is not listed" in message
    assert f"{gone.name} is listed but not here" in message


def test_a_table_left_out_is_passed_over(listed: Path):
    only(listed, "credit_card_balance").unlink()
    data = find_sources(listed, without=["credit_card_balance"])
    assert isinstance(data, DataFolder)


def test_a_file_listed_as_another_table_is_refused(listed: Path):
    name = only(listed, "bureau").name
    change(listed, lambda said: said["files"][name].update(table="application"))
    assert f"{name} is listed as application, here it is bureau" in refused(listed)


def test_rows_are_compared_when_they_have_been_read(accept: Accept, listed: Path, tmp_path: Path):
    name = only(listed, "previous_application").name
    change(listed, lambda said: said["files"][name].update(rows=29))
    with pytest.raises(TableError, match=f"{name} has 30 rows instead of 29") as caught:
        accept(listed)
    assert caught.value.rule == "file.manifest"
    assert not (tmp_path / "accepted").exists()


def test_a_file_replaced_after_it_was_verified_is_noticed(book: Book, write: Write):
    folder = write(book)
    write_manifest(folder)
    data = find_sources(folder)
    path = folder / "bureau.csv"
    path.write_text(path.read_text().replace("-400", "-401"))
    assert isinstance(data, DataFolder)
    with pytest.raises(TableError, match=r"bureau\.csv has another content"):
        accept_tables(data, folder.parent / "out", threads=1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": "garant-manifest", "version": 2, "files": {}}',
        '{"format": "other", "version": 1, "files": {}}',
        '{"format": "garant-manifest", "version": 1, "files": {"a": {"rows": 1}}}',
        '{"format": "garant-manifest", "version": 1, "files": {"a": {"table": "x", "rows": -1, "bytes": 1}}}',
    ],
)
def test_what_is_no_manifest_is_refused_not_passed_over(book: Book, write: Write, text: str):
    folder = write(book)
    (folder / MANIFEST_NAME).write_text(text)
    with pytest.raises(TableError, match="no manifest that this version of garant reads") as caught:
        find_sources(folder)
    assert caught.value.rule == "file.manifest_format"


def test_without_the_file_there_is_no_manifest(tmp_path: Path):
    assert read_manifest(tmp_path) is None


def test_progress_is_told_in_bytes_of_each_file(listed: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(manifest, "_CHUNK", 100)
    told: list[tuple[str, int, int]] = []
    find_sources(listed, progress=lambda *step: told.append(step))
    sizes = {f"verify {path.name}": path.stat().st_size for path in listed.iterdir() if path.name != MANIFEST_NAME}
    assert {step for step, _, _ in told} == set(sizes)
    assert all(total == sizes[step] and done <= total for step, done, total in told)
    assert {step: done for step, done, _ in told} == sizes


def test_a_file_that_goes_away_while_it_is_compared_is_told(listed: Path):
    path = only(listed, "bureau")

    def removing(step: str, _done: int, _total: int) -> None:
        if path.exists() and step.endswith("application" + "".join(path.suffixes)):
            path.unlink()

    with pytest.raises(TableError, match="is not there any more"):
        find_sources(listed, progress=removing)


def test_blank_lines_are_no_rows_of_the_manifest(accept: Accept, book: Book, write: Write):
    folder = write(book)
    for name, data in {
        "bureau_balance.csv": b"\n\nSK_ID_BUREAU,MONTHS_BALANCE,STATUS\r\n\r\n5000001,0,C\r\n\r\n\r\n5000002,0,C\n\n",
        "bureau.csv": (folder / "bureau.csv").read_bytes().replace(b"Active", b'"Act\n\nive"'),
    }.items():
        (folder / name).write_bytes(data)
    (folder / "POS_CASH_balance.csv").rename(folder / "POS_CASH_balance.csv.gz")
    path = folder / "POS_CASH_balance.csv.gz"
    path.write_bytes(gzip.compress(b"\n" + path.read_bytes().replace(b"\n", b"\n\n")))
    written = write_manifest(folder).manifest.files
    counts = {name: written[name].rows for name in ("bureau_balance.csv", "bureau.csv", "POS_CASH_balance.csv.gz")}
    assert counts == {"bureau_balance.csv": 2, "bureau.csv": 30, "POS_CASH_balance.csv.gz": 30}
    assert {file.file: file.rows for file in accept(folder).report.files} == {n: e.rows for n, e in written.items()}
