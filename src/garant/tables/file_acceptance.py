"""One source file is read and judged where it lies: its accepted part, its orphans, its broken rows, and their counts.

A laptop reads file after file, a cluster many at once, by this very function: cells are understood in one way.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from garant.exceptions import InvariantError, ReconciliationError
from garant.storage import atomic_path
from garant.tables.columns import TableSchema
from garant.tables.config import ReadOptions
from garant.tables.header import ColumnMatch
from garant.tables.judge import Judge, Judged, coded
from garant.tables.level_warnings import LevelWarnings
from garant.tables.orphans import IdSet
from garant.tables.quarantine import BrokenRows, Quarantine
from garant.tables.reading import SourceReader
from garant.tables.source_file import Format, SourceFile
from garant.tables.table_columns import LABEL

Progress = Callable[[str, int, int], None]
"""Told the step's text, how much of it is done and the total."""


@dataclass(slots=True)
class Tally:
    """Rows of one source file; `physical` is counted before parsing, the others where rows are written."""

    physical: int = 0
    accepted: int = 0
    orphans: int = 0
    quarantined: int = 0
    by_rule: Counter[str] = field(default_factory=Counter[str])

    def reconcile(self, file: str) -> None:
        """Raise ReconciliationError unless every physical row is accounted for."""
        found = self.accepted + self.orphans + self.quarantined
        if found != self.physical:
            raise ReconciliationError(
                f"{file}: {self.physical} rows in the file, but {self.accepted} accepted + {self.orphans} orphans + "
                f"{self.quarantined} quarantined = {found}. Nothing was written; please report this fault of garant."
            )


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, how its columns are matched, and where its rows go.

    Parameters
    ----------
    file : SourceFile
        What to read.
    match : ColumnMatch
        Which of its columns are which.
    part : Path
        Where accepted rows are written.
    """

    file: SourceFile
    match: ColumnMatch
    part: Path

    def beside(self, kind: str) -> Path:
        """Hidden file beside the part, for rows that are gathered by table later."""
        return self.part.with_name(f".{self.part.stem}.{kind}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWork:
    """What the files of one table are held to: plain data, sent to every worker once.

    Parameters
    ----------
    schema : TableSchema
        Declaration of the table.
    options : ReadOptions
        How its files are written.
    sources : tuple of Source
        Its files.
    parents : IdSet or None
        Ids of accepted parents, for a child table.
    label_needed : bool
        Whether an empty TARGET breaks a rule.
    threads : int
        Workers that parse blocks of one file.
    progress : callable or None
        Told of the bytes read, where the reader can tell somebody.
    """

    schema: TableSchema
    options: ReadOptions
    sources: tuple[Source, ...]
    parents: IdSet | None
    label_needed: bool
    threads: int
    progress: Progress | None = None

    def source(self, path: Path) -> Source:
        """The source whose file is `path`."""
        for source in self.sources:
            if source.file.path == path:
                return source
        raise InvariantError(f"{path} is none of the files that were to be read.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """What became of one source file.

    Parameters
    ----------
    name : str
        Its name inside the data folder.
    n_bytes, sha256 : int, str
        What was read.
    tally : Tally
        Its rows.
    part : Path
        Its accepted rows.
    orphans : Path or None
        Its orphans, when there are any.
    broken : BrokenRows
        Its rows that broke a rule.
    levels : LevelWarnings
        What was noticed in its categories.
    """

    name: str
    n_bytes: int
    sha256: str
    tally: Tally
    part: Path
    orphans: Path | None
    broken: BrokenRows
    levels: LevelWarnings


def itself(work: ReadWork) -> ReadWork:
    """Return what reading needs: the work as it came."""
    return work


def read_source(path: Path, work: ReadWork) -> ReadFile:
    """Read the file `path`, one of the sources of `work`, to its end.

    Raises
    ------
    TableError
        The file breaks a rule of severity "file".
    """
    source, schema = work.source(path), work.schema
    file = source.file
    judge = Judge(
        schema=schema,
        file=file.name,
        parents=work.parents,
        label_needed=work.label_needed and LABEL in source.match.positions,
        is_text=file.format is not Format.PARQUET,
        decimal=work.options.decimal,
        thousands=work.options.thousands,
    )
    reader = SourceReader(file, work.options, source.match, judge, threads=work.threads)
    with _FileRows(source, schema) as rows:
        for judged in reader:
            rows.write(judged)
            if work.progress is not None:
                work.progress(f"read {file.name}", min(judged.done, reader.n_bytes), reader.n_bytes)
    return ReadFile(
        name=file.name,
        n_bytes=reader.n_bytes,
        sha256=reader.sha256,
        tally=rows.tally,
        part=source.part,
        orphans=rows.orphans,
        broken=rows.quarantine.rows(),
        levels=rows.levels,
    )


class _FileRows:
    """Writes the judged rows of one source; a context manager."""

    def __init__(self, source: Source, schema: TableSchema) -> None:
        self._source, self._schema = source, schema
        self._stack = ExitStack()
        self._orphans: pq.ParquetWriter | None = None
        self.tally, self.levels = Tally(), LevelWarnings(schema.name)
        self.quarantine = Quarantine(source.beside("quarantine"), schema.name)
        self.orphans: Path | None = None

    def __enter__(self) -> Self:
        """Begin the part, which is there also when no row is accepted."""
        self._part = self._open(self._source.part)
        self._stack.enter_context(closing(self.quarantine))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish all files, or leave none."""
        self._stack.__exit__(kind, error, trace)

    def write(self, judged: Judged) -> None:
        """Write some judged rows."""
        self.tally.physical += judged.n_physical
        if judged.accepted.num_rows:
            self._part.write_batch(judged.accepted)
            self.tally.accepted += judged.accepted.num_rows
        if judged.orphans.num_rows:
            if self._orphans is None:
                self.orphans = self._source.beside("orphans")
                self._orphans = self._open(self.orphans)
            self._orphans.write_batch(judged.orphans)
            self.tally.orphans += judged.orphans.num_rows
        self.tally.by_rule += self.quarantine.add(self._source.file.name, judged.broken)
        self.tally.quarantined += judged.broken.num_rows
        self.levels.add(judged.noticed)

    def _open(self, path: Path) -> pq.ParquetWriter:
        # Whole or not there: a worker may die, or work on a file that another one was given meanwhile.
        temporary = self._stack.enter_context(atomic_path(path))
        return self._stack.enter_context(open_writer(temporary, self._schema.arrow))


def open_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Writer of accepted rows: strings arrive as codes of their levels, the line number grows steadily."""
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = [f.name for f in schema if pa.types.is_string(f.type)]
    return pq.ParquetWriter(
        path,
        coded(schema),
        compression="zstd",
        use_dictionary=texts,  # pyright: ignore[reportArgumentType] - a list of columns, or all
        column_encoding={"source_line": "DELTA_BINARY_PACKED"},
        store_schema=False,
        write_page_checksum=True,
    )
