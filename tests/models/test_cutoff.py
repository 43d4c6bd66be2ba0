"""Costs, cut-off and refer band."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.exceptions import UsageError
from garant.models.cutoff import Costs, Outcome, ReferBand, cutoff, moved_band, shown_pd


def test_one_to_ten_refuses_from_one_eleventh() -> None:
    assert cutoff(Costs.parse("1:10")) == pytest.approx(1 / 11)


@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_at_the_cut_off_accepting_and_refusing_cost_the_same(c_fp: float, c_fn: float) -> None:
    point = cutoff(Costs(c_fp, c_fn))
    assert point * c_fn == pytest.approx((1 - point) * c_fp)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1:10", "1:10"),
        (" 2.5 : 30 ", "2.5:30"),
        ("1:12.5", "1:12.5"),
        ("1:1000000", "1:1000000"),
        ("1:12345678", "1:12345678"),
        ("0.00001:1", "0.00001:1"),
    ],
)
def test_costs_are_read_as_they_are_written(text: str, written: str) -> None:
    assert str(Costs.parse(text)) == written


@pytest.mark.parametrize(
    "text", ["", "10", "1:", ":10", "1:10:3", "-1:10", "1/10", "one:ten", "1:nan", "1e3:5", "0:10", "1:0"]
)
def test_costs_that_are_no_ratio_of_positive_numbers_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="Costs"):
        Costs.parse(text)


@pytest.mark.parametrize(("c_fp", "c_fn"), [(0, 1), (1, 0), (-1, 1), (math.inf, 1), (1, math.nan)])
def test_costs_that_are_not_positive_are_refused(c_fp: float, c_fn: float) -> None:
    with pytest.raises(UsageError, match="two positive numbers"):
        Costs(c_fp, c_fn)


def test_a_pd_on_a_border_belongs_to_the_stricter_side() -> None:
    band = ReferBand(0.05, 0.1)
    pds = [0.049, 0.05, 0.099, 0.1]
    assert [band.outcome(pd) for pd in pds] == [Outcome.ACCEPT, Outcome.REFER, Outcome.REFER, Outcome.REFUSE]


def test_an_empty_band_refers_nobody() -> None:
    pds = [0.01, 0.0909, 1 / 11, 0.5]
    band = ReferBand.at(1 / 11)
    assert [band.outcome(pd) for pd in pds] == [Outcome.ACCEPT, Outcome.ACCEPT, Outcome.REFUSE, Outcome.REFUSE]


@pytest.mark.parametrize(("lower", "upper"), [(0.2, 0.1), (0.0, 0.1), (0.1, 1.0), (math.nan, 0.1)])
def test_a_band_out_of_order_is_refused(lower: float, upper: float) -> None:
    with pytest.raises(UsageError, match="two PDs in order"):
        ReferBand(lower, upper)


@pytest.mark.parametrize(
    ("pd", "shown"), [(1 / 11, "0.0909"), (0.001, "0.0010"), (4.2e-4, "0.00042"), (1 / 1_000_001, "0.000001")]
)
def test_a_small_pd_is_shown_with_digits_that_say_something(pd: float, shown: str) -> None:
    assert shown_pd(pd) == shown


def test_a_moved_band_keeps_its_widths_in_log_odds() -> None:
    moved = moved_band(ReferBand(0.07, 0.12), old_cutoff=1 / 11, new_cutoff=1 / 13)

    def log_odds(pd: float) -> float:
        return math.log(pd / (1 - pd))

    assert log_odds(moved.lower) - log_odds(1 / 13) == pytest.approx(log_odds(0.07) - log_odds(1 / 11))
    assert log_odds(moved.upper) - log_odds(1 / 13) == pytest.approx(log_odds(0.12) - log_odds(1 / 11))


def test_an_empty_band_moves_with_the_cut_off_to_the_last_bit() -> None:
    assert moved_band(ReferBand.at(1 / 11), old_cutoff=1 / 11, new_cutoff=1 / 13) == ReferBand.at(1 / 13)
