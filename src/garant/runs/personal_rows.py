"""Rows of given people in any file of a run, found by content: Parquet and CSV with a column ``SK_ID_CURR``.

Rows in quarantine whose id could not be read count as a person's when their raw text holds the id as a number. Rows of
``bureau_balance`` carry no id of a person: they belong to whoever has the credit, as far as the run itself tells.
"""

import csv
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.engines.protocol import BATCH_ROWS
from garant.storage import atomic_path
from garant.storage.parquet import write_parquet

KEY, CREDIT, RAW = "SK_ID_CURR", "SK_ID_BUREAU", "raw"

_NUMBER = re.compile(r"(?<![\w.-])(\d{1,18})(?:\.0+)?(?![\w.])")
"""A whole number that is not negative, also as 100002.0; what other signs stand around it does not matter."""

_LEAST_CREDIT = 10_000
"""Numbers of credits have five digits and more: smaller ones in a raw row are counts, months or flags."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class People:
    """Whose rows are looked for.

    Parameters
    ----------
    clients : frozenset of int
        Their ids.
    credits : frozenset of int
        Their credits elsewhere (``SK_ID_BUREAU``) whose rows name no client.
    """

    clients: frozenset[int]
    credits: frozenset[int] = field(default=frozenset())


def is_looked_at(file: Path) -> bool:
    """Whether a file can hold rows of people: Parquet or CSV with a column that says whose they are."""
    if file.suffix == ".parquet":
        return bool({KEY, CREDIT} & set(pq.read_schema(file).names))
    return file.suffix == ".csv" and KEY in _header(file)


def rows_of(file: Path, people: People) -> pa.Table:
    """Rows of `people` in a file, of Parquet whole, of CSV as text."""
    if file.suffix == ".csv":
        header = _header(file)
        found = [row for row, _ in _csv_rows(file) if _is_theirs(row, header.index(KEY), people)]
        return pa.table({name: pa.array([row[n] for row in found], pa.string()) for n, name in enumerate(header)})
    with pq.ParquetFile(file) as stored:
        schema = stored.schema_arrow
        needed = _needed(schema)
        hits: list[pa.Table] = []
        for group in range(stored.num_row_groups):
            # Whole rows are read only where there is one: most groups hold none.
            is_theirs = _mask(stored.read_row_group(group, columns=needed), people)
            if is_theirs.any():
                hits.append(stored.read_row_group(group).filter(pa.array(is_theirs)))
    return pa.concat_tables(hits) if hits else schema.empty_table()


def write_without(file: Path, target: Path, people: People) -> int:
    """Write a file without the rows of `people`; return the number of rows that are left."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix == ".csv":
        return _write_csv_without(file, target, people)
    with pq.ParquetFile(file) as stored:
        schema = stored.schema_arrow.remove_metadata()

        def left() -> Generator[pa.RecordBatch]:
            for batch in stored.iter_batches(batch_size=BATCH_ROWS):
                rows = pa.Table.from_batches([batch]).replace_schema_metadata(None)
                keep = ~_mask(rows, people)
                yield from rows.filter(pa.array(keep)).combine_chunks().to_batches()

        return write_parquet(target, left(), schema)


def credits_of(rows: pa.Table) -> frozenset[int]:
    """Credits that the given rows of ``bureau`` speak of: accepted ones, orphans, or rows in quarantine."""
    if CREDIT in rows.column_names:
        return frozenset(rows.column(CREDIT).drop_null().to_pylist())
    if RAW not in rows.column_names:
        return frozenset()
    texts = rows.column(RAW).to_pylist()
    return frozenset(number for text in texts for number in numbers_in(text) if number >= _LEAST_CREDIT)


def numbers_in(text: str | None) -> list[int]:
    """Whole numbers that stand in a raw row."""
    return [int(found) for found in _NUMBER.findall(text or "")]


def clients_in(file: Path) -> Iterator[int]:
    """Every id of a client in a Parquet file; where it could not be read, every number of the raw row."""
    with pq.ParquetFile(file) as stored:
        names = [name for name in (KEY, RAW) if name in stored.schema_arrow.names]
        if KEY not in names:
            return
        for batch in stored.iter_batches(batch_size=BATCH_ROWS, columns=names):
            yield from batch.column(KEY).drop_null().to_pylist()
            if RAW in names:
                unread = batch.filter(pc.is_null(batch.column(KEY)))
                for text in unread.column(RAW).to_pylist():
                    yield from numbers_in(text)


def _needed(schema: pa.Schema) -> list[str]:
    return [name for name in (KEY, CREDIT, RAW) if name in schema.names]


def _mask(rows: pa.Table, people: People) -> Mask:
    """Which rows are those of `people`."""
    found = np.zeros(rows.num_rows, np.bool_)
    if KEY in rows.column_names:
        found |= _is_in(rows.column(KEY), people.clients)
    elif CREDIT in rows.column_names:
        found |= _is_in(rows.column(CREDIT), people.credits)
    if RAW in rows.column_names:
        wanted = people.clients | people.credits
        for row in np.flatnonzero(pc.is_null(rows.column(KEY)).to_numpy()):
            found[row] = not wanted.isdisjoint(numbers_in(rows.column(RAW)[int(row)].as_py()))
    return found


def _is_in(column: pa.ChunkedArray, wanted: frozenset[int]) -> Mask:
    values = pa.array(sorted(wanted), pa.int64()).cast(column.type)
    return pc.is_in(column, value_set=values).to_numpy().astype(np.bool_)


# ---------------------------------------------------------------- CSV


def _header(file: Path) -> list[str]:
    return next((row for row, _ in _csv_rows(file)), [])


def _csv_rows(file: Path) -> Generator[tuple[list[str], str]]:
    """Rows of a file, the header too, each with the text that it is.

    A row ends at a line feed outside quotes: a carriage return alone is part of a cell, whatever `csv` makes of it.
    """
    with file.open(newline="\n", encoding="utf-8") as stream:
        text = ""
        for line in stream:
            text += line
            if text.count('"') % 2 == 0:
                yield next(csv.reader([text.replace("\r", " ").rstrip()]), []), text
                text = ""


def _is_theirs(row: Sequence[str], place: int, people: People) -> bool:
    return place < len(row) and row[place].isascii() and row[place].isdigit() and int(row[place]) in people.clients


def _write_csv_without(file: Path, target: Path, people: People) -> int:
    place, n_left = _header(file).index(KEY), -1
    with atomic_path(target) as temporary, temporary.open("w", newline="", encoding="utf-8") as out:
        for row, text in _csv_rows(file):
            if not _is_theirs(row, place, people):
                out.write(text)
                n_left += 1
    return n_left
