"""Cards here over time, against a plain computation over the months of each client."""

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


def inside(rows: Rows, months: int) -> Rows:
    return [row for row in rows if row["MONTHS_BALANCE"] >= -months]


def before(rows: Rows, months: int) -> Rows:
    return [row for row in rows if row["MONTHS_BALANCE"] < -months]


def owed(row: Row) -> int | None:
    return None if row["AMT_BALANCE"] is None else max(row["AMT_BALANCE"], 0)


def weight(row: Row) -> int:
    return max(36 + row["MONTHS_BALANCE"], 0)


def latest(rows: Rows, value: Callable[[Row], int | None]) -> int | None:
    found = [row for row in rows if value(row) is not None]
    month = max((row["MONTHS_BALANCE"] for row in found), default=None)
    return max((max(value(row) or 0, 0) for row in found if row["MONTHS_BALANCE"] == month), default=None)


def limit(row: Row) -> int | None:
    return row["AMT_CREDIT_LIMIT_ACTUAL"]


def used(rows: Rows, by: Callable[[Row], int] = lambda _: 1) -> float | None:
    balances = [balance * by(row) for row in rows if (balance := owed(row)) is not None]
    limits = [most * by(row) for row in rows if (most := limit(row)) is not None]
    return over(sum(balances), sum(limits)) if balances and limits else None


def change(rows: Rows) -> float | None:
    recent, earlier = used(inside(rows, 6)), used(before(rows, 6))
    return None if recent is None or earlier is None else recent - earlier


def drawing(rows: Rows) -> float | None:
    drawn = [row for row in rows if (row["CNT_DRAWINGS_CURRENT"] or 0) > 0]
    amounts = stated(drawn, "AMT_DRAWINGS_CURRENT")
    return over(over(sum(amounts), sum(stated(drawn, "CNT_DRAWINGS_CURRENT"))), 1000) if amounts else None


def late(rows: Rows) -> Rows:
    return [row for row in rows if (row["SK_DPD"] or 0) > 0]


def longest_run(rows: Rows) -> float:
    """Longest run of late months of one card, month by month."""
    found = {(row["SK_ID_PREV"], row["MONTHS_BALANCE"]) for row in late(rows)}
    longest = 0
    for card, month in found:
        length = 0
        while (card, month + length) in found:
            length += 1
        longest = max(longest, length)
    return float(longest)


def nothing_owed(rows: Rows) -> float | None:
    known = [balance for row in rows if (balance := owed(row)) is not None]
    return over(known.count(0), len(known))


def cash_months(rows: Rows) -> float | None:
    known = stated(rows, "AMT_DRAWINGS_ATM_CURRENT")
    return over(sum(amount > 0 for amount in known), len(known))


def paid_to_owed(rows: Rows) -> float | None:
    payments = stated(rows, "AMT_PAYMENT_TOTAL_CURRENT")
    balances = [balance for row in rows if (balance := owed(row)) is not None]
    return over(sum(payments), sum(balances)) if payments and balances else None


PLAIN: dict[str, Callable[[Rows, Row], Any]] = {
    "card_drawings_trend_6m": lambda rows, _: over(
        mean(stated(inside(rows, 6), "AMT_DRAWINGS_CURRENT")), mean(stated(before(rows, 6), "AMT_DRAWINGS_CURRENT"))
    ),
    "card_drawing_mean_all": lambda rows, _: drawing(rows),
    "card_limit_to_asked_all": lambda rows, client: over(latest(rows, limit), client["AMT_CREDIT"]),
    "card_nothing_owed_share_all": lambda rows, _: nothing_owed(rows),
    "card_utilisation_latest_all": lambda rows, _: over(latest(rows, owed), latest(rows, limit)),
    "card_utilisation_change_6m": lambda rows, _: change(rows),
    "card_weighted_utilisation_all": lambda rows, _: used(rows, weight),
    "card_late_days_tolerant_max_12m": lambda rows, _: max(
        (float(days) for days in stated(inside(rows, 12), "SK_DPD_DEF")), default=None
    ),
    "card_weighted_late_share_all": lambda rows, _: over(sum(map(weight, late(rows))), sum(map(weight, rows))),
    "card_last_late_months_all": lambda rows, _: min(
        (float(0 - row["MONTHS_BALANCE"]) for row in late(rows)), default=None
    ),
    "card_late_streak_max_all": lambda rows, _: longest_run(rows),
    "card_cash_months_share_12m": lambda rows, _: cash_months(inside(rows, 12)),
    "card_paid_to_owed_12m": lambda rows, _: paid_to_owed(inside(rows, 12)),
    "card_minimum_to_income_all": lambda rows, client: over(
        latest(rows, lambda row: row["AMT_INST_MIN_REGULARITY"]), client["AMT_INCOME_TOTAL"]
    ),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        rows = tables["credit_card_balance"]
        expected = PLAIN[name](rows, tables["application"][0]) if rows else None
        assert values[client][name] == expected, f"client {client}"
