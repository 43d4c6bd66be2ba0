"""How well a score tells payment difficulties from good payers: AUC, Gini, KS, PR-AUC.

Conventions: label 1 = payment difficulties, a higher score is riskier. Rows of equal score are one step of the curve,
so no measure depends on the order of rows. With one class only nothing can be told apart and the answer is NaN.

The measures are written on cumulated counts rather than taken from scikit-learn (which the tests compare with)
because a bootstrap calls them hundreds of times: on rows sorted by score, the stable sort below costs one pass.
"""

import math

import numpy as np
import numpy.typing as npt

from garant.metrics.sample import Array, checked


def auc(label: npt.ArrayLike, score: npt.ArrayLike, *, weight: npt.ArrayLike | None = None) -> float:
    """Area under the ROC curve: chance that a bad case scores above a good one, ties counting half.

    Hanley & McNeil (1982), Radiology 143, 29-36.
    """
    false_positive, true_positive = _roc(label, score, weight)
    return float(np.sum(np.diff(false_positive) * (true_positive[1:] + true_positive[:-1])) / 2)


def auc_of_classes(bad: npt.NDArray[np.floating], good: npt.NDArray[np.floating]) -> float:
    """AUC from the scores of either class, as `auc`, in a tenth of its time; NaN when a class is empty.

    Parameters
    ----------
    bad : array of float, shape (m,)
        Scores of cases with payment difficulties, without NaN.
    good : array of float, shape (n,)
        Scores of the others, likewise.
    """
    if not len(bad) or not len(good):
        return float("nan")
    # Both sorted, so that the search walks through memory instead of jumping: 7 ms for 300,000 rows.
    fewer, more = (np.sort(scores) for scores in sorted((bad, good), key=len))
    below = np.searchsorted(more, fewer, side="left").sum(dtype=np.float64)
    not_above = np.searchsorted(more, fewer, side="right").sum(dtype=np.float64)
    area = float((below + not_above) / 2 / (len(bad) * len(good)))
    return area if len(bad) <= len(good) else 1 - area


def auc_sd_by_chance(bad: int, good: int) -> float:
    """Standard deviation of the AUC of a score that knows nothing: ``sqrt((m + n + 1) / (12 m n))``.

    That of the rank sum; ties make it smaller. Mann & Whitney (1947), Annals of Mathematical Statistics 18, 50-60;
    Hanley & McNeil (1982). Infinite when a class is empty.
    """
    return math.sqrt((bad + good + 1) / (12 * bad * good)) if bad and good else math.inf


def auc_sd(area: float, bad: int, good: int) -> float:
    """Standard deviation of an AUC near `area`, by the approximation of exponential scores.

    Hanley & McNeil (1982), The meaning and use of the area under a receiver operating characteristic (ROC) curve,
    Radiology 143, 29-36. Infinite when a class is empty.
    """
    if not bad or not good:
        return math.inf
    two_bad, two_good = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (bad - 1) * (two_bad - area**2) + (good - 1) * (two_good - area**2)
    return math.sqrt(max(spread, 0.0) / (bad * good))


def gini(label: npt.ArrayLike, score: npt.ArrayLike, *, weight: npt.ArrayLike | None = None) -> float:
    """Gini coefficient (accuracy ratio): ``2 AUC - 1``."""
    return 2 * auc(label, score, weight=weight) - 1


def ks(label: npt.ArrayLike, score: npt.ArrayLike, *, weight: npt.ArrayLike | None = None) -> float:
    """Kolmogorov-Smirnov distance between the score distributions of bad and good cases, 0 to 1."""
    false_positive, true_positive = _roc(label, score, weight)
    return float(np.max(np.abs(true_positive - false_positive)))


def pr_auc(label: npt.ArrayLike, score: npt.ArrayLike, *, weight: npt.ArrayLike | None = None) -> float:
    """Average precision: precision of each step weighted by the recall that it adds, without interpolation.

    A score without information reaches the bad rate, not 0.5. Davis & Goadrich (2006), ICML, on why not trapezoids.
    """
    positives, negatives = _cumulated(label, score, weight)
    if positives[-1] == 0:
        return float("nan")
    refused = positives + negatives
    precision = np.divide(positives, refused, out=np.zeros_like(positives), where=refused > 0)
    return float(np.sum(np.diff(positives, prepend=0.0) * precision) / positives[-1])


def roc(label: npt.ArrayLike, score: npt.ArrayLike) -> tuple[Array, Array]:
    """Points of the ROC curve, from (0, 0) to (1, 1).

    Returns
    -------
    false_positive, true_positive : arrays of float64
        Share of good and of bad cases whose score is at least the step's; one point per distinct score and (0, 0).
    """
    return _roc(label, score, None)


def _roc(label: npt.ArrayLike, score: npt.ArrayLike, weight: npt.ArrayLike | None) -> tuple[Array, Array]:
    positives, negatives = _cumulated(label, score, weight)
    if positives[-1] == 0 or negatives[-1] == 0:
        return np.array([np.nan, np.nan]), np.array([np.nan, np.nan])
    return np.append(0.0, negatives / negatives[-1]), np.append(0.0, positives / positives[-1])


def _cumulated(label: npt.ArrayLike, score: npt.ArrayLike, weight: npt.ArrayLike | None) -> tuple[Array, Array]:
    """Bad and good cases down to each distinct score, riskiest first."""
    y, s, w = checked(label, score, weight)
    order = np.argsort(s, kind="stable")[::-1]
    y, s, w = y[order], s[order], w[order]
    last_of_score = np.append(np.flatnonzero(np.diff(s)), len(s) - 1)
    bad = y * w
    return np.cumsum(bad)[last_of_score], np.cumsum(w - bad)[last_of_score]
