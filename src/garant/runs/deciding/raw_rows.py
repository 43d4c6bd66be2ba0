"""The raw rows behind one input of the model, as a person reads them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from garant.explanations.changed_facts import cell_text, column_label
from garant.features.feature import Feature
from garant.tables.columns import Column, Kind
from garant.tables.config import TablesConfig
from garant.tables.records.client_records import ClientRecords
from garant.wording.catalogue import Wording

MOST_ROWS = 200
"""Rows of one table that are shown: months of several contracts run into thousands."""

_APPLICATION = "application"
_CLIENT = "SK_ID_CURR"
_KEYS = ("SK_ID_PREV", "SK_ID_BUREAU", "MONTHS_BALANCE")


@dataclass(frozen=True, slots=True)
class RawTable:
    """Rows of one raw table in the columns that an input reads.

    Parameters
    ----------
    table, text : str
        Its name, and what it holds in the asked language.
    names, labels : tuple of str
        Columns by name and in words.
    rows : tuple of tuple of str
        At most `MOST_ROWS`, in the order of the source.
    total : int
        Rows that there are.
    is_unknown : bool
        Whether nothing is known of the table, which is not the same as no rows.
    """

    table: str
    text: str
    names: tuple[str, ...]
    labels: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    is_unknown: bool = False


def raw_tables(records: ClientRecords, feature: Feature, config: TablesConfig, words: Wording) -> tuple[RawTable, ...]:
    """Rows of every table that `feature` reads, in the language of `words`; keys are shown of child tables only."""
    read: dict[str, list[str]] = {}
    for name in feature.inputs:
        table, _, column = name.partition(".")
        read.setdefault(table, []).append(column)
    return tuple(_told(records, table, columns, config, words) for table, columns in read.items())


def _told(records: ClientRecords, table: str, read: list[str], config: TablesConfig, words: Wording) -> RawTable:
    schema = config.table_schema(table)
    keys = [name for name in _KEYS if table != _APPLICATION and name in schema.names and name not in read]
    columns = [schema[name] for name in (*keys, *read) if name in schema.names and name != _CLIENT]
    rows = records.rows.get(table, ())
    names = records.schemas[table].names if table in records.schemas else []
    places = [names.index(column.name) for column in columns] if rows else []
    return RawTable(
        table=table,
        text=words.text(f"dictionary.table.{table}"),
        names=tuple(column.name for column in columns),
        labels=tuple(column_label(table, column, words) for column in columns),
        rows=tuple(
            tuple(_text(column, row[place], words) for column, place in zip(columns, places, strict=True))
            for row in rows[:MOST_ROWS]
        ),
        total=len(rows),
        is_unknown=table in records.unknown or table not in records.rows,
    )


def _text(column: Column, cell: Any, words: Wording) -> str:  # noqa: ANN401 - any accepted value
    match column.kind:
        case Kind.ID if cell is not None:
            return str(cell)
        case Kind.FLAG if cell in (0, 1):
            return words.value("flag", cell)
        case Kind.DATE if isinstance(cell, date):
            return words.date(cell)
        case Kind.DAYS | Kind.MONTHS if isinstance(cell, int):
            unit = "days" if column.kind is Kind.DAYS else "months"
            span = words.value(unit, abs(cell))
            return words.text("page.raw.after" if cell > 0 else "subject.days_before", span=span)
        case _:
            return cell_text(column, cell, words)
