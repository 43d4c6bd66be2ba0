"""Proof, made by training, that SQLite gives one client the features that the model learned from."""

import sqlite3
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import DataError
from garant.features.encode import encode
from garant.features.feature import Feature
from garant.features.matrix import KEY
from garant.models.bundle.online import OnlineEntry
from garant.models.training_data import TrainingData
from garant.runs.client_features import ClientFeatures
from garant.runs.cut_out import cut_out
from garant.settings import Settings
from garant.storage.scratch import scratch_folder
from garant.tables.accepted import AcceptedTables
from garant.tables.variants import ClientRows

CLIENTS = 50
"""Applicants compared: enough to meet every table and long histories, few enough to cost a second."""

FULLEST = 20
"""Of them those with the most rows in child tables, where windows, ties and sums have something to differ in."""

CANDIDATES = 2_000
"""Applicants drawn whose rows are counted; of a portfolio, counting all would cost more than the comparison."""

Ids = npt.NDArray[np.int64]


def online_entry(
    accepted: AcceptedTables, features: Sequence[Feature], sample: TrainingData, *, seed: int, settings: Settings
) -> OnlineEntry:
    """Compute the inputs of some applicants again by SQLite, and count those that differ in any bit.

    Parameters
    ----------
    accepted : AcceptedTables
        Tables that were trained on.
    features : sequence of Feature
        Inputs of the model, in the order of its columns.
    sample : TrainingData
        What the model read of the applicants.
    seed : int
        Draws applicants.
    settings : Settings
        Memory and threads.
    """
    chosen = compared_clients(accepted, sample.ids, seed=seed)
    with (
        scratch_folder("online") as scratch,
        DuckDBEngine(memory_limit=settings.memory_limit, threads=settings.threads) as engine,
    ):
        files = cut_out(engine, accepted, chosen.tolist(), scratch)
        rows = {table: pq.read_table(list(parts)) for table, parts in files.items()}
    return OnlineEntry(
        clients=len(chosen),
        features=len(features),
        differing=len(differing_inputs(rows, accepted, features, sample, chosen)),
        sqlite=sqlite3.sqlite_version,
    )


def differing_inputs(
    rows: ClientRows, accepted: AcceptedTables, features: Sequence[Feature], sample: TrainingData, chosen: Ids
) -> list[str]:
    """Names of the inputs that are not, for all of `chosen`, the bits that the model read; all where there are none."""
    schemas = {table: accepted.config.table_schema(table).arrow for table in accepted.tables}
    try:
        with ClientFeatures(features, schemas) as clients:
            found = encode(clients.of(rows), sample.columns)
    except DataError:
        # What SQLite cannot compute for one of fifty it will not compute for an applicant either.
        return [column.name for column in sample.columns]
    learned = sample.matrix[np.searchsorted(sample.ids, chosen)]
    differs = (_bits(found) != _bits(learned)).any(axis=0)
    return [column.name for column, is_other in zip(sample.columns, differs, strict=True) if is_other]


def compared_clients(accepted: AcceptedTables, ids: Ids, *, seed: int) -> Ids:
    """At most `CLIENTS` of `ids`, which rise, in their order: the fullest, one without any child row, others drawn."""
    drawn = np.random.default_rng(seed).permutation(ids)[:CANDIDATES]
    counts = _child_rows(accepted, drawn)
    by_rows = drawn[np.argsort(-counts, kind="stable")]
    chosen = dict.fromkeys([*by_rows[:FULLEST].tolist(), *drawn[counts == 0][:1].tolist(), *drawn.tolist()])
    return np.sort(np.array(list(chosen)[:CLIENTS], dtype=np.int64))


def _child_rows(accepted: AcceptedTables, clients: Ids) -> Ids:
    """Rows of each of `clients` in the child tables that name them."""
    wanted, total = pa.array(clients), np.zeros(len(clients), dtype=np.int64)
    for table in accepted.tables:
        if table == "application" or KEY not in accepted.config.table_schema(table).names:
            continue
        for file in accepted.files[table]:
            places = pc.drop_null(pc.index_in(pq.read_table(file, columns=[KEY]).column(KEY), value_set=wanted))
            total += np.bincount(places.to_numpy(), minlength=len(clients))
    return total


def _bits(matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.uint32]:
    """Bits of each value; one pattern for every NaN."""
    return np.where(np.isnan(matrix), np.float32(np.nan), matrix).view(np.uint32)
