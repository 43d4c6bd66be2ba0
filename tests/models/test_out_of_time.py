"""Out-of-time split and maturity of outcomes."""

import calendar
import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.exceptions import DataError, UsageError
from garant.models.out_of_time import add_months, is_mature, out_of_time_split


def days(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[D]")


def test_training_ends_before_the_month_and_testing_starts_with_it() -> None:
    split = out_of_time_split(days("2025-12-31", "2026-01-01", "2026-03-05"), start="2026-01", window_months=None)
    assert split.train.tolist() == [True, False, False]
    assert split.test.tolist() == [False, True, True]
    assert not split.immature.any()


def test_an_outcome_whose_window_has_not_ended_is_neither_trained_nor_tested() -> None:
    dates = days("2025-06-30", "2025-11-15", "2026-01-10", "2026-01-11", "2026-04-10")
    split = out_of_time_split(dates, start="2025-11", window_months=3)
    assert split.observed_until == "2026-04-10"
    assert split.train.tolist() == [True, False, False, False, False]
    assert split.test.tolist() == [False, True, True, False, False]
    assert split.immature.tolist() == [False, False, False, True, True]


def test_outcomes_observed_longer_are_mature() -> None:
    dates = days("2025-06-30", "2026-01-10", "2026-04-10")
    split = out_of_time_split(dates, start="2026-01", window_months=3, observed_until="2026-12-31")
    assert not split.immature.any()


@given(st.lists(st.dates(dt.date(2024, 1, 1), dt.date(2026, 6, 30)), min_size=1, max_size=30))
def test_each_application_is_on_exactly_one_side(dates: list[dt.date]) -> None:
    every = np.array([dt.date(2024, 1, 1), dt.date(2025, 7, 1), *dates], dtype="datetime64[D]")
    split = out_of_time_split(every, start="2025-07", window_months=6, observed_until="2026-06-30")
    assert np.array_equal(split.train.astype(int) + split.test + split.immature, np.ones(len(every)))


@given(st.dates(dt.date(2000, 1, 1), dt.date(2040, 1, 1)), st.integers(0, 36))
def test_months_are_calendar_months(day: dt.date, months: int) -> None:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    assert add_months(days(str(day)), months).tolist() == [dt.date(year, month + 1, min(day.day, last_day))]


def test_without_a_window_every_outcome_counts() -> None:
    assert is_mature(days("2026-01-01"), window_months=None, observed_until=np.datetime64("2026-01-01")).all()


def test_data_without_a_calendar_get_no_out_of_time_split() -> None:
    with pytest.raises(UsageError, match="needs the column APPLICATION_DATE"):
        out_of_time_split(None, start="2026-01", window_months=12)


@pytest.mark.parametrize("start", ["2026", "2026-13", "2026-1", "01-2026", "2026-01-05", "x"])
def test_a_month_that_is_none_is_refused(start: str) -> None:
    with pytest.raises(UsageError, match="expected a month such as 2026-01"):
        out_of_time_split(days("2026-01-01"), start=start, window_months=None)


def test_an_application_without_a_day_is_refused() -> None:
    with pytest.raises(DataError, match="empty for 1 applications"):
        out_of_time_split(days("2026-01-01", "NaT"), start="2026-01", window_months=None)


@pytest.mark.parametrize(("start", "side"), [("2024-01", "before"), ("2026-02", "from")])
def test_a_side_without_known_outcomes_is_refused_with_the_dates_that_are_there(start: str, side: str) -> None:
    dates = days("2025-01-05", "2025-06-05", "2026-03-01")
    with pytest.raises(DataError, match=f"{side} {start}: applications run from 2025-01-05 to 2026-03-01") as caught:
        out_of_time_split(dates, start=start, window_months=6)
    assert "outcomes were observed until 2026-03-01, the outcome window is 6 months" in str(caught.value)


def test_no_window_is_claimed_where_none_is_declared() -> None:
    with pytest.raises(DataError) as caught:
        out_of_time_split(days("2025-01-05", "2026-03-01"), start="2030-01", window_months=None)
    assert str(caught.value) == (
        "No application with a known outcome from 2030-01: applications run from 2025-01-05 to 2026-03-01. "
        "Choose another month."
    )
