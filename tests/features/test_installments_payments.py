"""Instalments here against a plain computation; one instalment may be paid in several rows."""

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


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
