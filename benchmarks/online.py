"""What one request costs before a model is asked: JSON read and judged, features, encoding; synthetic lender.

Run: python benchmarks/online.py [clients]
Everything is prepared beforehand, as in a service that runs. Each client is timed by itself: CPU of the process, best
of three rounds, then the median over clients. All features and the facts of a policy are computed, whether a model
reads them or not.
Results go to benchmarks/results/online.json.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from garant.features.catalogue import catalogue
from garant.features.encode import InputColumn, encode
from garant.features.encode_row import RowEncoder
from garant.features.feature import Profile, Unit
from garant.runs.client_features import ClientFeatures
from garant.runs.duckdb_client_features import DuckDBClientFeatures
from garant.settings import Settings
from garant.tables.config import TablesConfig
from garant.tables.records.client_records import ClientRecords
from garant.tables.records.reader import RecordReader
from garant.tables.records.strict_json import read_json
from garant.tables.schema import TABLES
from measure.clients import accepted_clients
from measure.process import circumstances, write_result

RESULT = Path(__file__).parent / "results" / "online.json"
SCALE, SEED, CLIENTS, ROUNDS, BY_DUCKDB = 0.002, 7, 60, 3, 3


def main(n_clients: int) -> None:
    """Measure each step and write what was measured."""
    reader = RecordReader(TABLES, TablesConfig())
    features = catalogue(profile=Profile.KAGGLE)
    with tempfile.TemporaryDirectory() as name:
        records = [reader.of_accepted(rows) for rows in accepted_clients(Path(name), n_clients, SCALE, SEED)]
    bodies = [each.raw for each in records]
    with ClientFeatures.for_decisions(features, tuple(TABLES), TablesConfig()) as sqlite:
        columns = [InputColumn(f.name, () if f.unit is Unit.CATEGORY else None) for f in features]
        encoder = RowEncoder(columns, sqlite.names)
        rows = [sqlite.row_of(each) for each in records]
        batches = [row.batch for row in rows]

        def whole(body: bytes) -> None:
            encoder.encode(sqlite.row_of(reader.read(body)).values)

        steps: dict[str, dict[str, float]] = {
            "json_of_the_standard_library": _cpu(json.loads, bodies),
            "json_strictly": _cpu(read_json, bodies),
            "read_and_judged": _cpu(reader.read, bodies),
            "features": _cpu(sqlite.row_of, records),
            "features_as_arrow": _cpu(sqlite.of_one, records),
            "encoded": _cpu(lambda row: encoder.encode(row.values), rows),
            "encoded_by_columns": _cpu(lambda batch: encode(batch, columns), batches),
            "from_bytes_to_model_input": _cpu(whole, bodies),
        }
        duckdb = DuckDBClientFeatures(features, tuple(TABLES), TablesConfig(), Settings(threads=1))
        fallback = _cpu(duckdb.of_one, records[:BY_DUCKDB], rounds=1)
        differing = sum(_bits(duckdb.of_one(each)) != _bits(sqlite.of_one(each)) for each in records[:BY_DUCKDB])
    report = {
        "what": f"CPU of one request, in milliseconds: best of {ROUNDS} for each of {len(records)} clients",
        "features": len(features),
        "scale": SCALE,
        "seed": SEED,
        "rows_of_a_client": median(_n_rows(each) for each in records),
        "bytes_of_a_request": median(map(len, bodies)),
        "cpu_ms": steps,
        "fallback_on_duckdb": {"clients": BY_DUCKDB, "clients_that_differ": differing, **fallback},
        **circumstances(("duckdb", "numpy", "pyarrow")),
    }
    write_result(RESULT, report)


def _cpu(work: Callable[[Any], object], each: Iterable[Any], *, rounds: int = ROUNDS) -> dict[str, float]:
    """Milliseconds of CPU for each of them: the best of some rounds, so that neighbours on the machine count less."""
    things = list(each)
    best = [float("inf")] * len(things)
    for _ in range(rounds):
        for number, thing in enumerate(things):
            begun = time.process_time_ns()
            work(thing)
            best[number] = min(best[number], (time.process_time_ns() - begun) / 1e6)
    worst = quantiles(best, n=20)[-1] if len(best) > 1 else best[0]
    return {"p50": round(median(best), 3), "p95": round(worst, 3)}


def _bits(batch: Any) -> bytes:  # noqa: ANN401 - a RecordBatch
    return repr(batch.to_pylist()).encode()


def _n_rows(records: ClientRecords) -> int:
    return sum(map(len, records.rows.values()))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CLIENTS)
