"""Points of bins: whole numbers that a person can add up, beside the exact score that decides."""

import math

import numpy as np
import numpy.typing as npt

from garant.models.bundle.content import PointsScale
from garant.models.calibrator import Calibrator
from garant.models.scorecard.card import Card

Floats = npt.NDArray[np.float64]


def exact_points(card: Card, calibrator: Calibrator, scale: PointsScale) -> tuple[Floats, ...]:
    """Points of each feature's bins before rounding; their sum over an applicant's bins is the score.

    The constant part is shared equally: ``factor * slope * weight * WoE + share``, with ``factor = pdo / ln 2`` and
    ``share = (base - factor * (ln odds + calibrated intercept)) / features``. Siddiqi (2006), Credit Risk Scorecards,
    Wiley.

    Parameters
    ----------
    card : Card
        The scorecard.
    calibrator : Calibrator
        From its log-odds to calibrated ones.
    scale : PointsScale
        `base` points at `odds` good to one bad, `pdo` points double the odds.
    """
    factor = scale.pdo / math.log(2.0)
    constant = scale.base - factor * (math.log(scale.odds) + float(calibrator.log_odds(card.intercept)))
    share = constant / len(card.features)
    return tuple(factor * calibrator.slope * feature.weight * feature.woe + share for feature in card.features)


def whole_points(exact: tuple[Floats, ...]) -> tuple[tuple[int, ...], ...]:
    """Points as printed: the nearest whole number, halves upwards."""
    return tuple(tuple(int(point) for point in np.floor(points + 0.5)) for points in exact)


def largest_rounding(exact: tuple[Floats, ...]) -> float:
    """How far the sum of printed points can at most lie from the exact score."""
    return float(sum(np.max(np.abs(np.floor(points + 0.5) - points)) for points in exact))
