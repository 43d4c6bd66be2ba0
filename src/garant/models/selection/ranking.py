"""What each feature says: its mean absolute contribution to the margin, beyond what it says of shuffled outcomes.

Null importance (Altmann, Toloşi, Sander & Lengauer, 2010, Bioinformatics 26, 1340-1347): a feature with many values
finds something to split on whatever the outcomes are, so what it says of outcomes that were shuffled among the rows is
taken off.
"""

from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from garant.models.parameters import default_parameters, lightgbm_parameters
from garant.models.training_data import TrainingData

METHOD = "mean absolute contribution beyond that to shuffled outcomes"
"""Name of this ranking in a bundle."""

FITS = 2
"""Models of the true outcomes: two seeds, because one draws its features by chance."""

NULL_FITS = 4
"""Models of shuffled outcomes; their mean is taken."""

RATE = 0.05
TREES = 300
"""Trees of a model that ranks: as many at that rate as rank well, whatever the champion's parameters."""

MOST_ROWS = 50_000
"""A larger sample is drawn from, so that ranking takes minutes at any size."""

EXPLAINED_ROWS = 2_000
"""Rows whose contributions are averaged."""

Floats = npt.NDArray[np.float64]


def excess_contributions(rows: TrainingData, *, seed: int, num_threads: int) -> Floats:
    """Share of each feature in the contributions to true outcomes minus that to shuffled ones.

    Parameters
    ----------
    rows : TrainingData
        Sorted by id: rows are drawn by their numbers.
    seed : int
        Seed of trees, shuffles and drawn rows.
    num_threads : int
        Threads of LightGBM; change nothing but the time.

    Returns
    -------
    array of float64, shape (f,)
        Below 0 for a feature that says less than chance would let it; -1, the least there is, for one that no tree
        of the true outcomes reads.
    """
    rng = np.random.default_rng(seed)
    if len(rows.label) > MOST_ROWS:
        rows = rows.rows(np.sort(rng.permutation(len(rows.label))[:MOST_ROWS]))
    explained = np.sort(rng.permutation(len(rows.label))[:EXPLAINED_ROWS])

    def share(label: npt.NDArray[np.int8], number: int) -> Floats:
        return _contributions(rows, label, explained, seed=seed + number, num_threads=num_threads)

    true = np.mean([share(rows.label, number) for number in range(FITS)], axis=0)
    null = np.mean([share(rng.permutation(rows.label), number) for number in range(NULL_FITS)], axis=0)
    return np.where(true > 0, true - null, -1.0)


def _contributions(
    rows: TrainingData,
    label: npt.NDArray[np.int8],
    explained: npt.NDArray[np.intp],
    *,
    seed: int,
    num_threads: int,
) -> Floats:
    """Mean absolute contribution of each feature as a share of all; 0 where no tree splits."""
    parameters = _parameters(rows, seed=seed, num_threads=num_threads)
    categories = [number for number, column in enumerate(rows.columns) if column.levels is not None]
    dataset = lgb.Dataset(rows.matrix, label, categorical_feature=categories, params=parameters)
    booster = lgb.train(parameters, dataset, num_boost_round=TREES)
    values = booster.predict(rows.matrix[explained], pred_contrib=True, num_threads=num_threads)
    effect = np.mean(np.abs(np.asarray(values, dtype=np.float64)[:, :-1]), axis=0)
    return effect / max(float(np.sum(effect)), np.finfo(np.float64).tiny)


def _parameters(rows: TrainingData, *, seed: int, num_threads: int) -> dict[str, Any]:
    """Parameters for the size of the sample, at a fixed rate; without directions, which would hide what contradicts."""
    found = lightgbm_parameters(default_parameters(len(rows.label)), rows.columns, seed=seed, num_threads=num_threads)
    return {**found, "learning_rate": RATE}
