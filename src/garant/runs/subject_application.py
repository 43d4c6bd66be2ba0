"""The facts of a person's application on the page of their records: what was read to decide, and what was only kept."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from garant.decisions.record import Judgement
from garant.exceptions import UnknownNameError
from garant.features.catalogue import catalogue, feature
from garant.features.extra import PREFIX, extra_name
from garant.reports.section import Table
from garant.tables.columns import Column, Kind
from garant.tables.levels import NO_DATE, WEEKDAYS, YES_NO
from garant.tables.schema import TABLES
from garant.wording.catalogue import Wording

APPLICATION = "application"

_OF_RULES = frozenset({"AMT_INCOME_TOTAL", "AMT_ANNUITY", "AMT_CREDIT", "DAYS_BIRTH", "NAME_CONTRACT_TYPE"})
"""What the rules outside the model read, majority among them, and the product whose cut-off counts."""

_COLUMNS: Mapping[str, Mapping[str, Column]] = {
    name: {column.name: column for column in table.columns} for name, table in TABLES.items()
}
_DOCUMENT = re.compile(r"FLAG_DOCUMENT_(\d+)")
_SWITCHES = (set(YES_NO), {"No", "Yes"})


def application_tables(judgement: Judgement, words: Wording) -> tuple[Table, ...]:
    """Facts that were read to decide, facts that were not, the lender's own facts, and rows of every other table."""
    header = (words.text("subject.fact"), words.text("subject.value"))
    tables = [
        Table(caption=words.text(f"subject.records.{part}"), columns=header, rows=fact_rows(facts, words), kind="words")
        for part, facts in application_facts(judgement).items()
    ]
    others = tuple(
        (words.text(f"dictionary.table.{name}"), words.number(n)) for name, n in other_tables(judgement, words).items()
    )
    rows = (header[0], words.text("subject.tables.rows"))
    return (*tables, Table(caption=words.text("subject.tables.caption"), columns=rows, rows=others))


def application_facts(judgement: Judgement) -> dict[str, dict[str, Any]]:
    """Facts of the application by column, by what became of them: ``read``, ``kept``, ``own``; whichever there are."""
    sent = {name: value for name, value in _raw(judgement).get(APPLICATION, {}).items() if value is not None}
    read, features = read_columns(judgement), judgement.contributions
    parts: dict[str, dict[str, Any]] = {"read": {}, "kept": {}, "own": {}}
    for name, value in sent.items():
        if name in _COLUMNS[APPLICATION]:
            parts["read" if name in read else "kept"][name] = value
        else:
            # Whether a rule reads it, the lender's declarations say, and these are not in the record.
            parts["read" if extra_name(name) in features else "own"][name] = value
    return {part: facts for part, facts in parts.items() if facts}


def fact_rows(facts: Mapping[str, Any], words: Wording) -> tuple[tuple[str, str], ...]:
    """Facts in words: what each is, and its value."""
    return tuple(_rows(facts, words))


def other_tables(judgement: Judgement, words: Wording) -> dict[str, int]:
    """Rows of every other table that was sent, by its name."""
    return {
        name: len(rows)
        for name, rows in _raw(judgement).items()
        if isinstance(rows, list) and words.has(f"dictionary.table.{name}")
    }


def _raw(judgement: Judgement) -> Mapping[str, Any]:
    return json.loads(judgement.raw)


def read_columns(judgement: Judgement) -> frozenset[str]:
    """Columns of the application that the model or the rules read, by the lineage of the features that were recorded.

    A feature that this version of garant does not know stands for all that a model of profile ``eu`` may read.
    """
    own = f"{PREFIX}_"
    found = [_inputs(name) for name in judgement.contributions if not name.startswith(own)]
    return _OF_RULES.union(*found)


@cache
def _inputs(name: str) -> frozenset[str]:
    try:
        entries = (feature(name),)
    except UnknownNameError:
        return _all_inputs()
    return _of_application(column for entry in entries for column in entry.inputs)


@cache
def _all_inputs() -> frozenset[str]:
    return _of_application(column for entry in catalogue() for column in entry.inputs)


def _of_application(columns: Iterator[str]) -> frozenset[str]:
    """Names of the application's columns; its key joins rows and is no fact."""
    pairs = (column.partition(".") for column in columns)
    return frozenset(name for table, _, name in pairs if table == APPLICATION and name != "SK_ID_CURR")


def _rows(facts: Mapping[str, Any], words: Wording) -> Iterator[tuple[str, str]]:
    """One row per fact; documents, of which the page can say no more than their number, share one."""
    documents: list[tuple[int, Any]] = []
    for name, value in facts.items():
        if found := _DOCUMENT.fullmatch(name):
            documents.append((int(found[1]), value))
        else:
            yield column_label(name, words), column_value(value, name, words)
    if documents:
        given = _numbers(number for number, value in documents if value in (1, "1"))
        yield words.text("subject.documents"), given or words.text("subject.documents.none")


def _numbers(found: Collection[int] | Iterator[int]) -> str:
    return ", ".join(str(number) for number in sorted(found))


def column_label(name: str, words: Wording, *, table: str = APPLICATION) -> str:
    """What a raw column is; a column of the lender's own has its name alone.

    What the dictionary adds after a semicolon is for whoever prepares data.
    """
    key = f"column.{table}.{name}"
    return (
        words.text(key).partition(";")[0].rstrip(" .\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")
        if words.has(key)
        else name
    )


def column_value(value: object, name: str, words: Wording, *, table: str = APPLICATION) -> str:
    """What stands in a column of a raw table, as a person reads it."""
    column = _COLUMNS.get(table, {}).get(name)
    kind = None if column is None else column.kind
    if isinstance(value, bool):
        return words.value("flag", float(value))
    if isinstance(value, int | float):
        return _number(float(value), kind, words) if kind is not Kind.ID else str(value)
    text = str(value)
    if kind is Kind.DATE:
        return _day(text, words)
    if any(column is not None and set(column.levels) == switch and text in switch for switch in _SWITCHES):
        return words.value("flag", float(text.startswith("Y")))
    if text in WEEKDAYS:
        return words.locale.days["stand-alone"]["wide"][WEEKDAYS.index(text)]
    return words.level(name, text) if words.has(f"level.{name}.{text}") else text


def _day(text: str, words: Wording) -> str:
    try:
        return words.date(date.fromisoformat(text))
    except ValueError:
        return text


def _number(value: float, kind: Kind | None, words: Wording) -> str:
    match kind:
        case Kind.FLAG if value in (0, 1):
            return words.value("flag", value)
        case Kind.DAYS if f"{value:.0f}" in NO_DATE:
            return words.text("subject.no_day")
        case Kind.DAYS | Kind.MONTHS if value <= 0:
            return words.text("subject.days_before", span=words.value(str(kind), -value))
        case Kind.MONEY if not value.is_integer():
            return words.number(value, decimals=2, fixed=True)
        case Kind.YEARS:
            return words.value("years", value)
        case _:
            return words.number(value, decimals=3)
