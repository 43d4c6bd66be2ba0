"""Points: an affine scale of log-odds in which a higher number is safer."""

import math

import numpy as np
import numpy.typing as npt

from garant.models.bundle.content import PointsScale


def points(log_odds: npt.NDArray[np.float64], scale: PointsScale) -> npt.NDArray[np.float64]:
    """Points of calibrated log-odds of default; not rounded, so that no decision is flipped.

    The usual scaling of credit scorecards: points = base + pdo / ln 2 · ln(good:bad odds / odds).

    Parameters
    ----------
    log_odds : array of float64, shape (n,)
        Calibrated log-odds of default.
    scale : PointsScale
        `base` points stand for `odds` good payers to one bad, `pdo` points double the odds.
    """
    return scale.base - scale.pdo / math.log(2.0) * (log_odds + math.log(scale.odds))
