"""Earlier applications here by product, against a plain computation."""

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


def share(rows: Rows, column: str, *levels: object) -> float | None:
    return over(sum(row[column] in levels for row in rows), len(rows))


def of_product(rows: Rows, product: str) -> Rows:
    return [row for row in rows if row["NAME_CONTRACT_TYPE"] == product]


def granted(rows: Rows, column: str) -> Rows:
    """Granted loans that state `column`."""
    return [row for row in rows if row["NAME_CONTRACT_STATUS"] == "Approved" and row[column] is not None]


PLAIN: dict[str, Callable[[Rows, Row], Any]] = {
    "previous_cash_share_all": lambda rows, _: share(rows, "NAME_CONTRACT_TYPE", "Cash loans"),
    "previous_offered_share_all": lambda rows, _: share(rows, "NAME_PRODUCT_TYPE", "x-sell"),
    "previous_walk_in_share_all": lambda rows, _: share(rows, "NAME_PRODUCT_TYPE", "walk-in"),
    "previous_unused_share_all": lambda rows, _: share(rows, "NAME_CONTRACT_STATUS", "Unused offer"),
    "previous_refused_cash_share_all": lambda rows, _: share(
        of_product(rows, "Cash loans"), "NAME_CONTRACT_STATUS", "Refused"
    ),
    "previous_refused_goods_share_all": lambda rows, _: share(
        of_product(rows, "Consumer loans"), "NAME_CONTRACT_STATUS", "Refused"
    ),
    "previous_low_rate_share_all": lambda rows, _: share(
        granted(rows, "NAME_YIELD_GROUP"), "NAME_YIELD_GROUP", "low_normal", "low_action"
    ),
    "previous_insured_share_all": lambda rows, _: share(
        granted(rows, "NFLAG_INSURED_ON_APPROVAL"), "NFLAG_INSURED_ON_APPROVAL", 1
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
