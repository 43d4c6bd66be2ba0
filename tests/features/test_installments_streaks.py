"""Instalments here in the order in which they fell due, against a plain computation."""

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


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
