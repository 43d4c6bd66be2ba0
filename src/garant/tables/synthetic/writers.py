"""Files that grow block by block and get their names when they are complete."""

from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal, Protocol, cast

import pyarrow as pa
import pyarrow.parquet as pq

from garant.storage import atomic_path
from garant.tables.synthetic.csv_text import csv_header, csv_rows

FileFormat = Literal["parquet", "csv"]

ROW_GROUP_BYTES = 8 << 20
"""Rows are kept until they fill this much memory: row groups that read well, and a bounded memory."""


class Sink(Protocol):
    """Something that takes the rows of one file in order."""

    def write(self, table: pa.Table) -> None:
        """Append rows."""
        ...

    def close(self) -> None:
        """Write what is left."""
        ...


class ParquetSink:
    """A Parquet file with plain strings, row groups of bounded size, and zstd."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        words = [field.name for field in schema if pa.types.is_dictionary(field.type)]
        # Without the stored Arrow schema a reader sees strings, not dictionaries.
        self._writer = pq.ParquetWriter(
            path, schema, compression="zstd", compression_level=1, use_dictionary=cast("Any", words), store_schema=False
        )
        self._kept: list[pa.Table] = []
        self._bytes = 0

    def write(self, table: pa.Table) -> None:
        """Append rows; a row group is written when enough are there."""
        self._kept.append(table)
        self._bytes += table.nbytes
        if self._bytes >= ROW_GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        """Write the last row group and the footer."""
        if self._kept:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        rows = pa.concat_tables(self._kept).unify_dictionaries()
        self._writer.write_table(rows, row_group_size=max(1, rows.num_rows))
        self._kept, self._bytes = [], 0


class CsvSink:
    """A CSV file in the form of the raw competition files."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = path.open("wb")
        self._file.write(csv_header(schema.names))

    def write(self, table: pa.Table) -> None:
        """Append rows."""
        self._file.write(csv_rows(table))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class LenderFiles:
    """The files of a lender while they grow."""

    def __init__(self, stack: ExitStack, openers: Mapping[str, Callable[[pa.Schema], Sink]]) -> None:
        self._stack = stack
        self._openers = openers
        self._sinks: dict[str, Sink] = {}

    def write(self, name: str, table: pa.Table) -> None:
        """Append rows to a file; the first rows, be they none, tell its columns."""
        if name not in self._sinks:
            self._sinks[name] = self._openers[name](table.schema)
            self._stack.callback(self._sinks[name].close)
        self._sinks[name].write(table)


@contextmanager
def open_files(paths: Mapping[str, Path]) -> Generator[LenderFiles]:
    """Open the files of a lender; they get their names when the block of the caller ends well, else they vanish.

    Parameters
    ----------
    paths : mapping of str to Path
        Final path of each file; its extension, ``.parquet`` or ``.csv``, decides the format. The last one gets its name
        first.
    """
    with ExitStack() as stack:
        openers: dict[str, Callable[[pa.Schema], Sink]] = {}
        for name, path in paths.items():
            kind = CsvSink if path.suffix == ".csv" else ParquetSink
            openers[name] = partial(kind, stack.enter_context(atomic_path(path)))
        yield LenderFiles(stack, openers)
