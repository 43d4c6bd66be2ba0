"""Whether the first line of a delimited file is its header, and separated as expected."""

import csv
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from garant.tables.columns import TableSchema
from garant.tables.config import ReadOptions
from garant.tables.rule_texts import Text
from garant.tables.rules import refuse
from garant.tables.source_file import SourceFile
from garant.tables.stream import open_text

DELIMITERS = (",", ";", "\t", "|")
"""Marks that separate the cells of an export."""

_BYTES = 1 << 17
_N_LINES = 30
_NUMBER = re.compile(r"\s*[-+]?[0-9][0-9.,' ]*\s*")

_DATA_SHARE = 0.25
"""Share of numbers from which a line without any name of ours is data: no column is called by a number."""

_NO_HEADER = Text("the file has no header, this is data", "le fichier n'a pas d'en-tête, c'est une donnée", "", "")
_EXPORT_IT = Text("export them too.", "les exporter aussi.", "", "")
_LATE_HEADER = Text(
    "the header stands here, below other lines", "l'en-tête se trouve ici, en dessous d'autres lignes", "", ""
)
_REMOVE = Text("remove what stands above them.", "retirer ce qui est au-dessus.", "", "")


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a header: on which line, cut by which mark, and how many names of ours it then holds."""

    line: int
    mark: str
    n_known: int


def check_header(file: SourceFile, options: ReadOptions, schema: TableSchema, *, renamed: Mapping[str, str]) -> None:
    """Refuse a delimited file whose header is cut by another mark, stands on a later line, or is not there.

    A first line with too few names of ours is left to the matching of columns, unless one of these explains it.

    Parameters
    ----------
    file : SourceFile
        The file.
    options : ReadOptions
        How it should be written.
    schema : TableSchema
        The table that it should hold.
    renamed : mapping of str to str
        Our column → the file's name of it.

    Raises
    ------
    TableError
        Says the line of the header and what to do.
    """
    lines = list(_first_lines(file, options))
    if not lines:
        return
    known = {name.strip().casefold() for name in (*schema.names, *renamed.values())}
    enough = max(2, sum(column.required for column in schema.columns) // 2)
    first, text = lines[0]
    if _n_known(text, options.delimiter, known) >= enough:
        return
    marks = dict.fromkeys((options.delimiter, *DELIMITERS))
    readings = [_Reading(line, mark, _n_known(text, mark, known)) for line, text in lines for mark in marks]
    best = max(readings, key=lambda reading: reading.n_known)
    if best.n_known < enough:
        _refuse_unknown(file, options, first, text, known)
    elif best.line == first:
        _refuse_delimiter(file, options, first, best.mark)
    else:
        _refuse_place(file, options, best)


def _refuse_unknown(file: SourceFile, options: ReadOptions, line: int, text: str, known: Collection[str]) -> None:
    """Refuse a first line that is surely no header of ours; return where it may be one with other names."""
    mark = max(dict.fromkeys((options.delimiter, *DELIMITERS)), key=text.count)
    cells = _cells(text, mark)
    numbers = sum(_NUMBER.fullmatch(cell) is not None for cell in cells)
    if numbers >= _DATA_SHARE * len(cells) and not _n_known(text, mark, known):
        refuse("header_place", file.name, line=line, what=_NO_HEADER, remedy=_EXPORT_IT)
    if options.delimiter not in text and mark in text:
        _refuse_delimiter(file, options, line, mark)


def _refuse_delimiter(file: SourceFile, options: ReadOptions, line: int, mark: str) -> None:
    refuse(
        "delimiter",
        file.name,
        line=line,
        delimiter=quoted(mark),
        expected=quoted(options.delimiter),
        table=file.table,
    )


def _refuse_place(file: SourceFile, options: ReadOptions, found: _Reading) -> None:
    remedy = _REMOVE
    if found.mark != options.delimiter:
        entry = f"[read.{file.table}] delimiter = {quoted(found.mark)}"
        remedy = Text(
            f"{remedy.en} Write {entry} in tables.toml.", f"{remedy.fr} Écrire {entry} dans tables.toml.", "", ""
        )
    refuse("header_place", file.name, line=found.line, what=_LATE_HEADER, remedy=remedy)


def quoted(mark: str) -> str:
    """`mark` as ``tables.toml`` spells it."""
    return f'"{mark}"'.replace("\t", "\\t")


def _first_lines(file: SourceFile, options: ReadOptions) -> Iterator[tuple[int, str]]:
    """Physical number and text of the first lines that are not blank."""
    with open_text(file, options) as stream:
        text = stream.read(_BYTES).decode("utf-8", "replace")
    found = ((n, line) for n, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1) if line.strip())
    for _, line in zip(range(_N_LINES), found, strict=False):
        yield line


def _n_known(line: str, mark: str, known: Collection[str]) -> int:
    return len({cell.strip().casefold() for cell in _cells(line, mark)} & set(known))


def _cells(line: str, mark: str) -> list[str]:
    """Cells of one line; none where it is so long that it is no header."""
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        return []
