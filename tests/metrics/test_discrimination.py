"""AUC, Gini, KS and PR-AUC against plain counting and scikit-learn."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from garant.metrics.discrimination import auc, gini, ks, pr_auc, roc

samples = st.lists(st.tuples(st.integers(0, 1), st.integers(-4, 4)), min_size=2, max_size=50).filter(
    lambda rows: len({label for label, _ in rows}) == 2
)


def columns(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    label, score = zip(*rows, strict=True)
    return np.array(label), np.array(score, dtype=float)


@given(samples)
def test_auc_is_the_share_of_pairs_in_which_the_bad_case_scores_higher(rows: list[tuple[int, int]]) -> None:
    label, score = columns(rows)
    wins = [float(b > g) + 0.5 * (b == g) for b in score[label == 1] for g in score[label == 0]]
    assert auc(label, score) == pytest.approx(sum(wins) / len(wins), abs=1e-12)


@given(samples)
def test_gini_is_twice_the_auc_minus_one(rows: list[tuple[int, int]]) -> None:
    label, score = columns(rows)
    assert gini(label, score) == pytest.approx(2 * roc_auc_score(label, score) - 1, abs=1e-12)


@given(samples)
def test_ks_is_the_largest_gap_between_the_two_shares_at_any_threshold(rows: list[tuple[int, int]]) -> None:
    label, score = columns(rows)
    gaps = [abs(np.mean(score[label == 1] >= t) - np.mean(score[label == 0] >= t)) for t in score]
    assert ks(label, score) == pytest.approx(max(gaps), abs=1e-12)


@given(samples)
def test_pr_auc_is_the_average_precision(rows: list[tuple[int, int]]) -> None:
    label, score = columns(rows)
    assert pr_auc(label, score) == pytest.approx(average_precision_score(label, score), abs=1e-12)


@given(samples, st.data())
def test_a_weight_counts_like_repeated_rows(rows: list[tuple[int, int]], data: st.DataObject) -> None:
    label, score = columns(rows)
    weight = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(label), max_size=len(label))))
    again = np.repeat(np.arange(len(label)), weight)
    if len(set(label[again])) < 2:
        return
    for measure in (auc, ks, pr_auc):
        assert measure(label, score, weight=weight) == pytest.approx(measure(label[again], score[again]), abs=1e-12)


@given(samples, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows: list[tuple[int, int]], random: Random) -> None:
    label, score = columns(rows)
    order = np.array(random.sample(range(len(label)), len(label)))
    for measure in (auc, ks, pr_auc):
        assert measure(label[order], score[order]) == pytest.approx(measure(label, score), abs=1e-12)


def test_one_class_alone_gives_no_number() -> None:
    assert math.isnan(auc([0, 0], [0.1, 0.2]))
    assert math.isnan(ks([1, 1], [0.1, 0.2]))
    assert math.isnan(pr_auc([0, 0], [0.1, 0.2]))


def test_a_shuffled_label_is_ranked_no_better_than_by_chance() -> None:
    rng = np.random.default_rng(11)
    label = (rng.random(20_000) < 0.08).astype(int)
    standard_error = math.sqrt(1 / 12 / label.sum())
    assert auc(label, rng.normal(size=20_000)) == pytest.approx(0.5, abs=4 * standard_error)


def test_the_roc_curve_goes_from_nobody_refused_to_everybody() -> None:
    false_positive, true_positive = roc([0, 1, 0, 1], [0.1, 0.9, 0.4, 0.4])
    assert false_positive.tolist() == [0.0, 0.0, 0.5, 1.0]
    assert true_positive.tolist() == [0.0, 0.5, 1.0, 1.0]
