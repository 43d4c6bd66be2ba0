"""Sums about a shift: where it comes from, and when it lay too far from the mean to keep the digits."""

import numpy as np
import pytest

from garant.projection.moments import FAR_SHIFT, better_shift, centred, moments, rough_means


def test_rough_means_are_those_of_the_known_values_and_zero_where_none_is() -> None:
    block = np.array([[1.0, np.nan, np.inf], [3.0, np.nan, 4.0], [np.nan, np.nan, np.nan]])
    assert rough_means(block).tolist() == [2.0, 0.0, 4.0]


@pytest.mark.parametrize(("distance", "is_far"), [(0.9, False), (1.1, True), (-1.1, True)])
def test_a_shift_is_too_far_from_a_thousand_standard_deviations_on_however_many_rows(
    distance: float,
    is_far: bool,  # noqa: FBT001
) -> None:
    near, far = np.random.default_rng(1).normal(loc=5.0, scale=2.0, size=(2, 10_000))
    shift = np.array([near.mean(), far.mean() + distance * FAR_SHIFT * far.std()])
    columns = ("near", "far")
    better = better_shift(centred(moments(np.column_stack([near, far]), shift, columns), shift), shift)
    assert (better is not None) == is_far
    if better is not None:
        assert better == pytest.approx([near.mean(), far.mean()])
