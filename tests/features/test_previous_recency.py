"""Recent against older applications here, against a plain computation."""

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
    return [row for row in rows if row["DAYS_DECISION"] >= -days]


def before(rows: Rows, days: int) -> Rows:
    return [row for row in rows if row["DAYS_DECISION"] < -days]


def ended(rows: Rows, status: str) -> Rows:
    return [row for row in rows if row["NAME_CONTRACT_STATUS"] == status]


def weight(row: Row) -> int:
    return max(1095 + row["DAYS_DECISION"], 0)


def weighted_share(part: Rows, whole: Rows) -> float | None:
    return over(sum(map(weight, part)), sum(map(weight, whole)))


def weighted_amount(rows: Rows) -> float | None:
    known = [row for row in rows if row["AMT_CREDIT"] is not None]
    return over(over(sum(row["AMT_CREDIT"] * weight(row) for row in known), sum(map(weight, known))), 1000)


def refused_change(rows: Rows) -> float | None:
    recent = over(len(ended(since(rows, 365), "Refused")), len(since(rows, 365)))
    earlier = over(len(ended(before(rows, 365), "Refused")), len(before(rows, 365)))
    return None if recent is None or earlier is None else recent - earlier


def gap(rows: Rows) -> float | None:
    days = stated(rows, "DAYS_DECISION")
    return over(max(days) - min(days), len(days) - 1)


def chosen(rows: Rows) -> list[int]:
    return [amount for amount in stated(rows, "AMT_APPLICATION") if amount > 0]


PLAIN: dict[str, Callable[[Rows, Row], Any]] = {
    "previous_recent_share_365d": lambda rows, _: over(len(since(rows, 365)), len(rows)),
    "previous_age_days_mean_all": lambda rows, _: mean([0 - day for day in stated(rows, "DAYS_DECISION")]),
    "previous_gap_days_mean_all": lambda rows, _: gap(rows),
    "previous_weighted_approved_share_all": lambda rows, _: weighted_share(ended(rows, "Approved"), rows),
    "previous_weighted_refused_share_all": lambda rows, _: weighted_share(ended(rows, "Refused"), rows),
    "previous_refused_share_change_365d": lambda rows, _: refused_change(rows),
    "previous_weighted_credit_mean_all": lambda rows, _: weighted_amount(ended(rows, "Approved")),
    "previous_credit_trend_365d": lambda rows, _: over(
        mean(stated(ended(since(rows, 365), "Approved"), "AMT_CREDIT")),
        mean(stated(ended(before(rows, 365), "Approved"), "AMT_CREDIT")),
    ),
    "previous_requested_trend_365d": lambda rows, _: over(
        mean(chosen(since(rows, 365))), mean(chosen(before(rows, 365)))
    ),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        rows = tables["previous_application"]
        expected = PLAIN[name](rows, tables["application"][0]) if rows else None
        assert values[client][name] == expected, f"client {client}"
