"""Whether applicants without an outcome are like those with one: a model that tells them apart says how they differ.

An AUC near 0.5 means that the two come from one population. A high one means that the quality measured on applicants
with an outcome need not hold for those who are scored; it is no leak by itself.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.metrics.discrimination import auc, auc_of_classes
from garant.metrics.intervals import Interval, bootstrap
from garant.models.fitter import Fitter
from garant.models.parameters import Parameters
from garant.models.splits import stratified_folds
from garant.models.training import ONE_THREAD_ROWS, out_of_fold
from garant.models.training_data import TrainingData

MOST_ROWS = 20_000
"""Of either kind; more tell nothing more."""

FEWEST_ROWS = 100
"""Of either kind; fewer tell nothing."""

FOLDS = 3

PARAMETERS = Parameters(learning_rate=0.12, num_leaves=8, lambda_l2=20.0, max_rounds=60, patience=10)
"""A few seconds' worth: what separates is found by the first trees."""

SHOWN_FEATURES = 10
REPLICATES = 200


@dataclass(frozen=True, slots=True)
class SeparatingFeature:
    """A feature that the model uses to tell the two kinds apart.

    Parameters
    ----------
    name : str
        Feature.
    share : float
        Of the model's gain.
    auc : float
        How well its values alone separate, on rows where it is present; at least 0.5. NaN for a category.
    missing_labelled, missing_unlabelled : float
        Share of NULL among applicants with and without an outcome.
    """

    name: str
    share: float
    auc: float
    missing_labelled: float
    missing_unlabelled: float


@dataclass(frozen=True, slots=True)
class Adversarial:
    """How well applicants with and without an outcome can be told apart.

    Parameters
    ----------
    auc : Interval
        Out of fold, with its 95 % interval.
    labelled, unlabelled : int
        Applicants compared.
    features : tuple of SeparatingFeature
        The ten that separate most, the strongest first.
    """

    auc: Interval
    labelled: int
    unlabelled: int
    features: tuple[SeparatingFeature, ...]


def adversarial(
    labelled: TrainingData, unlabelled: npt.NDArray[np.float32], *, seed: int, num_threads: int = 0
) -> Adversarial | None:
    """Compare applicants with and without an outcome; None when there are too few of either kind.

    Parameters
    ----------
    labelled : TrainingData
        Applicants with an outcome; at most `MOST_ROWS` drawn at random are compared.
    unlabelled : array of float32, shape (m, f)
        Features of applicants without one, sorted by id, at most `MOST_ROWS` likewise.
    seed : int
        Seed of draws, folds and trees.
    num_threads : int
        Threads of LightGBM; 0 takes all. Changes nothing but the time.
    """
    rng = np.random.default_rng(seed)
    known = labelled.matrix[np.argsort(labelled.ids, kind="stable")]
    known, others = (rows[np.sort(rng.permutation(len(rows))[:MOST_ROWS])] for rows in (known, unlabelled))
    if min(len(known), len(others)) < FEWEST_ROWS:
        return None
    is_other = np.repeat(np.array([0, 1], dtype=np.int8), [len(known), len(others)])
    # Numbers in mixed order: they are drawn from, and nothing may follow from them.
    ids = rng.permutation(len(is_other)).astype(np.int64)
    both = TrainingData(matrix=np.vstack([known, others]), label=is_other, ids=ids, columns=labelled.columns)
    both = both.rows(np.argsort(ids))
    num_threads = 1 if len(ids) <= ONE_THREAD_ROWS else num_threads
    fold = stratified_folds(both.label, both.ids, folds=FOLDS, seed=seed)
    margin, iterations = out_of_fold(both, fold, seed=seed, parameters=PARAMETERS, num_threads=num_threads)
    area = bootstrap(both.label, margin, lambda y, s, w: {"auc": auc(y, s, weight=w)}, seed=seed, replicates=REPLICATES)
    fitter = Fitter(columns=both.columns, parameters=PARAMETERS, seed=seed, num_threads=num_threads)
    booster = fitter.fit(fitter.dataset(both.matrix, both.label), int(np.median(iterations)), lambda: None)
    gain = np.asarray(booster.feature_importance("gain"), dtype=np.float64)
    used = [int(i) for i in np.argsort(-gain, kind="stable")[:SHOWN_FEATURES] if gain[i] > 0]
    features = tuple(_separating(both, i, share=float(gain[i] / np.sum(gain))) for i in used)
    return Adversarial(area["auc"], len(known), len(others), features)


def _separating(both: TrainingData, number: int, *, share: float) -> SeparatingFeature:
    column, values = both.columns[number], both.matrix[:, number]
    missing = np.isnan(values)
    area = auc_of_classes(values[~missing & (both.label == 1)], values[~missing & (both.label == 0)])
    return SeparatingFeature(
        name=column.name,
        share=share,
        auc=max(area, 1 - area) if column.levels is None else float("nan"),
        missing_labelled=float(np.mean(missing[both.label == 0])),
        missing_unlabelled=float(np.mean(missing[both.label == 1])),
    )
