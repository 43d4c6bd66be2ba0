"""Features of one client by SQLite against DuckDB, from the same rows, on the synthetic lender.

Run: python benchmarks/sqlite.py [clients]
Both engines have every feature prepared beforehand, group by group, get the same rows in memory, and must give the same
bits. Questions alternate between them, client by client, in one process. Then the variants of a search: all of them in
one question against a question for each. Results go to benchmarks/results/sqlite.json.
"""

import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pyarrow as pa

from garant.engines.duckdb import DuckDBEngine
from garant.features.catalogue import catalogue, groups
from garant.features.feature import Profile
from garant.runs.client_features import ClientFeatures
from garant.tables.schema import TABLES
from measure.clients import Rows, accepted_clients
from measure.process import circumstances, write_result

RESULT = Path(__file__).parent / "results" / "sqlite.json"
SCALE, SEED, CLIENTS, VARIANTS = 0.002, 7, 60, 50


def main(n_clients: int) -> None:
    """Ask both engines in turn and write what was measured."""
    with tempfile.TemporaryDirectory() as name:
        clients = list(accepted_clients(Path(name), n_clients, SCALE, SEED))
    features = ClientFeatures(catalogue(profile=Profile.KAGGLE), {name: table.arrow for name, table in TABLES.items()})
    sqlite: list[tuple[float, float]] = []
    duck: list[tuple[float, float]] = []
    differing = 0
    with features, _prepared_duckdb() as connection:
        features.of(clients[0])
        for rows in clients:
            ours = _timed(lambda rows=rows: features.of(rows), sqlite)
            peer = _timed(lambda rows=rows: _by_duckdb(connection, rows), duck)
            differing += _bits([pa.Table.from_batches([ours])]) != _bits(peer)
        one_question, alone = _variants(features, clients[:5])
    report = {
        "what": f"features of one client, statements prepared, rows in memory; {len(clients)} clients in turn, medians",
        "features": len(catalogue(profile=Profile.KAGGLE)),
        "scale": SCALE,
        "seed": SEED,
        "rows_of_a_client": _median_rows(clients),
        "clients_whose_matrices_differ": differing,
        "sqlite": _spent(sqlite),
        "duckdb": {**_spent(duck), "threads": 1},
        "duckdb_to_sqlite": {
            part: round(_spent(duck)[part] / _spent(sqlite)[part], 1) for part in ("wall_ms", "cpu_ms")
        },
        "variants": {
            "n": VARIANTS,
            "one_question_cpu_ms": round(one_question, 1),
            "a_question_each_cpu_ms": round(alone, 1),
            "ratio": round(alone / one_question, 1),
        },
        **circumstances(("duckdb", "ibis-framework", "pyarrow")),
    }
    write_result(RESULT, report)


def _prepared_duckdb() -> duckdb.DuckDBPyConnection:
    """DuckDB at its best: empty tables, and a prepared statement for each group of features."""
    connection = duckdb.connect(":memory:", config={"threads": 1})
    for name, table in TABLES.items():
        connection.register("rows", table.arrow.empty_table())
        connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM rows')  # noqa: S608 - a table of ours
    for number, group in enumerate(groups()):
        connection.execute(f"PREPARE part_{number} AS {DuckDBEngine().compile(group.per_client())}")
    return connection


def _by_duckdb(connection: duckdb.DuckDBPyConnection, rows: Rows) -> list[pa.Table]:
    connection.execute("BEGIN")
    for name, table in rows.items():
        connection.register("rows", table)
        connection.execute(f'INSERT INTO "{name}" SELECT * FROM rows')  # noqa: S608 - as above
    found = [connection.sql(f"EXECUTE part_{number}").to_arrow_table() for number in range(len(groups()))]
    connection.execute("ROLLBACK")
    return found


def _variants(features: ClientFeatures, clients: list[Rows]) -> tuple[float, float]:
    """Milliseconds of CPU for all variants in one question, and for a question each."""
    one_question: list[tuple[float, float]] = []
    alone: list[tuple[float, float]] = []
    for rows in clients:
        variants = [rows] * VARIANTS
        _timed(lambda variants=variants: features.of_variants(variants), one_question)
        _timed(lambda variants=variants: [features.of(rows) for rows in variants], alone)
    return _spent(one_question)["cpu_ms"], _spent(alone)["cpu_ms"]


def _timed(work: Callable[[], Any], spent: list[tuple[float, float]]) -> Any:  # noqa: ANN401 - whatever the work gives
    begun, cpu = time.perf_counter(), time.process_time()
    found = work()
    spent.append((time.perf_counter() - begun, time.process_time() - cpu))
    return found


def _spent(runs: list[tuple[float, float]]) -> dict[str, float]:
    walls, cpus = zip(*runs, strict=True)
    return {"wall_ms": round(1000 * median(walls), 3), "cpu_ms": round(1000 * median(cpus), 3)}


def _bits(parts: list[pa.Table]) -> dict[str, Any]:
    """Features of the one client by name, but those that are NULL; a float as its eight bytes."""
    rows = [row for part in parts for row in part.to_pylist()]
    cells = {name: cell for row in rows for name, cell in row.items() if cell is not None}
    return {name: struct.pack("<d", cell) if isinstance(cell, float) else cell for name, cell in cells.items()}


def _median_rows(clients: list[Rows]) -> float:
    return median(sum(table.num_rows for table in rows.values()) for rows in clients)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CLIENTS)
