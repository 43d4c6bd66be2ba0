"""What a set of parameters is worth: its AUC on inner folds, none of whose rows decides when its training stops."""

from collections.abc import Callable, Iterator

import numpy as np

from garant.metrics.discrimination import auc
from garant.models.fitter import Fitter
from garant.models.parameters import Parameters
from garant.models.splits import inner_splits
from garant.models.training import ONE_THREAD_ROWS
from garant.models.training_data import TrainingData

PARTS, SCORED = 5, 3
"""Three of five parts are scored in turn: each by a model of the other four."""

SEED_STEP = 2
"""Added to the seed: the inner split of early stopping adds one."""


def inner_aucs(
    rows: TrainingData,
    parameters: Parameters,
    *,
    seed: int,
    num_threads: int = 0,
    heartbeat: Callable[[], None] = lambda: None,
) -> Iterator[float]:
    """AUC of each scored part by a model of the other parts.

    When a model stops is decided as in training: by a watched share of the rows that it is trained on, never by the
    part that it scores.

    Parameters
    ----------
    rows : TrainingData
        The rows to tune on, sorted by id.
    parameters : Parameters
        What is valued.
    seed : int
        Seed of the parts and of the trees.
    num_threads : int
        Threads of LightGBM; change nothing but the time.
    heartbeat : callable
        Called every 50 trees; may raise to give up.
    """
    threads = 1 if len(rows.label) <= ONE_THREAD_ROWS else num_threads
    fitter = Fitter(columns=rows.columns, parameters=parameters, seed=seed, num_threads=threads)
    for trained, scored in inner_splits(rows.label, seed=seed + SEED_STEP, parts=PARTS, parts_used=SCORED):
        label = rows.label[trained]
        booster, _ = fitter.stopped_early(fitter.dataset(rows.matrix[trained], label), label, heartbeat)
        margin = np.asarray(booster.predict(rows.matrix[scored], raw_score=True, num_threads=threads))
        yield auc(rows.label[scored], margin)
