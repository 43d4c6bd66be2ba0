"""Why a whole column breaks a rule: what a person should write in ``tables.toml``, or export another way.

Looked at only when a file is refused. Every advice is tried on the rows of the file first: a decimal mark is proposed
when the numbers of the file can then be read, two columns are called swapped when the values of each fit the other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from garant.tables.cells import NULL_WORDS
from garant.tables.chunk import Chunk
from garant.tables.columns import Column, Kind, TableSchema
from garant.tables.config import DecimalMark, GroupMark, ReadOptions
from garant.tables.convert import Converted, convert_text
from garant.tables.convert_typed import convert_typed, unfit
from garant.tables.header import ColumnMatch
from garant.tables.misread_texts import ADVICE, EMPTY_CELL
from garant.tables.reading import read_raw
from garant.tables.rule_texts import Code, Text
from garant.tables.rules import ROW, rule_of
from garant.tables.source_file import Format, SourceFile

_ROWS = 1000
"""Rows that are tried, from the first broken one on."""

_FEW = 0.05
"""Share of broken cells up to which values fit a column."""


@dataclass(frozen=True, slots=True)
class Misread:
    """Where a column is first broken, by what, and what to do about it."""

    line: int
    value: str | None
    advice: Text

    @property
    def shown(self) -> str | Text:
        """The broken cell as a message shows it."""
        return EMPTY_CELL if self.value is None else repr(self.value)


@dataclass(frozen=True, slots=True)
class _Sample:
    """Some rows of a file and how to read them."""

    cells: Mapping[str, pa.Array]
    schema: TableSchema
    options: ReadOptions
    is_text: bool

    def convert(self, name: str, column: Column, *, decimal: str = "", thousands: str | None = None) -> Converted:
        """Cells of the column `name`, read as if they were those of `column`."""
        convert = convert_text if self.is_text else convert_typed
        marks = self.options.thousands if thousands is None else thousands
        return convert(self.cells[name], column, decimal=decimal or self.options.decimal, thousands=marks)

    def broken(self, name: str, *, decimal: str = "", thousands: str | None = None) -> float:
        """Share of broken cells of a column under other marks."""
        found = self.convert(name, self.schema[name], decimal=decimal, thousands=thousands)
        return len(found.broken) / max(len(found.values), 1)

    def fits(self, name: str, other: Column) -> bool:
        """Whether the values of the column `name` are values that `other` can have, and there are any."""
        cells = self.cells[name]
        if pa.types.is_dictionary(cells.type):
            cells = cells.dictionary_decode()
        n_values = len(cells) - cells.null_count
        if other.kind is Kind.CATEGORY:
            text = pc.utf8_trim_whitespace(cells.cast(pa.string()))
            known = pa.array([*other.levels, *other.sentinels], pa.string())
            n_fit = pc.sum(pc.is_in(text, value_set=known)).as_py() or 0 if other.levels else 0
        elif unfit(cells.type, other.kind) is None:
            marks = {"decimal": self.options.decimal, "thousands": self.options.thousands}
            n_fit = n_values - len(convert_typed(cells.filter(cells.is_valid()), other, **marks).broken)
        else:
            n_fit = 0
        return n_values > 0 and n_fit >= (1 - _FEW) * n_values


def explain(file: SourceFile, options: ReadOptions, schema: TableSchema, match: ColumnMatch, rule: str) -> Misread:
    """Look at `file` again, which breaks the row rule `rule` in many rows, and say why it may be so.

    Parameters
    ----------
    file : SourceFile
        The file.
    options : ReadOptions
        How it was read.
    schema : TableSchema
        Declaration of its table.
    match : ColumnMatch
        Which of its columns are which.
    rule : str
        Id of the rule.
    """
    _, column, code = rule.split(".")
    is_text = file.format is not Format.PARQUET
    for chunk in read_raw(file, options, schema, match):
        if column == ROW:
            lost = next((row for row in chunk.lost if row.code == code), None)
            if lost is not None:
                key = "fields" if code == Code.FIELDS else "row"
                values = {"delimiter": options.delimiter, "expected": match.n_columns, "table": schema.name}
                return Misread(lost.line, lost.raw[:80], _advice(key, rule, **values))
            continue
        first = _first_broken(chunk, _Sample(chunk.cells, schema, options, is_text), column, Code(code))
        if first is not None:
            cells = {name: cells.slice(first, _ROWS) for name, cells in chunk.cells.items()}
            sample = _Sample(cells, schema, options, is_text)
            cell = chunk.cells[column][first].as_py()
            value = None if cell is None or str(cell) in NULL_WORDS else str(cell)
            text = _explained(sample, match, schema[column], Code(code), rule, is_empty=value is None)
            return Misread(int(chunk.lines[first]), value, text)
    return Misread(1, None, _advice("other", rule, table=schema.name, column=column))


def _first_broken(chunk: Chunk, sample: _Sample, name: str, code: Code) -> int | None:
    """Position of the first cell that breaks the rule."""
    if not len(chunk.lines):
        return None
    found = sample.convert(name, sample.schema[name])
    rows = [row for row, broken in found.broken.items() if broken == code]
    if not rows and code in {Code.LABEL, Code.EMPTY}:
        rows = np.flatnonzero(found.values.is_null().to_numpy(zero_copy_only=False)).tolist()
    return min(rows, default=None)


def _explained(sample: _Sample, match: ColumnMatch, column: Column, code: Code, rule: str, *, is_empty: bool) -> Text:
    table = sample.schema.name
    if column.kind is Kind.LABEL and is_empty:
        return _advice("unlabelled", rule, column=match.names[match.positions[column.name]])
    other = _swapped(sample, column)
    if other is not None:
        names = {name: match.names[match.positions[name]] for name in (column.name, other)}
        return _advice(
            "swapped",
            rule,
            table=table,
            column=column.name,
            other=other,
            column_name=names[column.name],
            other_name=names[other],
        )
    # An empty cell is broken under any marks.
    marks = None if is_empty or column.kind is Kind.CATEGORY else _marks(sample, column)
    if marks is not None:
        entries, alone = marks
        return _advice("alone" if alone else "marks", rule, table=table, column=column.name, entries=entries)
    if column.kind is Kind.LABEL:
        found = ", ".join(f"'{value}'" for value in sorted(_distinct(sample.cells[column.name]))[:5])
        return _advice("label", rule, found=found or "nothing")
    if code is Code.EMPTY:
        return _advice("empty", rule, column=column.name)
    return _advice("other", rule, table=table, column=column.name)


def _marks(sample: _Sample, column: Column) -> tuple[str, bool] | None:
    """Entries of [read.TABLE] with which the column can be read, and whether they would break other columns."""
    if not _is_text(sample.cells[column.name].type):
        return None
    numbers = [name for name in sample.cells if sample.schema[name].kind is not Kind.CATEGORY and name != column.name]
    alone: str | None = None
    for decimal, thousands in _other_marks(sample.options):
        if sample.broken(column.name, decimal=decimal, thousands=thousands) > _FEW:
            continue
        entries = _entries(sample.options, decimal, thousands)
        if all(
            sample.broken(name, decimal=decimal, thousands=thousands) <= max(_FEW, sample.broken(name))
            for name in numbers
        ):
            return entries, False
        alone = alone or entries
    return None if alone is None else (alone, True)


def _other_marks(options: ReadOptions) -> Iterator[tuple[str, str]]:
    """Other marks than those of `options`, the nearest first."""
    decimals = sorted(get_args(DecimalMark), key=lambda mark: mark != options.decimal)
    for decimal in decimals:
        for thousands in get_args(GroupMark):
            if thousands != decimal and (decimal, thousands) != (options.decimal, options.thousands):
                yield decimal, thousands


def _entries(options: ReadOptions, decimal: str, thousands: str) -> str:
    """What to write in [read.TABLE], as ``tables.toml`` spells it."""
    entries = [f'decimal = "{decimal}"'] if decimal != options.decimal else []
    entries += [f'thousands = "{thousands}"'] if thousands != options.thousands else []
    return " and ".join(entries)


def _swapped(sample: _Sample, column: Column) -> str | None:
    """Column whose place the values of `column` seem to have taken: first one that would take its values in turn."""
    fitting = [
        name
        for name in sample.cells
        if name != column.name
        and sample.fits(column.name, sample.schema[name])
        and (sample.schema[name].kind is Kind.CATEGORY or sample.broken(name) > _FEW)
    ]
    both = [name for name in fitting if sample.fits(name, column)]
    return next(iter(both or fitting), None)


def _distinct(cells: pa.Array) -> set[str]:
    return {str(value) for value in pc.unique(cells).to_pylist() if value is not None}


def _is_text(found: pa.DataType) -> bool:
    if pa.types.is_dictionary(found):
        found = found.value_type
    return pa.types.is_string(found) or pa.types.is_large_string(found) or pa.types.is_string_view(found)


def _advice(key: str, rule: str, **values: object) -> Text:
    """Advice with its places filled in; the remedy of the rule itself follows where it says more."""
    said, own = ADVICE[key], rule_of(rule).text
    english, french = said.en.format(**values), said.fr.format(**values)
    if key in {"row", "other", "empty"}:
        english, french = f"{own.remedy_en} {english}".strip(), f"{own.remedy_fr} {french}".strip()
    return Text(english, french, "", "")
