"""Difference in AUC of two scores of the same applicants, with its interval.

DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44, 837-845; the placements from midranks as in Sun & Xu (2014), IEEE
Signal Processing Letters 21, 1389-1393.
"""

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, rankdata

from garant.metrics.discrimination import auc
from garant.metrics.intervals import LEVEL, Interval
from garant.metrics.sample import Array, checked


def auc_difference(label: npt.ArrayLike, score: npt.ArrayLike, other: npt.ArrayLike) -> Interval:
    """AUC of `score` minus AUC of `other`, with its 95 % interval.

    Parameters
    ----------
    label : array_like of {0, 1}, shape (n,)
        1 = payment difficulties.
    score, other : array_like of float, shape (n,)
        Two scores of the same applicants in the same order; higher is riskier.

    Returns
    -------
    Interval
        The two areas share their applicants, so the interval is far narrower than that of either. NaN with one class
        only; its ends are NaN with fewer than two rows of a class.
    """
    y, s, _ = checked(label, score)
    _, t, _ = checked(label, other)
    value = auc(y, s) - auc(y, t)
    bad, good = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    if min(len(bad), len(good)) < 2:  # noqa: PLR2004 - a variance needs two
        return Interval(value, float("nan"), float("nan"))
    of_bad, of_good = (a - b for a, b in zip(_placements(s, bad, good), _placements(t, bad, good), strict=True))
    variance = float(np.var(of_bad, ddof=1)) / len(bad) + float(np.var(of_good, ddof=1)) / len(good)
    half = float(norm.ppf((1 + LEVEL) / 2)) * float(np.sqrt(variance))
    return Interval(value, value - half, value + half)


def _placements(score: Array, bad: npt.NDArray[np.intp], good: npt.NDArray[np.intp]) -> tuple[Array, Array]:
    """Of each bad case the share of good ones that it outscores, of each good one the share of bad ones above it."""
    ranks = rankdata(score)
    of_bad = (ranks[bad] - rankdata(score[bad])) / len(good)
    of_good = 1 - (ranks[good] - rankdata(score[good])) / len(bad)
    return of_bad, of_good
