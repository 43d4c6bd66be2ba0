"""The course of loans granted here, against a plain computation."""

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


def granted(rows: Rows) -> Rows:
    return [row for row in rows if row["NAME_CONTRACT_STATUS"] == "Approved"]


def dearest(rows: Rows) -> float | None:
    costs = [
        over(row["AMT_ANNUITY"] * row["CNT_PAYMENT"], row["AMT_CREDIT"])
        for row in granted(rows)
        if (row["AMT_ANNUITY"] or 0) * (row["CNT_PAYMENT"] or 0) > 0
    ]
    return max((cost for cost in costs if cost is not None), default=None)


def ended(rows: Rows) -> Rows:
    return [row for row in granted(rows) if (last := row["DAYS_LAST_DUE"]) is not None and last <= 0]


def late_end(rows: Rows) -> float | None:
    planned = [row for row in ended(rows) if row["DAYS_LAST_DUE_1ST_VERSION"] is not None]
    return over(sum(row["DAYS_LAST_DUE"] > row["DAYS_LAST_DUE_1ST_VERSION"] for row in planned), len(planned))


PLAIN: dict[str, Callable[[Rows, Row], Any]] = {
    "previous_annuity_mean_last3": lambda rows, _: over(mean(stated(granted(newest(rows, 3)), "AMT_ANNUITY")), 1000),
    "previous_credit_max_all": lambda rows, _: over(max(stated(granted(rows), "AMT_CREDIT"), default=None), 1000),
    "previous_cost_max_all": lambda rows, _: dearest(rows),
    "previous_term_max_all": lambda rows, _: max(
        (float(term) for term in stated(granted(rows), "CNT_PAYMENT") if term > 0), default=None
    ),
    "previous_running_n_all": lambda rows, _: float(
        sum(row["FLAG_NO_TERMINATION"] == 1 or (row["DAYS_TERMINATION"] or 0) > 0 for row in granted(rows))
    ),
    "previous_last_end_days_all": lambda rows, _: min(
        (float(0 - row["DAYS_LAST_DUE"]) for row in ended(rows)), default=None
    ),
    "previous_late_end_share_all": lambda rows, _: late_end(rows),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        rows = tables["previous_application"]
        expected = PLAIN[name](rows, tables["application"][0]) if rows else None
        assert values[client][name] == expected, f"client {client}"
