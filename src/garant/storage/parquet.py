"""Parquet files whose bytes depend on rows and schema alone, so that whoever writes them gets the same digest."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from garant.exceptions import InvariantError
from garant.storage.durable import atomic_path

GROUP_ROWS = 65_536
"""Rows of a row group: a part of a matrix is one group; of 350 columns it takes 180 MB in memory while written."""


def write_parquet(path: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> int:
    """Write `batches` to the file `path`, durably, whole or not at all; return the number of rows.

    The same rows in the same order give the same bytes, however they were cut into batches: pages and row groups
    begin where this function says. Everything else that Parquet leaves open is fixed here too; only another release of
    pyarrow may write other bytes.

    Parameters
    ----------
    path : Path
        File to write or to replace.
    batches : iterable of RecordBatch
        Rows; columns of `schema`, by name, in any order, others are left out.
    schema : pyarrow Schema
        Columns of the file.

    Raises
    ------
    InvariantError
        When a batch lacks a column or has it in another type.
    StorageError
        When the file cannot be written.
    """
    n_rows = 0
    with (
        atomic_path(path) as temporary,
        pq.ParquetWriter(
            temporary,
            schema,
            version="2.6",
            data_page_version="1.0",
            compression="zstd",
            compression_level=1,
            use_dictionary=True,
            write_statistics=True,
            write_page_checksum=True,
        ) as writer,
    ):
        for group in _groups(batches, schema):
            writer.write_table(group, row_group_size=GROUP_ROWS)
            n_rows += group.num_rows
    return n_rows


def _groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Tables of `GROUP_ROWS` rows in one piece each, the last one with the rest."""
    waiting: list[pa.RecordBatch] = []
    n_waiting = 0
    for batch in batches:
        rest = _of_schema(batch, schema)
        while n_waiting + rest.num_rows >= GROUP_ROWS:
            head = rest.slice(0, GROUP_ROWS - n_waiting)
            rest = rest.slice(head.num_rows)
            yield _in_one_piece([*waiting, head], schema)
            waiting, n_waiting = [], 0
        if rest.num_rows:
            waiting.append(rest)
            n_waiting += rest.num_rows
    if waiting:
        yield _in_one_piece(waiting, schema)


def _of_schema(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    absent = [name for name in schema.names if name not in batch.schema.names]
    if absent:
        raise InvariantError(f"Rows to be written lack the columns {', '.join(absent)}.")
    chosen = batch.select(schema.names)
    if chosen.schema.types != schema.types:
        raise InvariantError(f"Rows to be written are of {chosen.schema} instead of {schema}.")
    return pa.RecordBatch.from_arrays(chosen.columns, schema=schema)


def _in_one_piece(batches: list[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    # A page ends where a piece ends, so pieces would show in the bytes.
    return pa.Table.from_batches(batches, schema).combine_chunks()
