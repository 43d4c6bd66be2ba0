"""Variants: the same applicants and folds with one choice made otherwise."""

import dataclasses

import numpy as np
import pytest

from garant.exceptions import InvariantError
from garant.features.encode import InputColumn
from garant.metrics.discrimination import auc
from garant.models.parameters import Parameters
from garant.models.training import Trained, out_of_fold
from garant.models.training_data import TrainingData
from garant.models.variants import Judge, Variant, drawn_rows, with_columns, without_columns


@pytest.fixture(scope="module")
def judge(data: TrainingData, trained: Trained, quick: Parameters) -> Judge:
    return Judge(
        data=data,
        fold=trained.fold,
        parameters=quick,
        trees=trained.iterations,
        margin=trained.oof_margin,
        seed=trained.seed,
        num_threads=1,
    )


def test_the_model_as_its_own_variant_differs_by_nothing(judge: Judge, quick: Parameters):
    """So a difference is that of the choice: folds, trees and seeds are the model's."""
    found = judge.compared(Variant(name="same", data=judge.data, parameters=quick))
    assert (found.difference.value, found.difference.low, found.difference.high) == (0.0, 0.0, 0.0)
    assert found.auc == judge.auc == auc(judge.data.label, judge.margin)


def test_a_variant_without_what_matters_loses_and_its_interval_says_so(judge: Judge, quick: Parameters):
    poor = without_columns(judge.data, {"number_0", "number_1"})
    steps: list[tuple[str, int, int]] = []
    found = judge.compared(
        Variant(name="poor", data=poor, parameters=quick), lambda step, done, total: steps.append((step, done, total))
    )
    assert found.features == len(judge.data.columns) - 2
    assert found.difference.value == pytest.approx(found.auc - judge.auc)
    assert found.difference.high < -0.02
    assert steps


def test_no_tree_is_stopped_early(data: TrainingData, trained: Trained, quick: Parameters):
    """Trees are given, so no inner split is drawn: patience plays no part."""
    impatient = dataclasses.replace(quick, patience=1, max_rounds=2)
    margin, trees = out_of_fold(
        data, trained.fold, seed=trained.seed, parameters=impatient, num_threads=1, trees=trained.iterations
    )
    assert trees == trained.iterations
    assert np.array_equal(margin, trained.oof_margin)


def test_a_direction_of_a_column_that_the_variant_lacks_is_left_out(judge: Judge, quick: Parameters):
    bound = dataclasses.replace(quick, monotone={"number_0": 1, "number_1": -1})
    poor = without_columns(judge.data, {"number_0"})
    assert judge.compared(Variant(name="poor", data=poor, parameters=bound)).auc < judge.auc


def test_other_applicants_are_refused(judge: Judge, quick: Parameters):
    other = judge.data.rows(np.arange(len(judge.data.ids))[::-1])
    with pytest.raises(InvariantError, match="other applicants"):
        judge.compared(Variant(name="turned", data=other, parameters=quick))


def test_columns_are_added_to_their_applicants(data: TrainingData):
    order = np.random.default_rng(2).permutation(len(data.ids))
    more = TrainingData(
        matrix=np.column_stack([data.ids % 1_000, data.ids % 7])[order].astype(np.float32),
        label=data.label[order],
        ids=data.ids[order],
        columns=(InputColumn("age"), InputColumn("number_0")),
    )
    few = data.rows(np.arange(100, 200))
    both = with_columns(few, more)
    assert [column.name for column in both.columns] == sorted({*(c.name for c in data.columns), "age"})
    at = [column.name for column in both.columns].index("age")
    assert np.array_equal(both.matrix[:, at], (few.ids % 1_000).astype(np.float32))
    kept = without_columns(both, {"age"})
    by_name = [column.name for column in few.columns]
    assert np.array_equal(kept.matrix, few.matrix[:, np.argsort(by_name)], equal_nan=True)
    with pytest.raises(InvariantError, match="other applicants"):
        with_columns(data, more.rows(np.arange(50)))


def test_a_large_sample_is_drawn_from_and_a_small_one_taken_whole():
    assert drawn_rows(50_000, seed=1) is None
    drawn, again = drawn_rows(120, seed=1, most=50), drawn_rows(120, seed=1, most=50)
    assert drawn is not None
    assert again is not None
    assert len(set(drawn)) == 50
    assert list(drawn) == sorted(drawn)
    assert np.array_equal(drawn, again)
