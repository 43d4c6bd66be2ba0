"""Cards here against a plain computation over the months of each client."""

from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]
Rows = list[Row]


def inside(rows: Rows, months: int = 96) -> Rows:
    return [row for row in rows if row["MONTHS_BALANCE"] >= -months]


def owed(row: Row) -> int | None:
    return None if row["AMT_BALANCE"] is None else max(row["AMT_BALANCE"], 0)


def over(top: float | None, bottom: float | None) -> float | None:
    return None if top is None or not bottom else float(top) / float(bottom)


def mean_owed(rows: Rows) -> float | None:
    found = [balance for row in rows if (balance := owed(row)) is not None]
    return over(sum(found), len(found))


def latest(rows: Rows, value: Callable[[Row], int | None]) -> int | None:
    found = [row for row in rows if value(row) is not None]
    month = max((row["MONTHS_BALANCE"] for row in found), default=None)
    return max((max(value(row) or 0, 0) for row in found if row["MONTHS_BALANCE"] == month), default=None)


def stated(rows: Rows, column: str) -> list[int]:
    return [row[column] for row in rows if row[column] is not None]


def sum_of(found: list[int]) -> int | None:
    return sum(found) if found else None


def utilisation(rows: Rows) -> float | None:
    balances = [balance for row in rows if (balance := owed(row)) is not None]
    return over(sum_of(balances), sum_of(stated(rows, "AMT_CREDIT_LIMIT_ACTUAL")))


def over_limit(rows: Rows) -> float | None:
    limited = [row for row in rows if (row["AMT_CREDIT_LIMIT_ACTUAL"] or 0) > 0]
    return over(sum((owed(row) or 0) > row["AMT_CREDIT_LIMIT_ACTUAL"] for row in limited), len(limited))


def with_minimum(rows: Rows) -> Rows:
    return [row for row in rows if (row["AMT_INST_MIN_REGULARITY"] or 0) > 0]


def below_minimum(rows: Rows) -> float | None:
    due = with_minimum(rows)
    below = [
        row
        for row in due
        if row["AMT_PAYMENT_TOTAL_CURRENT"] is not None
        and row["AMT_PAYMENT_TOTAL_CURRENT"] < row["AMT_INST_MIN_REGULARITY"]
    ]
    return over(len(below), len(due))


def late_share(rows: Rows) -> float | None:
    return over(sum((row["SK_DPD"] or 0) > 0 for row in rows), len(rows))


PLAIN: dict[str, Callable[[Rows, Row], float | None]] = {
    "card_balance_mean_12m": lambda rows, _: over(mean_owed(inside(rows, 12)), 1000),
    "card_balance_trend_6m": lambda rows, _: over(
        mean_owed(inside(rows, 6)), mean_owed([row for row in rows if row["MONTHS_BALANCE"] < -6])
    ),
    "card_limit_latest_all": lambda rows, _: over(latest(rows, lambda row: row["AMT_CREDIT_LIMIT_ACTUAL"]), 1000),
    "card_balance_to_income_all": lambda rows, client: over(latest(rows, owed), client["AMT_INCOME_TOTAL"]),
    "card_drawings_mean_all": lambda rows, _: over(
        over(sum_of(stated(rows, "AMT_DRAWINGS_CURRENT")), len(stated(rows, "AMT_DRAWINGS_CURRENT"))), 1000
    ),
    "card_active_months_share_all": lambda rows, _: over(
        sum((row["AMT_DRAWINGS_CURRENT"] or 0) > 0 for row in rows), len(rows)
    ),
    "card_utilisation_mean_6m": lambda rows, _: utilisation(inside(rows, 6)),
    "card_utilisation_max_all": lambda rows, _: max(
        (used for row in rows if (used := over(owed(row), row["AMT_CREDIT_LIMIT_ACTUAL"])) is not None), default=None
    ),
    "card_over_limit_share_12m": lambda rows, _: over_limit(inside(rows, 12)),
    "card_cash_share_all": lambda rows, _: over(
        sum_of(stated(rows, "AMT_DRAWINGS_ATM_CURRENT")), sum_of(stated(rows, "AMT_DRAWINGS_CURRENT"))
    ),
    "card_cash_n_mean_12m": lambda rows, _: over(
        sum(stated(inside(rows, 12), "CNT_DRAWINGS_ATM_CURRENT")),
        len(stated(inside(rows, 12), "CNT_DRAWINGS_ATM_CURRENT")),
    ),
    "card_paid_to_minimum_all": lambda rows, _: over(
        sum_of(stated(with_minimum(rows), "AMT_PAYMENT_TOTAL_CURRENT")),
        sum_of(stated(with_minimum(rows), "AMT_INST_MIN_REGULARITY")),
    ),
    "card_below_minimum_share_12m": lambda rows, _: below_minimum(inside(rows, 12)),
    "card_late_days_max_24m": lambda rows, _: max(
        (float(days) for days in stated(inside(rows, 24), "SK_DPD")), default=None
    ),
    "card_late_share_all": lambda rows, _: late_share(rows),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        rows = tables["credit_card_balance"]
        expected = PLAIN[name](rows, tables["application"][0]) if rows else None
        assert values[client][name] == expected, f"client {client}"


def test_an_overpaid_card_uses_nothing_of_its_limit(client_seven: Callable[..., Row]):
    month = {"SK_ID_PREV": 1, "MONTHS_BALANCE": -1, "AMT_BALANCE": -5000, "AMT_CREDIT_LIMIT_ACTUAL": 100_000}
    assert client_seven(credit_card_balance=[month])["card_utilisation_mean_all"] == 0.0


def test_a_card_without_limit_has_no_utilisation(client_seven: Callable[..., Row]):
    month = {"SK_ID_PREV": 1, "MONTHS_BALANCE": -1, "AMT_BALANCE": 5000, "AMT_CREDIT_LIMIT_ACTUAL": 0}
    found = client_seven(credit_card_balance=[month])
    assert (found["card_utilisation_mean_all"], found["card_utilisation_max_all"]) == (None, None)
