"""Contributions by the compiled kernels against LightGBM's own, and against other explainers where they are installed.

Run: python benchmarks/explain.py [rounds]; with `changes [lender …]`, `reasons` or `alone` for that part only
One model of 500 trees x 31 leaves x 300 features with 30 % missing values, and one with every third column a category.
Kernels and peers alternate in one process, with one thread each; LightGBM is timed on fewer rows, because its cost is
linear in them. Then each in a process of its own, with its memory (`explainers/`), and the whole portfolio on all
cores. Last, what would have changed the result of refused people of three lenders (`changes/`): the synthetic one, one
whose outcomes hang on the instalment, and a real sample where it is there; and what their reasons state. Results go to
benchmarks/results/explain.json.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

from changes.facts import facts_stated
from changes.search import HOME_CREDIT, measured, people_of
from explainers.alone import measure_one, measured_alone
from garant.explanations.contributions import prepared
from garant.explanations.treeshap.explainer import Explainer
from garant.settings import Settings
from measure.process import circumstances, write_result

RESULT = Path(__file__).parent / "results" / "explain.json"
ROWS, FEATURES, TREES, LEAVES, SEED = 20_000, 300, 500, 31, 1
MISSING = 0.3
LENDERS = ("synthetic", "burdened", "home_credit")
PORTFOLIO = 307_511
"""Applicants with an outcome of the public data set."""

Matrix = npt.NDArray[np.float32]


def main(rounds: int) -> None:
    """Measure and write."""
    report: dict[str, Any] = {
        "model": f"{TREES} trees x {LEAVES} leaves x {FEATURES} features, 30 % missing",
        "seed": SEED,
    }
    for name, has_categories in (("numbers", False), ("categories", True)):
        matrix, booster = _model(has_categories=has_categories)
        report[name] = _compared(matrix, booster, rounds, has_categories=has_categories)
        if not has_categories:
            report["portfolio"] = _portfolio(matrix, booster)
            report["first_use"] = _first_use(booster)
            report["alone"] = measured_alone(booster, matrix)
    write_result(RESULT, {**report, "changes": _changes(LENDERS), "reasons": _reasons(), **circumstances(_installed())})


def only_changes(names: Sequence[str]) -> None:
    """Measure what would have changed results at the lenders `names`, and leave the other figures as they are."""
    known = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
    write_result(RESULT, {**known, "changes": {**known.get("changes", {}), **_changes(names or LENDERS)}})


def only_reasons() -> None:
    """See what the reasons of refused people state, and leave the other figures as they are."""
    known = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
    write_result(RESULT, {**known, "reasons": _reasons()})


def _reasons() -> dict[str, Any]:
    """Reasons of refused people of each lender that is there; of the burdened one they would be those of the others."""
    found: dict[str, Any] = {}
    for name in ("synthetic", "home_credit"):
        if name == "home_credit" and not HOME_CREDIT.is_dir():
            continue
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(cache_folder=Path(folder) / "cache", development_key=Path(folder) / "development.key")
            found[name] = facts_stated(people_of(name, Path(folder), settings=settings))
    return {**found, **circumstances(("duckdb", "lightgbm", "pyarrow", "babel"))}


def _changes(names: Sequence[str]) -> dict[str, Any]:
    """Refused people of each lender that is there."""
    found: dict[str, Any] = {}
    for name in names:
        if name == "home_credit" and not HOME_CREDIT.is_dir():
            continue
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(cache_folder=Path(folder) / "cache", development_key=Path(folder) / "development.key")
            found[name] = {
                **measured(name, Path(folder), settings=settings),
                **circumstances(("duckdb", "lightgbm", "pyarrow")),
            }
    return found


def _model(*, has_categories: bool) -> tuple[Matrix, lightgbm.Booster]:
    rng = np.random.default_rng(SEED)
    matrix = rng.normal(size=(ROWS, FEATURES)).astype(np.float32)
    score = matrix[:, :20] @ rng.normal(size=20) * 0.4 + matrix[:, 20] * matrix[:, 21] - 2.5
    label = (rng.random(ROWS) < 1 / (1 + np.exp(-score))).astype(int)
    categories = list(range(0, FEATURES, 3)) if has_categories else []
    matrix[:, categories] = np.floor(np.abs(matrix[:, categories]) * 10) % 30
    matrix[rng.random(matrix.shape) < MISSING] = np.nan
    parameters = {"objective": "binary", "num_leaves": LEAVES, "learning_rate": 0.05, "feature_fraction": 0.5}
    parameters |= {"max_bin": 63, "seed": SEED, "num_threads": os.cpu_count() or 1, "verbose": -1}
    data = lightgbm.Dataset(matrix, label, categorical_feature=categories, params=parameters)
    return matrix, lightgbm.train(parameters, data, TREES)


def _compared(matrix: Matrix, booster: lightgbm.Booster, rounds: int, *, has_categories: bool) -> dict[str, Any]:
    explainer = Explainer.of_text(booster.model_to_string())
    explainer.contributions(matrix[:1])
    explainer.of_one(matrix[0])
    some = matrix[:200]
    reference = np.asarray(booster.predict(some, pred_contrib=True, num_threads=1))
    found: dict[str, list[float]] = {}

    def spent(name: str, work: Callable[[], object], n: int) -> None:
        began = time.process_time()
        work()
        found.setdefault(name, []).append((time.process_time() - began) / n * 1e3)

    single: list[float] = []
    peers = _peers(booster, has_categories=has_categories)
    for number in range(rounds):
        spent("lightgbm", lambda: booster.predict(some, pred_contrib=True, num_threads=1), len(some))
        for n in (1_000, 10_000):
            spent(f"kernel_{n}", lambda n=n: explainer.contributions(matrix[:n]), n)
        one = range(100 * number % 10_000, 100 * number % 10_000 + 100)
        spent(
            "lightgbm_one",
            lambda one=one: [booster.predict(matrix[i : i + 1], pred_contrib=True, num_threads=1) for i in one],
            100,
        )
        spent("kernel_one", lambda one=one: single.extend(_timed(explainer, matrix[i]) for i in one), 100)
        for name, peer in peers.items():
            for n in (1_000, 10_000):
                if name == "woodelf" or n == 1_000:  # noqa: PLR2004 - shap is linear in the rows
                    spent(f"{name}_{n}", lambda peer=peer, n=n: peer(matrix[:n]), n)
    cost = {name: median(values) for name, values in found.items()}
    differences = {
        "block": float(np.max(np.abs(explainer.contributions(some) - reference))),
        "one": float(
            max(np.max(np.abs(explainer.of_one(row) - of_it)) for row, of_it in zip(some, reference, strict=True))
        ),
    }
    return {
        "cpu_ms_per_row": {name: round(value, 4) for name, value in cost.items()},
        "lightgbm_to_kernel": {
            **{str(n): round(cost["lightgbm"] / cost[f"kernel_{n}"], 1) for n in (1_000, 10_000)},
            "one": round(cost["lightgbm_one"] / cost["kernel_one"], 1),
        },
        "rounds": [
            {str(n): round(found["lightgbm"][i] / found[f"kernel_{n}"][i], 1) for n in (1_000, 10_000)}
            for i in range(rounds)
        ],
        "one_row_wall_ms": {"p50": round(median(single), 3), "p99": round(float(np.quantile(single, 0.99)), 3)},
        "largest_difference": differences,
        "tables_mb": round(explainer.tables.constants.nbytes / 1e6, 1),
    }


def _timed(explainer: Explainer, row: Matrix) -> float:
    began = time.perf_counter()
    explainer.of_one(row)
    return (time.perf_counter() - began) * 1e3


def _peers(booster: lightgbm.Booster, *, has_categories: bool) -> dict[str, Callable[[Matrix], object]]:
    """Explainers that are installed beside garant; it needs none of them."""
    peers: dict[str, Callable[[Matrix], object]] = {}
    if find_spec("shap"):
        import shap  # noqa: PLC0415  # pyright: ignore[reportMissingImports] - not a dependency

        peers["shap"] = shap.TreeExplainer(booster).shap_values
    if find_spec("woodelf") and not has_categories:
        import pandas  # noqa: ICN001, PLC0415 - pd is our PD; what it wants rows to be in
        from woodelf import WoodelfExplainer  # noqa: PLC0415  # pyright: ignore[reportMissingImports]

        names = booster.feature_name()

        # Made anew for each question, as its tables follow from the rows; it refuses categories.
        peers["woodelf"] = lambda rows: WoodelfExplainer(booster).shap_values(
            pandas.DataFrame(rows, columns=names), verbose=False
        )
    return peers


def _installed() -> list[str]:
    named = {"lightgbm": "lightgbm", "numba": "numba", "numpy": "numpy", "shap": "shap", "woodelf": "woodelf-explainer"}
    return [package for module, package in named.items() if find_spec(module)]


def only_alone() -> None:
    """Measure explainers in processes of their own, and leave the other figures as they are."""
    known = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
    known.pop("large", None)
    matrix, booster = _model(has_categories=False)
    write_result(RESULT, {**known, "alone": {**measured_alone(booster, matrix), **circumstances(_installed())}})


def _portfolio(matrix: Matrix, booster: lightgbm.Booster) -> dict[str, Any]:
    """Everybody explained, on all cores."""
    threads = os.cpu_count() or 1
    rows = np.resize(matrix, (PORTFOLIO, FEATURES))
    explainer = prepared(booster)
    if explainer is None:
        raise SystemExit("numba is not installed.")
    began, cpu = time.perf_counter(), time.process_time()
    for start in range(0, PORTFOLIO, 50_000):
        explainer.contributions(rows[start : start + 50_000], threads=threads)
    wall = time.perf_counter() - began
    return {
        "rows": PORTFOLIO,
        "threads": threads,
        "seconds": round(wall, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "rows_per_second": round(PORTFOLIO / wall),
    }


_FIRST = """
import sys, time
import numpy as np
text = open(sys.argv[1]).read()
row = np.zeros((1, int(sys.argv[2])), dtype=np.float32)
began = time.perf_counter()
from garant.explanations.treeshap.compiled import explainer_class
made = explainer_class()
loaded = time.perf_counter()
explainer = made.of_text(text)
built = time.perf_counter()
explainer.contributions(row)
explained = time.perf_counter()
explainer.of_one(row[0])
print(loaded - began, built - loaded, explained - built, time.perf_counter() - explained)
"""


def _first_use(booster: lightgbm.Booster) -> dict[str, dict[str, float]]:
    """Seconds of a new process: with nothing compiled, then with what that left in the cache."""
    steps: list[str] = ["import", "tables", "first_block", "first_row"]
    with tempfile.TemporaryDirectory() as name:
        model = Path(name) / "model.txt"
        model.write_text(booster.model_to_string())
        environment = {**os.environ, "XDG_CACHE_HOME": name}
        command = [sys.executable, "-c", _FIRST, str(model), str(FEATURES)]
        runs = [
            subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - ours
            for _ in range(2)
        ]
    seconds = [dict(zip(steps, (round(float(word), 2) for word in run.stdout.split()), strict=True)) for run in runs]
    return {"nothing_compiled": seconds[0], "from_the_cache": seconds[1]}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        measure_one(sys.argv[2], Path(sys.argv[3]))
    elif sys.argv[1:2] == ["changes"]:
        only_changes(sys.argv[2:])
    elif sys.argv[1:2] == ["reasons"]:
        only_reasons()
    elif sys.argv[1:2] == ["alone"]:
        only_alone()
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
