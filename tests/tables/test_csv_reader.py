"""Delimited text: every physical row is accounted for, with its physical line."""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from garant.exceptions import ReconciliationError, TableError
from garant.tables import csv_reader
from garant.tables.chunk import Chunk
from garant.tables.config import ReadOptions
from garant.tables.csv_reader import count_rows, open_blocks, read_block, read_header
from garant.tables.reading import match_file
from garant.tables.rules import Code
from garant.tables.schema import TABLES
from garant.tables.source_file import Format, SourceFile

HEADER = "SK_ID_BUREAU,MONTHS_BALANCE,STATUS\n"

SCHEMA = TABLES["bureau_balance"]

Read = Callable[..., list[Chunk]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read the bytes of a file of bureau_balance."""

    def chunks(text: str | bytes, suffix: str = ".csv", size: int = 1 << 20, **options: str) -> list[Chunk]:
        path = tmp_path / f"bureau_balance{suffix}"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        file = SourceFile("bureau_balance", path, path.name, Format(suffix))
        read = ReadOptions.model_validate(options)
        match = match_file(file, read, SCHEMA, renamed={})
        header = read_header(file, read)
        with open_blocks(file, read, header, size=size) as (_, blocks):
            return [read_block(block, file, read, SCHEMA, match) for block in blocks]

    return chunks


def statuses(chunks: list[Chunk]) -> list[str | None]:
    return [value for chunk in chunks for value in chunk.cells["STATUS"].to_pylist()]


def lines(chunks: list[Chunk]) -> list[int]:
    return [line for chunk in chunks for line in chunk.lines.tolist()]


def lost(chunks: list[Chunk]) -> list[tuple[int, Code, str]]:
    return [(row.line, row.code, row.raw) for chunk in chunks for row in chunk.lost]


def n_physical(chunks: list[Chunk]) -> int:
    return sum(chunk.n_physical for chunk in chunks)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last_end", [True, False])
def test_any_line_end_is_read_and_the_last_one_is_optional(read: Read, end: str, last_end: bool):  # noqa: FBT001 - a parameter
    text = end.join([HEADER.strip(), "1,0,a", "2,0,b", "3,0,c"]) + (end if last_end else "")
    chunks = read(text)
    assert (statuses(chunks), lines(chunks), n_physical(chunks)) == (["a", "b", "c"], [2, 3, 4], 3)


def test_blank_lines_are_no_rows_and_shift_no_line_number(read: Read):
    chunks = read(f"\n\n{HEADER}\n1,0,a\n\n\n2,0,b\n\n")
    assert (statuses(chunks), lines(chunks), n_physical(chunks)) == (["a", "b"], [5, 8], 2)


def test_quoted_line_breaks_do_not_shift_line_numbers(read: Read):
    chunks = read(f'{HEADER}1,0,"a\nb"\n2,0,"c\r\n\r\nd"\n3,x,e\n')
    assert statuses(chunks) == ["a\nb", "c\r\n\r\nd", "e"]
    assert lines(chunks) == [2, 4, 7]
    assert chunks[0].raw(np.array([2])) == ["3,x,e"]


@pytest.mark.parametrize("size", [40, 64, 200, 1 << 20])
def test_the_size_of_blocks_changes_nothing(read: Read, size: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(csv_reader, "_HEADER_BYTES", 64)
    rows = [f'{n},-{n % 7},"x{n}\ny"' if n % 5 == 0 else f"{n},-{n % 7},é{n}" for n in range(1, 200)]
    rows[100] = "101,1"
    chunks = read(HEADER + "\n".join(rows) + "\n", size=size)
    assert len(statuses(chunks)) == 198
    assert n_physical(chunks) == 199
    n_breaks_before = [sum(m % 5 == 0 for m in range(1, n)) for n in range(1, 200)]
    expected = [1 + n + n_breaks_before[n - 1] for n in range(1, 200)]
    assert lines(chunks) == expected[:100] + expected[101:]
    assert lost(chunks) == [(expected[100], Code.FIELDS, "101,1")]


def test_rows_with_a_wrong_number_of_cells_are_lost_alone(read: Read):
    chunks = read(f"{HEADER}1,0,a\n2,0\n3,0,c,d\n4,0,e\n   \n6,0,f\n")
    assert (statuses(chunks), lines(chunks)) == (["a", "e", "f"], [2, 5, 7])
    assert lost(chunks) == [(3, Code.FIELDS, "2,0"), (4, Code.FIELDS, "3,0,c,d"), (6, Code.FIELDS, "   ")]
    assert n_physical(chunks) == 6


def test_stray_quotes_and_nul_bytes_are_lost_alone(read: Read):
    chunks = read(f'{HEADER}1,0,a\n2,0,5" pipe\n3,0,"c"d\n4,0,e\0\n5,0,"f"\n')
    assert (statuses(chunks), lines(chunks)) == (["a", "f"], [2, 6])
    assert [(line, code) for line, code, _ in lost(chunks)] == [(3, Code.QUOTE), (4, Code.QUOTE), (5, Code.NUL)]


def test_a_lone_carriage_return_ends_a_line(read: Read):
    chunks = read(f"{HEADER}1,0,a\r2,0,b\n3,0\r,c\n4,0,d\n")
    assert (statuses(chunks), lines(chunks)) == (["a", "b", "d"], [2, 3, 6])
    assert [line for line, _, _ in lost(chunks)] == [4, 5]


def test_words_for_nothing_are_null_quoted_or_not(read: Read):
    chunks = read(f'{HEADER}1,0,\n2,0,""\n3,0,NaN\n4,0,NA\n5,0,"NULL"\n6,0,nan\n7,0,None\n')
    assert statuses(chunks) == [None] * 6 + ["None"]


def test_a_delimiter_inside_quotes_is_text(read: Read):
    assert statuses(read(f'{HEADER}1,0,"Stone, brick"\n2,0,"say ""hi"""\n')) == ["Stone, brick", 'say "hi"']


def test_the_header_may_be_quoted_and_marked_by_a_byte_order_mark(read: Read):
    chunks = read('\ufeff"SK_ID_BUREAU" , months_balance,"STATUS"\n1,0,é\n')
    assert statuses(chunks) == ["é"]


@pytest.mark.parametrize(
    ("encoding", "text"), [("cp1252", "Prêt €"), ("utf-16", "Prêt €"), ("utf-8-sig", "Prêt €"), ("latin-1", "Prêt")]
)
def test_other_encodings_are_read_when_they_are_declared(read: Read, encoding: str, text: str):
    chunks = read(f"{HEADER}1,0,{text}\n".encode(encoding), encoding=encoding)
    assert (statuses(chunks), lines(chunks)) == ([text], [2])


def test_another_delimiter_is_read_when_it_is_declared(read: Read):
    assert statuses(read((HEADER + "1,0,a\n").replace(",", "\t"), delimiter="\t")) == ["a"]


REFUSED: list[tuple[str | bytes, str, str, str]] = [
    (b"", ".csv", "empty_file", "the file is empty"),
    ("\n\n\n", ".csv", "empty_file", "the file is empty"),
    (f'{HEADER}1,0,a\n2,0,"b\n3,0,c\n', ".csv", "open_quote", "line 3: a quote mark opens"),
    (f'{HEADER}1,0,a\n2,0,"b\n3,0,c\n4,"0",d\n', ".csv", "open_quote", "line 3: a quote mark opens"),
    (f'{HEADER}1,0,a\n2,"b\n3,0,c\n4,",0"\n', ".csv", "open_quote", "line 3: a quote mark opens"),
    (f"{HEADER}1,0,a\n2,0", ".csv", "cut", "line 3: the last row has 2 cells instead of 3"),
    (HEADER.encode() + b"1,0,a\n2,0,Pr\xeat\n", ".csv", "encoding", "line 3: the bytes ea are not UTF-8"),
    (HEADER.encode() + b"1,0,a\r2,0,b\r\n3,0,Pr\x88t\n", ".csv", "encoding", 'line 4: .* encoding = "cp850"'),
    (HEADER.encode().replace(b"STATUS", b"STATUS,\xc9tat"), ".csv", "encoding", "line 1: the bytes c9 .* 'État'"),
    (f"{HEADER}1,0,é\n".encode() + b"2,0,\xe9\n", ".csv", "mixed_encodings", "line 3: the bytes e9"),
    (f"{HEADER}1,0,a\n".encode("utf-16"), ".csv", "wide_encoding", 'UTF-16, not UTF-8. .* encoding = "utf-16"'),
    (f"{HEADER}1,0,a\n".encode("utf-16-le"), ".csv", "wide_encoding", 'encoding = "utf-16-le"'),
    (f"{HEADER}1,0,a\n".encode("utf-16-be"), ".csv", "wide_encoding", 'encoding = "utf-16-be"'),
    (gzip.compress(f"{HEADER}1,0,a\n".encode("utf-16"), mtime=0), ".csv.gz", "wide_encoding", 'encoding = "utf-16"'),
    (f"{HEADER}1,0,a\n2,", ".csv", "cut", "line 3: the last row has 2 cells"),
    (f"{HEADER}1,0,a\r\n2,0", ".csv", "cut", "line 3: the last row has 2 cells instead of 3"),
    (f'{HEADER}1,0,"a\n\n"\n2,0', ".csv", "cut", "line 5: the last row has 2 cells instead of 3"),
    (
        gzip.compress(f"{HEADER}1,0,a\n2,0".encode(), mtime=0),
        ".csv.gz",
        "cut",
        "line 3: the last row has 2 cells instead of 3",
    ),
    (
        gzip.compress(f'{HEADER}1,0,"a\n2,0,b\n'.encode(), mtime=0),
        ".csv.gz",
        "open_quote",
        "line 2: a quote mark opens",
    ),
    ("x" * 200_000, ".csv", "long_row", "line 1: a row of more than 131072 bytes"),
    ((HEADER + "1,0,a\n").replace(",", ";"), ".csv", "delimiter", 'delimiter = ";"'),
    ((HEADER + "1,0,a\n").replace(",", "\t"), ".csv", "delimiter", r'delimiter = "\\t"'),
    ("<!DOCTYPE html><html></html>", ".csv", "web_page", "a web page"),
    ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", ".csv", "lfs_pointer", "git lfs pull"),
    (b"PAR1\x15\x04", ".csv", "parquet_file", "this is Parquet"),
    (gzip.compress(HEADER.encode(), mtime=0), ".csv", "gzip_file", r"Name it \.csv\.gz"),
    (HEADER, ".csv.gz", "plain_file", "no gzip"),
    (gzip.compress(HEADER.encode() * 3000, mtime=0)[:-20], ".csv.gz", "unreadable", "cannot be read"),
    (gzip.compress(HEADER.encode(), mtime=0)[:-3], ".csv.gz", "unreadable", "cannot be read"),
    (gzip.compress(HEADER.encode(), mtime=0) + b"junk", ".csv.gz", "unreadable", "cannot be read"),
]


@pytest.mark.parametrize(
    ("text", "suffix", "rule", "message"), REFUSED, ids=[f"{r[2]}-{n}" for n, r in enumerate(REFUSED)]
)
def test_what_is_no_table_is_refused_with_what_to_do(
    read: Read, text: str | bytes, suffix: str, rule: str, message: str
):
    with pytest.raises(TableError, match=rf"bureau_balance{suffix}: .*{message}") as caught:
        read(text, suffix)
    assert caught.value.rule == f"file.{rule}"


def test_a_zip_under_the_name_of_a_table_is_refused(read: Read, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("bureau_balance.csv", HEADER)
    with pytest.raises(TableError, match="Unzip it first"):
        read((tmp_path / "x.zip").read_bytes())


def test_a_wrong_declared_encoding_is_refused(read: Read):
    with pytest.raises(TableError, match=r"line 2: the bytes 0a are not utf-16.*: \"utf-8\" fits") as caught:
        read(f"{HEADER}1,0,abc\n", encoding="utf-16")
    assert caught.value.rule == "file.wrong_encoding"


def test_a_declared_encoding_that_fits_only_the_beginning_names_the_line(read: Read):
    data = f"{HEADER}1,0,Prêt\n2,0,b\r\n".encode("cp1252") + b"3,0,\x81\n"
    with pytest.raises(TableError, match=r"line 4: the bytes 81 are not cp1252, which \[read\.bureau_balance\]"):
        read(data, encoding="cp1252")


def test_the_mark_of_utf_8_speaks_against_another_declared_encoding(read: Read):
    with pytest.raises(TableError, match=r'this is UTF-8, not CP1252\. .* encoding = "utf-8"'):
        read(f"\ufeff{HEADER}1,0,é\n", encoding="cp1252")


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp850"])
@pytest.mark.parametrize("size", [7, 1 << 20])
def test_bytes_that_are_utf8_although_another_encoding_is_stated_are_refused(read: Read, encoding: str, size: int):
    with pytest.raises(TableError, match=r'this is UTF-8, not .* encoding = "utf-8"') as caught:
        read(f"{HEADER}1,0,a\n2,0,Baccalauréat\n3,0,b\n", encoding=encoding, size=size)
    assert caught.value.rule == "file.wide_encoding"
    text = read(f"{HEADER}1,0,Diplômé\n2,0,b\n".encode(encoding), encoding=encoding, size=1 << 20)
    assert text[0].cells["STATUS"].to_pylist() == ["Diplômé", "b"]


def test_every_cut_of_a_gzip_is_noticed_but_the_one_between_two_members(read: Read):
    first = gzip.compress(HEADER.encode() + b"1,0,a\n", mtime=0)
    whole = first + gzip.compress(b"2,0,b\n", mtime=0)
    for n_bytes in range(1, len(whole)):
        if n_bytes == len(first):
            continue
        with pytest.raises(TableError) as caught:
            read(whole[:n_bytes], ".csv.gz")
        assert caught.value.rule == "file.unreadable", n_bytes
    assert statuses(read(whole, ".csv.gz")) == ["a", "b"]


@pytest.mark.parametrize("place", [-1, -5, -9, 20])
def test_a_flipped_byte_of_a_gzip_is_noticed(read: Read, place: int):
    data = bytearray(gzip.compress(HEADER.encode() + b"1,0,a\n", mtime=0))
    data[place] ^= 0xFF
    with pytest.raises(TableError, match="cannot be read") as caught:
        read(bytes(data), ".csv.gz")
    assert caught.value.rule == "file.unreadable"


def test_mixed_line_ends_are_read(read: Read):
    chunks = read(f"{HEADER}1,0,a\r2,0,b\r\n\r\n3,0,c\n\n4,0,d")
    assert (statuses(chunks), lines(chunks), n_physical(chunks)) == (["a", "b", "c", "d"], [2, 3, 5, 7], 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{HEADER}1,0,a\n2,0,b\n", 2),
        (f"\n{HEADER}\n1,0,a\n\n2,0,b", 2),
        (f'{HEADER}1,0,"a\n\nb"\r\n\r\n2,0\r\n   \n', 3),
        (HEADER, 0),
    ],
)
def test_rows_are_counted_without_parsing_as_they_are_with_it(read: Read, tmp_path: Path, text: str, expected: int):
    assert n_physical(read(text)) == expected
    file = SourceFile("bureau_balance", tmp_path / "bureau_balance.csv", "bureau_balance.csv", Format.CSV)
    options = ReadOptions()
    with open_blocks(file, options, read_header(file, options), size=1 << 20) as (_, blocks):
        assert sum(count_rows(block, file, options) for block in blocks) == expected


def test_a_row_without_end_is_refused_before_it_fills_the_memory(read: Read):
    with pytest.raises(TableError, match="line 3: a row of more than 100 bytes") as caught:
        read(HEADER + "1,0,a\n" + "2,0," + "x" * (2 << 20) + "\n", size=100)
    assert caught.value.rule == "file.long_row"


def test_several_gzip_members_are_one_file(read: Read):
    chunks = read(gzip.compress(HEADER.encode() + b"1,0,a\n", mtime=0) + gzip.compress(b"2,0,b\n", mtime=0), ".csv.gz")
    assert statuses(chunks) == ["a", "b"]


def test_a_parser_that_loses_a_row_is_noticed(read: Read, monkeypatch: pytest.MonkeyPatch):
    real = csv_reader._parse

    def losing(*arguments: object) -> object:
        return {column: cells.slice(1) for column, cells in real(*arguments).items()}  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(csv_reader, "_parse", losing)
    with pytest.raises(
        ReconciliationError, match=r"bureau_balance\.csv, from line 2: 2 rows were counted, 1 were read"
    ):
        read(f"{HEADER}1,0,a\n2,0,b\n")
