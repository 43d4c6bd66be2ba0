"""Training: reproducible, out of fold, and blind to the rows that it scores."""

import dataclasses
from collections.abc import Callable
from typing import Any

import lightgbm as lgb
import numpy as np
import pytest

from garant.exceptions import DataError
from garant.features.encode import InputColumn
from garant.metrics.calibration import calibration_line
from garant.metrics.discrimination import auc
from garant.models.parameters import Parameters, default_parameters
from garant.models.splits import stratified_folds
from garant.models.training import Trained, out_of_fold, train_champion
from garant.models.training_data import TrainingData

SEED = 5

MakeData = Callable[[int, int], TrainingData]


@pytest.mark.parametrize(
    "kind",
    [{}, {"extra_trees": True, "bagging_fraction": 0.5}, {"refit": False, "inner_parts": 15, "bagging_fraction": 0.4}],
    ids=["plain", "random thresholds", "large sample"],
)
def test_one_seed_gives_one_model_whatever_the_order_of_rows_and_the_number_of_threads(
    make_data: MakeData, quick: Parameters, kind: dict[str, Any]
) -> None:
    data = make_data(10_500, 8)
    quick = dataclasses.replace(quick, max_rounds=20, **kind)
    first = train_champion(data, seed=SEED, folds=2, parameters=quick, num_threads=1)
    order = np.random.default_rng(0).permutation(len(data.label))
    second = train_champion(data.rows(order), seed=SEED, folds=2, parameters=quick, num_threads=2)
    assert second.model_text == first.model_text
    assert np.array_equal(second.oof_margin, first.oof_margin[order])
    assert np.array_equal(second.fold, first.fold[order])
    other = train_champion(data, seed=SEED + 1, folds=2, parameters=quick, num_threads=1)
    assert other.model_text != first.model_text


def test_the_model_text_names_neither_threads_nor_files(trained: Trained) -> None:
    assert "num_threads" not in trained.model_text
    assert "[data" not in trained.model_text
    assert lgb.Booster(model_str=trained.model_text).num_trees() == trained.iteration


def test_every_row_is_scored_once_by_a_model_that_ranks(
    data: TrainingData, true_log_odds: np.ndarray, trained: Trained
) -> None:
    assert np.all(np.isfinite(trained.oof_margin))
    assert sorted(np.unique(trained.fold)) == [0, 1, 2, 3]
    best = auc(data.label, true_log_odds)
    assert best - 0.06 < auc(data.label, trained.oof_margin) < best


@pytest.mark.parametrize("refit", [True, False])
def test_outcomes_of_a_fold_change_nothing_in_its_own_scores(
    data: TrainingData, quick: Parameters, *, refit: bool
) -> None:
    quick = dataclasses.replace(quick, max_rounds=60, refit=refit)
    fold = stratified_folds(data.label, data.ids, folds=3, seed=SEED)
    before, trees = out_of_fold(data, fold, seed=SEED, parameters=quick, num_threads=1)
    flipped = dataclasses.replace(data, label=np.where(fold == 1, 1 - data.label, data.label).astype(np.int8))
    after, trees_after = out_of_fold(flipped, fold, seed=SEED, parameters=quick, num_threads=1)
    assert np.array_equal(after[fold == 1], before[fold == 1])
    assert trees_after[1] == trees[1]
    assert not np.array_equal(after[fold != 1], before[fold != 1])


def test_columns_are_chosen_for_each_model_on_the_rows_that_it_is_trained_on(
    data: TrainingData, quick: Parameters
) -> None:
    quick = dataclasses.replace(quick, max_rounds=20, monotone={"number_0": 1, "number_1": -1})
    shown: list[set[int]] = []

    def choose(rows: TrainingData) -> tuple[int, ...]:
        shown.append(set(rows.ids.tolist()))
        assert np.all(np.diff(rows.ids) > 0)
        return (1, 6)

    found = train_champion(data, seed=SEED, folds=3, parameters=quick, num_threads=1, choose=choose)
    assert shown == [set(data.ids[found.fold != number].tolist()) for number in range(3)] + [set(data.ids.tolist())]
    assert [column.name for column in found.columns] == ["number_1", "region"]
    assert found.parameters.monotone == {"number_1": -1}
    alone = train_champion(data.only((1, 6)), seed=SEED, folds=3, parameters=found.parameters, num_threads=1)
    assert alone.model_text == found.model_text
    assert np.array_equal(alone.oof_margin, found.oof_margin)


def test_a_model_that_is_not_refitted_ends_with_its_best_tree_and_is_about_as_good(
    data: TrainingData, quick: Parameters, trained: Trained
) -> None:
    fold = stratified_folds(data.label, data.ids, folds=4, seed=SEED)
    kept = dataclasses.replace(quick, refit=False)
    margin, trees = out_of_fold(data, fold, seed=SEED, parameters=kept, num_threads=1)
    assert max(trees) < quick.max_rounds, "early stopping ended it"
    # The same rows are watched in both ways, so the same number of trees is found.
    assert trees == trained.iterations
    assert not np.array_equal(margin, trained.oof_margin)
    assert auc(data.label, margin) == pytest.approx(auc(data.label, trained.oof_margin), abs=0.02)


