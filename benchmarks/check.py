"""`garant check` against DuckDB's plain read of the same CSV files, on the synthetic lender.

Run: python benchmarks/check.py [scale]
The peer reads every file with the types stated for each column and keeps the rows as tables in memory: no rule, no
duplicate, no orphan is looked for, nothing is written. garant judges every row and writes the accepted ones as Parquet
with checksums and digests. Each run is a process of its own, runs alternate, and each reports its own time and peak
memory. Results go to benchmarks/results/check.json.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import duckdb

from garant.tables.acceptance import accept_tables
from garant.tables.columns import Column, Kind
from garant.tables.schema import TABLES
from garant.tables.sources import DataFolder, find_sources
from garant.tables.synthetic import generate
from measure.process import Spent, circumstances, in_a_process, medians, print_spent, ratios, write_result

RESULT = Path(__file__).parent / "results" / "check.json"
SCALE, SEED, ROUNDS, THREADS = 1.0, 7, 3, 2


def main(scale: float) -> None:
    """Run both in turn and write what was measured."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = generate(folder / "lender", scale=scale, seed=SEED, file_format="csv").rows
        megabytes = sum(file.stat().st_size for file in (folder / "lender").glob("*.csv")) / 1e6
        runs: dict[str, list[Spent]] = {"duckdb": [], "garant": []}
        for _ in range(ROUNDS):
            for reader, found in runs.items():
                found.append(in_a_process(__file__, reader, str(folder)))
    report = {
        "what": f"seven CSV tables, {megabytes:.0f} MB; {ROUNDS} alternated runs, medians; {THREADS} threads each",
        "scale": scale,
        "seed": SEED,
        "rows": dict(rows),
        "duckdb_typed_read": medians(runs["duckdb"]),
        "garant_check": medians(runs["garant"]),
        "garant_to_duckdb": ratios(runs["duckdb"], runs["garant"]),
        "every_run": {reader: [dict(run) for run in found] for reader, found in runs.items()},
        **circumstances(("duckdb", "numpy", "pyarrow")),
    }
    write_result(RESULT, report)


def by_duckdb(lender: Path) -> None:
    """Read every file with its types stated into a table in memory."""
    connection = duckdb.connect(config={"threads": THREADS})
    for number, path in enumerate(sorted(lender.glob("*.csv"))):
        stem = path.stem.lower()
        schema = next(schema for schema in TABLES.values() if stem in schema.files)
        names = path.open(encoding="utf-8").readline().rstrip("\n").split(",")
        types = ", ".join(f"'{name}': '{_type(schema[name])}'" for name in names)
        connection.execute(
            f"create table t{number} as select * "  # noqa: S608 - names of our own tables
            f"from read_csv('{path}', header = true, auto_detect = false, columns = {{{types}}})"
        )


def _type(column: Column) -> str:
    """Type in which DuckDB reads the lender's text: whole numbers that can be missing are written as 12.0."""
    match column.kind:
        case Kind.ID | Kind.LABEL:
            return "BIGINT"
        case Kind.CATEGORY:
            return "VARCHAR"
        case Kind.DATE:
            return "DATE"
        case _:
            return "DOUBLE"


def by_garant(lender: Path) -> None:
    """Check the lender and write the accepted tables."""
    data = find_sources(lender)
    if not isinstance(data, DataFolder):
        raise SystemExit("The synthetic lender was taken for accepted tables.")
    accepted = lender.parent / "accepted"
    accept_tables(data, accepted, purpose="train", threads=THREADS)
    shutil.rmtree(accepted)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        work = {"duckdb": by_duckdb, "garant": by_garant}[sys.argv[2]]
        print_spent(lambda: work(Path(sys.argv[3]) / "lender"))
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else SCALE)
