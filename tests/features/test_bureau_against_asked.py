"""The loan asked for against credits elsewhere, against a plain computation."""

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


def debt(rows: Rows) -> int | None:
    found = stated(rows, "AMT_CREDIT_SUM_DEBT")
    return sum(found) if found else None


def debt_and_asked(rows: Rows, client: Row) -> float | None:
    if debt(rows) is None or client["AMT_CREDIT"] is None:
        return None
    return over((debt(rows) or 0) + client["AMT_CREDIT"], client["AMT_INCOME_TOTAL"])


def annuities(rows: Rows) -> int:
    return sum(stated([row for row in rows if row["CREDIT_ACTIVE"] == "Active"], "AMT_ANNUITY"))


PLAIN: dict[str, Callable[[Rows, Row], Any]] = {
    "bureau_credit_max_to_asked_all": lambda rows, client: over(
        max(stated(rows, "AMT_CREDIT_SUM"), default=None), client["AMT_CREDIT"]
    ),
    "bureau_credit_mean_to_asked_last3": lambda rows, client: over(
        mean(stated(newest(rows, 3), "AMT_CREDIT_SUM")), client["AMT_CREDIT"]
    ),
    "bureau_credit_mean_to_asked_all": lambda rows, client: over(
        mean(stated(rows, "AMT_CREDIT_SUM")), client["AMT_CREDIT"]
    ),
    "bureau_last_amount_to_asked_last1": lambda rows, client: over(
        newest(rows, 1)[0]["AMT_CREDIT_SUM"], client["AMT_CREDIT"]
    ),
    "bureau_debt_to_asked_all": lambda rows, client: over(debt(rows), client["AMT_CREDIT"]),
    "bureau_debt_and_asked_to_income_all": debt_and_asked,
    "bureau_annuities_to_income_all": lambda rows, client: over(annuities(rows), client["AMT_INCOME_TOTAL"]),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        rows = tables["bureau"]
        expected = PLAIN[name](rows, tables["application"][0]) if rows else None
        assert values[client][name] == expected, f"client {client}"
