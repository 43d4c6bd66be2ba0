"""From a scorecard and a matrix to log-odds, PD and points: look-ups and sums, nothing that made the bins."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from garant.features.encode import InputColumn
from garant.models.scorecard.content import Scorecard
from garant.scoring.points import points
from garant.scoring.predict import Scored


def predict_scorecard(scorecard: Scorecard, matrix: npt.NDArray[np.float32], columns: Sequence[InputColumn]) -> Scored:
    """Score the rows of `matrix`, encoded for `columns`.

    Nothing is rounded: the PD decides, and the points are its image on the scale. Every value has a bin, see
    `garant.models.scorecard.card.Card.bins_of`.
    """
    margin = scorecard.card.margin(matrix, columns)
    return Scored(
        margin, scorecard.calibrator.pd(margin), points(scorecard.calibrator.log_odds(margin), scorecard.scale)
    )


def printed_points(
    scorecard: Scorecard, matrix: npt.NDArray[np.float32], columns: Sequence[InputColumn]
) -> npt.NDArray[np.int64]:
    """Sum of the printed points of each row, as a person adds them up: at most ``largest_rounding`` from the score."""
    index = scorecard.card.bins_of(matrix, columns)
    total = np.zeros(len(matrix), dtype=np.int64)
    for number, entry in enumerate(scorecard.features):
        total += np.array([line.points for line in entry.bins], dtype=np.int64)[index[:, number]]
    return total
