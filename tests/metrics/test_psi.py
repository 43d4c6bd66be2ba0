"""Population stability index: value, what chance alone reaches, what is missing."""

import math

import numpy as np
import pytest
from scipy import stats

from garant.exceptions import InvariantError
from garant.metrics.psi import (
    Change,
    Stability,
    psi,
    psi_limit,
    stability,
    stability_of_codes,
    stability_of_numbers,
)


def test_the_index_is_that_of_the_textbook_where_every_bin_is_full() -> None:
    expected, actual = [400_000, 600_000], [500_000, 500_000]
    by_hand = (0.5 - 0.4) * math.log(0.5 / 0.4) + (0.5 - 0.6) * math.log(0.5 / 0.6)
    assert psi(expected, actual) == pytest.approx(by_hand, rel=1e-4)
    assert psi(actual, expected) == pytest.approx(psi(expected, actual))
    assert psi(expected, expected) == 0


def test_the_limit_is_the_quantile_of_the_distribution_without_change() -> None:
    assert psi_limit(11, 4_000, 5_000, level=0.95) == pytest.approx(stats.chi2.ppf(0.95, 10) * (1 / 4_000 + 1 / 5_000))
    assert psi_limit(1, 10, 10) == 0


def test_samples_of_one_population_stay_below_the_limit_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    above = 0
    for _ in range(400):
        expected, actual = rng.normal(size=900), rng.normal(size=600)
        expected[rng.random(900) < 0.2] = np.nan
        actual[rng.random(600) < 0.2] = np.nan
        found = stability_of_numbers(expected, actual, level=0.95)
        above += found.psi > found.limit
    assert 0.02 < above / 400 < 0.08


def test_a_shift_is_shown_in_a_large_sample_and_not_claimed_in_a_small_one() -> None:
    rng = np.random.default_rng(6)
    large = stability_of_numbers(rng.normal(size=20_000), rng.normal(0.15, size=20_000))
    assert large.change is Change.SMALL
    small = stability_of_numbers(rng.normal(size=60), rng.normal(0.15, size=60))
    assert small.psi > large.psi
    assert small.change is Change.NONE


def test_a_change_of_what_is_missing_counts_even_where_the_values_stay_the_same() -> None:
    values = np.arange(1_000.0)
    gaps = values.copy()
    gaps[::2] = np.nan
    assert stability_of_numbers(values, gaps).change is Change.LARGE
    assert stability_of_numbers(np.full(500, np.nan), np.full(500, np.nan)) == Stability(0, 0, 1, 500, 500)


def test_values_that_many_rows_share_are_one_bin_and_do_not_move_the_index() -> None:
    flags = np.repeat([0.0, 1.0], [970, 30])
    found = stability_of_numbers(flags, flags[::-1])
    assert (found.psi, found.bins) == (0, 2)
    assert stability_of_numbers(flags, np.repeat([0.0, 1.0], [700, 300])).change is Change.LARGE


def test_a_number_has_ten_bins_of_about_one_size() -> None:
    values = np.random.default_rng(7).normal(size=1_003)
    assert stability_of_numbers(values, values).bins == 10
    assert stability_of_numbers(values, np.append(values, np.nan)).bins == 11


def test_a_level_that_only_one_sample_has_is_a_finite_change() -> None:
    expected, actual = np.repeat([1.0, 2.0], 500), np.repeat([1.0, 3.0], 500)
    found = stability_of_codes(expected, actual)
    assert found.bins == 3
    assert found.change is Change.LARGE
    assert math.isfinite(found.psi)


@pytest.mark.parametrize(
    ("index", "change"),
    [(0.02, Change.NONE), (0.05, Change.SMALL), (0.10, Change.MODERATE), (0.25, Change.LARGE)],
)
def test_the_marks_belong_to_the_greater_change(index: float, change: Change) -> None:
    assert Stability(index, 0.02, 10, 1_000, 1_000).change is change


@pytest.mark.parametrize(("expected", "actual"), [([1, 2], [1, 2, 3]), ([0, 0], [1, 2]), ([1, 2], [0, 0])])
def test_bins_that_do_not_match_and_empty_samples_are_refused(expected: list[int], actual: list[int]) -> None:
    with pytest.raises(InvariantError, match="PSI"):
        stability(expected, actual)
