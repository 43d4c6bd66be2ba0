"""Recency and runs of late months elsewhere against a plain computation."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]
Rows = list[Row]

DAYS = {"0": 0, "1": 1, "2": 31, "3": 61, "4": 91, "5": 120}


def reported(rows: Rows) -> Rows:
    return [row for row in rows if row["STATUS"] in DAYS]


def weight(row: Row) -> int:
    return max(36 + row["MONTHS_BALANCE"], 0)


def weighted_share(rows: Rows, days: int) -> float | None:
    whole = sum(map(weight, reported(rows)))
    return sum(weight(row) for row in reported(rows) if DAYS[row["STATUS"]] > days) / whole if whole else None


def by_credit(rows: Rows) -> list[dict[int, int]]:
    """Days late by month, of each credit with reported months."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for row in reported(rows):
        found[row["SK_ID_BUREAU"]][row["MONTHS_BALANCE"]] = DAYS[row["STATUS"]]
    return list(found.values())


def worst_mean(rows: Rows) -> float | None:
    worst = [max(months.values()) for months in by_credit(rows)]
    return sum(worst) / len(worst) if worst else None


def longest_run(rows: Rows) -> float | None:
    longest = [0] if by_credit(rows) else []
    for months in by_credit(rows):
        late = {month for month, days in months.items() if days > 0}
        longest += [next(n for n in range(99) if month + n not in late) for month in late]
    return float(max(longest)) if longest else None


PLAIN: dict[str, Callable[[Rows], float | None]] = {
    "bureau_balance_weighted_late_share_all": lambda rows: weighted_share(rows, 0),
    "bureau_balance_weighted_late_30_share_all": lambda rows: weighted_share(rows, 30),
    "bureau_balance_worst_days_mean_all": worst_mean,
    "bureau_balance_late_streak_max_all": longest_run,
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        assert values[client][name] == PLAIN[name](tables["bureau_balance"]), f"client {client}"


def test_a_recent_late_month_counts_more_than_an_old_one(client_seven: Callable[..., Row]):
    def share(late_month: int) -> float:
        months = [
            {"SK_ID_BUREAU": 1, "MONTHS_BALANCE": month, "STATUS": "1" if month == late_month else "0"}
            for month in range(-20, 0)
        ]
        found = client_seven(bureau=[{"SK_ID_BUREAU": 1, "DAYS_CREDIT": -900}], bureau_balance=months)
        return found["bureau_balance_weighted_late_share_all"]

    assert share(-1) > 0.05 > share(-20) > 0
