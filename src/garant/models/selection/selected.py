"""A champion of few features, each of its models with those that its own training rows chose, and the price of that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.exceptions import UsageError
from garant.metrics.intervals import Interval
from garant.metrics.paired import auc_difference
from garant.models.parameters import Parameters, default_parameters
from garant.models.selection.choice import choose_features
from garant.models.training import ONE_THREAD_ROWS, Observer, Trained, out_of_fold, train_champion
from garant.models.training_data import TrainingData

Progress = Callable[[str, int, int], None]

_STEP = "all features, for comparison"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Selection:
    """Which features were chosen, and what the others would have added.

    Parameters
    ----------
    columns : tuple of tuple of int
        Numbers of the columns of each fold's model, in the order of the folds; at the end those of the champion.
    oof_margin : array of float64, shape (n,)
        Out-of-fold margins of models of all features on the same folds.
    lost_auc : Interval
        AUC of all features minus that of the chosen ones, out of fold, with its 95 % interval.
    """

    columns: tuple[tuple[int, ...], ...]
    oof_margin: npt.NDArray[np.float64]
    lost_auc: Interval

    @property
    def chosen(self) -> tuple[int, ...]:
        """Columns of the champion."""
        return self.columns[-1]

    @property
    def of_folds(self) -> tuple[tuple[int, ...], ...]:
        """Columns of each fold's model."""
        return self.columns[:-1]

    def times_chosen(self, number: int) -> int:
        """In how many folds the column `number` was chosen."""
        return sum(number in columns for columns in self.of_folds)


def train_selected(
    data: TrainingData,
    n: int,
    *,
    seed: int,
    folds: int,
    parameters: Parameters | None = None,
    num_threads: int = 0,
    observe: Observer | None = None,
    progress: Progress | None = None,
) -> tuple[Trained, Selection]:
    """Train a champion of `n` features of `data`.

    Every fold's model uses the features that its own training rows choose, so what is reported of the champion holds
    for the whole way of making it, the choice included: a choice on all rows would have seen the rows that it is then
    judged on. The champion uses those that all rows choose.

    Parameters and errors as `train_champion`.

    Raises
    ------
    UsageError
        When `n` is below 1 or leaves nothing to choose.
    """
    if not 1 <= n < len(data.columns):
        raise UsageError(
            f"{n} features asked of the {len(data.columns)} that this sample gives. Ask for 1 to "
            f"{len(data.columns) - 1}, or for no number: the model then uses all."
        )
    chosen: list[tuple[int, ...]] = []
    threads = 1 if len(data.label) <= ONE_THREAD_ROWS else num_threads

    def choose(rows: TrainingData) -> Sequence[int]:
        chosen.append(choose_features(rows, n, seed=seed, num_threads=threads))
        return chosen[-1]

    parameters = parameters or default_parameters(len(data.label))
    trained = train_champion(
        data,
        seed=seed,
        folds=folds,
        parameters=parameters,
        num_threads=num_threads,
        choose=choose,
        observe=observe,
        progress=progress,
    )
    margin, _ = out_of_fold(
        data,
        trained.fold,
        seed=seed,
        parameters=parameters,
        num_threads=threads,
        progress=None if progress is None else lambda _step, done, total: progress(_STEP, done, total),
    )
    lost = auc_difference(data.label, margin, trained.oof_margin)
    return trained, Selection(columns=tuple(chosen), oof_margin=margin, lost_auc=lost)
