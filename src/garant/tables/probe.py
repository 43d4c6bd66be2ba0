"""A first look at an unknown file: how it is written, what its columns are called, some of its cells."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from garant.exceptions import TableError
from garant.tables.config import DecimalMark, GroupMark, ReadOptions
from garant.tables.encodings import fitting_encoding, wide_encoding
from garant.tables.header_place import DELIMITERS
from garant.tables.parquet_reader import column_names, open_parquet
from garant.tables.source_file import Format, SourceFile
from garant.tables.stream import open_text

_BYTES = 1 << 18

_GROUP = {"": "", " ": "[ \u00a0\u202f]", ".": r"\.", ",": ",", "'": "['\u2019]"}


@dataclass(frozen=True, slots=True)
class Probe:
    """What a first look shows.

    Parameters
    ----------
    names : tuple of str
        Header.
    options : ReadOptions
        How the file seems to be written.
    cells : dict of str to tuple of str
        Cells of the first rows by column; empty for Parquet.
    """

    names: tuple[str, ...]
    options: ReadOptions
    cells: dict[str, tuple[str, ...]]


def probe(file: SourceFile) -> Probe | None:
    """Look at the beginning of `file`; None when it is no table that can be read."""
    try:
        if file.format is Format.PARQUET:
            with open_parquet(file) as parquet:
                return Probe(column_names(parquet), ReadOptions(), {})
        encoding = _encoding(file)
        with open_text(file, ReadOptions(encoding=encoding)) as stream:
            data = stream.read(_BYTES)
            text = (data if stream.finished else data[: data.rfind(b"\n") + 1]).decode()
        return _probe_text(text, encoding)
    except (TableError, OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error):
        return None


def _encoding(file: SourceFile) -> str:
    """Encoding in which the first bytes look like text."""
    with gzip.open(file.path) if file.format is Format.CSV_GZ else file.path.open("rb") as stream:
        start = stream.read(_BYTES)
    wide = wide_encoding(start)
    return fitting_encoding(start) if wide is None else wide.encoding


def _probe_text(text: str, encoding: str) -> Probe | None:
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=header.count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    if not rows:
        return None
    names, whole = tuple(rows[0]), [row for row in rows[1:] if len(row) == len(rows[0])]
    cells = {name: tuple(row[place] for row in whole) for place, name in enumerate(names)}
    decimal, thousands = _marks([cell.strip() for row in whole for cell in row])
    options = ReadOptions(encoding=encoding, delimiter=delimiter, decimal=decimal, thousands=thousands)
    return Probe(names, options, cells)


def _marks(cells: Sequence[str]) -> tuple[DecimalMark, GroupMark]:
    """Decimal mark and mark between groups of digits by which most cells are numbers; the latter only if it helps."""
    numbers = [cell for cell in cells if cell[-1:].isdigit() and not cell.isdigit()]
    return max(_pairs(), key=lambda marks: sum(_is_number(cell, *marks) for cell in numbers))


def _pairs() -> Iterator[tuple[DecimalMark, GroupMark]]:
    for thousands in get_args(GroupMark):
        for decimal in get_args(DecimalMark):
            if thousands != decimal:
                yield decimal, thousands


def _is_number(cell: str, decimal: str, thousands: str) -> bool:
    grouped = rf"|[0-9]{{1,3}}(?:{_GROUP[thousands]}[0-9]{{3}})+" if thousands else ""
    return re.fullmatch(rf"-?(?:[0-9]+{grouped})(?:{re.escape(decimal)}[0-9]+)?", cell) is not None
