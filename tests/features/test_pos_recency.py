"""Recency, runs and what still runs of instalment loans here, against a plain computation."""

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


def test_a_month_in_time_breaks_a_run_and_another_loan_does_not_go_on_with_it(client_seven: Callable[..., Row]):
    late_months = {1: (-9, -8, -7, -5), 2: (-6, -4)}
    months = [
        {"SK_ID_PREV": loan, "MONTHS_BALANCE": month, "SK_DPD": 5}
        for loan in late_months
        for month in late_months[loan]
    ]
    in_time = {"SK_ID_PREV": 1, "MONTHS_BALANCE": -6, "SK_DPD": 0}
    assert client_seven(POS_CASH_balance=[*months, in_time])["pos_late_streak_max_all"] == 3.0


def test_never_late_is_a_run_of_zero(client_seven: Callable[..., Row]):
    months = [{"SK_ID_PREV": 1, "MONTHS_BALANCE": -3, "SK_DPD": 0}]
    assert client_seven(POS_CASH_balance=months)["pos_late_streak_max_all"] == 0.0
