"""Folds and inner splits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.exceptions import DataError
from garant.models.splits import inner_splits, stratified_folds


def population(rows: int, rate: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    label = np.zeros(rows, dtype=np.int8)
    label[rng.choice(rows, int(rate * rows), replace=False)] = 1
    return label, rng.permutation(rows).astype(np.int64) * 3 + 7


@given(st.integers(60, 400), st.integers(2, 6), st.integers(0, 1000))
def test_every_fold_holds_the_bad_rate_of_the_sample(rows: int, folds: int, seed: int) -> None:
    label, ids = population(rows, 0.25, seed)
    fold = stratified_folds(label, ids, folds=folds, seed=seed)
    for value in (0, 1):
        counts = np.bincount(fold[label == value], minlength=folds)
        assert counts.sum() == np.count_nonzero(label == value)
        assert counts.max() - counts.min() <= 1


def test_the_same_applicants_in_another_order_fall_into_the_same_folds() -> None:
    label, ids = population(500, 0.1)
    order = np.random.default_rng(3).permutation(500)
    fold = stratified_folds(label, ids, folds=5, seed=9)
    assert np.array_equal(stratified_folds(label[order], ids[order], folds=5, seed=9), fold[order])
    assert not np.array_equal(stratified_folds(label, ids, folds=5, seed=10), fold)


def test_too_few_bad_cases_for_the_folds_are_refused_with_the_number_that_works() -> None:
    label, ids = population(100, 0.08)
    with pytest.raises(DataError, match=r"Only 8 of 100 applicants have label 1; 5 folds need at least 10.*at most 4"):
        stratified_folds(label, ids, folds=5, seed=1)
    assert len(np.unique(stratified_folds(label, ids, folds=4, seed=1))) == 4


def test_a_sample_without_bad_cases_is_refused() -> None:
    with pytest.raises(DataError, match=r"Only 0 of 50 applicants have label 1.*No number of folds works"):
        stratified_folds(np.zeros(50, dtype=np.int8), np.arange(50), folds=5, seed=1)


def test_an_applicant_who_comes_twice_is_refused_by_id() -> None:
    label, ids = population(60, 0.5)
    ids[3] = ids[40]
    with pytest.raises(DataError, match=f"SK_ID_CURR {ids[3]} comes twice"):
        stratified_folds(label, ids, folds=5, seed=1)


@pytest.mark.parametrize("folds", [0, 1, 128])
def test_a_number_of_folds_that_makes_no_sense_is_refused(folds: int) -> None:
    label, ids = population(1_000, 0.5)
    with pytest.raises(DataError, match="expected 2 to 127"):
        stratified_folds(label, ids, folds=folds, seed=1)


def test_inner_splits_part_the_rows_that_are_trained_on_and_keep_the_bad_rate() -> None:
    label, _ = population(700, 0.1)
    splits = inner_splits(label, seed=2, parts=7, parts_used=5)
    watched_rows = np.concatenate([watched for _, watched in splits])
    assert len(splits) == 5
    assert len(np.unique(watched_rows)) == len(watched_rows)
    for trained, watched in splits:
        assert np.array_equal(np.sort(np.concatenate([trained, watched])), np.arange(700))
        assert label[watched].sum() == 10


def test_two_bad_cases_are_enough_for_an_inner_split() -> None:
    label = np.array([0] * 20 + [1] * 2, dtype=np.int8)
    (trained, watched), *_ = inner_splits(label, seed=2, parts=7, parts_used=1)
    assert label[trained].sum() == label[watched].sum() == 1
