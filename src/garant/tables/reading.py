"""One source file from its bytes to judged rows, in blocks that workers parse and judge side by side, in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from garant.exceptions import ReconciliationError, TableError
from garant.tables import csv_reader, parquet_reader
from garant.tables.chunk import Chunk
from garant.tables.columns import TableSchema
from garant.tables.config import ReadOptions
from garant.tables.header import ColumnMatch, match_columns
from garant.tables.header_place import check_header
from garant.tables.judge import Judge, Judged
from garant.tables.rules import refuse
from garant.tables.source_file import Format, SourceFile, digest, stamp

BLOCK_BYTES = 8 << 20
"""Text that is parsed at a time, about 100 MB with all that is made of it; also the longest row that is surely read."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class SourceReader:
    """Iterates over the judged rows of one file.

    Parameters
    ----------
    file : SourceFile
        What to read.
    options : ReadOptions
        How it is written.
    match : ColumnMatch
        Which of its columns are which.
    judge : Judge
        What its rows are held to.
    threads : int
        Workers that parse and judge blocks.

    Attributes
    ----------
    n_bytes : int
        Size of the file.
    sha256 : str
        Digest of the bytes that were read; known when all are.
    """

    def __init__(
        self, file: SourceFile, options: ReadOptions, match: ColumnMatch, judge: Judge, *, threads: int
    ) -> None:
        self._file, self._options, self._match, self._judge, self._threads = file, options, match, judge, threads
        self._stamp = stamp(file)
        self.n_bytes = self._stamp.size
        self.sha256 = ""

    def __iter__(self) -> Iterator[Judged]:
        """Judged rows, block by block.

        Raises
        ------
        TableError
            When the file cannot be read to its end or changed meanwhile.
        """
        try:
            yield from self._parquet() if self._file.format is Format.PARQUET else self._text()
        except (TableError, ReconciliationError):
            # Half of one content and half of another breaks any rule: the change is what must be told.
            self._refuse_changed()
            raise
        self._refuse_changed()

    def _refuse_changed(self) -> None:
        if stamp(self._file) != self._stamp:
            refuse("changed", self._file.name)

    def _check_names(self, names: Sequence[str]) -> None:
        """Refuse a file whose columns are not those that were matched."""
        if tuple(names) != self._match.names:
            refuse("changed", self._file.name)

    def _text(self) -> Iterator[Judged]:
        file, options, schema = self._file, self._options, self._judge.schema
        header = csv_reader.read_header(file, options)
        self._check_names(header.names)

        def judged(block: csv_reader.Block) -> Judged:
            return self._judge.judge(csv_reader.read_block(block, file, options, schema, self._match))

        with csv_reader.open_blocks(file, options, header, size=BLOCK_BYTES) as (text, blocks):
            yield from _in_order(judged, blocks, threads=self._threads)
            self.sha256 = text.sha256()

    def _parquet(self) -> Iterator[Judged]:
        with parquet_reader.open_parquet(self._file) as parquet:
            self._check_names(parquet_reader.column_names(parquet))
            parquet_reader.check_types(parquet, self._file, self._judge.schema, self._match)
            chunks = parquet_reader.read_chunks(parquet, self._file, self._match)
            yield from _in_order(self._judge.judge, chunks, threads=self._threads)
        self.sha256 = digest(self._file)


def read_raw(file: SourceFile, options: ReadOptions, schema: TableSchema, match: ColumnMatch) -> Iterator[Chunk]:
    """Rows of `file` as raw cells, block by block, not judged."""
    if file.format is Format.PARQUET:
        with parquet_reader.open_parquet(file) as parquet:
            yield from parquet_reader.read_chunks(parquet, file, match)
        return
    header = csv_reader.read_header(file, options)
    with csv_reader.open_blocks(file, options, header, size=BLOCK_BYTES) as (_, blocks):
        for block in blocks:
            yield csv_reader.read_block(block, file, options, schema, match)


def match_file(
    file: SourceFile, options: ReadOptions, schema: TableSchema, *, renamed: Mapping[str, str]
) -> ColumnMatch:
    """Match the columns of `file` with those of `schema`.

    Raises
    ------
    TableError
        When it is no such table, its header is not where it should be, or a column is absent or there twice.
    """
    if file.format is Format.PARQUET:
        with parquet_reader.open_parquet(file) as parquet:
            names = parquet_reader.column_names(parquet)
    else:
        check_header(file, options, schema, renamed=renamed)
        names = csv_reader.read_header(file, options).names
    return match_columns(names, schema, renamed=renamed, where=file.name)


def _in_order(function: Callable[[Item], Result], items: Iterable[Item], *, threads: int) -> Iterator[Result]:
    """Results of `function` in the order of `items`; only as many items as keep the workers busy are in memory."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[Result]] = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
