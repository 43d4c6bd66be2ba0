"""Differences in AUC of two scores of the same applicants."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from garant.metrics.paired import auc_difference


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(-3, 3), st.integers(-3, 3)), min_size=4, max_size=30).filter(
        lambda rows: 2 <= sum(row[0] for row in rows) <= len(rows) - 2
    )
)
def test_value_and_interval_are_those_of_placements_counted_pair_by_pair(rows: list[tuple[int, int, int]]) -> None:
    label, a, b = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    wins = [(np.sign(score[label == 1][:, None] - score[label == 0][None, :]) + 1) / 2 for score in (a, b)]
    gap = wins[0] - wins[1]
    error = math.sqrt(np.var(gap.mean(axis=1), ddof=1) / gap.shape[0] + np.var(gap.mean(axis=0), ddof=1) / gap.shape[1])
    found = auc_difference(label, a, b)
    assert found.value == pytest.approx(gap.mean(), abs=1e-12)
    assert found.high - found.value == pytest.approx(1.959964 * error, abs=1e-6)
    assert found.value - found.low == pytest.approx(found.high - found.value, abs=1e-12)


def test_the_interval_holds_the_true_difference_in_about_95_of_100_samples() -> None:
    rng = np.random.default_rng(5)

    def drawn(rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        label = (rng.random(rows) < 0.2).astype(float)
        common = label + rng.normal(size=rows)
        return label, common + 0.3 * rng.normal(size=rows), common + 0.8 * rng.normal(size=rows)

    label, better, worse = drawn(200_000)
    true = roc_auc_score(label, better) - roc_auc_score(label, worse)
    intervals = [auc_difference(*drawn(400)) for _ in range(300)]
    held = np.mean([found.low <= true <= found.high for found in intervals])
    assert 0.92 <= held <= 0.98


def test_a_score_does_not_differ_from_itself() -> None:
    found = auc_difference([0, 1, 0, 1], [1, 2, 3, 4], [1, 2, 3, 4])
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_one_bad_case_gives_a_difference_without_an_interval() -> None:
    found = auc_difference([0, 1, 0], [1, 3, 2], [2, 1, 3])
    assert found.value == 1
    assert math.isnan(found.low)
    assert math.isnan(found.high)
