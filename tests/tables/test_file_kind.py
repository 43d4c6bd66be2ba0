"""What a file is by its first bytes."""

import bz2
import gzip
import io
import lzma
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.exceptions import TableError
from garant.tables.config import ReadOptions
from garant.tables.parquet_reader import open_parquet
from garant.tables.source_file import Format, SourceFile
from garant.tables.stream import open_text

TEXT = b"SK_ID_BUREAU,MONTHS_BALANCE,STATUS\n1,0,C\n"


def zipped(name: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, TEXT)
    return stream.getvalue()


def parquet() -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table({"a": [1]}), stream)
    return stream.getvalue()


def refused(tmp_path: Path, data: bytes, suffix: str) -> TableError:
    path = tmp_path / f"bureau{suffix}"
    path.write_bytes(data)
    file = SourceFile("bureau", path, path.name, Format(suffix))
    with pytest.raises(TableError) as caught:  # noqa: PT012 - a file is opened in one of two ways
        if suffix == ".parquet":
            with open_parquet(file):
                pass
        else:
            with open_text(file, ReadOptions()) as text:
                text.read(1 << 20)
    assert str(caught.value).startswith(f"bureau{suffix}: ")
    return caught.value


FOREIGN = {
    "empty_file": b"",
    "web_page": b"\xef\xbb\xbf\n <!DOCTYPE html><html></html>",
    "lfs_pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
    "zip_file": zipped("bureau.csv"),
    "spreadsheet": zipped("[Content_Types].xml"),
    "packed_file": bz2.compress(TEXT),
}


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
@pytest.mark.parametrize("rule", FOREIGN)
def test_what_is_no_table_is_told_whatever_its_name_says(tmp_path: Path, rule: str, suffix: str):
    assert refused(tmp_path, FOREIGN[rule], suffix).rule == f"file.{rule}"


@pytest.mark.parametrize(
    ("data", "suffix", "rule"),
    [
        (TEXT, ".parquet", "not_parquet"),
        (TEXT, ".csv.gz", "plain_file"),
        (gzip.compress(TEXT), ".csv", "gzip_file"),
        (gzip.compress(TEXT), ".parquet", "gzip_file"),
        (parquet(), ".csv", "parquet_file"),
        (parquet(), ".csv.gz", "parquet_file"),
        (gzip.compress(gzip.compress(TEXT)), ".csv.gz", "packed_twice"),
        (gzip.compress(zipped("bureau.csv")), ".csv.gz", "zip_file"),
        (gzip.compress(b"<html></html>"), ".csv.gz", "web_page"),
        (lzma.compress(TEXT), ".csv", "packed_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".csv", "spreadsheet"),
    ],
)
def test_a_file_under_the_name_of_another_format_is_told(tmp_path: Path, data: bytes, suffix: str, rule: str):
    assert refused(tmp_path, data, suffix).rule == f"file.{rule}"


def test_a_file_that_may_not_be_read_asks_for_the_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "bureau.csv").write_bytes(TEXT)
    monkeypatch.setattr(Path, "open", forbidden)
    for suffix in (".csv", ".parquet"):
        file = SourceFile("bureau", tmp_path / f"bureau{suffix}", f"bureau{suffix}", Format(suffix))
        with pytest.raises(TableError, match="Permission denied") as caught:  # noqa: PT012
            if suffix == ".csv":
                with open_text(file, ReadOptions()):
                    pass
            else:
                with open_parquet(file):
                    pass
        assert caught.value.rule == "file.no_permission"
