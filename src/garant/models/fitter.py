"""LightGBM models of one kind: how many trees they need, and fitting them on any rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from garant.features.encode import InputColumn
from garant.models.parameters import Parameters, lightgbm_parameters
from garant.models.splits import Rows, inner_splits

ROUNDS_PER_REPORT = 50


@dataclass(frozen=True, kw_only=True)
class Fitter:
    """Fits models of one kind on any rows.

    Parameters
    ----------
    columns : tuple of InputColumn
        Inputs in the order of the matrix.
    parameters : Parameters
        What every model is trained with.
    seed : int
        Seed of trees and of the inner split.
    num_threads : int
        Threads of LightGBM; 0 takes all. Changes nothing but the time.
    """

    columns: tuple[InputColumn, ...]
    parameters: Parameters
    seed: int
    num_threads: int

    def dataset(self, matrix: npt.NDArray[np.float32], label: npt.NDArray[np.int8]) -> lgb.Dataset:
        """Rows as LightGBM holds them; their order must not depend on files, since bagging draws row numbers."""
        return lgb.Dataset(
            matrix,
            label,
            feature_name=[column.name for column in self.columns],
            categorical_feature=[i for i, column in enumerate(self.columns) if column.levels is not None],
            params=self._lightgbm,
            free_raw_data=False,
        ).construct()

    def stopped_early(
        self, data: lgb.Dataset, label: npt.NDArray[np.int8], heartbeat: Callable[[], None]
    ) -> tuple[lgb.Booster, int]:
        """Model of these rows, and its number of trees by early stopping inside them.

        Refitted on all of the rows, or as it was when the watched rows were predicted best, as the parameters say.
        """
        if self.parameters.refit:
            rounds = self.rounds(data, label, heartbeat)
            return self.fit(data, rounds, heartbeat), rounds
        trained, watched = self._inner_splits(label)[0]
        booster = lgb.train(
            self._lightgbm,
            data.subset(trained.tolist()),
            num_boost_round=self.parameters.max_rounds,
            valid_sets=[data.subset(watched.tolist())],
            callbacks=[lgb.early_stopping(self.parameters.patience, verbose=False), _beat(heartbeat)],
        )
        return booster, booster.best_iteration

    def rounds(self, data: lgb.Dataset, label: npt.NDArray[np.int8], heartbeat: Callable[[], None]) -> int:
        """Number of trees by early stopping inside these rows."""
        history = lgb.cv(
            self._lightgbm,
            data,
            num_boost_round=self.parameters.max_rounds,
            folds=self._inner_splits(label),
            callbacks=[lgb.early_stopping(self.parameters.patience, verbose=False), _beat(heartbeat)],
        )
        return int(np.argmin(cast("list[float]", history["valid binary_logloss-mean"]))) + 1

    def fit(self, data: lgb.Dataset, rounds: int, heartbeat: Callable[[], None]) -> lgb.Booster:
        """Model of these rows with `rounds` trees."""
        return lgb.train(self._lightgbm, data, num_boost_round=rounds, callbacks=[_beat(heartbeat)])

    def _inner_splits(self, label: npt.NDArray[np.int8]) -> list[tuple[Rows, Rows]]:
        parameters = self.parameters
        return inner_splits(label, seed=self.seed + 1, parts=parameters.inner_parts, parts_used=parameters.inner_folds)

    @property
    def _lightgbm(self) -> dict[str, Any]:
        return lightgbm_parameters(self.parameters, self.columns, seed=self.seed, num_threads=self.num_threads)


def _beat(heartbeat: Callable[[], None]) -> Callable[[lgb.callback.CallbackEnv], None]:
    def beat(env: lgb.callback.CallbackEnv) -> None:
        if (env.iteration + 1) % ROUNDS_PER_REPORT == 0:
            heartbeat()

    return beat
