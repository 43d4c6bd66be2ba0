"""Adding rows with statements that are compiled once: what is done for every decision is not put together again."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert
from sqlalchemy.dialects import postgresql, sqlite

_TOGETHER = 8
"""So many rows go in one statement: those of a decision do, and of more there would be too many statements to keep."""


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Add rows that all have the columns of the first; their number.

    Their values go to the driver as they are: text, bytes and numbers.
    """
    return _run(connection, table, rows, may_be_there=False)


def add_or_leave(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Add rows and leave those that are there; the number of those that were added."""
    return _run(connection, table, rows, may_be_there=True)


def _run(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, may_be_there: bool) -> int:
    names = tuple([name for name in _columns(table) if name in rows[0]])
    at_once = len(rows) if len(rows) <= _TOGETHER else 1
    statement = _compiled(connection.dialect, table, names, at_once, may_be_there=may_be_there)
    if connection.dialect.positional:
        groups: list[Any] = [tuple([row[name] for name in names]) for row in rows]
        if at_once > 1:
            groups = [tuple(chain.from_iterable(groups))]
    elif at_once > 1:
        groups = [{f"{name}_m{number}": row[name] for number, row in enumerate(rows) for name in names}]
    else:
        groups = [dict(row) for row in rows]
    return connection.exec_driver_sql(statement, groups if len(groups) > 1 else groups[0]).rowcount


@cache
def _compiled(dialect: Dialect, table: Table, names: tuple[str, ...], rows: int, *, may_be_there: bool) -> str:
    if not may_be_there:
        statement: Any = insert(table)
    elif dialect.name == "postgresql":
        statement = postgresql.insert(table).on_conflict_do_nothing()
    else:
        statement = sqlite.insert(table).on_conflict_do_nothing()
    if rows > 1:
        return str(statement.values([dict.fromkeys(names)] * rows).compile(dialect=dialect))
    return str(statement.compile(dialect=dialect, column_keys=list(names)))


@cache
def _columns(table: Table) -> tuple[str, ...]:
    # In the order of the compiled statement, where values are told by their position.
    return tuple(column.name for column in table.columns)
