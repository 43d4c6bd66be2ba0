"""Training of the champion: out-of-fold margins from stratified folds, then one model of all rows.

Each fold's model sees none of the rows that it scores. How many trees it may have is decided by early stopping inside
its own training rows; in all but large samples it is then refitted on all of them with that number. The champion is
fitted on all rows with the median of those numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from garant.features.encode import InputColumn
from garant.models.fitter import Fitter
from garant.models.parameters import Parameters, default_parameters
from garant.models.splits import stratified_folds
from garant.models.training_data import TrainingData

Progress = Callable[[str, int, int], None]
"""Called with (step, done, total)."""

Chooser = Callable[[TrainingData], Sequence[int]]
"""Numbers of the columns that a model may use, told from the rows that it is trained on, sorted by id."""

Observer = Callable[[lgb.Booster, TrainingData, npt.NDArray[np.intp]], None]
"""Shown the model of each fold, the rows that it has not seen, in its columns, and their numbers in the sample."""

ONE_THREAD_ROWS = 10_000
"""Up to this many rows threads wait for each other longer than they work, above all on a busy machine."""

_STEP = "folds"


@dataclass(frozen=True, kw_only=True, eq=False)
class Trained:
    """A champion and what its folds said.

    Parameters
    ----------
    model_text : str
        LightGBM text of the champion: the same for the same seed, whatever the order of rows or number of threads.
    columns : tuple of InputColumn
        Inputs in the order of the matrix.
    oof_margin : array of float64, shape (n,)
        Raw log-odds of each applicant by the model that has not seen it, in the order of the training sample.
    fold : array of int8, shape (n,)
        Fold in which each applicant was scored.
    iterations : tuple of int
        Trees of each fold's model.
    iteration : int
        Trees of the champion: the median.
    parameters : Parameters
        What it was trained with.
    seed : int
        Seed of folds and trees.
    importance : mapping of str to float
        Gain of each feature in the champion, as a share of all gain; every feature is named.
    base_value : float
        Mean margin that contributions start from.
    """

    model_text: str
    columns: tuple[InputColumn, ...]
    oof_margin: npt.NDArray[np.float64]
    fold: npt.NDArray[np.int8]
    iterations: tuple[int, ...]
    iteration: int
    parameters: Parameters
    seed: int
    importance: Mapping[str, float]
    base_value: float


def train_champion(
    data: TrainingData,
    *,
    seed: int,
    folds: int = 5,
    parameters: Parameters | None = None,
    num_threads: int = 0,
    choose: Chooser | None = None,
    observe: Observer | None = None,
    progress: Progress | None = None,
) -> Trained:
    """Train the champion and its out-of-fold margins.

    Parameters
    ----------
    data : TrainingData
        One row per applicant, all with a known outcome.
    seed : int
        Seed of folds and trees.
    folds : int
        Number of folds.
    parameters : Parameters, optional
        Those for the size of the sample when absent.
    num_threads : int
        Threads of LightGBM; 0 takes all. Changes nothing but the time.
    choose : callable, optional
        Chooses the columns of each model on the rows that it is trained on; all columns when absent. The champion has
        those that are chosen on all rows.
    observe : callable, optional
        Called with each fold's model once it has scored its rows.
    progress : callable, optional
        Called with ("folds", models done, folds + 1) after every model and every 50 trees.

    Raises
    ------
    DataError
        When the sample is too small for `folds`, or an id comes twice.
    UsageError
        When `parameters` set a direction for a feature that is not there.
    """
    fold = stratified_folds(data.label, data.ids, folds=folds, seed=seed)
    chosen = parameters or default_parameters(len(data.label))
    num_threads = 1 if len(data.label) <= ONE_THREAD_ROWS else num_threads
    margin, iterations = out_of_fold(
        data,
        fold,
        seed=seed,
        parameters=chosen,
        num_threads=num_threads,
        choose=choose,
        observe=observe,
        progress=progress,
    )
    report = _reporter(progress, folds, folds + 1)
    report()
    rows = _sorted_by_id(data)[1]
    if choose is not None:
        rows = rows.only(choose(rows))
        chosen = chosen.among(rows.columns)
    fitter = Fitter(columns=rows.columns, parameters=chosen, seed=seed, num_threads=num_threads)
    iteration = int(np.median(iterations))
    booster = fitter.fit(fitter.dataset(rows.matrix, rows.label), iteration, report)
    _reporter(progress, folds + 1, folds + 1)()
    return Trained(
        model_text=model_text(booster),
        columns=rows.columns,
        oof_margin=margin,
        fold=fold,
        iterations=iterations,
        iteration=iteration,
        parameters=chosen,
        seed=seed,
        importance=_importance(booster),
        base_value=base_value(booster),
    )


def out_of_fold(  # noqa: PLR0913 - one parameter per choice of a training
    data: TrainingData,
    fold: npt.NDArray[np.int8],
    *,
    seed: int,
    parameters: Parameters,
    num_threads: int = 0,
    choose: Chooser | None = None,
    observe: Observer | None = None,
    trees: Sequence[int] | None = None,
    progress: Progress | None = None,
) -> tuple[npt.NDArray[np.float64], tuple[int, ...]]:
    """Margin of each row by a model of the other folds, and the number of trees of each fold's model.

    Parameters as `train_champion`; `choose` is asked once for each fold and never shown the rows that the fold scores.
    With `trees` each fold's model has that many, and nothing is stopped early.
    """
    order, rows = _sorted_by_id(data)
    fold_sorted = fold[order]
    margin = np.empty(len(rows.label))
    iterations: list[int] = []
    numbers = np.unique(fold)
    for done, number in enumerate(numbers):
        report = _reporter(progress, done, len(numbers) + 1)
        report()
        scored = fold_sorted == number
        seen = rows.rows(~scored)
        unseen, own = rows.rows(scored), parameters
        if choose is not None:
            which = list(choose(seen))
            seen, unseen = seen.only(which), unseen.only(which)
            own = parameters.among(seen.columns)
        fitter = Fitter(columns=seen.columns, parameters=own, seed=seed, num_threads=num_threads)
        dataset = fitter.dataset(seen.matrix, seen.label)
        if trees is None:
            booster, rounds = fitter.stopped_early(dataset, seen.label, report)
        else:
            booster, rounds = fitter.fit(dataset, trees[done], report), trees[done]
        margin[order[scored]] = np.asarray(
            booster.predict(unseen.matrix, raw_score=True, num_threads=num_threads), dtype=np.float64
        )
        if observe is not None:
            observe(booster, unseen, order[scored])
        iterations.append(rounds)
    return margin, tuple(iterations)


def model_text(booster: lgb.Booster) -> str:
    """LightGBM text of `booster` without its list of parameters, which names the threads and is not needed to load it.

    What a model was trained with stands in ``bundle.json``.
    """
    text = booster.model_to_string(num_iteration=-1)
    return text[: text.index("\nparameters:")]


def base_value(booster: lgb.Booster) -> float:
    """Mean margin of the trained rows, from which contributions start: the constant column of LightGBM's own."""
    nothing_known = np.full((1, booster.num_feature()), np.nan, dtype=np.float32)
    return float(np.asarray(booster.predict(nothing_known, pred_contrib=True))[0, -1])


def _importance(booster: lgb.Booster) -> dict[str, float]:
    gain = booster.feature_importance("gain")
    total = float(np.sum(gain)) or 1.0
    return {name: float(g) / total for name, g in zip(booster.feature_name(), gain, strict=True)}


def _sorted_by_id(data: TrainingData) -> tuple[npt.NDArray[np.intp], TrainingData]:
    """Order of the ids and the sample in it; bagging draws row numbers, so their order must not depend on files."""
    order = np.argsort(data.ids, kind="stable")
    is_sorted = bool(np.all(order[:-1] < order[1:]))
    return order, data if is_sorted else data.rows(order)


def _reporter(progress: Progress | None, done: int, total: int) -> Callable[[], None]:
    return (lambda: None) if progress is None else (lambda: progress(_STEP, done, total))
