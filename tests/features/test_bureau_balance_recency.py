"""Recency and runs of late months elsewhere against a plain computation."""

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


def test_a_recent_late_month_counts_more_than_an_old_one(client_seven: Callable[..., Row]):
    def share(late_month: int) -> float:
        months = [
            {"SK_ID_BUREAU": 1, "MONTHS_BALANCE": month, "STATUS": "1" if month == late_month else "0"}
            for month in range(-20, 0)
        ]
        found = client_seven(bureau=[{"SK_ID_BUREAU": 1, "DAYS_CREDIT": -900}], bureau_balance=months)
        return found["bureau_balance_weighted_late_share_all"]

    assert share(-1) > 0.05 > share(-20) > 0
