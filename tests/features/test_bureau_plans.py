"""Plans of credits elsewhere against a plain computation over the rows of each client."""

from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]
Rows = list[Row]


def stated(rows: Rows, column: str) -> list[Any]:
    return [row[column] for row in rows if row[column] is not None]


def over(top: float | None, bottom: float | None) -> float | None:
    return None if top is None or not bottom else float(top) / float(bottom)


def mean(found: list[int]) -> float | None:
    return over(sum(found), len(found))


def newest(rows: Rows, count: int) -> Rows:
    return sorted(rows, key=lambda row: (row["DAYS_CREDIT"], row["SK_ID_BUREAU"]), reverse=True)[:count]


def running(rows: Rows) -> Rows:
    return [row for row in rows if row["CREDIT_ACTIVE"] == "Active"]


def planned(rows: Rows) -> Rows:
    return [row for row in rows if (end := row["DAYS_CREDIT_ENDDATE"]) is not None and end > row["DAYS_CREDIT"]]


def ending(rows: Rows, first: int, last: int) -> Rows:
    return [row for row in rows if (end := row["DAYS_CREDIT_ENDDATE"]) is not None and first <= end <= last]


def term(row: Row) -> int:
    return row["DAYS_CREDIT_ENDDATE"] - row["DAYS_CREDIT"]


FAR = 100_000

PLAIN: dict[str, Callable[[Rows, Row], Any]] = {
    "bureau_term_days_mean_last3": lambda rows, _: mean([term(row) for row in planned(newest(rows, 3))]),
    "bureau_term_days_mean_all": lambda rows, _: mean([term(row) for row in planned(rows)]),
    "bureau_remaining_days_mean_all": lambda rows, _: mean(
        stated(ending(running(rows), 1, FAR), "DAYS_CREDIT_ENDDATE")
    ),
    "bureau_elapsed_share_all": lambda rows, _: over(
        sum(0 - row["DAYS_CREDIT"] for row in planned(ending(running(rows), 1, FAR))),
        sum(term(row) for row in planned(ending(running(rows), 1, FAR))),
    ),
    "bureau_ending_soon_n_all": lambda rows, _: float(len(ending(running(rows), 1, 365))),
    "bureau_past_end_n_all": lambda rows, _: float(len(ending(running(rows), -FAR, 0))),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        rows = tables["bureau"]
        expected = PLAIN[name](rows, tables["application"][0]) if rows else None
        assert values[client][name] == expected, f"client {client}"
