"""Rows, size and digest of a source file, in one pass and without judging a cell."""

from dataclasses import dataclass

from garant.tables import csv_reader, parquet_reader
from garant.tables.config import ReadOptions
from garant.tables.manifest import Progress, silent
from garant.tables.reading import BLOCK_BYTES
from garant.tables.rules import refuse
from garant.tables.source_file import Format, SourceFile, digest, stamp


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured of a file: physical rows (no header, no blank lines), size on disk, sha256."""

    rows: int
    bytes: int
    sha256: str


def measure(file: SourceFile, options: ReadOptions, *, progress: Progress = silent) -> Measured:
    """Count the rows of `file` as the reader does.

    Parameters
    ----------
    file : SourceFile
        The file.
    options : ReadOptions
        How it is written.
    progress : callable
        Told of the bytes read.

    Raises
    ------
    TableError
        When it is no table that can be read to its end, or changed meanwhile.
    """
    before = stamp(file)
    if file.format is Format.PARQUET:
        with parquet_reader.open_parquet(file) as parquet:
            n_rows = parquet.metadata.num_rows
        sha256 = digest(file)
    else:
        n_rows, sha256 = _text(file, options, before.size, progress)
    progress(f"read {file.name}", before.size, before.size)
    if stamp(file) != before:
        refuse("changed", file.name)
    return Measured(n_rows, before.size, sha256)


def _text(file: SourceFile, options: ReadOptions, size: int, progress: Progress) -> tuple[int, str]:
    header = csv_reader.read_header(file, options)
    n_rows = 0
    with csv_reader.open_blocks(file, options, header, size=BLOCK_BYTES) as (text, blocks):
        for block in blocks:
            n_rows += csv_reader.count_rows(block, file, options)
            progress(f"read {file.name}", min(block.done, size), size)
        return n_rows, text.sha256()
