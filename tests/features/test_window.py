"""Windows: what lies in them, and how a feature's name says them."""

import sqlite3
from collections.abc import Callable
from typing import Any

import ibis
import pytest

from garant.features.window import ALL, DAYS_365, DUE_3, FIRST_3, LAST_3, MONTHS_12, Window, stretch

T: Any = ibis.table({"day": "int64"}, name="t")


def true_for(condition: Callable[[Any], Any], days: list[int | None]) -> list[int]:
    """Days for which `condition` holds."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (day INTEGER)")
    connection.executemany("INSERT INTO t VALUES (?)", [(day,) for day in days])
    found = connection.execute(str(ibis.to_sql(T.filter(condition(T.day)), dialect="sqlite"))).fetchall()
    connection.close()
    return [day for (day,) in found]


def test_both_ends_of_a_window_belong_to_it_and_the_future_to_none():
    days = [-366, -365, -1, 0, 1, None]
    assert true_for(DAYS_365.covers, days) == [-365, -1, 0]
    assert true_for(ALL.covers, days) == [-366, -365, -1, 0]


def test_what_precedes_a_window_lies_before_its_first_day():
    assert true_for(DAYS_365.precedes, [-366, -365, 0, 5, None]) == [-366]


def test_the_last_three_rows_have_ranks_one_to_three():
    assert true_for(LAST_3.covers, [1, 3, 4]) == [1, 3]


@pytest.mark.parametrize("window", [ALL, LAST_3, FIRST_3, DUE_3])
def test_nothing_precedes_all_history_or_a_number_of_rows(window: Window):
    with pytest.raises(ValueError, match="Nothing lies before"):
        window.precedes(T.day)


def test_names_say_length_and_unit():
    windows = (DAYS_365, MONTHS_12, LAST_3, FIRST_3, DUE_3, ALL)
    assert [str(window) for window in windows] == ["365d", "12m", "last3", "first3", "due3", "all"]


def test_the_first_three_rows_are_counted_from_the_oldest():
    assert true_for(lambda rank: FIRST_3.includes(0, 99, rank), [1, 3, 4]) == [1, 3]
    assert true_for(lambda rank: LAST_3.includes(0, rank, 99), [1, 3, 4]) == [1, 3]
    with pytest.raises(ValueError, match="'first3' needs the rank from the oldest row"):
        FIRST_3.includes(T.day, T.day)


def test_a_window_covers_the_begin_of_a_stretch_exactly_when_it_covers_its_days():
    windows = (Window(90), DAYS_365, ALL)
    days: list[int | None] = [0, -1, -89, -90, -91, -365, -366, -40_000]
    for window in windows:
        assert true_for(lambda day, w=window: w.covers(stretch(day, windows)), days) == true_for(window.covers, days)
    assert true_for(lambda day: DAYS_365.precedes(stretch(day, windows)), days) == [-366, -40_000]
