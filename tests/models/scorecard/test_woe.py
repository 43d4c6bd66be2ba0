"""Weights of evidence are those of a computation in plain Python."""

import math

import numpy as np
import pytest

from garant.models.scorecard.woe import BinCounts, count_bins, information_value, weights_of_evidence


def test_weights_and_information_are_those_computed_by_hand():
    rows, bads = [500, 300, 200], [20, 30, 50]
    found = weights_of_evidence(BinCounts(np.array(rows, float), np.array(bads, float)))
    rate = 100 / 1000
    expected = []
    for n, b in zip(rows, bads, strict=True):
        good_share = (n - b + 100 * (1 - rate)) / 900
        bad_share = (b + 100 * rate) / 100
        expected.append(math.log(good_share / bad_share))
    assert found == pytest.approx(expected)
    value = sum(((n - b) / 900 - b / 100) * w for n, b, w in zip(rows, bads, expected, strict=True))
    assert information_value(BinCounts(np.array(rows, float), np.array(bads, float)), found) == pytest.approx(value)
    assert found[0] > 0 > found[2]


def test_a_bin_as_risky_as_the_sample_weighs_nothing_and_one_of_few_people_neither():
    found = weights_of_evidence(BinCounts(np.array([600.0, 281.0, 19.0, 100.0]), np.array([60.0, 11.0, 19.0, 10.0])))
    assert found[0] == pytest.approx(0)
    assert found[2] == 0
    assert found[3] == pytest.approx(0)


def test_a_bin_without_a_bad_case_has_a_finite_weight():
    found = weights_of_evidence(BinCounts(np.array([900.0, 100.0]), np.array([90.0, 0.0])))
    assert 0 < found[1] < 1


def test_bins_are_counted_with_those_that_nobody_is_in():
    counts = count_bins(np.array([0, 2, 2]), np.array([1, 0, 1], np.int8), 4)
    assert counts.rows.tolist() == [1, 0, 2, 0]
    assert counts.bads.tolist() == [1, 0, 1, 0]
