"""Features of applicants before and after a raw fact of theirs got worse, made anew from the raw tables.

All changes are made in one go: every applicant is copied once per change under keys of its own, so that one matrix is
built and not one per change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from garant.engines.duckdb import DuckDBEngine
from garant.engines.protocol import Engine
from garant.features.encode import InputColumn, encode
from garant.features.feature import Feature
from garant.features.matrix import KEY
from garant.features.worse_facts import WorseFact, worse_facts
from garant.models.directions import Matrix
from garant.runs.matrix import build_matrix
from garant.runs.progress import Progress, silent
from garant.settings import Settings
from garant.storage.scratch import scratch_folder
from garant.tables.accepted import AcceptedTables
from garant.tables.expressions import Rows
from garant.tables.unbound import unbound

APPLICANTS = 1_000
"""Applicants that are looked at: a share of 1 % is told to within 0.6 points, and the matrix takes seconds."""

_COPY = 1_000_000_000_000
"""Added to every key per copy."""

_KEYS = ("SK_ID_CURR", "SK_ID_PREV", "SK_ID_BUREAU")


@dataclass(frozen=True, slots=True, eq=False)
class Worsened:
    """Encoded features of the same applicants before and after a fact got worse.

    Parameters
    ----------
    fact : str
        Name of the `WorseFact`.
    before, after : array of float32, shape (n, f)
        Features of the n applicants, in the order of their ids.
    """

    fact: str
    before: Matrix
    after: Matrix

    @property
    def changed(self) -> npt.NDArray[np.intp]:
        """Rows of which a feature changed."""
        same = (self.before == self.after) | (np.isnan(self.before) & np.isnan(self.after))
        return np.flatnonzero(~same.all(axis=1))


def drawn_clients(ids: npt.NDArray[np.int64], *, seed: int, n: int = APPLICANTS) -> npt.NDArray[np.int64]:
    """At most `n` of `ids`, drawn at random, in their order."""
    return np.sort(np.random.default_rng(seed).permutation(np.sort(ids))[:n])


def worsened(
    accepted: AcceptedTables,
    clients: npt.NDArray[np.int64],
    features: Sequence[Feature],
    columns: Sequence[InputColumn],
    *,
    settings: Settings,
    progress: Progress = silent,
) -> tuple[Worsened, ...]:
    """Features of `clients` before and after each fact whose table is there got worse."""
    facts = [fact for fact in worse_facts() if fact.table in accepted.tables]
    with (
        scratch_folder("facts") as scratch,
        DuckDBEngine(memory_limit=settings.memory_limit, threads=settings.threads) as engine,
    ):
        files = _copies(engine, accepted, clients, facts, scratch)
        parts = build_matrix(engine, replace(accepted, files=files), features, scratch / "matrix", progress=progress)
        names = [KEY, *(feature.name for feature in features)]
        table = pa.concat_tables([pq.read_table(part, columns=names) for part in parts]).sort_by(KEY)
    copies = encode(table, columns).reshape(len(facts) + 1, len(clients), len(columns))
    return tuple(Worsened(fact.name, copies[0], copies[1 + number]) for number, fact in enumerate(facts))


def _copies(
    engine: Engine,
    accepted: AcceptedTables,
    clients: npt.NDArray[np.int64],
    facts: Sequence[WorseFact],
    folder: Path,
) -> dict[str, tuple[Path, ...]]:
    """Write the tables of `clients`: as they are, then once per fact with that fact made worse."""
    for table in accepted.tables:
        engine.register(table, accepted.files[table], accepted.config.table_schema(table).arrow)
    cut: dict[str, Path] = {}
    for table in accepted.tables:
        cut[table] = folder / f"{table}.cut.parquet"
        engine.write(_rows_of(accepted, table, clients), cut[table])
    files: dict[str, tuple[Path, ...]] = {}
    for table, path in cut.items():
        engine.register(table, [path], accepted.config.table_schema(table).arrow)
        rows = _table(accepted, table)
        copies = [_renumbered(rows, 0)]
        for number, fact in enumerate(facts, start=1):
            copies.append(_renumbered(fact.change(rows) if fact.table == table else rows, number))
        written = folder / f"{table}.parquet"
        engine.write(ibis.union(*copies), written)
        files[table] = (written,)
    return files


def _rows_of(accepted: AcceptedTables, table: str, clients: npt.NDArray[np.int64]) -> Rows:
    rows = _table(accepted, table)
    wanted = [int(client) for client in clients]
    if KEY in rows.columns:
        return rows.filter(rows.SK_ID_CURR.isin(wanted))
    credit = _table(accepted, "bureau")
    return rows.semi_join(credit.filter(credit.SK_ID_CURR.isin(wanted)), "SK_ID_BUREAU")


def _table(accepted: AcceptedTables, name: str) -> Rows:
    return unbound(name, accepted.config.table_schema(name).arrow)


def _renumbered(rows: Rows, copy: int) -> Rows:
    return rows.mutate(**{key: rows[key] + copy * _COPY for key in _KEYS if key in rows.columns})
