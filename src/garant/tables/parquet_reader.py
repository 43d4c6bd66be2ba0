"""Parquet files as chunks of raw cells; a row's line is its position plus one, as if a header came first."""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from garant.tables.chunk import Chunk, Positions
from garant.tables.columns import TableSchema
from garant.tables.convert_typed import unfit
from garant.tables.file_kind import START_BYTES, check_kind
from garant.tables.header import ColumnMatch
from garant.tables.rules import refuse
from garant.tables.source_file import SourceFile, refuse_access, stamp

_BATCH_CELLS = 4_000_000
"""Cells of one batch: about 32 MB of numbers."""


@contextmanager
def open_parquet(file: SourceFile) -> Generator[pq.ParquetFile]:
    """Open a Parquet file for the length of the block; page checksums are verified where they were written.

    Raises
    ------
    TableError
        When it is something else, or cut.
    """
    try:
        with file.path.open("rb") as stream:
            start = stream.read(START_BYTES)
    except OSError as error:
        refuse_access(file.name, error)
    if not start:
        refuse("empty_file", file.name)
    check_kind(start, file)
    try:
        opened = pq.ParquetFile(file.path, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        refuse("unreadable", file.name, cause=error, detail=_first_line(error))
    with opened:
        yield opened


def column_names(parquet: pq.ParquetFile) -> tuple[str, ...]:
    """Names of the columns in the order of the file."""
    return tuple(parquet.schema_arrow.names)


def check_types(parquet: pq.ParquetFile, file: SourceFile, schema: TableSchema, match: ColumnMatch) -> None:
    """Refuse the file when a column's type cannot hold the declared kind exactly.

    Raises
    ------
    TableError
        Names every such column with its type and the expected ones.
    """
    problems: list[str] = []
    for column, position in match.positions.items():
        found = parquet.schema_arrow.field(position).type
        expected = unfit(found, schema[column].kind)
        if expected is not None:
            problems.append(f"{column} is {found}, expected {expected}")
    if problems:
        refuse("unfit_types", file.name, columns="; ".join(problems))


def read_chunks(parquet: pq.ParquetFile, file: SourceFile, match: ColumnMatch) -> Iterator[Chunk]:
    """Rows of the file in batches."""
    names = column_names(parquet)
    wanted = {column: names[position] for column, position in match.positions.items()}
    rows = max(_BATCH_CELLS // max(len(wanted), 1), 1)
    size = stamp(file).size
    n_before, n_rows = 0, parquet.metadata.num_rows
    try:
        for batch in parquet.iter_batches(batch_size=rows, columns=list(wanted.values())):
            n_through = n_before + batch.num_rows
            lines = np.arange(n_before + 2, n_through + 2, dtype=np.int64)
            cells = {column: batch.column(name) for column, name in wanted.items()}
            yield Chunk(cells, lines, _raw_rows(batch), (), batch.num_rows, size * n_through // max(n_rows, 1))
            n_before = n_through
    except (OSError, pa.ArrowException) as error:
        refuse("unreadable", file.name, cause=error, detail=_first_line(error))


def _raw_rows(batch: pa.RecordBatch) -> Callable[[Positions], list[str]]:
    """Raw text of rows: their values as JSON."""

    def texts(rows: Positions) -> list[str]:
        return [json.dumps(row, default=str, ensure_ascii=False) for row in batch.take(pa.array(rows)).to_pylist()]

    return texts


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0].rstrip(".")
