"""From the model's margin to a PD that means what it says: one straight line in log-odds.

The line is fitted on out-of-fold margins. It is judged cross-fitted: each fold's PDs come from a line of the other
folds, because a calibrator judged on the rows that made it always looks perfect.
"""

import numpy as np
import numpy.typing as npt
from sklearn.isotonic import IsotonicRegression

from garant.metrics.calibration import calibration_line
from garant.models.calibrator import Calibrator

Floats = npt.NDArray[np.float64]


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
