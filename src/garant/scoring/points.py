"""Points: an affine scale of log-odds in which a higher number is safer."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class PointsScale:
    """`base` points stand for `odds` good payers to one bad; `pdo` points double the odds.

    The usual scaling of credit scorecards: points = base + pdo / ln 2 · ln(good:bad odds / odds).
    """

    base: float
    odds: float
    pdo: float

    def points(self, log_odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Points of calibrated log-odds of default, shape (n,); not rounded, so that no decision is flipped."""
        return self.base - self.pdo / math.log(2.0) * (log_odds + math.log(self.odds))
