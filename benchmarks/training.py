"""Five folds and a champion of garant against plain lightgbm.cv with the same parameters, on a large matrix.

Run: python benchmarks/training.py [--rows 300000] [--features 400] [--rounds 1] [--threads 2]
Both read the same matrix. Each run is a process of its own, runs alternate, and each reports its own time, peak memory
and AUC. Results go to benchmarks/results/training.json.

The peer stops early on the very rows that its AUC is reported on and returns no model of all rows; garant stops on rows
inside each fold's training rows, scores the fold, and then fits the champion.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from garant.features.encode import InputColumn
from garant.metrics.discrimination import auc
from garant.models.parameters import default_parameters, lightgbm_parameters
from garant.models.splits import stratified_folds
from garant.models.training import train_champion
from garant.models.training_data import TrainingData
from measure.process import Spent, circumstances, in_a_process, medians, print_spent, ratios, write_result

RESULT = Path(__file__).parent / "results" / "training.json"
SEED, FOLDS = 7, 5
MINUTES_ALLOWED = 10.0
"""For the five folds and the champion at 300,000 rows and 400 features on two cores."""

INTERCEPT = -2.75
"""Gives a bad rate of about 8 % with 400 features; the best possible AUC is then about 0.75."""

BLOCKS = {
    "application": (0.14, 0.0),
    "building": (0.06, 0.6),
    "bureau": (0.2, 0.14),
    "bureau_balance": (0.05, 0.64),
    "previous": (0.2, 0.05),
    "pos": (0.07, 0.06),
    "installments": (0.15, 0.05),
    "card": (0.13, 0.68),
}
"""Share of the features, and share of the applicants without any row of the table: as in the Home Credit data."""


def matrix(rows: int, features: int) -> TrainingData:
    """Applicants with as many weak effects, NULLs and kinds of values as a real matrix of child tables has.

    The labels are drawn from log-odds that are known, so a leak would show as an AUC above the best possible one.
    """
    rng = np.random.default_rng(SEED)
    values = np.empty((rows, features), dtype=np.float32)
    log_odds = np.full(rows, INTERCEPT)
    # A generator of their own: the effects are the same at every number of rows.
    weights = np.random.default_rng(SEED).normal(size=features).astype(np.float32) * np.float32(0.06)
    names: list[InputColumn] = []
    size = np.array([share for share, _ in BLOCKS.values()])
    blocks = np.repeat(list(BLOCKS), np.diff(np.round(np.concatenate([[0], np.cumsum(size)]) * features).astype(int)))
    absent = {name: rng.random(rows) < share for name, (_, share) in BLOCKS.items()}
    factors = rng.normal(size=(rows, 12)).astype(np.float32)
    for i, block in enumerate(blocks):
        column = 0.6 * factors[:, i % 12] + rng.normal(size=rows).astype(np.float32)
        log_odds += _effect(column, i, weights[i]) * ~absent[block]
        column = _kind(column, i)
        column[absent[block] | (rng.random(rows) < (0.03 if i % 3 else 0.0))] = np.nan
        values[:, i] = column
        names.append(InputColumn(f"{block}_{i}", _LEVELS if _is_category(i) else None))
    label = (rng.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(np.int8)
    return TrainingData(matrix=values, label=label, ids=np.arange(rows, dtype=np.int64), columns=tuple(names))


_LEVELS = tuple(f"level_{i}" for i in range(8))


def _is_category(i: int) -> bool:
    return i % 25 == 24  # noqa: PLR2004 - every twenty-fifth: 16 of 400


def _effect(column: npt.NDArray[np.float32], i: int, weight: np.float32) -> npt.NDArray[np.float32]:
    """Three strong effects, every third one weak, every fifth of those bent; the others say nothing of their own."""
    if i < 3:  # noqa: PLR2004 - three external scores
        return 0.35 * column
    if i % 3:
        return np.zeros_like(column)
    return weight * (np.abs(column) if i % 5 == 0 else column)


def _kind(column: npt.NDArray[np.float32], i: int) -> npt.NDArray[np.float32]:
    """A level, a count, a number with few digits, or an amount."""
    if _is_category(i):
        return np.clip(np.floor(column * 2) + 4, 1, len(_LEVELS))
    return (np.floor(np.exp(column)), np.round(column, 1), column, np.exp(column) * 1e4)[i % 4].astype(np.float32)


def ours(data: TrainingData, threads: int) -> Mapping[str, float]:
    """Out-of-fold margins of five folds, and the champion of all rows."""
    made = train_champion(data, seed=SEED, folds=FOLDS, num_threads=threads)
    by_fold = [auc(data.label[made.fold == f], made.oof_margin[made.fold == f]) for f in range(FOLDS)]
    return {"auc": float(np.mean(by_fold)), "trees": made.iteration}


def peer(data: TrainingData, threads: int) -> Mapping[str, float]:
    """LightGBM's own cross-validation with early stopping on the folds that it reports."""
    parameters = default_parameters(len(data.label))
    options = lightgbm_parameters(parameters, data.columns, seed=SEED, num_threads=threads)
    categories = [i for i, column in enumerate(data.columns) if column.levels is not None]
    fold = stratified_folds(data.label, data.ids, folds=FOLDS, seed=SEED)
    history = lgb.cv(
        {**options, "metric": ["binary_logloss", "auc"], "first_metric_only": True},
        lgb.Dataset(data.matrix, data.label, categorical_feature=categories, params=options, free_raw_data=False),
        num_boost_round=parameters.max_rounds,
        folds=[(np.flatnonzero(fold != f), np.flatnonzero(fold == f)) for f in range(FOLDS)],
        callbacks=[lgb.early_stopping(parameters.patience, first_metric_only=True, verbose=False)],
    )
    best = int(np.argmin(np.asarray(history["valid binary_logloss-mean"])))
    return {"auc": float(np.asarray(history["valid auc-mean"])[best]), "trees": best + 1}


