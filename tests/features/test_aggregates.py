"""Aggregates in both engines that run without a session: empty groups, NULL, ties, zero denominators."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import duckdb
import ibis
import pytest

from garant.features.aggregates import latest, mean, positive_part, share, total
from garant.features.ratio import money, number, ratio

T: Any = ibis.table({"day": "int64", "amount": "int64"}, name="t")


def both(rows: Sequence[tuple[int | None, int | None]], expression: Any) -> Any:  # noqa: ANN401 - a value of any type
    """Value of an aggregate over `rows`, the same in DuckDB and SQLite."""
    query = T.aggregate(found=expression)
    found: list[Any] = []
    for connection, dialect in ((duckdb.connect(), "duckdb"), (sqlite3.connect(":memory:"), "sqlite")):
        connection.execute("CREATE TABLE t (day BIGINT, amount BIGINT)")
        for row in rows:
            connection.execute("INSERT INTO t VALUES (?, ?)", row)
        ((value,),) = connection.execute(str(ibis.to_sql(query, dialect=dialect))).fetchall()
        found.append(value)
        connection.close()
    assert found[0] == found[1]
    assert type(found[0]) is type(found[1])
    return found[0]


RECENT = T.day >= -10


def test_a_total_over_no_row_is_zero_and_over_unstated_values_null():
    assert both([(-20, 5)], total(T, T.amount, RECENT)) == 0
    assert both([(-5, None)], total(T, T.amount, RECENT)) is None
    assert both([(-5, None), (-5, 7), (-20, 9)], total(T, T.amount, RECENT)) == 7


def test_a_mean_counts_stated_values_only():
    assert both([(-5, None), (-5, 1), (-5, 2)], mean(T.amount, RECENT)) == 1.5
    assert both([(-20, 1)], mean(T.amount, RECENT)) is None


def test_a_share_of_no_row_is_null():
    assert both([(-20, 1)], share(T, T.amount > 0, RECENT)) is None
    assert both([(-5, 1), (-5, 0), (-5, None)], share(T, T.amount > 0, RECENT)) == 1 / 3


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(-3, 7), (-9, 8)], 7),
        ([(-3, 7), (-3, 9)], 9),
        ([(-3, None), (-9, 8)], 8),
        ([(-3, 0), (-9, 8)], 0),
        ([(0, 4)], 4),
        ([(-3, None)], None),
        ([], None),
        ([(-3, -5)], 0),
        ([(-3, 10**9), (-9, 1)], 99_999),
        ([(-40, 6)], None),
    ],
)
def test_the_latest_value_is_that_of_the_latest_stated_day(rows: list[Any], expected: int | None):
    assert both(rows, latest(T.amount, T.day, RECENT)) == expected


def test_a_negative_value_counts_zero_and_null_stays_null():
    assert both([(0, -4), (0, 3)], positive_part(T.amount).sum()) == 3
    assert both([(0, None)], positive_part(T.amount).sum()) is None


def test_a_ratio_is_null_at_a_zero_or_missing_denominator():
    assert both([(0, 3)], ratio(T.amount.sum(), T.day.sum())) is None
    assert both([(None, 3)], ratio(T.amount.sum(), T.day.sum())) is None
    assert both([(2, 3)], ratio(T.amount.sum(), T.day.sum())) == 1.5
    assert both([(2, 3)], ratio(1, T.day.sum())) == 0.5


def test_money_is_in_currency_units_and_a_number_is_a_float():
    assert both([(0, 1_234_567)], money(T.amount.sum())) == 1234.567
    assert both([(0, 3)], number(T.amount.sum())) == 3.0


def test_a_sum_beyond_the_exact_range_of_floats_is_added_exactly():
    rows = [(0, 9_007_199_254_740_993), (0, -9_007_199_254_740_992)]
    assert both(rows, number(T.amount.sum())) == 1.0
