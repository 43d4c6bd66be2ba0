"""A first look at an unknown file: how it is written, what its columns are called, some of its cells."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from garant.exceptions import TableError
from garant.tables.config import ReadOptions
from garant.tables.parquet_reader import column_names, open_parquet
from garant.tables.source_file import Format, SourceFile
from garant.tables.stream import open_text

_BYTES = 1 << 18

_ENCODINGS = ("utf-8", "utf-16", "cp1252")
_DELIMITERS = (",", ";", "\t", "|")
_COMMA_NUMBER = re.compile(r"-?[0-9]+,[0-9]+")
_POINT_NUMBER = re.compile(r"-?[0-9]+\.[0-9]+")


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
    if file.format is Format.PARQUET:
        try:
            with open_parquet(file) as parquet:
                return Probe(column_names(parquet), ReadOptions(), {})
        except TableError:
            return None
    for encoding in _ENCODINGS:
        text = _lines(file, encoding)
        if text is not None:
            return _probe_text(text, encoding)
    return None


def _lines(file: SourceFile, encoding: str) -> str | None:
    """Whole lines from the beginning of `file`, or None when they are not in `encoding`."""
    try:
        with open_text(file, ReadOptions(encoding=encoding)) as stream:
            data = stream.read(_BYTES)
            return (data if stream.finished else data[: data.rfind(b"\n") + 1]).decode()
    except (TableError, UnicodeDecodeError):
        return None


def _probe_text(text: str, encoding: str) -> Probe | None:
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=header.count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    if not rows:
        return None
    names, whole = tuple(rows[0]), [row for row in rows[1:] if len(row) == len(rows[0])]
    cells = {name: tuple(row[place] for row in whole) for place, name in enumerate(names)}
    return Probe(names, ReadOptions(encoding=encoding, delimiter=delimiter, decimal=_decimal(whole)), cells)


def _decimal(rows: Sequence[Sequence[str]]) -> Literal[".", ","]:
    """Decimal mark of most numbers with a fraction."""
    commas = sum(_COMMA_NUMBER.fullmatch(cell) is not None for row in rows for cell in row)
    points = sum(_POINT_NUMBER.fullmatch(cell) is not None for row in rows for cell in row)
    return "," if commas > points else "."
