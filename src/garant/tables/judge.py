"""Judges a chunk of raw rows: which are accepted, which are orphans, which broke a rule."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from garant.tables.chunk import Chunk
from garant.tables.columns import Column, Kind, TableSchema
from garant.tables.convert import LEVELS, Converted, convert_text, no_cells
from garant.tables.convert_typed import convert_typed
from garant.tables.orphans import IdSet
from garant.tables.quarantine import Break, BrokenRow
from garant.tables.rules import ROW, Code


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdict on a chunk.

    Parameters
    ----------
    accepted, orphans : RecordBatch
        Rows in the types of the accepted table; categories still as codes of their levels.
    broken : list of BrokenRow
        Rows for the quarantine, by line.
    n_physical : int
        Rows of the chunk, counted without the parser.
    done : int
        Bytes of the file read so far.
    """

    accepted: pa.RecordBatch
    orphans: pa.RecordBatch
    broken: list[BrokenRow]
    n_physical: int
    done: int


@dataclass(frozen=True, slots=True)
class Judge:
    """What the rows of one file are held to.

    Parameters
    ----------
    schema : TableSchema
        Declaration of the table.
    file : str
        Name of the source file.
    parents : IdSet or None
        Ids of accepted parents, for a child table.
    label_needed : bool
        Whether an empty TARGET breaks a rule.
    is_text : bool
        Whether cells come as text, else as typed columns.
    decimal : {".", ","}
        Decimal mark of numbers in text.
    thousands : {"", " ", ".", ",", "'"}
        Mark between groups of three digits in text.
    """

    schema: TableSchema
    file: str
    parents: IdSet | None
    label_needed: bool
    is_text: bool
    decimal: str = "."
    thousands: str = ""

    def judge(self, chunk: Chunk) -> Judged:
        """Convert the cells of `chunk` and sort its rows."""
        n = len(chunk.lines)
        columns = {column.name: self._convert(chunk, column, n) for column in self.schema.columns}
        breaks = _breaks(columns, chunk)
        batch = self._batch(columns, chunk)
        good = np.ones(n, np.bool_)
        good[list(breaks)] = False
        at_home = good if self.parents is None else good & self.parents.contains(_ids(batch, self.schema))
        broken = [
            BrokenRow(chunk.lines[row].item(), _client(columns, row), tuple(found), chunk.raw(row))
            for row, found in sorted(breaks.items())
        ]
        broken += [BrokenRow(lost.line, None, (Break(ROW, lost.code, None),), lost.raw) for lost in chunk.lost]
        broken.sort(key=lambda row: row.line)
        return Judged(
            accepted=_rows(batch, at_home),
            orphans=_rows(batch, good & ~at_home),
            broken=broken,
            n_physical=chunk.n_physical,
            done=chunk.done,
        )

    def _convert(self, chunk: Chunk, column: Column, n: int) -> Converted:
        cells = chunk.cells.get(column.name)
        if cells is None:
            return no_cells(column, n)
        convert = convert_text if self.is_text else convert_typed
        found = convert(cells, column, decimal=self.decimal, thousands=self.thousands)
        if column.kind is Kind.LABEL and self.label_needed and found.values.null_count:
            for row in np.flatnonzero(found.values.is_null().to_numpy(zero_copy_only=False)).tolist():
                found.broken.setdefault(row, Code.LABEL)
        return found

    def _batch(self, columns: Mapping[str, Converted], chunk: Chunk) -> pa.RecordBatch:
        n = len(chunk.lines)
        arrays = [columns[column.name].values for column in self.schema.columns]
        arrays += [columns[column.name].flag for column in self.schema.columns if column.sentinel_flag]
        source = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([self.file]))
        return pa.RecordBatch.from_arrays([*arrays, source, pa.array(chunk.lines)], schema=coded(self.schema.arrow))


def coded(schema: pa.Schema) -> pa.Schema:
    """The accepted `schema` with strings as codes of their levels, as they travel until Parquet is written."""
    return pa.schema([pa.field(f.name, LEVELS if pa.types.is_string(f.type) else f.type) for f in schema])


def _breaks(columns: Mapping[str, Converted], chunk: Chunk) -> dict[int, list[Break]]:
    """Broken cells of each row that has any, in the order of the columns."""
    found: dict[int, list[Break]] = {}
    for name, column in columns.items():
        for row, code in column.broken.items():
            value = chunk.cells[name][row].as_py()
            found.setdefault(row, []).append(Break(name, code, None if value is None else str(value)))
    return found


def _client(columns: Mapping[str, Converted], row: int) -> int | None:
    """Client of a broken row, where that cell is sound."""
    ids = columns.get("SK_ID_CURR")
    return None if ids is None or row in ids.broken else ids.values[row].as_py()


def _ids(batch: pa.RecordBatch, schema: TableSchema) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Parent ids; a broken row has 0, which is nobody's."""
    return batch.column(schema.parent[1]).fill_null(0).to_numpy() if schema.parent else np.zeros(0, np.int64)


def _rows(batch: pa.RecordBatch, wanted: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pa.RecordBatch:
    if wanted.all():
        return batch
    return batch.filter(pa.array(wanted)) if wanted.any() else batch.slice(0, 0)
