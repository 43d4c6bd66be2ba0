"""Inside a task: sorted rows become the files of their parts."""

import platform
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from garant.engines.protocol import part_name
from garant.exceptions import StorageError
from garant.storage.parquet import write_parquet
from garant.storage.reach import Reach, Written

PART = "part_number"
"""Column by which rows are brought to their part; written to no file."""

WRITTEN = pa.schema([("number", pa.int64()), ("rows", pa.int64()), ("bytes", pa.int64()), ("sha256", pa.string())])
"""What a task says of each file."""


@dataclass(frozen=True, slots=True)
class PartWriter:
    """Writes the parts of one Spark partition, whose rows come sorted by part and key.

    Parameters
    ----------
    folder : Path
        Where the parts are, as the driver speaks of it.
    schema : pyarrow Schema
        Columns of a file.
    reach : Reach
        How the folder is reached.
    """

    folder: Path
    schema: pa.Schema
    reach: Reach

    def write_all(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Write all parts that come; yield `WRITTEN`."""
        rows = _Rows(iter(batches))
        while (number := rows.part) is not None:
            written = self.write(number, rows.of(number))
            values = [[number], [written.rows], [written.bytes], [written.sha256]]
            yield pa.RecordBatch.from_arrays([pa.array(value) for value in values], schema=WRITTEN)

    def write(self, number: int, batches: Iterator[pa.RecordBatch]) -> Written:
        """Write part `number`, whole or not at all.

        Raises
        ------
        StorageError
            When the driver made the folder on a disk that this machine does not see: rows of persons would stay here.
        """
        place = self.reach.place(self.folder)
        if isinstance(place, Path) and not place.is_dir():
            raise StorageError(
                f"{place}: is not there on the worker {platform.node()}. Write to a disk that all machines see, or to "
                "s3://bucket/prefix."
            )
        write: Callable[..., int] = partial(write_parquet, batches=batches, schema=self.schema)
        return self.reach.write(self.folder / part_name(number), write)


class _Rows:
    """Batches sorted by part, handed out part by part."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self._rest: pa.RecordBatch | None = None
        self._next()

    @property
    def part(self) -> int | None:
        """Part of the row that comes next; None at the end."""
        return None if self._rest is None else int(self._rest.column(PART)[0].as_py())

    def of(self, number: int) -> Iterator[pa.RecordBatch]:
        """Rows of part `number`."""
        while (batch := self._rest) is not None and self.part == number:
            end = int(np.searchsorted(np.asarray(batch.column(PART)), number, side="right"))
            yield batch.slice(0, end)
            self._rest = batch.slice(end)
            if end == batch.num_rows:
                self._next()

    def _next(self) -> None:
        self._rest = next((batch for batch in self._batches if batch.num_rows), None)
