"""Weights by recency: whole, falling, never negative, and sums that stay exact at the stated bound."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import duckdb
import ibis
import pytest

from garant.features.recency import REACH_DAYS, REACH_MONTHS, weight_by_days, weight_by_months, weighted_mean

LARGEST_SUM = 8_000_000_000_000 * 1000
"""Bound of the docstring in thousandths: the amounts of one client, added up."""


def both(query: ibis.Table, rows: Sequence[tuple[int | None, int | None]]) -> list[object]:
    """Result of a query over the table ``t`` in DuckDB and in SQLite."""
    found: list[object] = []
    for connection, dialect in ((duckdb.connect(), "duckdb"), (sqlite3.connect(":memory:"), "sqlite")):
        connection.execute("CREATE TABLE t (day BIGINT, amount BIGINT)")
        for row in rows:
            connection.execute("INSERT INTO t VALUES (?, ?)", row)
        ((value,),) = connection.execute(str(ibis.to_sql(query, dialect=dialect))).fetchall()
        found.append(value)
        connection.close()
    return found


T: Any = ibis.table({"day": "int64", "amount": "int64"}, name="t")


@pytest.mark.parametrize(("day", "expected"), [(0, 1095), (-1, 1094), (-1094, 1), (-1095, 0), (-9999, 0)])
def test_a_weight_falls_by_one_a_day_to_zero(day: int, expected: int):
    assert REACH_DAYS == 1095
    query = T.select(found=weight_by_days(T.day))
    assert both(query, [(day, None)]) == [expected, expected]


@pytest.mark.parametrize(("month", "expected"), [(0, 36), (-35, 1), (-36, 0), (-96, 0)])
def test_a_weight_falls_by_one_a_month_to_zero(month: int, expected: int):
    assert REACH_MONTHS == 36
    query = T.select(found=weight_by_months(T.day))
    assert both(query, [(month, None)]) == [expected, expected]


def test_a_weighted_mean_counts_recent_values_more_and_stated_ones_only():
    weight = weight_by_days(T.day)
    query = T.aggregate(found=weighted_mean(T.amount, weight, T.day <= 0))
    assert both(query, [(0, 10), (-1000, 20), (-10, None), (3, 99)]) == [(1095 * 10 + 95 * 20) / 1190] * 2


def test_a_weighted_sum_at_the_stated_bound_is_exact_in_both_engines():
    weight = weight_by_days(T.day)
    query = T.aggregate(found=(T.amount * weight).sum())
    rows = [(0, LARGEST_SUM // 4), (0, LARGEST_SUM // 4), (0, LARGEST_SUM // 2 - 1), (-1, 1)]
    assert both(query, rows) == [1095 * (LARGEST_SUM - 1) + 1094] * 2
