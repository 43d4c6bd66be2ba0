"""Monthly records of instalment loans here against a plain computation."""

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


def test_a_loan_without_a_recent_record_has_nothing_left_to_pay(client_seven: Callable[..., Row]):
    def left(month: int) -> float | None:
        row = {"SK_ID_PREV": 1, "MONTHS_BALANCE": month, "CNT_INSTALMENT_FUTURE": 8, "NAME_CONTRACT_STATUS": "Active"}
        return client_seven(POS_CASH_balance=[row])["pos_remaining_n_all"]

    assert (left(-2), left(-3)) == (8.0, 0.0)
