"""Loans granted here before against a plain computation over the rows of each client."""

from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]
Rows = list[Row]


def newest(rows: Rows, count: int) -> Rows:
    return sorted(rows, key=lambda row: (row["DAYS_DECISION"], row["SK_ID_PREV"]), reverse=True)[:count]


def granted(rows: Rows) -> Rows:
    return [row for row in rows if row["NAME_CONTRACT_STATUS"] == "Approved"]


def stated(rows: Rows, column: str) -> list[Any]:
    return [row[column] for row in rows if row[column] is not None]


def over(top: float | None, bottom: float | None) -> float | None:
    return None if top is None or not bottom else float(top) / float(bottom)


def mean(found: list[int]) -> float | None:
    return over(sum(found), len(found))


def granted_to_asked(rows: Rows) -> float | None:
    asked = [row for row in granted(rows) if (row["AMT_APPLICATION"] or 0) > 0]
    credit = stated(asked, "AMT_CREDIT")
    return over(sum(credit), sum(stated(asked, "AMT_APPLICATION"))) if credit else None


def cost(rows: Rows) -> float | None:
    priced = [
        row
        for row in granted(rows)
        if None not in (row["AMT_ANNUITY"], row["CNT_PAYMENT"]) and row["AMT_ANNUITY"] * row["CNT_PAYMENT"] > 0
    ]
    credit = stated(priced, "AMT_CREDIT")
    return over(sum(row["AMT_ANNUITY"] * row["CNT_PAYMENT"] for row in priced), sum(credit)) if credit else None


def down_payment_share(rows: Rows) -> float | None:
    paid = [row for row in rows if row["AMT_DOWN_PAYMENT"] is not None]
    price = stated(paid, "AMT_GOODS_PRICE")
    return over(sum(stated(paid, "AMT_DOWN_PAYMENT")), sum(price)) if price else None


def running_annuity(rows: Rows) -> int:
    running = [r for r in granted(rows) if r["FLAG_NO_TERMINATION"] == 1 or (r["DAYS_TERMINATION"] or 0) > 0]
    return sum(stated(running, "AMT_ANNUITY"))


def goods(rows: Rows) -> str | None:
    last = newest(rows, 1)[0]["NAME_GOODS_CATEGORY"]
    return "Other" if last in {"Medicine", "Medical Supplies"} else last


def high_rate(rows: Rows) -> float | None:
    groups = stated(granted(rows), "NAME_YIELD_GROUP")
    return over(groups.count("high"), len(groups))


PLAIN: dict[str, Callable[[Rows, Row], Any]] = {
    "previous_credit_mean_last3": lambda rows, _: over(mean(stated(granted(newest(rows, 3)), "AMT_CREDIT")), 1000),
    "previous_granted_to_asked_all": lambda rows, _: granted_to_asked(rows),
    "previous_credit_max_to_asked_all": lambda rows, client: over(
        max(stated(granted(rows), "AMT_CREDIT"), default=None), client["AMT_CREDIT"]
    ),
    "previous_annuity_mean_to_asked_all": lambda rows, client: over(
        mean(stated(granted(rows), "AMT_ANNUITY")), client["AMT_ANNUITY"]
    ),
    "previous_down_payment_share_all": lambda rows, _: down_payment_share(rows),
    "previous_term_mean_all": lambda rows, _: mean([n for n in stated(granted(rows), "CNT_PAYMENT") if n > 0]),
    "previous_cost_last3": lambda rows, _: cost(newest(rows, 3)),
    "previous_high_rate_share_all": lambda rows, _: high_rate(rows),
    "previous_revolving_share_all": lambda rows, _: over(
        sum(row["NAME_CONTRACT_TYPE"] == "Revolving loans" for row in rows), len(rows)
    ),
    "previous_last_product_last1": lambda rows, _: newest(rows, 1)[0]["PRODUCT_COMBINATION"],
    "previous_last_goods_last1": lambda rows, _: goods(rows),
    "previous_early_days_mean_all": lambda rows, _: mean(
        [
            row["DAYS_LAST_DUE_1ST_VERSION"] - row["DAYS_LAST_DUE"]
            for row in granted(rows)
            if row["DAYS_LAST_DUE_1ST_VERSION"] is not None and (row["DAYS_LAST_DUE"] or 0) <= 0
            if row["DAYS_LAST_DUE"] is not None
        ]
    ),
    "previous_running_annuity_to_income_all": lambda rows, client: over(
        running_annuity(rows), client["AMT_INCOME_TOTAL"]
    ),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        rows = tables["previous_application"]
        expected = PLAIN[name](rows, tables["application"][0]) if rows else None
        assert values[client][name] == expected, f"client {client}"


def test_goods_that_point_to_health_are_told_as_other(client_seven: Callable[..., Row]):
    for goods_category, shown in (("Medicine", "Other"), ("Medical Supplies", "Other"), ("Mobile", "Mobile")):
        row = {"SK_ID_PREV": 1, "DAYS_DECISION": -5, "NAME_GOODS_CATEGORY": goods_category}
        assert client_seven(previous_application=[row])["previous_last_goods_last1"] == shown
