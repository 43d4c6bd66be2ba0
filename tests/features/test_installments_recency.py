"""Instalments here over time against a plain computation."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]
Rows = list[Row]

KEY = ("SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER", "DAYS_INSTALMENT")


def instalments(rows: Rows) -> Rows:
    """One row per instalment that fell due, the one that fell due last first."""
    grouped: dict[tuple[Any, ...], Rows] = defaultdict(list)
    for row in rows:
        grouped[tuple(row[column] for column in KEY)].append(row)
    found = [together(key, parts) for key, parts in grouped.items() if key[-1] is not None and key[-1] <= 0]
    return sorted(found, key=lambda one: one["order"], reverse=True)


def together(key: tuple[Any, ...], parts: Rows) -> Row:
    loan, version, number, day = key
    days, payments = stated(parts, "DAYS_ENTRY_PAYMENT"), stated(parts, "AMT_PAYMENT")
    in_time = [part for part in parts if (paid := part["DAYS_ENTRY_PAYMENT"]) is not None and paid <= day]
    return {
        # What has no version or number comes last among those of its loan and day.
        "order": (day, loan, -1 if version is None else version, -1 if number is None else number),
        "day": day,
        "number": number,
        "due": max(stated(parts, "AMT_INSTALMENT"), default=None),
        "paid": sum(payments),
        "in_time": sum(stated(in_time, "AMT_PAYMENT")),
        "late": max((max(days) if days else 0) - day, 0),
        "early": max(day - max(days), 0) if days else None,
    }


def stated(rows: Rows, column: str) -> list[Any]:
    return [row[column] for row in rows if row[column] is not None]


def over(top: float | None, bottom: float | None) -> float | None:
    return None if top is None or not bottom else float(top) / float(bottom)


def mean(found: list[int]) -> float | None:
    return over(sum(found), len(found))


def since(due: Rows, days: int) -> Rows:
    return [one for one in due if one["day"] >= -days]


def before(due: Rows, days: int) -> Rows:
    return [one for one in due if one["day"] < -days]


def late(due: Rows) -> Rows:
    return [one for one in due if one["late"] > 0]


def change(due: Rows, measure: Callable[[Rows], float | None]) -> float | None:
    now, then = measure(since(due, 365)), measure(before(due, 365))
    return None if now is None or then is None else now - then


def paid_share(due: Rows, column: str) -> float | None:
    amounts = stated(due, "due")
    return over(sum(stated(due, column)), sum(amounts)) if amounts else None


def weight(one: Row) -> int:
    return max(1095 + one["day"], 0)


def first(due: Rows) -> Rows:
    return [one for one in due if one["number"] is not None and one["number"] <= 3]


def early_week(due: Rows) -> float | None:
    return over(sum(days > 7 for days in stated(due, "early")), len(stated(due, "early")))


def mean_due(due: Rows) -> float | None:
    return mean(stated(due, "due"))


PLAIN: dict[str, Callable[[Rows, Row], float | None]] = {
    "installments_weighted_late_share_all": lambda due, _: over(sum(map(weight, late(due))), sum(map(weight, due))),
    "installments_weighted_late_days_mean_all": lambda due, _: over(
        sum(weight(one) * one["late"] for one in due), sum(map(weight, due))
    ),
    "installments_first_late_share_all": lambda due, _: over(len(late(first(due))), len(first(due))),
    "installments_late_month_share_all": lambda due, _: over(sum(one["late"] > 30 for one in due), len(due)),
    "installments_late_days_when_late_365d": lambda due, _: mean(stated(late(since(due, 365)), "late")),
    "installments_late_days_change_365d": lambda due, _: change(due, lambda part: mean(stated(part, "late"))),
    "installments_paid_in_time_change_365d": lambda due, _: change(due, lambda part: paid_share(part, "in_time")),
    "installments_early_week_share_all": lambda due, _: early_week(due),
    "installments_early_days_change_365d": lambda due, _: change(due, lambda part: mean(stated(part, "early"))),
    "installments_late_days_max_60d": lambda due, _: max(
        (float(days) for days in stated(since(due, 60), "late")), default=None
    ),
    "installments_due_to_asked_365d": lambda due, client: over(mean_due(since(due, 365)), client["AMT_ANNUITY"]),
    "installments_due_max_to_asked_all": lambda due, client: over(
        max(stated(due, "due"), default=None), client["AMT_ANNUITY"]
    ),
    "installments_due_to_income_365d": lambda due, client: (
        over(sum(amounts), client["AMT_INCOME_TOTAL"]) if (amounts := stated(since(due, 365), "due")) else None
    ),
    "installments_due_trend_365d": lambda due, _: over(mean_due(since(due, 365)), mean_due(before(due, 365))),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        due = instalments(tables["installments_payments"])
        expected = PLAIN[name](due, tables["application"][0]) if due else None
        assert values[client][name] == expected, f"client {client}"
