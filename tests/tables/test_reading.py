"""A file that changes while it is read gives one clear error, whatever the change breaks first."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from garant.exceptions import TableError
from garant.tables import csv_reader, judge, reading
from garant.tables.acceptance import accept_tables
from garant.tables.accepted import AcceptedTables
from garant.tables.chunk import Chunk
from garant.tables.config import ReadOptions
from garant.tables.judge import Judge
from garant.tables.reading import SourceReader, match_file
from garant.tables.schema import TABLES
from garant.tables.source_file import Format, SourceFile
from garant.tables.sources import DataFolder, find_sources

Book = dict[str, list[dict[str, str]]]
Accept = Callable[..., AcceptedTables]
Write = Callable[..., Path]


def rewrite_keeping_size_and_time(path: Path) -> None:
    status = path.stat()
    data = path.read_bytes()
    path.write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)


def put_another_in_its_place(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    status = path.stat()
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)


def append(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"x")


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


CHANGES = [rewrite_keeping_size_and_time, put_another_in_its_place, append, cut]


def meanwhile(monkeypatch: pytest.MonkeyPatch, table: str, change: Callable[[], object]) -> None:
    """Do something once, while the first rows of `table` are judged."""
    real, done = judge.Judge.judge, list[bool]()

    def judging(self: Judge, chunk: Chunk) -> judge.Judged:
        if self.schema.name == table and not done:
            done.append(True)
            change()
        return real(self, chunk)

    monkeypatch.setattr(judge.Judge, "judge", judging)


def refused(folder: Path) -> TableError:
    data = find_sources(folder)
    assert isinstance(data, DataFolder)
    with pytest.raises(TableError) as caught:
        accept_tables(data, folder.parent / "out", threads=1)
    assert not (folder.parent / "out").exists()
    return caught.value


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_any_change_while_it_is_read_refuses_the_file(
    book: Book, write: Write, monkeypatch: pytest.MonkeyPatch, suffix: str, change: Callable[[Path], None]
):
    folder = write(book, suffix)
    path = folder / f"bureau{suffix}"
    meanwhile(monkeypatch, "bureau", lambda: change(path))
    error = refused(folder)
    assert error.rule == "file.changed"
    assert str(error).startswith(f"bureau{suffix}: the file changed while it was being read. Start again when")


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
@pytest.mark.parametrize("table", ["bureau", "application"])
def test_a_file_removed_while_it_or_another_is_read_is_told(
    book: Book, write: Write, monkeypatch: pytest.MonkeyPatch, suffix: str, table: str
):
    folder = write(book, suffix)
    meanwhile(monkeypatch, table, (folder / f"bureau{suffix}").unlink)
    error = refused(folder)
    assert error.rule == "file.gone"
    assert str(error).startswith(f"bureau{suffix}: is not there any more.")


def test_a_change_that_breaks_rows_is_told_as_the_change(book: Book, write: Write, monkeypatch: pytest.MonkeyPatch):
    folder = write(book)
    path = folder / "bureau.csv"
    path.write_text(path.read_text() + "".join(f"100001,{6_000_000 + n},Active,-1,1.0,,\n" for n in range(100_000)))
    # Small blocks: most of the file is still to be read when it is cut in the middle of a row.
    monkeypatch.setattr(reading, "BLOCK_BYTES", 1 << 16)
    monkeypatch.setattr(csv_reader, "_HEADER_BYTES", 1 << 14)
    meanwhile(monkeypatch, "bureau", lambda: os.truncate(path, 1_500_007))
    assert refused(folder).rule == "file.changed"


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_columns_that_were_exchanged_after_they_were_matched_are_never_read(book: Book, write: Write, suffix: str):
    folder = write(book, suffix)
    path = folder / f"bureau_balance{suffix}"
    file = SourceFile("bureau_balance", path, path.name, Format(suffix))
    schema = TABLES["bureau_balance"]
    match = match_file(file, ReadOptions(), schema, renamed={})
    turned = [dict(reversed(row.items())) for row in book["bureau_balance"]]
    write({"bureau_balance": turned}, suffix)
    rows = Judge(schema, file.name, None, label_needed=False, is_text=suffix == ".csv")
    with pytest.raises(TableError, match="the file changed while it was being read"):
        list(SourceReader(file, ReadOptions(), match, rows, threads=1))


def test_a_quiet_file_is_read_to_its_end(book: Book, write: Write, accept: Accept):
    folder = write(book)
    path = folder / "bureau.csv.gz"
    path.write_bytes(gzip.compress((folder / "bureau.csv").read_bytes()))
    (folder / "bureau.csv").unlink()
    assert accept(folder).report.table("bureau").accepted == 30
