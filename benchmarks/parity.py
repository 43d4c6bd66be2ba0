"""Certificate that every engine makes the same matrix: each feature compared with the plain computation of the tests.

Run: python benchmarks/parity.py [ENGINE ...]
The lenders and the plain computations are those of tests/parity, and so is the comparison: NULL, NaN, 0.0 and -0.0 are
told apart, and a float64 must have the same eight bytes. Results go to benchmarks/results/parity.json; the command ends
with 1 when a column differs.
"""

import sqlite3
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "parity"))

from bits import differing
from lenders.all_lenders import all_lenders
from lenders.writing import Lender
from matrices import Make, by_duckdb, by_spark, by_sqlite
from plain.matrix import PlainMatrix

from garant.features.catalogue import catalogue
from garant.features.feature import Profile
from measure.process import circumstances, write_result

RESULT = Path(__file__).parent / "results" / "parity.json"

ENGINES: Mapping[str, tuple[Make, Callable[[], str]]] = {
    "duckdb": (by_duckdb, lambda: version("duckdb")),
    "sqlite": (by_sqlite, lambda: sqlite3.sqlite_version),
    "spark": (by_spark, lambda: version("pyspark")),
}

NAMES = tuple(feature.name for feature in catalogue(profile=Profile.KAGGLE))


@dataclass(slots=True)
class Compared:
    """What was compared of one engine."""

    values: int = 0
    differing: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


def main(engines: list[str]) -> int:
    """Compare and write the certificate."""
    lenders = all_lenders()
    found = {engine: _compared(ENGINES[engine][0], lenders) for engine in engines}
    agree = not any(compared.differing for compared in found.values())
    report = {
        "what": "every feature of both profiles by each engine against a plain computation in Python, bit for bit",
        "result": "equal" if agree else "different",
        "engines": {
            engine: {
                "version": ENGINES[engine][1](),
                "values_compared": compared.values,
                "columns_that_differ": compared.differing,
            }
            for engine, compared in found.items()
        },
        "lenders": {name: {table: len(rows) for table, rows in lender.items()} for name, lender in lenders.items()},
        "n_features": len(NAMES),
        "features": NAMES,
        **circumstances(("duckdb", "ibis-framework", "pyarrow", "numpy", "hypothesis")),
    }
    write_result(RESULT, report)
    return 0 if agree else 1


def _compared(make: Make, lenders: Mapping[str, Lender]) -> Compared:
    compared = Compared()
    for name, lender in lenders.items():
        plain = PlainMatrix(lender)
        with tempfile.TemporaryDirectory() as folder:
            matrix = make(lender, Path(folder))
        for feature in ("SK_ID_CURR", *NAMES):
            expected = plain.ids if feature == "SK_ID_CURR" else plain.column(feature)
            wrong = differing(matrix[feature].to_pylist(), expected, plain.ids)
            if wrong:
                compared.differing[f"{feature} ({name})"] = wrong
        compared.values += len(plain.ids) * len(NAMES)
    return compared


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(ENGINES)))
