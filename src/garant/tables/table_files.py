"""Files of one accepted table: its parts, orphans and quarantine, gathered from what was read of each source file."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from garant.engines.protocol import Engine
from garant.tables.broken import broken_whole
from garant.tables.columns import TableSchema
from garant.tables.cross_rules import find_repeated, ids_of
from garant.tables.duplicates import find_copies
from garant.tables.file_acceptance import ReadFile, Tally, open_writer
from garant.tables.leaving import Leaving, drop_rows
from garant.tables.level_warnings import LevelWarnings
from garant.tables.orphans import IdSet
from garant.tables.ownership import find_disputed
from garant.tables.quarantine import Quarantine
from garant.tables.rules import Code


class TableFiles:
    """Gathers the rows of one table; use as a context manager.

    Parameters
    ----------
    folder : Path
        Folder of all accepted tables.
    schema : TableSchema
        Declaration of the table.
    """

    def __init__(self, folder: Path, schema: TableSchema) -> None:
        self._schema, self._stack = schema, ExitStack()
        self._copies: Leaving | None = None
        self._orphans = folder / "orphans" / f"{schema.name}.parquet"
        self._orphan_pieces: list[Path] = []
        self.quarantine = Quarantine(folder / "quarantine" / f"{schema.name}.parquet", schema.name)
        self.parts: list[Path] = []
        self.read: dict[str, ReadFile] = {}
        self.level_warnings = LevelWarnings(schema.name)

    def __enter__(self) -> Self:
        """Nothing is opened before there are rows."""
        return self

    def __exit__(self, *_: object) -> None:
        """Finish all files."""
        self.quarantine.close()

    @property
    def schema(self) -> TableSchema:
        """Declaration of the table."""
        return self._schema

    @property
    def tallies(self) -> dict[str, Tally]:
        """Counts of each source file."""
        return {name: read.tally for name, read in self.read.items()}

    @property
    def orphans(self) -> Sequence[Path]:
        """Files of the orphans."""
        return self._orphan_pieces

    def take(self, read: ReadFile) -> None:
        """Take over what was read of the next source file."""
        self.read[read.name] = read
        self.parts.append(read.part)
        self.level_warnings.merge(read.levels)
        self.quarantine.take(read.broken)
        if read.broken.path is not None:
            read.broken.path.unlink()
        if read.orphans is not None:
            self._orphan_pieces.append(read.orphans)

    def find_copies(self, engine: Engine) -> IdSet | None:
        """Find rows that share their key; return the ids that will stay, None without an id as key."""
        key = self._schema.key
        if not key:
            return None
        candidates = find_repeated(engine, self._schema, self.parts)
        gone = IdSet.of([])
        if len(candidates):
            owner = self._schema.owned[1] if self._schema.owned else None
            self._copies = find_copies(self.parts, key, candidates, owner=owner)
            gone = IdSet(self._copies.rows.column(key[0]).to_numpy()[self._copies.codes == Code.CONFLICT])
        if len(key) > 1:
            return None
        ids = ids_of(engine, self._schema, self.parts)
        return IdSet(ids[~gone.contains(ids)])

    def set_copies_aside(self) -> None:
        """Move the rows that `find_copies` found to the quarantine."""
        if self._copies is not None:
            self._set_aside(self._copies)
            self._copies = None

    def set_disputed_aside(self, contracts: npt.NDArray[np.int64]) -> None:
        """Move the rows of `contracts` that have several owners to the quarantine."""
        if self._schema.owned is not None and len(contracts):
            self._set_aside(find_disputed(self.parts, self._schema.owned, contracts))

    def gather_orphans(self) -> None:
        """Make one file of the orphans of all source files."""
        if not self._orphan_pieces:
            return
        texts = [f.name for f in self._schema.arrow if pa.types.is_string(f.type)]
        with open_writer(self._orphans, self._schema.arrow) as writer:
            for piece in self._orphan_pieces:
                with pq.ParquetFile(piece, read_dictionary=texts) as file:
                    for group in range(file.num_row_groups):
                        writer.write_table(file.read_row_group(group))
                piece.unlink()
        self._orphan_pieces = []

    def _set_aside(self, leaving: Leaving) -> None:
        for number, (path, file) in enumerate(zip(self.parts, self.read, strict=True)):
            positions = leaving.positions(number)
            if len(positions):
                self._drop(path, positions)
                self._quarantine(leaving, number, file)

    def _drop(self, path: Path, positions: npt.NDArray[np.int64]) -> None:
        rewritten = path.with_suffix(".rewritten")
        with open_writer(rewritten, self._schema.arrow) as writer:
            drop_rows(path, positions, writer)
        rewritten.replace(path)

    def _quarantine(self, leaving: Leaving, number: int, file: str) -> None:
        shown = leaving.columns
        tally = self.read[file].tally
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
