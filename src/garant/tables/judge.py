"""Judges a chunk of raw rows: which are accepted, which are orphans, which broke a rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from garant.tables.broken import BROKEN, Breaks, Rows, broken_whole, by_line
from garant.tables.categories import LEVELS, Noticed
from garant.tables.chunk import Chunk
from garant.tables.columns import Column, Kind, TableSchema
from garant.tables.convert import Converted, convert_text, no_cells
from garant.tables.convert_typed import convert_typed
from garant.tables.orphans import IdSet
from garant.tables.rules import ROW, Code

_NONE = BROKEN.empty_table()


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdict on a chunk.

    Parameters
    ----------
    accepted, orphans : RecordBatch
        Rows in the types of the accepted table; categories still as codes of their levels.
    broken : Table of schema BROKEN
        Rows for the quarantine, by line.
    n_physical : int
        Rows of the chunk, counted without the parser.
    done : int
        Bytes of the file read so far.
    noticed : mapping of str to Noticed
        Columns in which something deserves a warning.
    """

    accepted: pa.RecordBatch
    orphans: pa.RecordBatch
    broken: pa.Table
    n_physical: int
    done: int
    noticed: Mapping[str, Noticed] = field(default_factory=dict[str, Noticed])


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
        for column in self.schema.columns:
            if column.default is not None:
                columns[column.name] = _filled(columns[column.name], columns[column.default])
        breaks = Breaks()
        for name, column in columns.items():
            if column.broken:
                breaks.add(name, column.broken, chunk.cells[name])
        rows = breaks.rows()
        batch = self._batch(columns, chunk)
        good = np.ones(n, np.bool_)
        good[rows] = False
        at_home = good if self.parents is None else good & self.parents.contains(_ids(batch, self.schema))
        broken = breaks.table(chunk.lines[rows], _clients(columns, rows), chunk.raw(rows)) if len(rows) else _NONE
        lost = broken_whole(
            [row.line for row in chunk.lost],
            [row.raw for row in chunk.lost],
            column=ROW,
            codes=[row.code for row in chunk.lost],
        )
        return Judged(
            accepted=_rows(batch, at_home),
            orphans=_rows(batch, good & ~at_home),
            broken=by_line([broken, lost]),
            n_physical=chunk.n_physical,
            done=chunk.done,
            noticed={name: c.noticed for name, c in columns.items() if c.noticed.stripped or c.noticed.new},
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


def _clients(columns: Mapping[str, Converted], rows: Rows) -> pa.Array:
    """Clients of broken rows, where that cell is sound."""
    ids = columns.get("SK_ID_CURR")
    if ids is None:
        return pa.nulls(len(rows), pa.int64())
    is_broken = np.isin(rows, np.fromiter(ids.broken, np.int64, len(ids.broken)))
    return pc.if_else(pa.array(is_broken), pa.scalar(None, pa.int64()), ids.values.take(pa.array(rows)))


def _filled(found: Converted, by: Converted) -> Converted:
    """Column of text with the text of another column in its empty cells."""
    if not found.values.null_count:
        return found
    text = pc.coalesce(found.values.cast(pa.string()), by.values.cast(pa.string()))
    return replace(found, values=text.dictionary_encode().cast(LEVELS))


def _ids(batch: pa.RecordBatch, schema: TableSchema) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Parent ids; a broken row has 0, which is nobody's."""
    return batch.column(schema.parent[1]).fill_null(0).to_numpy() if schema.parent else np.zeros(0, np.int64)


def _rows(batch: pa.RecordBatch, wanted: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pa.RecordBatch:
    if wanted.all():
        return batch
    return batch.filter(pa.array(wanted)) if wanted.any() else batch.slice(0, 0)
