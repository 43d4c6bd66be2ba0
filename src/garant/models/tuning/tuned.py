"""Tuning of a champion: on all folds but one, which says what was gained."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from garant.metrics.intervals import Interval
from garant.metrics.paired import auc_difference
from garant.models.parameters import Parameters
from garant.models.training_data import TrainingData
from garant.models.tuning.objective import inner_aucs
from garant.models.tuning.study import Told, Tried, run_study

HELD_BACK = 0
"""Number of the champion's fold that tuning never sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gained:
    """What tuning gained: AUC with the tuned parameters minus that with the ones it started from.

    Parameters
    ----------
    held_back : Interval
        On the fold that tuning never saw.
    out_of_fold : Interval
        On all folds; tuning saw all of them but one.
    rows : int
        Applicants of the fold that was held back.
    """

    held_back: Interval
    out_of_fold: Interval
    rows: int


def tune(
    data: TrainingData,
    fold: npt.NDArray[np.int8],
    start: Parameters,
    *,
    folder: Path,
    seed: int,
    seconds: float,
    num_threads: int = 0,
    told: Told = lambda *_: None,
) -> Tried:
    """Find parameters on the rows of all folds but `HELD_BACK`.

    Parameters
    ----------
    data : TrainingData
        What the champion is trained on.
    fold : array of int8, shape (n,)
        Its folds.
    start : Parameters
        Tried first; what is not tuned stays as it is there.
    folder, seed, seconds, told
        As in `run_study`.
    num_threads : int
        Threads of LightGBM.
    """
    seen = np.flatnonzero(fold != HELD_BACK)
    rows = data.rows(seen[np.argsort(data.ids[seen], kind="stable")])

    def valued(parameters: Parameters, heartbeat: Callable[[], None]) -> Iterator[float]:
        return inner_aucs(rows, parameters, seed=seed, num_threads=num_threads, heartbeat=heartbeat)

    return run_study(folder, valued, start, seed=seed, seconds=seconds, told=told)


def gained(
    label: npt.NDArray[np.int8],
    fold: npt.NDArray[np.int8],
    tuned: npt.NDArray[np.float64],
    default: npt.NDArray[np.float64],
) -> Gained:
    """Compare out-of-fold margins with tuned and with default parameters, on the same folds."""
    held = fold == HELD_BACK
    return Gained(
        held_back=auc_difference(label[held], tuned[held], default[held]),
        out_of_fold=auc_difference(label, tuned, default),
        rows=int(np.sum(held)),
    )
