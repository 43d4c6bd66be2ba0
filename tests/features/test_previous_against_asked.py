"""The loan asked for against earlier ones here, against a plain computation."""

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
    return sorted(rows, key=lambda row: (row["DAYS_DECISION"], row["SK_ID_PREV"]), reverse=True)[:count]


def ended(rows: Rows, status: str) -> Rows:
    return [row for row in rows if row["NAME_CONTRACT_STATUS"] == status]


def granted(rows: Rows, count: int = 999) -> Rows:
    return ended(newest(rows, count), "Approved")


def latest(rows: Rows, column: str) -> int | None:
    """Largest value of the last day that states one; below zero counts zero."""
    known = [row for row in rows if row[column] is not None]
    day = max((row["DAYS_DECISION"] for row in known), default=None)
    return max((max(row[column], 0) for row in known if row["DAYS_DECISION"] == day), default=None)


def chosen(rows: Rows) -> list[int]:
    return [amount for amount in stated(rows, "AMT_APPLICATION") if amount > 0]


def longer(rows: Rows, client: Row) -> float | None:
    priced = [row for row in granted(rows) if (row["AMT_ANNUITY"] or 0) > 0]
    credit = stated(priced, "AMT_CREDIT")
    earlier = over(sum(credit), sum(stated(priced, "AMT_ANNUITY"))) if credit else None
    return over(over(client["AMT_CREDIT"], client["AMT_ANNUITY"]), earlier)


def running(rows: Rows) -> int | None:
    open_end = [r for r in granted(rows) if r["FLAG_NO_TERMINATION"] == 1 or (r["DAYS_TERMINATION"] or 0) > 0]
    credit = stated(open_end, "AMT_CREDIT")
    return sum(credit) if credit else None


def largest(found: list[int]) -> int | None:
    return max(found, default=None)


PLAIN: dict[str, Callable[[Rows, Row], Any]] = {
    "previous_credit_mean_to_asked_last3": lambda rows, client: over(
        mean(stated(granted(rows, 3), "AMT_CREDIT")), client["AMT_CREDIT"]
    ),
    "previous_last_granted_to_asked_all": lambda rows, client: over(
        latest(granted(rows), "AMT_CREDIT"), client["AMT_CREDIT"]
    ),
    "previous_last_refused_to_asked_all": lambda rows, client: over(
        latest(ended(rows, "Refused"), "AMT_CREDIT"), client["AMT_CREDIT"]
    ),
    "previous_refused_max_to_asked_all": lambda rows, client: over(
        largest(stated(ended(rows, "Refused"), "AMT_CREDIT")), client["AMT_CREDIT"]
    ),
    "previous_requested_mean_to_asked_last3": lambda rows, client: over(
        mean(chosen(newest(rows, 3))), client["AMT_CREDIT"]
    ),
    "previous_annuity_max_to_asked_all": lambda rows, client: over(
        largest(stated(granted(rows), "AMT_ANNUITY")), client["AMT_ANNUITY"]
    ),
    "previous_last_annuity_to_asked_all": lambda rows, client: over(
        latest(granted(rows), "AMT_ANNUITY"), client["AMT_ANNUITY"]
    ),
    "previous_term_to_earlier_all": longer,
    "previous_credit_mean_to_income_all": lambda rows, client: over(
        mean(stated(granted(rows), "AMT_CREDIT")), client["AMT_INCOME_TOTAL"]
    ),
    "previous_running_credit_to_income_all": lambda rows, client: over(running(rows), client["AMT_INCOME_TOTAL"]),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        rows = tables["previous_application"]
        expected = PLAIN[name](rows, tables["application"][0]) if rows else None
        assert values[client][name] == expected, f"client {client}"
