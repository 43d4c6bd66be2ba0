"""What measures accept, and groups by rank."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.exceptions import DataError
from garant.metrics.sample import checked, rank_groups


@pytest.mark.parametrize(
    ("label", "score", "weight", "message"),
    [
        ([0, 2], [0.1, 0.2], None, "A label is 2"),
        ([0, np.nan], [0.1, 0.2], None, "A label is nan"),
        ([0, 1], [0.1, np.inf], None, "1 of 2 scores are not finite"),
        ([0, 1], [0.1], None, "one length"),
        ([], [], None, "one length"),
        ([0, 1], [0.1, 0.2], [1, -1], "weight is negative"),
    ],
)
def test_a_sample_that_cannot_be_measured_is_refused(
    label: list[float], score: list[float], weight: list[float] | None, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        checked(label, score, weight)


def test_groups_by_rank_hold_equal_numbers_when_scores_differ() -> None:
    score = np.random.default_rng(1).permutation(100).astype(float)
    assert np.bincount(rank_groups(score, np.ones(100), 10)).tolist() == [10] * 10


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_rows_of_equal_score_share_a_group_whatever_the_order_of_rows(scores: list[int], random: Random) -> None:
    score = np.array(scores, dtype=float)
    group = rank_groups(score, np.ones(len(score)), 10)
    for value in set(scores):
        assert len(set(group[score == value])) == 1
    order = np.array(random.sample(range(len(score)), len(score)))
    assert np.array_equal(rank_groups(score[order], np.ones(len(score)), 10), group[order])


def test_a_weight_counts_like_repeated_rows() -> None:
    score, weight = np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.0, 0.0, 1.0, 4.0])
    repeated = np.repeat(score, weight.astype(int))
    groups = rank_groups(repeated, np.ones(8), 4)
    assert [groups[repeated == s][0] for s in (1.0, 3.0, 4.0)] == rank_groups(score, weight, 4)[[0, 2, 3]].tolist()
