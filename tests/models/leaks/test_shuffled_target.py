"""Shuffled outcomes are told by nobody, except by a road that leaks them."""

from functools import partial

import lightgbm as lgb
import numpy as np
import pytest

from garant.exceptions import LeakError
from garant.models.leaks.shuffled_target import shuffled_target
from garant.models.parameters import Parameters
from garant.models.splits import stratified_folds
from garant.models.training import out_of_fold
from garant.models.training_data import TrainingData


def honest(data: TrainingData, *, quick: Parameters) -> np.ndarray:
    fold = stratified_folds(data.label, data.ids, folds=4, seed=5)
    return out_of_fold(data, fold, seed=5, parameters=quick, num_threads=1)[0]


def in_sample(data: TrainingData) -> np.ndarray:
    parameters = {"objective": "binary", "verbosity": -1, "num_threads": 1, "seed": 1, "deterministic": True}
    booster = lgb.train(parameters, lgb.Dataset(data.matrix, data.label), num_boost_round=20)
    return np.asarray(booster.predict(data.matrix, raw_score=True))


def encoded_by_outcome(data: TrainingData, *, quick: Parameters) -> np.ndarray:
    """A road whose features hold the outcome of a twin of each row under another id."""
    twin = TrainingData(
        matrix=np.column_stack([data.matrix, data.label]).astype(np.float32),
        label=data.label,
        ids=data.ids,
        columns=(*data.columns, data.columns[0].__class__("twin_outcome")),
    )
    return honest(twin, quick=quick)


def test_the_champions_road_tells_nothing_of_shuffled_outcomes(data: TrainingData, quick: Parameters) -> None:
    found = shuffled_target(data, partial(honest, quick=quick), seed=5)
    bad = int(np.sum(data.label))
    good = len(data.label) - bad
    assert found.sd == pytest.approx(np.sqrt((bad + good + 1) / (12 * bad * good)))
    assert abs(found.auc - 0.5) <= 4 * found.sd


def test_the_shuffle_does_not_follow_the_order_of_rows(data: TrainingData) -> None:
    def remember(data: TrainingData) -> np.ndarray:
        seen.append(dict(zip(data.ids.tolist(), data.label.tolist(), strict=True)))
        return np.zeros(len(data.label))

    seen: list[dict[int, int]] = []
    shuffled_target(data, remember, seed=3)
    shuffled_target(data.rows(np.random.default_rng(0).permutation(len(data.label))), remember, seed=3)
    assert seen[0] == seen[1]
    assert seen[0] != dict(zip(data.ids.tolist(), data.label.tolist(), strict=True))


def test_a_road_that_scores_rows_it_was_fitted_on_is_stopped(data: TrainingData) -> None:
    with pytest.raises(LeakError, match=r"still have|still has an AUC of 0\.[6-9]"):
        shuffled_target(data, in_sample, seed=5)


def test_a_road_that_gets_outcomes_by_another_way_is_stopped(data: TrainingData, quick: Parameters) -> None:
    with pytest.raises(LeakError, match="under two ids"):
        shuffled_target(data, partial(encoded_by_outcome, quick=quick), seed=5)
