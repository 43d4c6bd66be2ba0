"""Files that are no table at all, or something else than their name says: refused, and told what they are."""

import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

TEXT = (".csv", ".csv.gz")


def zipped(name: str, data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, data)
    return stream.getvalue()


def parquet() -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"SK_ID_BUREAU": [5_000_001]}), sink)
    return sink.getvalue().to_pybytes()


def spoiled_page(data: bytes) -> bytes:
    """Turn a byte of the middle of the first column's data, which the page's checksum covers."""
    column = pq.ParquetFile(io.BytesIO(data)).metadata.row_group(0).column(0)
    start = column.dictionary_page_offset or column.data_page_offset
    at = start + column.total_compressed_size // 2
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


CASES: dict[str, dict[str, Any]] = {
    "an empty file": {
        "do": lambda x: x.stored("bureau", lambda _: b""),
        "refused": "file.empty_file",
        "says": ["bureau", "empty", "Export it again"],
    },
    "gzip of nothing": {
        "do": lambda x: x.text("bureau", lambda _: b""),
        "formats": (".csv.gz",),
        "refused": "file.empty_file",
        "says": ["bureau.csv.gz"],
    },
    "nothing but blank lines": {
        "do": lambda x: x.text("bureau", lambda _: b"\n\r\n\n"),
        "formats": TEXT,
        "refused": "file.empty_file",
    },
    "a web page": {
        "do": lambda x: x.stored("bureau", lambda _: b"<!DOCTYPE html>\n<html><body>Sign in</body></html>"),
        "formats": TEXT,
        "refused": "file.web_page",
        "says": ["bureau", "Download the file itself"],
    },
    "a web page that begins with a blank line": {
        "do": lambda x: x.stored("bureau", lambda _: b"\n  <html><body>Sign in, please</body></html>"),
        "formats": (".csv",),
        "refused": "file.web_page",
    },
    "a Git LFS pointer": {
        "do": lambda x: x.stored(
            "bureau", lambda _: b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 170016717\n"
        ),
        "refused": "file.lfs_pointer",
        "says": ["bureau", "git lfs pull"],
    },
    "a zip archive under the name of a CSV": {
        "do": lambda x: x.stored("bureau", lambda data: zipped("bureau.csv", data)),
        "formats": (".csv",),
        "refused": "file.zip_file",
        "says": ["bureau.csv", "Unzip"],
    },
    "a spreadsheet under the name of a CSV": {
        "do": lambda x: x.stored("bureau", lambda _: zipped("xl/workbook.xml", b"<workbook/>")),
        "formats": (".csv",),
        "refused": "file.spreadsheet",
        "says": ["bureau.csv", "CSV"],
    },
    "another packing than gzip": {
        "do": lambda x: x.stored("bureau", lzma.compress),
        "formats": (".csv",),
        "refused": "file.packed_file",
        "says": ["bureau.csv", "xz"],
    },
    "gzip inside gzip": {
        "do": lambda x: x.stored("bureau", lambda data: gzip.compress(data, mtime=0)),
        "formats": (".csv.gz",),
        "refused": "file.packed_twice",
        "says": ["bureau.csv.gz"],
    },
    "gzip bytes under a plain name": {
        "do": lambda x: x.stored("bureau", lambda data: gzip.compress(data, mtime=0)),
        "formats": (".csv",),
        "refused": "file.gzip_file",
        "says": ["bureau.csv", "Name it .csv.gz"],
    },
    "plain text under the name of a gzip": {
        "do": lambda x: x.stored("bureau", gzip.decompress),
        "formats": (".csv.gz",),
        "refused": "file.plain_file",
        "says": ["bureau.csv.gz", "Name it .csv"],
    },
    "Parquet under the name of a CSV": {
        "do": lambda x: x.stored("bureau", lambda _: parquet()),
        "formats": (".csv",),
        "refused": "file.parquet_file",
        "says": ["bureau.csv", "Name it .parquet"],
    },
    "a CSV under the name of a Parquet": {
        "do": lambda x: x.stored("bureau", lambda _: b"SK_ID_CURR,SK_ID_BUREAU\n1,2\n"),
        "formats": (".parquet",),
        "refused": "file.not_parquet",
        "says": ["bureau.parquet"],
    },
    "a truncated gzip": {
        "do": lambda x: x.stored("bureau", lambda data: data[: len(data) * 2 // 3]),
        "formats": (".csv.gz",),
        "refused": "file.unreadable",
        "says": ["bureau.csv.gz", "cut or damaged"],
    },
    "a gzip that lacks its last byte": {
        "do": lambda x: x.stored("bureau", lambda data: data[:-1]),
        "formats": (".csv.gz",),
        "refused": "file.unreadable",
        "says": ["bureau.csv.gz"],
    },
    "a gzip with a wrong check sum": {
        "do": lambda x: x.stored("bureau", lambda data: data[:-8] + b"\0\0\0\0" + data[-4:]),
        "formats": (".csv.gz",),
        "refused": "file.unreadable",
        "says": ["bureau.csv.gz"],
    },
    "a truncated Parquet": {
        "do": lambda x: x.stored("bureau", lambda data: data[: len(data) * 2 // 3]),
        "formats": (".parquet",),
        "refused": "file.unreadable",
        "says": ["bureau.parquet", "cut or damaged"],
    },
    "a Parquet with a spoiled page": {
        "do": lambda x: x.stored("bureau", spoiled_page),
        "formats": (".parquet",),
        "refused": "file.unreadable",
        "says": ["bureau.parquet"],
    },
    "a Parquet with a spoiled footer": {
        "do": lambda x: x.stored("bureau", lambda data: data[:-200] + bytes(150) + data[-50:]),
        "formats": (".parquet",),
        "refused": "file.unreadable",
        "says": ["bureau.parquet"],
    },
    "a header-only table of applicants": {
        "do": lambda x: x.empty("application"),
        "refused": "file.no_rows",
        "says": ["application", "no applicant"],
    },
}


def test_what_is_no_table_is_refused(case: dict[str, Any], suffix: str, run_case: Callable[..., None]):
    run_case(case, suffix)
