"""Training of the champion: out-of-fold margins from stratified folds, then one model of all rows.

Each fold's model sees none of the rows that it scores. How many trees it may have is decided by early stopping inside
its own training rows; it is then refitted on all of them with that number. The champion is fitted on all rows with the
median of those numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from garant.exceptions import DataError
from garant.features.encode import InputColumn
from garant.models.parameters import Parameters, default_parameters, lightgbm_parameters
from garant.models.splits import inner_splits, stratified_folds

Progress = Callable[[str, int, int], None]
"""Called with (step, done, total)."""

ROUNDS_PER_REPORT = 50

ONE_THREAD_ROWS = 10_000
"""Up to this many rows threads wait for each other longer than they work, above all on a busy machine."""

_STEP = "folds"


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingData:
    """What a model is trained on: one row per applicant.

    Parameters
    ----------
    matrix : array of float32, shape (n, f)
        Encoded features; NaN is NULL, categories are codes.
    label : array of int8, shape (n,)
        1 = payment difficulties.
    ids : array of int64, shape (n,)
        ``SK_ID_CURR``, each once.
    columns : tuple of InputColumn
        Names and levels of the f columns.
    application_date : array of datetime64[D], shape (n,), or None
        Day of the application where the lender's data know it.
    """

    matrix: npt.NDArray[np.float32]
    label: npt.NDArray[np.int8]
    ids: npt.NDArray[np.int64]
    columns: tuple[InputColumn, ...]
    application_date: npt.NDArray[np.datetime64] | None = None

    def __post_init__(self) -> None:
        """Check shapes, labels and values.

        Raises
        ------
        DataError
            When lengths differ, a label is neither 0 nor 1, or a value is infinite.
        """
        rows = len(self.label)
        if self.matrix.shape != (rows, len(self.columns)) or self.ids.shape != (rows,):
            raise DataError(
                f"Training sample: matrix {self.matrix.shape}, {len(self.columns)} columns, {rows} labels and "
                f"{len(self.ids)} ids do not belong together."
            )
        if not len(self.columns):
            raise DataError("Training sample: no feature at all.")
        if not np.all((self.label == 0) | (self.label == 1)):
            raise DataError("Training sample: a label is neither 0 nor 1. Leave out applicants without an outcome.")
        infinite = np.flatnonzero(np.isinf(self.matrix).any(axis=0))
        if len(infinite):
            raise DataError(f"Training sample: feature {self.columns[infinite[0]].name} holds an infinite value.")

    def rows(self, which: npt.NDArray[Any]) -> "TrainingData":
        """Sample of the rows `which` (a mask or row numbers)."""
        dates = self.application_date
        return TrainingData(
            matrix=self.matrix[which],
            label=self.label[which],
            ids=self.ids[which],
            columns=self.columns,
            application_date=None if dates is None else dates[which],
        )


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


@dataclass(frozen=True, kw_only=True)
class _Fitter:
    """Fits models of one kind on any rows."""

    columns: tuple[InputColumn, ...]
    parameters: Parameters
    seed: int
    num_threads: int

    def dataset(self, matrix: npt.NDArray[np.float32], label: npt.NDArray[np.int8]) -> lgb.Dataset:
        return lgb.Dataset(
            matrix,
            label,
            feature_name=[column.name for column in self.columns],
            categorical_feature=[i for i, column in enumerate(self.columns) if column.levels is not None],
            params=self._lightgbm,
            free_raw_data=False,
        ).construct()

    def rounds(self, data: lgb.Dataset, label: npt.NDArray[np.int8], heartbeat: Callable[[], None]) -> int:
        """Number of trees by early stopping inside these rows."""
        history = lgb.cv(
            self._lightgbm,
            data,
            num_boost_round=self.parameters.max_rounds,
            folds=inner_splits(label, seed=self.seed + 1, parts_used=self.parameters.inner_folds),
            callbacks=[lgb.early_stopping(self.parameters.patience, verbose=False), _beat(heartbeat)],
        )
        return int(np.argmin(cast("list[float]", history["valid binary_logloss-mean"]))) + 1

    def fit(self, data: lgb.Dataset, rounds: int, heartbeat: Callable[[], None]) -> lgb.Booster:
        return lgb.train(self._lightgbm, data, num_boost_round=rounds, callbacks=[_beat(heartbeat)])

    @property
    def _lightgbm(self) -> dict[str, Any]:
        return lightgbm_parameters(self.parameters, self.columns, seed=self.seed, num_threads=self.num_threads)


def train_champion(
    data: TrainingData,
    *,
    seed: int,
    folds: int = 5,
    parameters: Parameters | None = None,
    num_threads: int = 0,
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
        data, fold, seed=seed, parameters=chosen, num_threads=num_threads, progress=progress
    )
    order, matrix = _sorted_by_id(data)
    report = _reporter(progress, folds, folds + 1)
    report()
    fitter = _Fitter(columns=data.columns, parameters=chosen, seed=seed, num_threads=num_threads)
    iteration = int(np.median(iterations))
    booster = fitter.fit(fitter.dataset(matrix, data.label[order]), iteration, report)
    _reporter(progress, folds + 1, folds + 1)()
    return Trained(
        model_text=model_text(booster),
        columns=data.columns,
        oof_margin=margin,
        fold=fold,
        iterations=iterations,
        iteration=iteration,
        parameters=chosen,
        seed=seed,
        importance=_importance(booster),
        base_value=base_value(booster),
    )


def out_of_fold(
    data: TrainingData,
    fold: npt.NDArray[np.int8],
    *,
    seed: int,
    parameters: Parameters,
    num_threads: int = 0,
    progress: Progress | None = None,
) -> tuple[npt.NDArray[np.float64], tuple[int, ...]]:
    """Margin of each row by a model of the other folds, and the number of trees of each fold's model."""
    order, matrix = _sorted_by_id(data)
    label, fold_sorted = data.label[order], fold[order]
    fitter = _Fitter(columns=data.columns, parameters=parameters, seed=seed, num_threads=num_threads)
    margin = np.empty(len(label))
    iterations: list[int] = []
    numbers = np.unique(fold)
    for done, number in enumerate(numbers):
        report = _reporter(progress, done, len(numbers) + 1)
        report()
        scored = fold_sorted == number
        trained_label = label[~scored]
        dataset = fitter.dataset(matrix[~scored], trained_label)
        rounds = fitter.rounds(dataset, trained_label, report)
        booster = fitter.fit(dataset, rounds, report)
        margin[order[scored]] = np.asarray(
            booster.predict(matrix[scored], raw_score=True, num_threads=num_threads), dtype=np.float64
        )
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


def _sorted_by_id(data: TrainingData) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    """Order of the ids and the matrix in it; bagging draws row numbers, so their order must not depend on files."""
    order = np.argsort(data.ids, kind="stable")
    is_sorted = bool(np.all(order[:-1] < order[1:]))
    return order, data.matrix if is_sorted else data.matrix[order]


def _reporter(progress: Progress | None, done: int, total: int) -> Callable[[], None]:
    return (lambda: None) if progress is None else (lambda: progress(_STEP, done, total))


def _beat(heartbeat: Callable[[], None]) -> Callable[[lgb.callback.CallbackEnv], None]:
    def beat(env: lgb.callback.CallbackEnv) -> None:
        if (env.iteration + 1) % ROUNDS_PER_REPORT == 0:
            heartbeat()

    return beat
