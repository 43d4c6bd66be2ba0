"""Rows that share a key: identical copies keep one row, contradicting ones keep none."""

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

_SOURCE = ("source_file", "source_line")
_PART, _POSITION = "part", "position"

_BATCH = 10_000
"""Rows turned into Python values at a time."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Accepted rows that must go because they share their key.

    Parameters
    ----------
    rows : Table of m rows
        The rows themselves, with where they lie in the columns ``part`` and ``position``.
    contradicting : bool array of shape (m,)
        Whether a row contradicts another of its key; else it is a copy of one that stays.
    """

    rows: pa.Table
    contradicting: npt.NDArray[np.bool_]

    def in_part(self, part: int) -> Iterator[tuple[Code, dict[str, Any]]]:
        """Code and values of each row that lies in `part`."""
        where = np.flatnonzero(self.rows.column(_PART).to_numpy() == part)
        plain = self.rows.drop_columns([_PART, _POSITION])
        for start in range(0, len(where), _BATCH):
            some = where[start : start + _BATCH]
            for row, values in zip(some.tolist(), plain.take(pa.array(some)).to_pylist(), strict=True):
                yield Code.CONFLICT if self.contradicting[row] else Code.DUPLICATE, values

    def positions(self, part: int) -> Positions:
        """Positions of the rows in `part`."""
        return self.rows.column(_POSITION).to_numpy()[self.rows.column(_PART).to_numpy() == part]


def repeated_ids(ids: Sequence[Positions]) -> Positions:
    """Ids that occur more than once in all the arrays together."""
    values, counts = np.unique(np.concatenate([np.zeros(0, np.int64), *ids]), return_counts=True)
    return values[counts > 1]


def find_copies(parts: Sequence[Path], key: str, repeated: Positions) -> Copies:
    """Rows of the Parquet `parts` that must go, among those whose `key` is one of the `repeated` ids.

    Two rows are identical when all their values are, wherever they come from; then the first one stays.
    """
    rows = pa.concat_tables(list(_rows_with(parts, key, IdSet(repeated))))
    values = [name for name in rows.column_names if name not in {*_SOURCE, _PART, _POSITION}]
    contents = rows.select(values).group_by(values).aggregate([]).column(key).to_numpy()
    contradicting = IdSet(repeated_ids([contents])).contains(rows.column(key).to_numpy())
    _, first = np.unique(rows.column(key).to_numpy(), return_index=True)
    goes = np.ones(rows.num_rows, bool)
    goes[first] = False
    goes |= contradicting
    return Copies(rows.filter(pa.array(goes)), contradicting[goes])


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


def _rows_with(parts: Sequence[Path], key: str, wanted: IdSet) -> Iterator[pa.Table]:
    for number, part in enumerate(parts):
        with pq.ParquetFile(part) as file:
            first = 0
            for group in range(file.num_row_groups):
                ids = file.read_row_group(group, columns=[key]).column(0)
                hit = np.flatnonzero(wanted.contains(ids.to_numpy()))
                rows = file.read_row_group(group).take(pa.array(hit))
                where = pa.array(np.full(len(hit), number, np.int64))
                yield rows.append_column(_PART, where).append_column(_POSITION, pa.array(hit + first))
                first += len(ids)
