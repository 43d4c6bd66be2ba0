"""The road with nothing to find: outcomes are shuffled among applicants, and who still ranks them has seen them.

A model trained on shuffled outcomes and judged out of fold has an AUC of 0.5 but for chance. More means that a row's
outcome reaches the model that scores it: a row twice under two ids, an encoding by outcome over all folds.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.exceptions import LeakError
from garant.metrics.discrimination import auc, auc_sd_by_chance
from garant.models.training_data import TrainingData

CHANCE_SDS = 4.0
"""Further from 0.5 than so many standard deviations is no chance: 6 in 100,000."""

Road = Callable[[TrainingData], npt.NDArray[np.float64]]
"""Trains on a sample and returns the margin of each of its rows by a model that has not seen it."""


@dataclass(frozen=True, slots=True)
class ShuffledTarget:
    """What the road made of shuffled outcomes.

    Parameters
    ----------
    auc : float
        AUC out of fold.
    sd : float
        Standard deviation of the AUC of a useless score.
    """

    auc: float
    sd: float

    @property
    def reach(self) -> float:
        """Largest distance from 0.5 that chance explains."""
        return CHANCE_SDS * self.sd


def shuffled_target(data: TrainingData, road: Road, *, seed: int) -> ShuffledTarget:
    """Go `road` with the outcomes of `data` shuffled.

    Parameters
    ----------
    data : TrainingData
        Applicants with a known outcome.
    road : callable
        The training that is suspected.
    seed : int
        Seed of the shuffle; the same applicants in any order are shuffled alike.

    Raises
    ------
    LeakError
        When the AUC differs from 0.5 by more than four standard deviations.
    """
    order = np.argsort(data.ids, kind="stable")
    label = np.empty_like(data.label)
    label[order] = np.random.default_rng(seed).permutation(data.label[order])
    shuffled = TrainingData(
        matrix=data.matrix, label=label, ids=data.ids, columns=data.columns, application_date=data.application_date
    )
    bad = int(np.sum(label))
    found = ShuffledTarget(auc(label, road(shuffled)), auc_sd_by_chance(bad, len(label) - bad))
    if not abs(found.auc - 0.5) <= found.reach:
        raise LeakError(
            f"Trained on shuffled outcomes the model still has an AUC of {found.auc:.4f} out of fold, expected 0.5 "
            f"± {found.reach:.4f}: outcomes reach the model that scores them. Look for applicants who stand in the "
            "data twice under two ids, and for columns that were computed from the outcomes of other rows; no bundle "
            "was written."
        )
    return found
