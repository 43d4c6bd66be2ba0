"""Percentile bootstrap intervals of any measures of one sample of applicants.

Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapters 10 (bias) and 13 (percentile intervals).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.exceptions import DataError
from garant.metrics.sample import Array, checked, rank_groups

LEVEL = 0.95
REPLICATES = 1000

GROUPS = 2500
"""Score groups that a large sample is drawn from; within a group the order of scores is not told apart."""

BIASED_UPWARD = frozenset({"ece", "ks"})
"""Measures made of distances, which resampling pushes up; their intervals are moved back by the bootstrap's bias."""

Measure = Callable[[Array, Array, Array], Mapping[str, float]]
"""Named values of (label, score, weight), all float64 and of one length."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its 95 % interval; NaN where the sample cannot tell it."""

    value: float
    low: float
    high: float


def bootstrap(
    label: npt.ArrayLike,
    score: npt.ArrayLike,
    measure: Measure,
    *,
    seed: int,
    replicates: int = REPLICATES,
    stratified: bool = False,
    biased_upward: Collection[str] = BIASED_UPWARD,
) -> dict[str, Interval]:
    """Values of `measure` on the sample, each with its 95 % percentile interval.

    Parameters
    ----------
    label : array_like of {0, 1}, shape (n,)
        1 = payment difficulties.
    score : array_like of float, shape (n,)
        Second argument of `measure`: a margin or a PD.
    measure : callable
        Gives named values of (label, score, weight).
    seed : int
        Same seed and same applicants, in any order: same intervals.
    replicates : int
        Number of samples drawn.
    stratified : bool
        Whether bad and good cases are drawn apart, which keeps the bad rate: for measures of ranking alone.
    biased_upward : collection of str
        Values whose interval is moved by the mean of the replicates minus the value, not below 0.

    Returns
    -------
    dict of str to Interval
        In the order of `measure`. Replicates where a value is NaN are left out of its interval.

    Notes
    -----
    A bootstrap sample is told by how often each row was drawn, not by copied rows. A sample of more than 5,000 rows is
    first put into cells (2,500 score groups times two labels, each with its mean score): drawing rows and counting them
    by cell is a multinomial draw over cells, so nothing but the order inside a group is lost, and the cost no longer
    grows with the sample. The value itself is taken from all rows, and the interval is moved by its distance from the
    value over cells (below 0.0001 in AUC).
    """
    if replicates < 1:
        raise DataError(f"A bootstrap needs at least one replicate, {replicates} asked.")
    y, s, ones = checked(label, score)
    values = dict(measure(y, s, ones))
    cells = _cells(y, s)
    on_cells = np.array(list(measure(*cells).values()))
    rng = np.random.default_rng(seed)
    drawn = np.empty((replicates, len(values)))
    for replicate in range(replicates):
        weight = _draw(cells, rng, stratified=stratified)
        drawn[replicate] = list(measure(cells[0], cells[1], weight).values())
    drawn += np.array(list(values.values())) - on_cells
    return {
        name: _interval(value, drawn[:, column], is_biased=name in biased_upward)
        for column, (name, value) in enumerate(values.items())
    }


def _cells(y: Array, s: Array) -> tuple[Array, Array, Array]:
    """Label, score and number of rows of each cell, sorted by score and label; rows themselves in a small sample."""
    order = np.lexsort((y, s))
    y, s = y[order], s[order]
    ones = np.ones(len(y))
    if len(y) <= 2 * GROUPS:
        return y, s, ones
    group = rank_groups(s, ones, GROUPS)
    mean = np.bincount(group, weights=s) / np.maximum(np.bincount(group), 1)
    rows = np.bincount(2 * group + y.astype(np.int64))
    cell = np.flatnonzero(rows)
    return (cell % 2).astype(np.float64), mean[cell // 2], rows[cell].astype(np.float64)


def _draw(cells: tuple[Array, Array, Array], rng: np.random.Generator, *, stratified: bool) -> Array:
    label, _, rows = cells
    drawn = np.zeros(len(rows))
    groups = [label == 0, label == 1] if stratified else [np.ones(len(rows), dtype=np.bool_)]
    for group in groups:
        total = int(np.sum(rows[group]))
        if total:
            drawn[group] = rng.multinomial(total, rows[group] / total)
    return drawn


def _interval(value: float, replicates: Array, *, is_biased: bool) -> Interval:
    known = replicates[~np.isnan(replicates)]
    if not len(known):
        return Interval(value, float("nan"), float("nan"))
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    if is_biased:
        bias = float(np.mean(known)) - value
        low, high = max(0.0, low - bias), max(0.0, high - bias)
    return Interval(value, float(low), float(high))
