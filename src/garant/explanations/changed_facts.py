"""Which raw facts differ between a person's rows and a variant of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from garant.explanations.moves.cells import Cell, cells_of
from garant.tables.columns import THOUSANDTHS, Column, Kind
from garant.tables.schema import TABLES
from garant.tables.variants import ClientRows
from garant.wording.catalogue import Wording

_KEYS = ("SK_ID_BUREAU", "SK_ID_PREV", "MONTHS_BALANCE")
"""Columns that say which row of a child table is meant."""


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """One cell before and after.

    Parameters
    ----------
    table, column : str
        Where it stands.
    row : mapping of str to int
        Keys of a child row; empty for the application.
    before, after : int, float, str or None
        The cells; amounts in currency units.
    label, before_text, after_text : str
        What the column is, and the cells as a reader of the language sees them.
    """

    table: str
    column: str
    row: Mapping[str, int]
    before: Cell
    after: Cell
    label: str
    before_text: str
    after_text: str


def changed_facts(
    before: ClientRows, after: ClientRows, columns: Mapping[str, Mapping[str, Column]], words: Wording
) -> tuple[ChangedFact, ...]:
    """Every cell that differs, table by table, in the order of rows and columns.

    Parameters
    ----------
    before, after : mapping of str to Table
        Rows of one person; the same rows in the same order.
    columns : mapping of str to mapping of str to Column
        Raw columns by table and name, the lender's own among them.
    words : Wording
        The language.
    """
    found: list[ChangedFact] = []
    for table, declared in columns.items():
        if table not in after or after[table] is before[table]:
            continue
        old = {name: cells_of(before[table], name) for name in declared}
        new = {name: cells_of(after[table], name) for name in declared}
        for row in range(before[table].num_rows):
            keys = {key: int(old[key][row] or 0) for key in _KEYS if table != "application" and key in old}
            found += [
                _told(table, column, keys, old[name][row], new[name][row], words)
                for name, column in declared.items()
                if old[name][row] != new[name][row]
            ]
    return tuple(found)


def _told(table: str, column: Column, row: Mapping[str, int], before: Cell, after: Cell, words: Wording) -> ChangedFact:
    return ChangedFact(
        table=table,
        column=column.name,
        row=row,
        before=_plain(column, before),
        after=_plain(column, after),
        label=column_label(table, column, words),
        before_text=cell_text(column, before, words),
        after_text=cell_text(column, after, words),
    )


def column_label(table: str, column: Column, words: Wording) -> str:
    """What the dictionary says of the column, up to its first clause; the lender's own column by its name."""
    if column.name not in TABLES[table].names:
        return column.name
    return words.text(f"column.{table}.{column.name}").partition(";")[0].rstrip(".\N{NO-BREAK SPACE}")


def _plain(column: Column, cell: Cell) -> Cell:
    return cell / THOUSANDTHS if column.kind is Kind.MONEY and isinstance(cell, int) else cell


def cell_text(column: Column, cell: Cell, words: Wording) -> str:
    """A cell of accepted tables as a reader of the language sees it."""
    if cell is None:
        return words.text("what_if.not_stated")
    if isinstance(cell, str):
        return words.level(column.name, cell)
    match column.kind:
        case Kind.MONEY:
            return words.money(cell / THOUSANDTHS)
        case Kind.DAYS:
            return words.value("days", abs(cell))
        case Kind.RATE:
            return words.value("score", cell)
        case _:
            return words.number(cell, decimals=1)
