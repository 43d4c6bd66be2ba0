"""Credits elsewhere by kind and state against a plain computation over the rows of each client."""

from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]
Rows = list[Row]


def stated(rows: Rows, column: str) -> list[Any]:
    return [row[column] for row in rows if row[column] is not None]


def over(top: float | None, bottom: float | None) -> float | None:
    return None if top is None or not bottom else float(top) / float(bottom)


def mean(found: list[int]) -> float | None:
    return over(sum(found), len(found))


CARD, CONSUMER = "Credit card", "Consumer credit"


def newest(rows: Rows) -> Row:
    return max(rows, key=lambda row: (row["DAYS_CREDIT"], row["SK_ID_BUREAU"]))


def of_type(rows: Rows, kind: str) -> Rows:
    return [row for row in rows if row["CREDIT_TYPE"] == kind]


def running(rows: Rows) -> Rows:
    return [row for row in rows if row["CREDIT_ACTIVE"] == "Active"]


def closed_since(rows: Rows, days: int) -> float:
    return float(sum(-days <= day <= 0 for day in stated(rows, "DAYS_ENDDATE_FACT")))


def sum_or_zero(rows: Rows, column: str) -> int | None:
    found = stated(rows, column)
    return sum(found) if found else None if rows else 0


def owed_of(rows: Rows, whole: str) -> float | None:
    """Debt per unit of `whole`, None when one of them is nowhere stated."""
    debts, wholes = stated(rows, "AMT_CREDIT_SUM_DEBT"), stated(rows, whole)
    return over(sum(debts), sum(wholes)) if debts and wholes else None


PLAIN: dict[str, Callable[[Rows, Row], Any]] = {
    "bureau_kinds_n_all": lambda rows, _: float(
        len({row["CREDIT_TYPE"] for row in rows} & {CARD, CONSUMER, "Car loan", "Mortgage", "Microloan"})
    ),
    "bureau_consumer_n_all": lambda rows, _: float(len(of_type(rows, CONSUMER))),
    "bureau_cards_share_all": lambda rows, _: over(len(of_type(rows, CARD)), len(rows)),
    "bureau_active_cards_n_all": lambda rows, _: float(len(of_type(running(rows), CARD))),
    "bureau_closed_n_365d": lambda rows, _: closed_since(rows, 365),
    "bureau_closed_n_730d": lambda rows, _: closed_since(rows, 730),
    "bureau_last_type_last1": lambda rows, _: newest(rows)["CREDIT_TYPE"],
    "bureau_last_running_last1": lambda rows, _: (
        None if (state := newest(rows)["CREDIT_ACTIVE"]) is None else float(state == "Active")
    ),
    "bureau_last_amount_last1": lambda rows, _: over(newest(rows)["AMT_CREDIT_SUM"], 1000),
    "bureau_active_credit_sum_all": lambda rows, _: over(sum_or_zero(running(rows), "AMT_CREDIT_SUM"), 1000),
    "bureau_card_limit_sum_all": lambda rows, _: over(
        sum_or_zero(of_type(running(rows), CARD), "AMT_CREDIT_SUM_LIMIT"), 1000
    ),
    "bureau_consumer_debt_to_credit_all": lambda rows, _: owed_of(
        [row for row in of_type(running(rows), CONSUMER) if row["AMT_CREDIT_SUM_DEBT"] is not None], "AMT_CREDIT_SUM"
    ),
    "bureau_card_debt_to_limit_all": lambda rows, _: owed_of(
        [row for row in of_type(running(rows), CARD) if (row["AMT_CREDIT_SUM_LIMIT"] or 0) > 0], "AMT_CREDIT_SUM_LIMIT"
    ),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        rows = tables["bureau"]
        expected = PLAIN[name](rows, tables["application"][0]) if rows else None
        assert values[client][name] == expected, f"client {client}"
