"""Cells of the plane count what lies in them, and show nobody alone."""

import numpy as np
import pytest

from garant.projection.cells import FEWEST, cells


def test_cells_hold_counts_and_means_of_the_rows_in_them() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 4_000))
    value = np.where(x > 0, 0.2, 0.1)
    value[::7] = np.nan
    found = cells(x, y, value)
    assert found.n.min() >= FEWEST
    assert 3_500 < found.n.sum() == found.shown <= 4_000
    right = found.x > 0.3
    assert found.mean[right] == pytest.approx(0.2)
    assert found.mean[found.x < -0.3] == pytest.approx(0.1)


@pytest.mark.parametrize(("n", "across"), [(200, 6), (1_800, 15), (20_000, 24)])
def test_the_grid_is_as_fine_as_the_rows_allow_and_half_again_as_wide_as_high(n: int, across: int) -> None:
    # Even over the square, so that every cell has some twelve rows: of 1,800 that makes 15 by 10.
    x, y = np.random.default_rng(1).uniform(size=(2, n))
    found = cells(x, y, np.full(n, 0.1))
    assert (len(set(found.x)), len(set(found.y))) == (across, across * 2 // 3)
    # The middles of the cells, along both axes.
    assert [float(at.mean()) for at in (found.x, found.y)] == pytest.approx([0.5, 0.5], abs=0.03)


def test_a_cell_of_few_rows_is_left_out() -> None:
    x, y = np.zeros(100), np.zeros(100)
    x[:4] = 1.0
    found = cells(x, y, np.full(100, 0.1))
    assert found.n.tolist() == [96]


def test_without_values_and_with_hardly_a_row_there_are_no_means() -> None:
    assert np.isnan(cells(np.zeros(20), np.zeros(20), np.full(20, np.nan)).mean).all()
    assert not len(cells(np.zeros(0), np.zeros(0), np.zeros(0)).n)