WAYS = {"garant": ours, "lightgbm.cv": peer}


def main() -> None:
    """Compare, and say whether the time was kept; as a child, do one run."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--child", nargs=3, metavar=("WAY", "MATRIX", "THREADS"))
    for name, value in (("rows", 300_000), ("features", 400), ("rounds", 1), ("threads", 2)):
        reading.add_argument(f"--{name}", type=int, default=value)
    asked = reading.parse_args()
    if asked.child:
        way, folder, threads = asked.child
        data = _read(Path(folder))
        print_spent(lambda: WAYS[way](data, int(threads)))
        return
    runs: dict[str, list[Spent]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory(prefix="garant-training-") as folder:
        _write(Path(folder), matrix(asked.rows, asked.features))
        for _ in range(asked.rounds):
            for way, done in runs.items():
                done.append(in_a_process(__file__, way, folder, str(asked.threads)))
                print(way, done[-1], file=sys.stderr, flush=True)
    minutes = medians(runs["garant"])["wall_s"] / 60
    write_result(
        RESULT,
        {
            "rows": asked.rows,
            "features": asked.features,
            "threads": asked.threads,
            "seed": SEED,
            "parameters": asdict(default_parameters(asked.rows)),
            "runs": asked.rounds,
            "median": {way: medians(done) for way, done in runs.items()},
            "garant / lightgbm.cv": ratios(runs["lightgbm.cv"], runs["garant"]),
            "minutes allowed": MINUTES_ALLOWED,
            "minutes": round(minutes, 2),
            "result": "reached" if minutes <= MINUTES_ALLOWED else "missed",
            **circumstances(("lightgbm", "numpy")),
        },
    )


def _write(folder: Path, data: TrainingData) -> None:
    np.save(folder / "matrix.npy", data.matrix)
    np.save(folder / "label.npy", data.label)
    np.save(folder / "categories.npy", [column.levels is not None for column in data.columns])


def _read(folder: Path) -> TrainingData:
    label = np.load(folder / "label.npy")
    categories = np.load(folder / "categories.npy")
    return TrainingData(
        matrix=np.load(folder / "matrix.npy"),
        label=label,
        ids=np.arange(len(label), dtype=np.int64),
        columns=tuple(InputColumn(f"f{i}", _LEVELS if found else None) for i, found in enumerate(categories)),
    )


if __name__ == "__main__":
    main()
