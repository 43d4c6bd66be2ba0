"""Cards here against a plain computation over the months of each client."""

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


def test_an_overpaid_card_uses_nothing_of_its_limit(client_seven: Callable[..., Row]):
    month = {"SK_ID_PREV": 1, "MONTHS_BALANCE": -1, "AMT_BALANCE": -5000, "AMT_CREDIT_LIMIT_ACTUAL": 100_000}
    assert client_seven(credit_card_balance=[month])["card_utilisation_mean_all"] == 0.0


def test_a_card_without_limit_has_no_utilisation(client_seven: Callable[..., Row]):
    month = {"SK_ID_PREV": 1, "MONTHS_BALANCE": -1, "AMT_BALANCE": 5000, "AMT_CREDIT_LIMIT_ACTUAL": 0}
    found = client_seven(credit_card_balance=[month])
    assert (found["card_utilisation_mean_all"], found["card_utilisation_max_all"]) == (None, None)
