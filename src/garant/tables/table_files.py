"""Files of one accepted table while they are written: accepted parts, orphans, quarantine, and the counts of each."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from garant.exceptions import ReconciliationError
from garant.tables.broken import broken_whole
from garant.tables.columns import TableSchema
from garant.tables.duplicates import find_copies, repeated
from garant.tables.judge import Judged, coded
from garant.tables.leaving import Leaving, drop_rows, packed
from garant.tables.level_warnings import LevelWarnings
from garant.tables.orphans import IdSet
from garant.tables.ownership import Owners, find_disputed
from garant.tables.quarantine import Quarantine
from garant.tables.rules import Code


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


class TableFiles:
    """Writes the judged rows of one table; use as a context manager.

    Parameters
    ----------
    folder : Path
        Folder of all accepted tables.
    schema : TableSchema
        Declaration of the table.
    """

    def __init__(self, folder: Path, schema: TableSchema) -> None:
        self._folder, self._schema = folder, schema
        self._ids: list[npt.NDArray[np.int64]] = []
        self._keys: list[npt.NDArray[np.int64]] = []
        self._orphans: pq.ParquetWriter | None = None
        self._part: pq.ParquetWriter | None = None
        self.quarantine = Quarantine(folder / "quarantine" / f"{schema.name}.parquet", schema.name)
        self.parts: list[Path] = []
        self.tallies: dict[str, Tally] = {}
        self.owners = Owners()
        self.level_warnings = LevelWarnings(schema.name)

    def __enter__(self) -> Self:
        """Nothing is opened before there are rows."""
        return self

    def __exit__(self, *_: object) -> None:
        """Finish all files."""
        self._close_part()
        if self._orphans is not None:
            self._orphans.close()
        self.quarantine.close()

    def start(self, file: str) -> Tally:
        """Begin the part that holds the rows of the source `file`; return its counts, which grow with `write`."""
        self._close_part()
        path = self._folder / self._schema.name / f"part-{len(self.parts):05d}.parquet"
        self._part = self._writer(path)
        self.parts.append(path)
        self.tallies[file] = Tally()
        return self.tallies[file]

    def write(self, file: str, judged: Judged) -> None:
        """Write judged rows of the source `file`."""
        tally = self.tallies[file]
        tally.physical += judged.n_physical
        if judged.accepted.num_rows and self._part is not None:
            self._part.write_batch(judged.accepted)
            tally.accepted += judged.accepted.num_rows
            self._remember(judged.accepted)
        if judged.orphans.num_rows:
            self._orphans = self._orphans or self._writer(self._folder / "orphans" / f"{self._schema.name}.parquet")
            self._orphans.write_batch(judged.orphans)
            tally.orphans += judged.orphans.num_rows
            self._witness(judged.orphans)
        tally.by_rule += self.quarantine.add(file, judged.broken)
        tally.quarantined += judged.broken.num_rows
        self.level_warnings.add(judged.noticed)

    def set_copies_aside(self) -> IdSet | None:
        """Move rows that share their key to the quarantine; return the ids that stay, None without an id as key."""
        self._close_part()
        if not self._schema.key:
            return None
        candidates = repeated(self._keys)
        gone = IdSet.of([])
        if len(candidates):
            owner = self._schema.owned[1] if self._schema.owned else None
            copies = find_copies(self.parts, self._schema.key, candidates, owner=owner)
            self._set_aside(copies)
            gone = IdSet(copies.rows.column(self._schema.key[0]).to_numpy()[copies.codes == Code.CONFLICT])
        if len(self._schema.key) > 1:
            return None
        return IdSet.of([some[~gone.contains(some)] for some in self._ids])

    def set_disputed_aside(self, contracts: npt.NDArray[np.int64]) -> None:
        """Move the rows of `contracts` that have several owners to the quarantine."""
        if self._schema.owned is not None and len(contracts):
            self._set_aside(find_disputed(self.parts, self._schema.owned, contracts))

    def _remember(self, rows: pa.RecordBatch) -> None:
        """Keep what tells whether the rows are copies of others, parents of others, or of two owners."""
        if self._schema.key:
            columns = [rows.column(name).to_numpy() for name in self._schema.key]
            self._keys.append(packed(columns))
            if len(columns) == 1:
                self._ids.append(columns[0])
        self._witness(rows)

    def _witness(self, rows: pa.RecordBatch) -> None:
        if self._schema.owned is not None:
            what, by_whom = self._schema.owned
            self.owners.add(rows.column(what).to_numpy(), rows.column(by_whom).to_numpy())

    def _set_aside(self, leaving: Leaving) -> None:
        for number, (path, file) in enumerate(zip(self.parts, self.tallies, strict=True)):
            positions = leaving.positions(number)
            if len(positions):
                self._drop(path, positions)
                self._quarantine(leaving, number, file)

    def _drop(self, path: Path, positions: npt.NDArray[np.int64]) -> None:
        rewritten = path.with_suffix(".rewritten")
        with self._writer(rewritten) as writer:
            drop_rows(path, positions, writer)
        rewritten.replace(path)

    def _quarantine(self, leaving: Leaving, number: int, file: str) -> None:
        shown = leaving.columns
        tally = self.tallies[file]
        for codes, rows in leaving.in_part(number):
            broken = broken_whole(
                [row["source_line"] for row in rows],
                ["; ".join(f"{name}={value}" for name, value in row.items() if value is not None) for row in rows],
                column=shown[0],
                codes=codes,
                clients=[row.get("SK_ID_CURR") for row in rows],
                values=[", ".join(str(row[name]) for name in shown) for row in rows],
            )
            tally.by_rule += self.quarantine.add(file, broken)
            tally.accepted -= broken.num_rows
            tally.quarantined += broken.num_rows

    def _writer(self, path: Path) -> pq.ParquetWriter:
        path.parent.mkdir(parents=True, exist_ok=True)
        return open_writer(path, self._schema.arrow)

    def _close_part(self) -> None:
        if self._part is not None:
            self._part.close()
            self._part = None


def open_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Writer of accepted rows: strings arrive as codes of their levels, the line number grows steadily."""
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
