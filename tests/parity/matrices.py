"""The matrix of a lender by each engine, on the way that garant takes with it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from lenders.writing import Lender, as_arrow, write_parts

from garant.engines.duckdb import DuckDBEngine
from garant.engines.protocol import Engine
from garant.features.catalogue import catalogue, groups
from garant.features.feature import Profile
from garant.features.matrix import KEY, joined, stages
from garant.runs.client_features import ClientFeatures
from garant.tables.schema import TABLES

N_PARTS = 3

Make = Callable[[Lender, Path], pa.Table]
"""Makes the matrix of a lender; the folder is free to use."""


def by_duckdb(lender: Lender, folder: Path) -> pa.Table:
    """As `garant feature build` does."""
    with DuckDBEngine(memory_limit="512MB") as engine:
        return by_stages(engine, lender, folder)


def by_spark(lender: Lender, folder: Path) -> pa.Table:
    """As `garant feature build --engine spark` does, on two cores of this machine, or in the session that is open."""
    from garant.engines.spark import SparkEngine, SparkOptions

    with SparkEngine(SparkOptions(master="local[2]")) as engine:
        return by_stages(engine, lender, folder)


def by_stages(engine: Engine, lender: Lender, folder: Path) -> pa.Table:
    """Every group stored, then joined: the way of an engine for many clients."""
    for table, rows in lender.items():
        engine.register(table, write_parts(folder, table, rows, parts=2), TABLES[table].arrow)
    parts = stages(groups())
    for part in parts:
        engine.store(part.name, part.expression, folder)
    written = engine.write_parts(
        lambda keep: joined(parts, keep=keep), key=KEY, n_parts=N_PARTS, folder=folder / "matrix"
    )
    return pa.concat_tables([pq.read_table(part.path) for part in written]).sort_by(KEY)


def by_sqlite(lender: Lender, _: Path) -> pa.Table:
    """As a service does, of all clients at once."""
    with _compiled() as clients:
        return pa.Table.from_batches([clients.of({table: as_arrow(table, rows) for table, rows in lender.items()})])


def client_features() -> ClientFeatures:
    """Every feature, by SQLite."""
    return ClientFeatures(catalogue(profile=Profile.KAGGLE), {name: table.arrow for name, table in TABLES.items()})


_compiled = cache(client_features)
