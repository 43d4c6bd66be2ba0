"""DuckDB in process: the engine of a laptop."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import duckdb
import ibis
import pyarrow as pa

from garant.engines.arrow_schema import arrow_schema
from garant.engines.protocol import BATCH_ROWS, Keep, part_name
from garant.engines.sql_text import sql_text
from garant.exceptions import DataError, GarantError, InvariantError, StorageError
from garant.storage import atomic_path
from garant.storage.parquet import write_parquet
from garant.storage.reach import Reach, Written
from garant.storage.scratch import scratch_folder

Shared = TypeVar("Shared")
Partial = TypeVar("Partial")
Tool = TypeVar("Tool")

_SQL_TYPES = {pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.string(): "VARCHAR", pa.date32(): "DATE"}


class DuckDBEngine:
    """Engine of one process on a connection of its own, with a memory limit and a folder to spill into.

    Parameters
    ----------
    memory_limit : str
        What DuckDB may hold in memory, e.g. ``"2GB"``; beyond it it spills to `spill_folder`.
    threads : int
        Worker threads.
    spill_folder : Path or None
        Where to make the temporary folder; the system's own place by default.
    """

    def __init__(self, *, memory_limit: str = "2GB", threads: int = 2, spill_folder: Path | None = None) -> None:
        self._memory_limit, self._threads, self._spill_parent = memory_limit, threads, spill_folder
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._spill: ExitStack | None = None

    def __enter__(self) -> Self:
        """Open the connection; nothing is loaded from the network, no extension is installed."""
        self._spill = ExitStack()
        folder = self._spill.enter_context(scratch_folder("duckdb", parent=self._spill_parent))
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                "memory_limit": self._memory_limit,
                "threads": self._threads,
                "temp_directory": str(folder),
            },
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection and remove the spilled files."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._spill is not None:
            self._spill.close()
            self._spill = None

    @property
    def reach(self) -> Reach:
        """The disk of this machine: everything is done in this process."""
        return Reach()

    @property
    def in_process(self) -> bool:
        """True."""
        return True

    @property
    def threads_per_file(self) -> int:
        """All threads: one file is worked on at a time."""
        return self._threads

    @property
    def vcpus(self) -> int:
        """As many as there are threads."""
        return self._threads

    def register(self, name: str, files: Sequence[Path], schema: pa.Schema, *, key: str | None = None) -> None:  # noqa: ARG002 - all rows are here
        """Make the Parquet `files` known as table `name`; no file at all is an empty table of `schema`."""
        if files:
            listed = ", ".join(_quoted(str(file), "'") for file in files)
            source = f"SELECT * FROM read_parquet([{listed}])"  # noqa: S608 - paths are quoted above
        else:
            columns = ", ".join(f"NULL::{_SQL_TYPES[f.type]} AS {_quoted(f.name, chr(34))}" for f in schema)
            source = f"SELECT {columns} WHERE FALSE"
        self._execute(f"CREATE OR REPLACE VIEW {_quoted(name, chr(34))} AS {source}")

    def compile(self, expr: ibis.Table) -> str:
        """SQL text of `expr` for DuckDB."""
        return sql_text(expr, "duckdb")

    def batches(self, expr: ibis.Table, *, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Result of `expr` in batches of at most `rows` rows, in the order that `expr` states."""
        # A cursor per query: a connection may not be used again before its last result is read to the end.
        cursor = self._open().cursor()
        try:
            yield from cursor.sql(self.compile(expr)).to_arrow_reader(rows)
        except duckdb.Error as error:
            raise _translated(error) from error
        finally:
            cursor.close()

    def rows_with(self, name: str, column: str, values: Sequence[int]) -> pa.Table:
        """Rows of the registered table `name` whose `column` is one of `values`, in the order of its files.

        Nothing is compiled and no expression needed: for the few rows of one client, asked for again and again.
        """
        marks = ", ".join("?" * len(values)) or "NULL"
        # Names are quoted, values are parameters.
        sql = f"SELECT * FROM {_quoted(name, chr(34))} WHERE {_quoted(column, chr(34))} IN ({marks})"  # noqa: S608
        cursor = self._open().cursor()
        try:
            return cursor.sql(sql, params=list(values)).to_arrow_table()
        except duckdb.Error as error:
            raise _translated(error) from error
        finally:
            cursor.close()

    def write(self, expr: ibis.Table, path: Path) -> int:
        """Write the result of `expr` to the Parquet file `path`, durably; return its number of rows."""
        with atomic_path(path) as temporary:
            target = _quoted(str(temporary), "'")
            copy = f"COPY ({self.compile(expr)}) TO {target} (FORMAT parquet, COMPRESSION zstd)"
            row = self._execute(copy)
        return int(row)

    def store(self, name: str, expr: ibis.Table, folder: Path) -> None:
        """Write the result of `expr` to a file in `folder` and register it as table `name`."""
        path = folder / f"{name}.parquet"
        self.write(expr, path)
        self.register(name, [path], arrow_schema(expr))

    def write_parts(
        self, rows_of: Callable[[Keep | None], ibis.Table], *, key: str, n_parts: int, folder: Path
    ) -> tuple[Written, ...]:
        """Write part after part, asking for the rows of one part at a time."""
        written: list[Written] = []
        for number in range(n_parts):
            expr = rows_of(None if n_parts == 1 else partial(_is_in_part, key=key, number=number, n_parts=n_parts))
            write = partial(write_parquet, batches=self.batches(expr), schema=arrow_schema(expr))
            written.append(self.reach.write(folder / part_name(number), write))
        return tuple(written)

    def map_batches(
        self,
        expr: ibis.Table,
        function: Callable[[pa.RecordBatch, Tool], pa.RecordBatch],
        schema: pa.Schema,
        *,
        shared: Shared,
        prepare: Callable[[Shared], Tool],
    ) -> Iterator[pa.RecordBatch]:
        """Apply `function` to each batch, one after the other; each result must have `schema`."""
        tool = prepare(shared)
        for batch in self.batches(expr):
            result = function(batch, tool)
            if not result.schema.equals(schema):
                raise InvariantError(f"A batch function returned {result.schema} instead of {schema}.")
            yield result

    def map_files(
        self,
        files: Sequence[Path],
        function: Callable[[Path, Tool], Partial],
        *,
        shared: Shared,
        prepare: Callable[[Shared], Tool],
    ) -> Iterator[Partial]:
        """Call `function` for one file after the other, in this process."""
        if files:
            tool = prepare(shared)
            for file in files:
                yield function(file, tool)

    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            raise InvariantError("The DuckDB engine is used outside its `with` block.")
        return self._connection

    def _execute(self, sql: str) -> int:
        cursor = self._open().cursor()
        try:
            row = cursor.execute(sql).fetchone()
        except duckdb.Error as error:
            raise _translated(error) from error
        finally:
            cursor.close()
        return int(row[0]) if row else 0


def _translated(error: duckdb.Error) -> GarantError:
    """Say what to do about an error of DuckDB that a user can mend."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return DataError(f"Not enough memory for this step: {error}. Raise GARANT_MEMORY_LIMIT or free disk space.")
    if isinstance(error, duckdb.IOException):
        return StorageError(f"A file cannot be written or read: {error}. Check free space and rights.")
    return DataError(f"DuckDB could not run this step: {error}")


def _is_in_part(rows: Any, *, key: str, number: int, n_parts: int) -> Any:  # noqa: ANN401 - parts of an expression
    return rows[key] % n_parts == number


def _quoted(text: str, mark: str) -> str:
    return mark + text.replace(mark, mark + mark) + mark
