"""From the model's margin to a PD that means what it says: one straight line in log-odds.

The line is fitted on out-of-fold margins. It is judged cross-fitted: each fold's PDs come from a line of the other
folds, because a calibrator judged on the rows that made it always looks perfect.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.isotonic import IsotonicRegression

from garant.exceptions import DataError
from garant.metrics.calibration import calibration_line

Floats = npt.NDArray[np.float64]

_LARGEST_LOG_ODDS = 700.0
"""Beyond it exp() overflows; no PD is told apart there."""


@dataclass(frozen=True, slots=True)
class Calibrator:
    """Straight line from margin to calibrated log-odds. Platt (1999).

    Being affine, it keeps contributions additive and the order of applicants unchanged, and it never gives PD 0 or 1.

    Parameters
    ----------
    slope : float
        Above 0.
    intercept : float
        Log-odds at margin 0.
    """

    slope: float
    intercept: float

    def __post_init__(self) -> None:
        """Raise DataError unless the line is finite and rises."""
        if not (np.isfinite(self.slope) and np.isfinite(self.intercept) and self.slope > 0):
            raise DataError(
                f"A calibrator with slope {self.slope:g} and intercept {self.intercept:g} is of no use, expected a "
                "finite line that rises: the score does not rank this sample, or it parts the classes (a leak)."
            )

    def log_odds(self, margin: npt.ArrayLike) -> Floats:
        """Calibrated log-odds of payment difficulties."""
        return self.slope * np.asarray(margin, dtype=np.float64) + self.intercept

    def pd(self, margin: npt.ArrayLike) -> Floats:
        """PD of each margin: ``1 / (1 + exp(-(slope * margin + intercept)))``."""
        return pd_of(self.log_odds(margin))


def pd_of(log_odds: npt.ArrayLike) -> Floats:
    """PD of log-odds of payment difficulties."""
    bounded = np.clip(np.asarray(log_odds, dtype=np.float64), -_LARGEST_LOG_ODDS, _LARGEST_LOG_ODDS)
    return 1 / (1 + np.exp(-bounded))


def fit_calibrator(margin: npt.ArrayLike, label: npt.ArrayLike, *, weight: npt.ArrayLike | None = None) -> Calibrator:
    """Line fitted by maximum likelihood on margins of rows that the model has not seen, each counted `weight` times.

    Raises
    ------
    DataError
        When there is no finite rising line: the margin does not rank the labels, or separates them.
    """
    return Calibrator(*calibration_line(label, margin, weight=weight))


def cross_fitted_log_odds(
    margin: npt.NDArray[np.float64], label: npt.NDArray[np.int8], fold: npt.NDArray[np.int8]
) -> Floats:
    """Calibrated log-odds of each row by a line fitted without its fold."""
    log_odds = np.empty(len(margin))
    for number in np.unique(fold):
        inside = fold == number
        log_odds[inside] = fit_calibrator(margin[~inside], label[~inside]).log_odds(margin[inside])
    return log_odds


def isotonic_curve(pd: npt.ArrayLike, label: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Steps of the best non-decreasing curve through (PD, label): a picture of calibration, never a calibrator.

    As a calibrator it would give PD 0 at one end and break the additivity of contributions.

    Returns
    -------
    pd, observed : arrays of float64, one length
        Corners of the curve.
    """
    curve = IsotonicRegression(out_of_bounds="clip").fit(np.asarray(pd, np.float64), np.asarray(label, np.float64))
    return np.asarray(curve.X_thresholds_, np.float64), np.asarray(curve.y_thresholds_, np.float64)
