"""Monthly records of credits elsewhere against a plain computation."""

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


def test_months_of_a_credit_that_was_not_yet_known_do_not_count(client_seven: Callable[..., Row]):
    found = client_seven(
        bureau=[{"SK_ID_BUREAU": 1, "DAYS_CREDIT": 3}],
        bureau_balance=[{"SK_ID_BUREAU": 1, "MONTHS_BALANCE": 0, "STATUS": "5"}],
    )
    assert found["bureau_balance_worst_days_all"] is None


def test_closed_and_unknown_months_are_not_reported_months(client_seven: Callable[..., Row]):
    months = [{"SK_ID_BUREAU": 1, "MONTHS_BALANCE": -n, "STATUS": status} for n, status in enumerate("CCX1")]
    found = client_seven(bureau=[{"SK_ID_BUREAU": 1, "DAYS_CREDIT": -300}], bureau_balance=months)
    assert found["bureau_balance_late_share_all"] == 1.0


def test_no_feature_tells_how_many_months_the_bureau_reports(client_seven: Callable[..., Row]):
    def features(months: int) -> Row:
        good = [{"SK_ID_BUREAU": 1, "MONTHS_BALANCE": -n, "STATUS": "0"} for n in range(months)]
        found = client_seven(bureau=[{"SK_ID_BUREAU": 1, "DAYS_CREDIT": -300}], bureau_balance=good)
        return {name: value for name, value in found.items() if name.startswith("bureau_balance_")}

    assert features(3) == features(30)
