"""Which N features a model uses, told from the rows that it is trained on."""

import numpy as np

from garant.models.selection.ranking import excess_contributions
from garant.models.training_data import TrainingData


def choose_features(rows: TrainingData, n: int, *, seed: int, num_threads: int) -> tuple[int, ...]:
    """Numbers of the `n` columns that say most, in the order of the columns.

    Parameters
    ----------
    rows : TrainingData
        Rows that the model will be trained on, sorted by id, and no others.
    n : int
        How many.
    seed, num_threads : int
        As in `excess_contributions`.
    """
    said = excess_contributions(rows, seed=seed, num_threads=num_threads)
    return tuple(sorted(np.argsort(-said, kind="stable")[:n].tolist()))
