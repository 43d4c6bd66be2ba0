"""Tuning sees all folds but one, and what it gained is told on that one."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from garant.metrics.discrimination import auc
from garant.models.parameters import Parameters
from garant.models.splits import stratified_folds
from garant.models.training_data import TrainingData
from garant.models.tuning.objective import SCORED, inner_aucs
from garant.models.tuning.tuned import HELD_BACK, gained, tune

SEED = 5


@pytest.fixture(scope="module")
def few(quick: Parameters) -> Parameters:
    return dataclasses.replace(quick, max_rounds=20, feature_fraction=0.5)


def test_the_fold_that_is_held_back_changes_nothing(data: TrainingData, few: Parameters, tmp_path: Path) -> None:
    fold = stratified_folds(data.label, data.ids, folds=3, seed=SEED)
    held = fold == HELD_BACK
    other = dataclasses.replace(
        data,
        label=np.where(held, 1 - data.label, data.label).astype(np.int8),
        matrix=np.where(held[:, None], np.float32(7), data.matrix),
    )
    found = [
        tune(sample, fold, few, folder=tmp_path / name, seed=SEED, seconds=1e-6)
        for name, sample in (("one", data), ("two", other))
    ]
    assert found[0].default_value == found[1].default_value
    assert found[0].best == few
    order = np.random.default_rng(1).permutation(len(data.label))
    mixed = tune(data.rows(order), fold[order], few, folder=tmp_path / "three", seed=SEED, seconds=1e-6)
    assert mixed.default_value == found[0].default_value


def test_parts_are_scored_by_models_that_rank(data: TrainingData, few: Parameters) -> None:
    rows = data.rows(np.argsort(data.ids))
    values = list(inner_aucs(rows, few, seed=SEED, num_threads=1))
    assert len(values) == SCORED
    assert all(0.65 < value < 0.85 for value in values)


def test_the_gain_is_told_apart_on_the_fold_that_was_held_back() -> None:
    rng = np.random.default_rng(2)
    label = (rng.random(2_000) < 0.2).astype(np.int8)
    fold = (np.arange(2_000) % 5).astype(np.int8)
    default = label + rng.normal(size=2_000)
    # Better everywhere but on the fold that tuning did not see.
    tuned = np.where(fold == HELD_BACK, default, default + label)
    found = gained(label, fold, tuned, default)
    assert found.rows == 400
    assert (found.held_back.value, found.held_back.low, found.held_back.high) == (0, 0, 0)
    assert found.out_of_fold.value == pytest.approx(auc(label, tuned) - auc(label, default))
    assert found.out_of_fold.low > 0
