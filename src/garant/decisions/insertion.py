"""Adding rows with statements that are compiled once: what is done for every decision is not put together again."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert
from sqlalchemy.dialects import postgresql, sqlite


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
    statement = _compiled(connection.dialect, table, names, may_be_there=may_be_there)
    if connection.dialect.positional:
        values: Any = [tuple([row[name] for name in names]) for row in rows]
    else:
        values = [dict(row) for row in rows]
    return connection.exec_driver_sql(statement, values if len(rows) > 1 else values[0]).rowcount


@cache
def _compiled(dialect: Dialect, table: Table, names: tuple[str, ...], *, may_be_there: bool) -> str:
    if not may_be_there:
        statement: Any = insert(table)
    elif dialect.name == "postgresql":
        statement = postgresql.insert(table).on_conflict_do_nothing()
    else:
        statement = sqlite.insert(table).on_conflict_do_nothing()
    return str(statement.compile(dialect=dialect, column_keys=list(names)))


@cache
def _columns(table: Table) -> tuple[str, ...]:
    # In the order of the compiled statement, where values are told by their position.
    return tuple(column.name for column in table.columns)
