"""What an engine can do: the same few methods on a laptop, on a cluster and for one client."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import ibis
import pyarrow as pa

from garant.storage.reach import Reach, Written

Shared = TypeVar("Shared")
Partial = TypeVar("Partial")
Tool = TypeVar("Tool")

Keep = Callable[[Any], Any]
"""Condition on rows: a table expression in, a column of truth values out."""

BATCH_ROWS = 32_768
"""Rows of one Arrow batch: about 40 MB of a 300-column matrix."""


def part_name(number: int) -> str:
    """Name of the file of a part."""
    return f"part-{number:05d}.parquet"


class Engine(Protocol):
    """Runs expressions over registered tables.

    Ibis compiles only; each engine runs the SQL text on its own connection.
    """

    @property
    def reach(self) -> Reach:
        """How a function of `map_files` reaches other files than the one it is given; above all those it writes."""
        ...

    @property
    def in_process(self) -> bool:
        """Whether a function of `map_files` runs in this process, so that it can tell how far it is."""
        ...

    @property
    def threads_per_file(self) -> int:
        """Threads that a function of `map_files` may use for one file."""
        ...

    @property
    def vcpus(self) -> int:
        """Cores that are kept for the work while the engine is open: what is paid for."""
        ...

    def __enter__(self) -> Self:
        """Open the connection."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection and remove what was spilled."""
        ...

    def register(self, name: str, files: Sequence[Path], schema: pa.Schema, *, key: str | None = None) -> None:
        """Make the Parquet `files` known as table `name`; no file at all is an empty table of `schema`.

        Parameters
        ----------
        name : str
            Name that expressions use.
        files : sequence of Path
            Parquet files.
        schema : pyarrow Schema
            Columns.
        key : str or None
            Column by which the rows will be asked for again and again: a cluster brings them together once. Every row
            must have one; on a cluster a row without is left behind.
        """
        ...

    def compile(self, expr: ibis.Table) -> str:
        """SQL text of `expr` in the engine's dialect."""
        ...

    def batches(self, expr: ibis.Table, *, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Result of `expr` in batches of at most `rows` rows, never whole in memory."""
        ...

    def write(self, expr: ibis.Table, path: Path) -> int:
        """Write the result of `expr` to the Parquet file `path`, durably; return its number of rows."""
        ...

    def store(self, name: str, expr: ibis.Table, folder: Path) -> None:
        """Make the result of `expr` known as table `name`; an engine that writes it down does so in `folder`."""
        ...

    def write_parts(
        self, rows_of: Callable[[Keep | None], ibis.Table], *, key: str, n_parts: int, folder: Path
    ) -> tuple[Written, ...]:
        """Write a table to `n_parts` files by the remainder of its `key`, whatever the engine the same bytes.

        Parameters
        ----------
        rows_of : callable
            Gives the table, sorted by `key`; of a condition on `key` only the rows that meet it, or all of None. An
            engine of one machine asks for part after part, so that only one of them is in memory; a cluster asks once.
        key : str
            Whole-number column, first of the table.
        n_parts : int
            Number of files.
        folder : Path
            Where ``part-00000.parquet`` and so on are written.

        Returns
        -------
        tuple of Written
            The files, in the order of their numbers.
        """
        ...

    def map_batches(
        self,
        expr: ibis.Table,
        function: Callable[[pa.RecordBatch, Tool], pa.RecordBatch],
        schema: pa.Schema,
        *,
        shared: Shared,
        prepare: Callable[[Shared], Tool],
    ) -> Iterator[pa.RecordBatch]:
        """Apply `function` to each batch where it is; `shared` and `prepare` are those of `map_files`."""
        ...

    def map_files(
        self,
        files: Sequence[Path],
        function: Callable[[Path, Tool], Partial],
        *,
        shared: Shared,
        prepare: Callable[[Shared], Tool],
    ) -> Iterator[Partial]:
        """Call `function` once per file, where the file is read; results come in the order of `files`.

        Parameters
        ----------
        files : sequence of Path
            Files to work on.
        function : callable
            Importable function of a file, there for the length of the call, and the tool; returns something small. It
            may run more than once for a file (a worker died), so what it writes must be written whole or not at all,
            and be the same each time.
        shared : object
            Sent to every worker once; plain data.
        prepare : callable
            Importable function that makes the tool of `shared`, once per worker process.
        """
        ...
