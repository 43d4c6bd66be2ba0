"""How much each feature and each family of facts moves the score: the mean size of its contributions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.metrics.intervals import LEVEL, REPLICATES, Interval

Effects = npt.NDArray[np.float32]
"""Contributions of n applicants, shape (n, m), in log-odds; without the base value."""

_AT_ONCE = 50
"""Bootstrap samples that are summed in one product of matrices."""


@dataclass(frozen=True, slots=True)
class Importance:
    """How much one feature or one family moves the score.

    Parameters
    ----------
    name : str
        The feature or the family.
    size : Interval
        Mean absolute contribution in log-odds, with its 95 % interval.
    share : float
        Part of the sum of all sizes.
    """

    name: str
    size: Interval
    share: float


def importances(
    names: Sequence[str], effects: Effects, *, seed: int, replicates: int = REPLICATES
) -> tuple[Importance, ...]:
    """Mean absolute contribution of each column, the largest first.

    Parameters
    ----------
    names : sequence of str, length m
        What each column is.
    effects : array of float32, shape (n, m)
        Contributions.
    seed : int
        Same seed and same applicants in the same order: same intervals.
    replicates : int
        Bootstrap samples of applicants.

    Notes
    -----
    The mean absolute SHAP value is the global importance of Lundberg et al. (2020), "From local explanations to global
    understanding with explainable AI for trees", Nature Machine Intelligence 2. Intervals are percentiles of bootstrap
    samples of applicants (Efron & Tibshirani 1993, chapter 13): how much the importance hangs on who was looked at,
    not on how the model would have come out of another training.
    """
    sizes = np.abs(effects)
    values = sizes.mean(axis=0, dtype=np.float64)
    drawn = _resampled_means(sizes, np.random.default_rng(seed), replicates)
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    total = float(values.sum()) or 1.0
    order: list[int] = np.argsort(-values, kind="stable").tolist()
    return tuple(
        Importance(names[at], Interval(float(values[at]), float(low[at]), float(high[at])), float(values[at]) / total)
        for at in order
    )


def _resampled_means(sizes: Effects, rng: np.random.Generator, replicates: int) -> npt.NDArray[np.float64]:
    """Column means of bootstrap samples; a sample is told by how often it holds each row, not by copied rows."""
    n, m = sizes.shape
    means = np.empty((replicates, m))
    for start in range(0, replicates, _AT_ONCE):
        stop = min(start + _AT_ONCE, replicates)
        times = np.empty((stop - start, n), dtype=np.float32)
        for row in times:
            row[:] = np.bincount(rng.integers(0, n, n), minlength=n)
        means[start:stop] = (times @ sizes) / n
    return means
