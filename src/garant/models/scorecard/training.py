"""Training of the scorecard on the champion's folds: each row is scored by a card that was made without its fold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.models.scorecard.binning import require_binning
from garant.models.scorecard.card import BinnedFeature, Card
from garant.models.scorecard.fitting import fit_card
from garant.models.scorecard.inputs import CardInput
from garant.models.scorecard.woe import count_bins, information_value
from garant.models.training_data import TrainingData

Progress = Callable[[str, int, int], None]

_STEP = "scorecard"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainedCard:
    """A scorecard of all rows and what its folds said.

    Parameters
    ----------
    card : Card
        The scorecard.
    features : tuple of BinnedFeature
        Its features with the counts of the training sample, in the same order.
    oof_margin : array of float64, shape (n,)
        Log-odds of each applicant by a card that has not seen the row.
    """

    card: Card
    features: tuple[BinnedFeature, ...]
    oof_margin: npt.NDArray[np.float64]


def train_card(
    data: TrainingData,
    inputs: Sequence[CardInput],
    fold: npt.NDArray[np.int8],
    *,
    columns: Sequence[Sequence[int]] | None = None,
    progress: Progress | None = None,
) -> TrainedCard:
    """Train a scorecard and its out-of-fold margins.

    Binning, selection and weights happen anew inside each fold's training rows: nothing is chosen on rows that are then
    judged.

    Parameters
    ----------
    data : TrainingData
        One row per applicant.
    inputs : sequence of CardInput
        Its columns.
    fold : array of int8, shape (n,)
        Fold of each row: the champion's.
    columns : sequence of sequence of int, optional
        Numbers of the columns that each fold's card may use, in the order of the folds, and at the end those of the
        card of all rows; all columns when absent.
    progress : callable, optional
        Called with ("scorecard", cards done, folds + 1).

    Raises
    ------
    MissingPartError
        When optbinning is not installed.
    DataError
        When no feature tells good from bad payers.
    """
    require_binning()
    margin = np.empty(len(data.label))
    numbers = np.unique(fold)
    for done, number in enumerate(numbers):
        _report(progress, done, len(numbers) + 1)
        scored = fold == number
        card = _fitted(data.rows(~scored), inputs, None if columns is None else columns[done])
        margin[scored] = card.margin(data.matrix[scored], data.columns)
    _report(progress, len(numbers), len(numbers) + 1)
    card = _fitted(data, inputs, None if columns is None else columns[-1])
    _report(progress, len(numbers) + 1, len(numbers) + 1)
    return TrainedCard(card=card, features=_counted(card, data), oof_margin=margin)


def _fitted(rows: TrainingData, inputs: Sequence[CardInput], which: Sequence[int] | None) -> Card:
    if which is not None:
        rows, inputs = rows.only(which), [inputs[number] for number in which]
    return fit_card(rows.matrix, rows.label, inputs)


def _counted(card: Card, data: TrainingData) -> tuple[BinnedFeature, ...]:
    index = card.bins_of(data.matrix, data.columns)
    found: list[BinnedFeature] = []
    for number, feature in enumerate(card.features):
        counts = count_bins(index[:, number], data.label, len(feature.bins.kinds))
        value = information_value(counts, feature.woe)
        found.append(
            BinnedFeature(name=feature.name, bins=feature.bins, counts=counts, woe=feature.woe, information_value=value)
        )
    return tuple(found)


def _report(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(_STEP, done, total)
