"""Points are those of the textbook formula, and rounding decides nothing."""

import math

import numpy as np
import pytest

from garant.models.bundle.content import PointsScale
from garant.models.calibrator import Calibrator
from garant.models.scorecard.card import Card
from garant.models.scorecard.points import exact_points, largest_rounding, whole_points


def test_points_of_a_bin_are_those_computed_by_hand(card: Card):
    slope, intercept = 1.1, 0.2
    found = exact_points(card, Calibrator(slope, intercept), PointsScale(base=600, odds=50, pdo=20))
    factor = 20 / math.log(2)
    offset = 600 - factor * math.log(50)
    constant = offset - factor * (slope * -2.2 + intercept)
    expected = [[constant / 2 + factor * slope * 0.9 * w for w in (-0.8, 0.2, 1.0, 0.0)]]
    expected += [[constant / 2 + factor * slope * 0.7 * w for w in (-0.2, 0.4, 0.0, -0.4)]]
    for points, by_hand in zip(found, expected, strict=True):
        assert points == pytest.approx(by_hand)
    assert whole_points(found) == tuple(tuple(math.floor(p + 0.5) for p in line) for line in expected)


def test_at_the_stated_odds_an_applicant_has_the_base_points(card: Card):
    # The calibrator is chosen so that an applicant whose bins weigh nothing has odds of 50 to 1.
    calibrator = Calibrator(1.0, 2.2 - math.log(50))
    exact = exact_points(card, calibrator, PointsScale(base=600, odds=50, pdo=20))
    assert exact[0][3] + exact[1][2] == pytest.approx(600)


def test_the_sum_of_rounded_points_lies_within_the_stated_distance():
    exact = (np.array([1.4, 2.5]), np.array([0.2, 7.9]))
    assert whole_points(exact) == ((1, 3), (0, 8))
    assert largest_rounding(exact) == pytest.approx(0.5 + 0.2)
