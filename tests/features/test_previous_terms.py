"""Loans granted here before against a plain computation over the rows of each client."""

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


def test_goods_that_point_to_health_are_told_as_other(client_seven: Callable[..., Row]):
    for goods_category, shown in (("Medicine", "Other"), ("Medical Supplies", "Other"), ("Mobile", "Mobile")):
        row = {"SK_ID_PREV": 1, "DAYS_DECISION": -5, "NAME_GOODS_CATEGORY": goods_category}
        assert client_seven(previous_application=[row])["previous_last_goods_last1"] == shown
