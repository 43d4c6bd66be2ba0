"""Whether a PD means what it says: Brier score, calibration line, ECE, deciles with bands.

Conventions: label 1 = payment difficulties; `pd` is a probability of default. Bins are deciles of the rows by PD; rows
of equal PD never part, so there may be fewer than ten.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from garant.metrics.sample import Array, checked, rank_groups

BINS = 10
BAND_LEVEL = 0.99
"""Level of the band of one decile: in up to 10 % of all samples one decile of a perfect model leaves its band."""

_MAX_STEPS = 50
_STEP_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin:
    """One group of applicants with near PDs.

    Parameters
    ----------
    rows, positives : int
        Applicants, and those with payment difficulties.
    mean_pd : float
        Mean PD: the rate that was promised.
    observed : float
        Rate that was seen.
    low, high : float
        Where the observed rate of a perfectly calibrated model lies in 99 of 100 samples.
    """

    rows: int
    positives: int
    mean_pd: float
    observed: float
    low: float
    high: float

    @property
    def is_inside(self) -> bool:
        """Whether the observed rate lies in the band, ends included."""
        return self.low <= self.observed <= self.high


def brier(label: npt.ArrayLike, pd: npt.ArrayLike, *, weight: npt.ArrayLike | None = None) -> float:
    """Mean squared difference between PD and label. Brier (1950), Monthly Weather Review 78, 1-3."""
    y, p, w = checked(label, pd, weight)
    return float(np.sum(w * (p - y) ** 2) / np.sum(w))


def calibration_line(
    label: npt.ArrayLike, margin: npt.ArrayLike, *, weight: npt.ArrayLike | None = None
) -> tuple[float, float]:
    """Slope and intercept of the logistic regression of the label on the log-odds.

    Slope 1 and intercept 0 are perfect; a slope below 1 says that the PDs are too extreme. Cox (1958), Biometrika 45,
    562-565; Van Calster et al. (2019), BMC Medicine 17, 230.

    Parameters
    ----------
    label : array_like of {0, 1}, shape (n,)
        1 = payment difficulties.
    margin : array_like of float, shape (n,)
        Log-odds of payment difficulties.
    weight : array_like of float, shape (n,), optional
        How often each row counts.

    Returns
    -------
    slope, intercept : float
        NaN where no finite line exists: one class, one value of the margin, or classes that a threshold parts.

    Notes
    -----
    Newton's method from slope 1 and intercept 0, near the answer for any usable PD, with halved steps where a full one
    does not come nearer. Many times faster than a general solver, which matters in a bootstrap.
    """
    y, x, w = checked(label, margin, weight)
    line: Array = np.array([1.0, 0.0])
    gradient, information = _derivatives(line, y, x, w)
    for _ in range(_MAX_STEPS):
        try:
            step: Array = np.asarray(np.linalg.solve(information, gradient), dtype=np.float64)
        except np.linalg.LinAlgError:
            break
        if np.max(np.abs(step)) <= _STEP_TOLERANCE * (1 + np.max(np.abs(line))):
            slope, intercept = line + step
            return float(slope), float(intercept)
        nearer = _derivatives(line + step, y, x, w)
        while np.linalg.norm(nearer[0]) > np.linalg.norm(gradient) and np.max(np.abs(step)) > _STEP_TOLERANCE:
            step /= 2
            nearer = _derivatives(line + step, y, x, w)
        line, (gradient, information) = line + step, nearer
    return float("nan"), float("nan")


def ece(label: npt.ArrayLike, pd: npt.ArrayLike, *, weight: npt.ArrayLike | None = None) -> float:
    """Expected calibration error: mean distance between mean PD and observed rate of the deciles.

    Never 0 in a sample: a perfect model on 10,000 rows with a bad rate of 8 % shows about 0.006. Naeini, Cooper &
    Hauskrecht (2015), AAAI.
    """
    y, p, w = checked(label, pd, weight)
    bins = rank_groups(p, w, BINS)
    gaps = np.bincount(bins, weights=w * (p - y))
    return float(np.sum(np.abs(gaps)) / np.sum(w))


def deciles(label: npt.ArrayLike, pd: npt.ArrayLike) -> tuple[CalibrationBin, ...]:
    """Deciles by PD, lowest first, each with the band of a perfectly calibrated model.

    The band is the central interval of a binomial with the mean PD of the decile. The true count varies a little less
    (its PDs differ: Hoeffding 1956, Annals of Mathematical Statistics 27, 713-721), so the band is never too narrow.
    """
    y, p, w = checked(label, pd)
    bins = rank_groups(p, w, BINS)
    tail = (1 - BAND_LEVEL) / 2
    found: list[CalibrationBin] = []
    for number in np.unique(bins):
        inside = bins == number
        rows, mean_pd = int(np.count_nonzero(inside)), float(np.mean(p[inside]))
        positives = int(np.sum(y[inside]))
        low, high = (float(binom.ppf(q, rows, mean_pd)) / rows for q in (tail, 1 - tail))
        found.append(
            CalibrationBin(
                rows=rows, positives=positives, mean_pd=mean_pd, observed=positives / rows, low=low, high=high
            )
        )
    return tuple(found)


def _derivatives(line: Array, y: Array, x: Array, w: Array) -> tuple[Array, Array]:
    """Gradient of the log-likelihood and Fisher information at (slope, intercept)."""
    log_odds = np.clip(line[0] * x + line[1], -500, 500)
    p = 1 / (1 + np.exp(-log_odds))
    residual, spread = w * (y - p), w * p * (1 - p)
    # Sums, not dot products: those of a threaded BLAS change their last bits with the number of threads.
    gradient = np.array([np.sum(residual * x), np.sum(residual)])
    cross = np.sum(spread * x)
    return gradient, np.array([[np.sum(spread * x * x), cross], [cross, np.sum(spread)]])