def test_the_champion_has_the_median_number_of_trees(trained: Trained) -> None:
    assert len(trained.iterations) == 4
    assert trained.iteration == int(np.median(trained.iterations))


def test_shuffled_outcomes_are_ranked_no_better_than_by_chance(data: TrainingData, quick: Parameters) -> None:
    label = np.random.default_rng(4).permutation(data.label)
    data = dataclasses.replace(data, label=label)
    found = train_champion(data, seed=SEED, parameters=quick, num_threads=1)
    assert auc(label, found.oof_margin) == pytest.approx(0.5, abs=4 * np.sqrt(1 / 12 / label.sum()))


def test_out_of_fold_margins_are_nearly_calibrated_because_no_class_is_weighted(
    data: TrainingData, trained: Trained
) -> None:
    slope, _ = calibration_line(data.label, trained.oof_margin)
    assert slope == pytest.approx(1.0, abs=0.25)
    mean_pd = np.mean(1 / (1 + np.exp(-trained.oof_margin)))
    assert mean_pd == pytest.approx(data.label.mean(), rel=0.1)


def test_importance_names_every_feature_and_the_informative_ones_lead(trained: Trained) -> None:
    assert list(trained.importance) == [column.name for column in trained.columns]
    assert sum(trained.importance.values()) == pytest.approx(1.0)
    assert max(trained.importance, key=lambda name: trained.importance[name]) == "number_0"
    assert trained.importance["empty"] == 0.0


def test_contributions_and_the_base_value_add_up_to_the_margin(data: TrainingData, trained: Trained) -> None:
    booster = lgb.Booster(model_str=trained.model_text)
    rows = data.matrix[:50]
    contributions = np.asarray(booster.predict(rows, pred_contrib=True))[:, :-1].sum(axis=1)
    margin = np.asarray(booster.predict(rows, raw_score=True))
    assert contributions + trained.base_value == pytest.approx(margin, abs=1e-9)


def test_a_direction_holds_for_every_value(data: TrainingData, quick: Parameters) -> None:
    fitted = train_champion(
        data, seed=SEED, parameters=dataclasses.replace(quick, monotone={"number_1": -1}), num_threads=1
    )
    booster = lgb.Booster(model_str=fitted.model_text)
    rows = np.repeat(data.matrix[:1], 200, axis=0)
    rows[:, 1] = np.linspace(-4, 4, 200)
    assert np.all(np.diff(np.asarray(booster.predict(rows, raw_score=True))) <= 0)


def test_eight_hundred_rows_train_by_the_rule_for_small_samples(make_data: MakeData) -> None:
    data = make_data(805, 3)
    found = train_champion(data, seed=SEED, num_threads=1, parameters=None)
    assert found.parameters == default_parameters(805)
    assert auc(data.label, found.oof_margin) > 0.6


def test_progress_counts_models_up_to_the_last(data: TrainingData, quick: Parameters) -> None:
    seen: list[tuple[str, int, int]] = []
    train_champion(
        data,
        seed=SEED,
        folds=2,
        parameters=dataclasses.replace(quick, max_rounds=50, patience=50),
        num_threads=1,
        progress=lambda step, done, total: seen.append((step, done, total)),
    )
    done = [d for _, d, _ in seen]
    assert {(step, total) for step, _, total in seen} == {("folds", 3)}
    assert done == sorted(done)
    assert set(done) == {0, 1, 2, 3}
    assert done.count(0) > 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": np.full(3_000, 2, dtype=np.int8)}, "neither 0 nor 1"),
        ({"label": np.zeros(10, dtype=np.int8)}, "do not belong together"),
        ({"columns": (InputColumn("a"),)}, "do not belong together"),
        ({"matrix": np.full((3_000, 8), np.inf, dtype=np.float32)}, "feature number_0 holds an infinite value"),
        ({"matrix": np.empty((3_000, 0), dtype=np.float32), "columns": ()}, "no feature at all"),
    ],
)
def test_a_training_sample_that_does_not_fit_together_is_refused(
    data: TrainingData, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        dataclasses.replace(data, **change)


def test_a_category_without_any_frozen_level_trains(make_data: MakeData) -> None:
    data = make_data(600, 2)
    matrix = data.matrix.copy()
    matrix[:, 6] = 0
    lonely = TrainingData(
        matrix=matrix,
        label=data.label,
        ids=data.ids,
        columns=tuple(dataclasses.replace(c, levels=()) if c.levels else c for c in data.columns),
    )
    few = Parameters(max_rounds=20, num_leaves=4, min_data_in_leaf=10)
    assert train_champion(lonely, seed=1, folds=2, parameters=few, num_threads=1).iteration >= 1
