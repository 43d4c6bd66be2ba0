"""Every value has exactly one bin, and it is the bin that the printed ends say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.exceptions import DataError
from garant.models.scorecard.bins import BinKind, CategoryBins, NumberBins

LEVELS = ("clerk", "cook", "driver")
JOB = CategoryBins((("cook",), ("clerk", "driver")), LEVELS)


def index(bins: NumberBins | CategoryBins, *values: float) -> list[int]:
    return bins.index(np.array(values, dtype=np.float32)).tolist()


def test_a_range_holds_its_lower_end_and_not_its_upper_one():
    below = float(np.nextafter(np.float32(10), np.float32(0)))
    assert index(NumberBins((10.0, 20.5)), below, 10.0, 20.4, 20.5) == [0, 1, 1, 2]


def test_a_value_equal_to_an_edge_that_no_float_holds_exactly_lies_above_it():
    assert float(np.float32(0.7)) < 0.7  # float32 of 0.7 is smaller than the float64: a plain comparison goes wrong
    assert index(NumberBins((0.7,)), 0.7) == [1]


def test_infinities_fall_into_the_outer_ranges_and_nan_into_the_bin_of_null():
    assert index(NumberBins((10.0, 20.5)), -np.inf, np.inf, np.nan) == [0, 2, 3]
    assert NumberBins((10.0,)).kinds == (BinKind.RANGE, BinKind.RANGE, BinKind.MISSING)


def test_codes_go_to_the_group_of_their_level_and_strange_ones_to_other_levels():
    assert index(JOB, 1, 2, 3) == [1, 0, 1]
    assert index(JOB, 0, 4, -1, 1.5, np.inf, -np.inf) == [2] * 6
    assert index(JOB, np.nan) == [3]


@given(
    st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=8, unique=True),
    st.lists(st.floats(width=32), max_size=30),
)
def test_bins_are_those_of_a_plain_search(edges: list[float], values: list[float]):
    bins = NumberBins(tuple(sorted(edges)))
    plain = [len(edges) + 1 if value != value else sum(edge <= value for edge in edges) for value in values]  # noqa: PLR0124
    assert index(bins, *values) == plain


@pytest.mark.parametrize("edges", [(2.0, 1.0), (1.0, 1.0), (1.0, 1.0 + 1e-12), (np.nan,), (np.inf,)])
def test_edges_that_do_not_rise_as_the_matrix_sees_them_are_refused(edges: tuple[float, ...]):
    with pytest.raises(DataError, match="expected finite numbers that rise"):
        NumberBins(edges)


@pytest.mark.parametrize("groups", [(("cook",),), (("cook", "clerk"), ("clerk", "driver")), ((), LEVELS)])
def test_a_level_in_no_group_or_in_two_is_refused(groups: tuple[tuple[str, ...], ...]):
    with pytest.raises(DataError, match="exactly one group"):
        CategoryBins(groups, LEVELS)
