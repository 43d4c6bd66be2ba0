"""The portfolio path on Spark: scoring, components and the whole job, each beside its peer in the same run.

Run: python benchmarks/spark.py [--scales 0.1 0.3 1.0] [CASE ...]
Cases: scoring, projection, memory, whole_job; all of them when none is named. CPU seconds are those of this process,
the JVM and the Python workers together. Results are merged into benchmarks/results/spark.json.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measure.process import circumstances, in_a_process, print_spent, write_result

if TYPE_CHECKING:
    from collections.abc import Callable

RESULT = Path(__file__).parent / "results" / "spark.json"
LIBRARIES = ("lightgbm", "numpy", "pyarrow", "pyspark", "duckdb")
CORES = 2


def main() -> None:
    """Run the named cases and merge what they measured into the file."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--scales", type=float, nargs="+", default=[0.1, 0.3, 1.0])
    reading.add_argument("cases", nargs="*")
    asked = reading.parse_args()
    cases: dict[str, Callable[[Path], dict[str, Any]]] = {
        "scoring": _scoring,
        "projection": _projection,
        "memory": _memory,
        "whole_job": lambda folder: _whole_job(folder, tuple(asked.scales)),
    }
    for name in asked.cases or cases:
        with tempfile.TemporaryDirectory(prefix="garant-spark-") as folder:
            found = cases[name](Path(folder))
        before = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
        write_result(RESULT, {**before, name: {**found, **circumstances(LIBRARIES)}})


def _scoring(folder: Path) -> dict[str, Any]:
    from portfolio.scoring import compare  # noqa: PLC0415 - Spark's workers import it by this name

    with _spark() as engine:
        return compare(engine, folder)


def _projection(folder: Path) -> dict[str, Any]:
    from portfolio.projection import compare  # noqa: PLC0415 - as above

    with _spark() as engine:
        return compare(engine, folder)


def _memory(folder: Path) -> dict[str, Any]:
    """Peak memory of the driver with once and four times the rows, in parts of the same size."""
    from portfolio.numbers import write_matrix  # noqa: PLC0415 - as above
    from portfolio.projection import COLUMNS, ROWS, SEED  # noqa: PLC0415 - as above

    peaks: dict[str, float] = {}
    for times in (1, 4):
        place = folder / str(times)
        write_matrix(place, rows=times * ROWS, columns=COLUMNS, parts=4 * times, seed=SEED)
        peaks[f"{times}x_mb"] = round(in_a_process(__file__, "components", str(place))["peak_mb"])
    return {"what": f"driver's peak, {ROWS} and {4 * ROWS} rows of {COLUMNS} columns", **peaks}


def _components(folder: Path) -> None:
    from portfolio.projection import components  # noqa: PLC0415 - as above

    files = tuple(sorted(folder.glob("*.parquet")))
    with _spark() as engine:
        components(engine, files, 1)


def _whole_job(folder: Path, scales: tuple[float, ...]) -> dict[str, Any]:
    from portfolio.paper import paper  # noqa: PLC0415 - as above
    from portfolio.whole_job import compare  # noqa: PLC0415 - as above

    measured = compare(folder, scales)
    return {"measured": measured, "extrapolated": paper(measured)}


def _spark() -> Any:  # noqa: ANN401 - pyspark is an extra
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    from garant.engines.spark import SparkEngine, SparkOptions  # noqa: PLC0415 - pyspark is an extra

    return SparkEngine(SparkOptions(master=f"local[{CORES}]", cores=CORES, memory_mb=2048))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print_spent(lambda: _components(Path(sys.argv[3])))
    else:
        main()
