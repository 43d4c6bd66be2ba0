"""Recent against older credits elsewhere, against a plain computation over the rows of each client."""

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


def since(rows: Rows, days: int) -> Rows:
    return [row for row in rows if row["DAYS_CREDIT"] >= -days]


def before(rows: Rows, days: int) -> Rows:
    return [row for row in rows if row["DAYS_CREDIT"] < -days]


def weight(row: Row) -> int:
    return max(1095 + row["DAYS_CREDIT"], 0)


def running(rows: Rows) -> Rows:
    return [row for row in rows if row["CREDIT_ACTIVE"] == "Active"]


def overdue(rows: Rows) -> Rows:
    return [row for row in rows if (row["AMT_CREDIT_MAX_OVERDUE"] or 0) > 0 or (row["CREDIT_DAY_OVERDUE"] or 0) > 0]


def weighted_share(part: Rows, whole: Rows) -> float | None:
    return over(sum(map(weight, part)), sum(map(weight, whole)))


def weighted_debt(rows: Rows) -> float | None:
    with_debt = [row for row in rows if row["AMT_CREDIT_SUM_DEBT"] is not None]
    credit = [row["AMT_CREDIT_SUM"] * weight(row) for row in with_debt if row["AMT_CREDIT_SUM"] is not None]
    return over(sum(row["AMT_CREDIT_SUM_DEBT"] * weight(row) for row in with_debt), sum(credit)) if credit else None


def gap(rows: Rows) -> float | None:
    days = stated(rows, "DAYS_CREDIT")
    return over(max(days) - min(days), len(days) - 1)


def debt_since(rows: Rows, days: int) -> float | None:
    recent, known = stated(since(rows, days), "AMT_CREDIT_SUM_DEBT"), stated(rows, "AMT_CREDIT_SUM_DEBT")
    if not known or (since(rows, days) and not recent):
        return None
    return over(sum(recent), sum(known))


def weighted_amount(rows: Rows) -> float | None:
    known = [row for row in rows if row["AMT_CREDIT_SUM"] is not None]
    return over(over(sum(row["AMT_CREDIT_SUM"] * weight(row) for row in known), sum(map(weight, known))), 1000)


PLAIN: dict[str, Callable[[Rows, Row], Any]] = {
    "bureau_recent_share_365d": lambda rows, _: over(len(since(rows, 365)), len(rows)),
    "bureau_recent_share_730d": lambda rows, _: over(len(since(rows, 730)), len(rows)),
    "bureau_age_days_mean_all": lambda rows, _: mean([0 - day for day in stated(rows, "DAYS_CREDIT")]),
    "bureau_active_age_days_mean_all": lambda rows, _: mean([0 - d for d in stated(running(rows), "DAYS_CREDIT")]),
    "bureau_gap_days_mean_all": lambda rows, _: gap(rows),
    "bureau_weighted_active_share_all": lambda rows, _: weighted_share(running(rows), rows),
    "bureau_weighted_credit_mean_all": lambda rows, _: weighted_amount(rows),
    "bureau_credit_trend_365d": lambda rows, _: over(
        mean(stated(since(rows, 365), "AMT_CREDIT_SUM")), mean(stated(before(rows, 365), "AMT_CREDIT_SUM"))
    ),
    "bureau_weighted_debt_to_credit_all": lambda rows, _: weighted_debt(rows),
    "bureau_recent_debt_share_365d": lambda rows, _: debt_since(rows, 365),
    "bureau_recent_debt_share_730d": lambda rows, _: debt_since(rows, 730),
    "bureau_weighted_overdue_share_all": lambda rows, _: weighted_share(overdue(rows), rows),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        rows = tables["bureau"]
        expected = PLAIN[name](rows, tables["application"][0]) if rows else None
        assert values[client][name] == expected, f"client {client}"
