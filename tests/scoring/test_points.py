"""The points scale."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.models.bundle.content import PointsScale
from garant.scoring.points import points

SCALE = PointsScale(base=600.0, odds=50.0, pdo=20.0)


def test_the_anchor_of_the_scale_is_600_at_50_to_1() -> None:
    assert points(np.array([math.log(1 / 50)]), SCALE)[0] == pytest.approx(600.0)


@given(st.floats(-8, 8))
def test_twice_the_odds_are_twenty_points_more(log_odds: float) -> None:
    one, two = points(np.array([log_odds, log_odds - math.log(2)]), SCALE)
    assert two - one == pytest.approx(20.0)
