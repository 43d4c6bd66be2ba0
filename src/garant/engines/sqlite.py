"""SQLite in memory: the engine of one client, or of the few variants of one that a search asks for.

The rows of a question live inside one transaction that is rolled back, so that nothing of a person outlives the answer
and no question sees the rows of another.
"""

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import ibis
import pyarrow as pa

from garant.engines.arrow_schema import arrow_schema
from garant.engines.sql_text import sql_text
from garant.exceptions import DataError, InvariantError

CACHED_STATEMENTS = 512
"""Prepared statements that a connection keeps: of a matrix and of seven inserts, several times over."""

# A column of type REAL would store -0.0 as the integer 0: without a type the eight bytes are kept as they are.
_TYPES = {pa.int64(): "INTEGER", pa.float64(): "", pa.string(): "TEXT", pa.date32(): "TEXT"}


Rows = pa.Table | Sequence[tuple[Any, ...]]
"""Rows of a table, as Arrow or as plain values."""


@dataclass(frozen=True, slots=True)
class Query:
    """An expression, compiled once and asked often.

    Parameters
    ----------
    sql : str
        Text in the dialect of SQLite.
    schema : pyarrow Schema
        Names and types of the answer.
    """

    sql: str
    schema: pa.Schema


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave, as SQLite gave it.

    Parameters
    ----------
    rows : list of tuple
        One value per column of `schema`; NULL is None.
    schema : pyarrow Schema
        Names and types.
    """

    rows: list[tuple[Any, ...]]
    schema: pa.Schema

    @property
    def batch(self) -> pa.RecordBatch:
        """The rows as Arrow."""
        return batch_of(self.rows, pa.struct(list(self.schema)))


def batch_of(rows: Sequence[tuple[Any, ...]], columns: pa.StructType) -> pa.RecordBatch:
    """Rows of plain values as Arrow; all columns at once, since an array for each would cost more than the query."""
    return pa.RecordBatch.from_struct_array(pa.array(rows, columns))


class SQLiteEngine:
    """Answers queries over the rows that come with the question, from any number of threads at once.

    Parameters
    ----------
    schemas : mapping of str to pyarrow Schema
        Tables that queries read; a table that a question leaves out is empty.
    """

    def __init__(self, schemas: Mapping[str, pa.Schema]) -> None:
        self._schemas = dict(schemas)
        self._inserts = {
            name: f"INSERT INTO {_quoted(name)} VALUES ({', '.join('?' * len(schema))})"  # noqa: S608 - values are bound
            for name, schema in self._schemas.items()
        }
        self._days = {
            name: [place for place, field in enumerate(schema) if field.type == pa.date32()]
            for name, schema in self._schemas.items()
        }
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._is_open = False

    def __enter__(self) -> Self:
        """Allow questions; connections are opened by the threads that ask."""
        self._is_open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections of all threads."""
        self._is_open = False
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
        self._local = threading.local()

    def compile(self, expr: ibis.Table) -> str:
        """SQL text of `expr` for SQLite."""
        return sql_text(expr, "sqlite")

    def query(self, expr: ibis.Table, *, compiled: str | None = None) -> Query:
        """Compile `expr` to be asked again and again; `compiled` is its SQL text, where it is known already."""
        return Query(compiled or self.compile(expr), arrow_schema(expr))

    def ask(self, queries: Sequence[Query], rows: Mapping[str, Rows]) -> list[Answer]:
        """Answers to all `queries` over the same `rows`, in their order.

        Parameters
        ----------
        queries : sequence of Query
            What to compute.
        rows : mapping of str to Table, or to tuples
            Rows by table, in the columns of the engine's schemas; of several clients, or variants of one, several keys.
            Tuples hold one value per column, in the order and of the types of the schema.

        Raises
        ------
        DataError
            When SQLite cannot compute an answer, as when a sum leaves int64.
        """
        connection = self._connection()
        try:
            connection.execute("BEGIN")
            for name, table in rows.items():
                self._insert(connection, name, table)
            return [Answer(connection.execute(query.sql).fetchall(), query.schema) for query in queries]
        except sqlite3.Error as error:
            raise DataError(f"SQLite could not run this step: {error}") from error
        finally:
            if connection.in_transaction:
                connection.rollback()

    def _connection(self) -> sqlite3.Connection:
        if not self._is_open:
            raise InvariantError("The SQLite engine is used outside its `with` block.")
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            # Closed by whoever leaves the `with` block; used by no other thread than this one.
            found = sqlite3.connect(
                ":memory:", isolation_level=None, cached_statements=CACHED_STATEMENTS, check_same_thread=False
            )
            for name, schema in self._schemas.items():
                columns = ", ".join(f"{_quoted(field.name)} {_TYPES[field.type]}" for field in schema)
                found.execute(f"CREATE TABLE {_quoted(name)} ({columns})")
            self._local.connection = found
            with self._lock:
                self._opened.append(found)
        return found

    def _insert(self, connection: sqlite3.Connection, name: str, rows: Rows) -> None:
        if name not in self._schemas:
            raise InvariantError(f"The SQLite engine knows no table {name}; it has {', '.join(self._schemas)}.")
        if isinstance(rows, Sequence):
            days = self._days[name]
            connection.executemany(self._inserts[name], [_with_text(row, days) for row in rows] if days else rows)
        elif rows.num_rows:
            schema = self._schemas[name]
            # Choosing and casting a hundred columns costs three times as much as reading one row of them.
            wanted = rows if rows.schema.equals(schema) else rows.select(schema.names).cast(schema)
            connection.executemany(self._inserts[name], zip(*map(_plain, wanted.columns), strict=True))


def _plain(column: pa.ChunkedArray) -> list[object]:
    """Values as SQLite takes them; days as ISO text, which sorts and compares as they do."""
    return (column.cast(pa.string()) if column.type == pa.date32() else column).to_pylist()


def _with_text(row: tuple[Any, ...], days: Sequence[int]) -> tuple[Any, ...]:
    """`row` with its days as ISO text."""
    values = list(row)
    for place in days:
        if values[place] is not None:
            values[place] = values[place].isoformat()
    return tuple(values)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
