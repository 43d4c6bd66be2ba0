"""Accepted rows that must go once whole tables are known: found in the written parts, and the parts written without."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from garant.tables.orphans import IdSet
from garant.tables.rules import Code

Positions = npt.NDArray[np.int64]

PART, POSITION = "part", "position"

_BATCH = 10_000
"""Rows turned into Python values at a time."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """Accepted rows that must go.

    Parameters
    ----------
    rows : Table of m rows
        The rows themselves, with where they lie in the columns `PART` and `POSITION`.
    codes : object array of shape (m,)
        Rule that each of them breaks.
    columns : tuple of str
        Columns that show it; the first one is named in the id of the rule.
    """

    rows: pa.Table
    codes: npt.NDArray[np.object_]
    columns: tuple[str, ...]

    def in_part(self, part: int) -> Iterator[tuple[list[Code], list[dict[str, Any]]]]:
        """Codes and values of the rows that lie in `part`, some thousands at a time."""
        where = np.flatnonzero(self.rows.column(PART).to_numpy() == part)
        plain = self.rows.drop_columns([PART, POSITION])
        for start in range(0, len(where), _BATCH):
            some = where[start : start + _BATCH]
            yield self.codes[some].tolist(), plain.take(pa.array(some)).to_pylist()

    def positions(self, part: int) -> Positions:
        """Positions of the rows in `part`."""
        return self.rows.column(POSITION).to_numpy()[self.rows.column(PART).to_numpy() == part]


def packed(columns: Sequence[Positions]) -> Positions:
    """One number for each key, so that equal keys have equal numbers; a few others may share one by wrapping around."""
    first, *others = columns
    for other in others:
        first = first * np.int64(1 << 12) + other
    return first


def rows_with(parts: Sequence[Path], key: tuple[str, ...], wanted: IdSet) -> pa.Table:
    """Rows of the Parquet `parts` whose `packed` key is `wanted`, with where they lie."""
    return pa.concat_tables([table for n, part in enumerate(parts) for table in _hits(n, part, key, wanted)])


def drop_rows(part: Path, positions: Positions, writer: pq.ParquetWriter) -> None:
    """Write the rows of `part` to `writer` without those at `positions`, one row group at a time."""
    texts = [f.name for f in pq.read_schema(part) if pa.types.is_string(f.type)]
    with pq.ParquetFile(part, read_dictionary=texts) as file:
        first = 0
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            keep = np.ones(table.num_rows, bool)
            here = positions[(positions >= first) & (positions < first + table.num_rows)]
            keep[here - first] = False
            writer.write_table(table.filter(pa.array(keep)))
            first += table.num_rows


def _hits(number: int, part: Path, key: tuple[str, ...], wanted: IdSet) -> Iterator[pa.Table]:
    with pq.ParquetFile(part) as file:
        yield _placed(file.schema_arrow.empty_table(), number, np.zeros(0, np.int64))
        first = 0
        for group in range(file.num_row_groups):
            ids = file.read_row_group(group, columns=list(key))
            hit = np.flatnonzero(wanted.contains(packed([ids.column(name).to_numpy() for name in key])))
            if len(hit):
                yield _placed(file.read_row_group(group).take(pa.array(hit)), number, hit + first)
            first += ids.num_rows


def _placed(rows: pa.Table, part: int, positions: Positions) -> pa.Table:
    where = pa.array(np.full(len(positions), part, np.int64))
    return rows.append_column(PART, where).append_column(POSITION, pa.array(positions))
