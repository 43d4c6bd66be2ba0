"""Gains table and cumulated shares: against a plain computation, whatever the order of rows."""

import numpy as np
import pytest

from garant.metrics.discrimination import ks
from garant.metrics.gains import cumulated, gains


@pytest.fixture(scope="module")
def sample() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    score = rng.normal(size=1_007)
    return (rng.random(1_007) < 1 / (1 + np.exp(2 - score))).astype(np.int8), score


def test_groups_hold_everybody_once_the_riskiest_first(sample: tuple[np.ndarray, np.ndarray]) -> None:
    label, score = sample
    found = gains(label, score)
    assert len(found) == 10
    assert sum(g.rows for g in found) == len(label)
    assert sum(g.positives for g in found) == label.sum()
    first = np.argsort(-score)[: found[0].rows]
    assert found[0].positives == label[first].sum()
    assert found[0].lift == pytest.approx(label[first].mean() / label.mean())


def test_the_last_group_has_found_everybody(sample: tuple[np.ndarray, np.ndarray]) -> None:
    last = gains(*sample)[-1]
    assert (last.cumulated_share, last.found, last.refused_good, last.cumulated_lift) == pytest.approx((1, 1, 1, 1))
    assert last.ks == pytest.approx(0)


def test_equal_scores_never_part_and_the_order_of_rows_does_not_matter() -> None:
    label, score = np.array([1, 0, 0, 1, 0, 0, 0, 1]), np.array([2.0, 2, 2, 1, 1, 1, 1, 0])
    found = gains(label, score, groups=4)
    assert [g.rows for g in found] == [3, 4, 1]
    turned = np.random.default_rng(1).permutation(8)
    assert gains(label[turned], score[turned], groups=4) == found


def test_the_widest_gap_of_the_curves_is_the_ks(sample: tuple[np.ndarray, np.ndarray]) -> None:
    curve = cumulated(*sample)
    assert curve.bad[curve.widest] - curve.good[curve.widest] == pytest.approx(ks(*sample))
    assert (curve.applicants[0], curve.applicants[-1], curve.bad[-1], curve.good[-1]) == (0, 1, 1, 1)
