"""From a model's margin to a PD: one straight line in log-odds, which a bundle holds."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.exceptions import DataError

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
