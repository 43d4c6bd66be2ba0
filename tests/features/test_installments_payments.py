"""Instalments here against a plain computation; one instalment may be paid in several rows."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]
Rows = list[Row]

KEY = ("SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER", "DAYS_INSTALMENT")


def instalments(rows: Rows) -> Rows:
    """One row per instalment with its due day, amount due, amounts paid, and days late and early."""
    grouped: dict[tuple[Any, ...], Rows] = defaultdict(list)
    for row in rows:
        grouped[tuple(row[column] for column in KEY)].append(row)
    return [together(parts) for (*_, day), parts in grouped.items() if day is not None and day <= 0]


def together(parts: Rows) -> Row:
    day = parts[0]["DAYS_INSTALMENT"]
    days = [part["DAYS_ENTRY_PAYMENT"] for part in parts if part["DAYS_ENTRY_PAYMENT"] is not None]
    payments = [part["AMT_PAYMENT"] for part in parts if part["AMT_PAYMENT"] is not None]
    due = max((part["AMT_INSTALMENT"] for part in parts if part["AMT_INSTALMENT"] is not None), default=None)
    in_time = [
        part["AMT_PAYMENT"]
        for part in parts
        if part["AMT_PAYMENT"] is not None and part["DAYS_ENTRY_PAYMENT"] is not None
        if part["DAYS_ENTRY_PAYMENT"] <= day
    ]
    return {
        "day": day,
        "due": due,
        "paid": sum(payments),
        "in_time": sum(in_time),
        "payments": len(payments),
        "late": max((max(days) if days else 0) - day, 0),
        "early": max(day - max(days), 0) if days else None,
        "missing": None if due is None else max(due - sum(payments), 0),
    }


def inside(due: Rows, days: int = 10_000) -> Rows:
    return [one for one in due if one["day"] >= -days]


def share(due: Rows, part: Callable[[Row], bool]) -> float | None:
    return sum(map(part, due)) / len(due) if due else None


def mean(found: list[int]) -> float | None:
    return sum(found) / len(found) if found else None


def stated(due: Rows, column: str) -> list[int]:
    return [one[column] for one in due if one[column] is not None]


def per_unit_due(due: Rows, column: str) -> float | None:
    amounts = stated(due, "due")
    return sum(stated(due, column)) / sum(amounts) if amounts and sum(amounts) else None


def change(due: Rows, days: int) -> float | None:
    recent = share(inside(due, days), lambda one: one["late"] > 0)
    before = share([one for one in due if one["day"] < -days], lambda one: one["late"] > 0)
    return None if recent is None or before is None else recent - before


def thousandths(value: float | None) -> float | None:
    return None if value is None else value / 1000


PLAIN: dict[str, Callable[[Rows], float | None]] = {
    "installments_n_365d": lambda due: float(len(inside(due, 365))),
    "installments_due_mean_all": lambda due: thousandths(mean(stated(due, "due"))),
    "installments_last_days_all": lambda due: min((float(0 - one["day"]) for one in due), default=None),
    "installments_early_days_mean_all": lambda due: mean(stated(due, "early")),
    "installments_late_days_max_180d": lambda due: max(
        (float(n) for n in stated(inside(due, 180), "late")), default=None
    ),
    "installments_late_days_mean_730d": lambda due: mean(stated(inside(due, 730), "late")),
    "installments_late_share_365d": lambda due: share(inside(due, 365), lambda one: one["late"] > 0),
    "installments_late_week_share_all": lambda due: share(due, lambda one: one["late"] > 7),
    "installments_last_late_days_all": lambda due: min(
        (float(0 - one["day"]) for one in due if one["late"] > 0), default=None
    ),
    "installments_latest_late_days_all": lambda due: (
        float(max(one["late"] for one in due if one["day"] == max(stated(due, "day")))) if due else None
    ),
    "installments_late_share_change_365d": lambda due: change(due, 365),
    "installments_short_share_365d": lambda due: share(inside(due, 365), lambda one: (one["missing"] or 0) > 0),
    "installments_short_sum_all": lambda due: (
        thousandths(sum(stated(due, "missing"))) if stated(due, "missing") else None
    ),
    "installments_paid_to_due_180d": lambda due: per_unit_due(inside(due, 180), "paid"),
    "installments_paid_in_time_365d": lambda due: per_unit_due(inside(due, 365), "in_time"),
    "installments_parts_share_all": lambda due: share(due, lambda one: one["payments"] > 1),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        due = instalments(tables["installments_payments"])
        assert values[client][name] == (PLAIN[name](due) if due else None), f"client {client}"


def payment(**cells: int | None) -> Row:
    return {"SK_ID_PREV": 1, "NUM_INSTALMENT_NUMBER": 1, "NUM_INSTALMENT_VERSION": 1, "AMT_INSTALMENT": 1000, **cells}


def test_an_instalment_paid_in_parts_is_neither_short_nor_counted_twice(client_seven: Callable[..., Row]):
    parts = [
        payment(DAYS_INSTALMENT=-30, DAYS_ENTRY_PAYMENT=-32, AMT_PAYMENT=600),
        payment(DAYS_INSTALMENT=-30, DAYS_ENTRY_PAYMENT=-28, AMT_PAYMENT=400),
    ]
    found = client_seven(installments_payments=parts)
    assert (found["installments_n_all"], found["installments_short_share_all"]) == (1.0, 0.0)
    assert (found["installments_late_days_max_all"], found["installments_paid_in_time_all"]) == (2.0, 0.6)


def test_an_instalment_without_payment_is_late_until_the_application(client_seven: Callable[..., Row]):
    found = client_seven(installments_payments=[payment(DAYS_INSTALMENT=-45)])
    assert (found["installments_late_days_max_all"], found["installments_paid_to_due_all"]) == (45.0, 0.0)
    assert found["installments_short_sum_all"] == 1.0


def test_a_part_paid_after_the_application_is_still_missing(client_seven: Callable[..., Row]):
    parts = [
        payment(DAYS_INSTALMENT=-5, DAYS_ENTRY_PAYMENT=-5, AMT_PAYMENT=700),
        payment(DAYS_INSTALMENT=-5, DAYS_ENTRY_PAYMENT=4, AMT_PAYMENT=300),
    ]
    assert client_seven(installments_payments=parts)["installments_short_sum_all"] == 0.3


def test_a_week_late_is_tolerated_eight_days_are_not(client_seven: Callable[..., Row]):
    def late(days: int) -> float | None:
        row = payment(DAYS_INSTALMENT=-30, DAYS_ENTRY_PAYMENT=-30 + days, AMT_PAYMENT=1000)
        return client_seven(installments_payments=[row])["installments_late_week_share_all"]

    assert (late(7), late(8)) == (0.0, 1.0)
