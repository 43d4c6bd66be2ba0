"""From a bundle and a matrix to margin, PD and points."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.models.bundle.reading import Bundle
from garant.scoring.points import points

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Scores of n rows, arrays of float64 of shape (n,).

    Parameters
    ----------
    margin : array
        Raw log-odds of the model.
    pd : array
        Calibrated probability of default.
    points : array
        On the bundle's scale, not rounded.
    """

    margin: Floats
    pd: Floats
    points: Floats


def predict(bundle: Bundle, matrix: npt.NDArray[np.float32], *, threads: int = 1) -> Scored:
    """Score the rows of `matrix`, encoded for the bundle's columns."""
    margin = bundle.predict_margin(matrix, num_threads=threads)
    calibrator = bundle.content.calibrator
    return Scored(margin, calibrator.pd(margin), points(calibrator.log_odds(margin), bundle.content.points))
