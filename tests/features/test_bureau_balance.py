"""Monthly records of credits elsewhere against a plain computation."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]
Rows = list[Row]

DAYS = {"0": 0, "1": 1, "2": 31, "3": 61, "4": 91, "5": 120}


def reported(rows: Rows, months: int = 96) -> Rows:
    return [row for row in rows if row["STATUS"] in DAYS and row["MONTHS_BALANCE"] >= -months]


def late_share(rows: Rows, months: int = 96, days: int = 0) -> float | None:
    seen = reported(rows, months)
    return sum(DAYS[row["STATUS"]] > days for row in seen) / len(seen) if seen else None


def worst(rows: Rows, months: int = 96) -> float | None:
    return max((float(DAYS[row["STATUS"]]) for row in reported(rows, months)), default=None)


def late_credits(rows: Rows) -> float | None:
    by_credit: dict[int, list[int]] = defaultdict(list)
    for row in reported(rows):
        by_credit[row["SK_ID_BUREAU"]].append(DAYS[row["STATUS"]])
    return sum(max(days) > 0 for days in by_credit.values()) / len(by_credit) if by_credit else None


PLAIN: dict[str, Callable[[Rows], float | None]] = {
    "bureau_balance_late_share_6m": lambda rows: late_share(rows, 6),
    "bureau_balance_late_share_all": late_share,
    "bureau_balance_late_30_share_24m": lambda rows: late_share(rows, 24, 30),
    "bureau_balance_worst_days_12m": lambda rows: worst(rows, 12),
    "bureau_balance_worst_days_all": worst,
    "bureau_balance_late_credits_share_all": late_credits,
    "bureau_balance_last_late_months_all": lambda rows: min(
        (float(0 - row["MONTHS_BALANCE"]) for row in reported(rows) if DAYS[row["STATUS"]] > 0), default=None
    ),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        assert values[client][name] == PLAIN[name](tables["bureau_balance"]), f"client {client}"


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
