"""Instalments here in the order in which they fell due, against a plain computation."""

from collections import defaultdict
from collections.abc import Callable
from itertools import groupby, takewhile
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


def mean_delay(due: Rows) -> float:
    return sum(one["late"] for one in due) / len(due)


def paid_share(due: Rows) -> float | None:
    amounts = stated(due, "due")
    return sum(stated(due, "paid")) / sum(amounts) if amounts and sum(amounts) else None


def longest_late_run(due: Rows) -> float:
    runs = [(is_late, len(list(run))) for is_late, run in groupby(due, key=lambda one: one["late"] > 0)]
    return float(max((length for is_late, length in runs if is_late), default=0))


PLAIN: dict[str, Callable[[Rows], float | None]] = {
    "installments_late_days_mean_due2": lambda due: mean_delay(due[:2]),
    "installments_late_days_mean_due3": lambda due: mean_delay(due[:3]),
    "installments_late_days_mean_due5": lambda due: mean_delay(due[:5]),
    "installments_paid_to_due_due3": lambda due: paid_share(due[:3]),
    "installments_paid_to_due_due5": lambda due: paid_share(due[:5]),
    "installments_late_streak_n_max_all": longest_late_run,
    "installments_in_time_streak_n_all": lambda due: float(len(list(takewhile(lambda one: one["late"] == 0, due)))),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        due = instalments(tables["installments_payments"])
        assert values[client][name] == (PLAIN[name](due) if due else None), f"client {client}"


def payment(number: int, late_days: int) -> Row:
    """Instalment `number` of one loan, a month after the one before it."""
    day = -400 + 30 * number
    return {
        "SK_ID_PREV": 1,
        "NUM_INSTALMENT_VERSION": 1,
        "NUM_INSTALMENT_NUMBER": number,
        "AMT_INSTALMENT": 1000,
        "AMT_PAYMENT": 1000,
        "DAYS_INSTALMENT": day,
        "DAYS_ENTRY_PAYMENT": day + late_days,
    }


def test_a_run_of_late_instalments_ends_with_one_in_time(client_seven: Callable[..., Row]):
    delays = [0, 3, 4, 5, 0, 2, 2, 0, 0]
    found = client_seven(installments_payments=[payment(n, days) for n, days in enumerate(delays, start=1)])
    assert found["installments_late_streak_n_max_all"] == 3.0
    assert found["installments_in_time_streak_n_all"] == 2.0
    assert found["installments_late_days_mean_due3"] == 2 / 3


def test_instalments_of_one_day_stand_in_the_order_of_their_loan_and_number(client_seven: Callable[..., Row]):
    same_day = {"DAYS_INSTALMENT": -50, "NUM_INSTALMENT_VERSION": 1, "AMT_INSTALMENT": 1000, "AMT_PAYMENT": 1000}
    keys = [(1, 9), (2, 1), (2, 2), (3, 1)]
    delays = [40, 1, 2, 3]
    rows = [
        {**same_day, "SK_ID_PREV": loan, "NUM_INSTALMENT_NUMBER": number, "DAYS_ENTRY_PAYMENT": -50 + days}
        for (loan, number), days in zip(keys, delays, strict=True)
    ]
    assert client_seven(installments_payments=rows)["installments_late_days_mean_due3"] == 2.0
