"""One source file from its bytes to judged rows, in blocks that workers parse and judge side by side, in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from garant.storage import sha256_file
from garant.tables import csv_reader, parquet_reader
from garant.tables.config import ReadOptions
from garant.tables.header import ColumnMatch
from garant.tables.judge import Judge, Judged
from garant.tables.rules import refuse
from garant.tables.sources import Format, SourceFile

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
        self._stamp = _stamp(file)
        self.n_bytes = self._stamp[0]
        self.sha256 = ""

    def __iter__(self) -> Iterator[Judged]:
        """Judged rows, block by block.

        Raises
        ------
        TableError
            When the file cannot be read to its end or changed meanwhile.
        """
        yield from self._parquet() if self._file.format is Format.PARQUET else self._text()
        if _stamp(self._file) != self._stamp:
            refuse("changed", self._file.name)

    def _text(self) -> Iterator[Judged]:
        file, options, schema = self._file, self._options, self._judge.schema
        header = csv_reader.read_header(file, options)

        def judged(block: csv_reader.Block) -> Judged:
            return self._judge.judge(csv_reader.read_block(block, file, options, schema, self._match))

        with csv_reader.open_blocks(file, options, header, size=BLOCK_BYTES) as (text, blocks):
            yield from _in_order(judged, blocks, threads=self._threads)
            self.sha256 = text.sha256()

    def _parquet(self) -> Iterator[Judged]:
        with parquet_reader.open_parquet(self._file) as parquet:
            parquet_reader.check_types(parquet, self._file, self._judge.schema, self._match)
            chunks = parquet_reader.read_chunks(parquet, self._file, self._match)
            yield from _in_order(self._judge.judge, chunks, threads=self._threads)
        self.sha256 = sha256_file(self._file.path)


def read_names(file: SourceFile, options: ReadOptions) -> tuple[str, ...]:
    """Names of the columns of `file`, in its order."""
    if file.format is Format.PARQUET:
        with parquet_reader.open_parquet(file) as parquet:
            return parquet_reader.column_names(parquet)
    return csv_reader.read_header(file, options).names


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


def _stamp(file: SourceFile) -> tuple[int, int]:
    """Size and time of change, by which a file that changes while it is read is noticed."""
    try:
        status = file.path.stat()
    except OSError as error:
        refuse("unreadable", file.name, cause=error, detail=error.strerror or str(error))
    return status.st_size, status.st_mtime_ns
