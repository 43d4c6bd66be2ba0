"""Monthly records of instalment loans here against a plain computation."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]
Rows = list[Row]


def by_loan(rows: Rows) -> list[Rows]:
    loans: dict[int, Rows] = defaultdict(list)
    for row in rows:
        loans[row["SK_ID_PREV"]].append(row)
    return list(loans.values())


def inside(rows: Rows, months: int = 96) -> Rows:
    return [row for row in rows if row["MONTHS_BALANCE"] >= -months]


def worst(rows: Rows, column: str) -> float | None:
    return max((float(row[column]) for row in rows if row[column] is not None), default=None)


def is_late(row: Row) -> bool:
    return (row["SK_DPD"] or 0) > 0


def late_share(rows: Rows) -> float | None:
    return sum(map(is_late, rows)) / len(rows) if rows else None


def completed(loan: Rows) -> bool:
    return any(row["NAME_CONTRACT_STATUS"] == "Completed" for row in loan)


def remaining(rows: Rows) -> float:
    left = 0
    for loan in by_loan(rows):
        counted = [row for row in loan if row["CNT_INSTALMENT_FUTURE"] is not None]
        if counted and not completed(loan) and max(row["MONTHS_BALANCE"] for row in loan) >= -2:
            month = max(row["MONTHS_BALANCE"] for row in counted)
            left += max(row["CNT_INSTALMENT_FUTURE"] for row in counted if row["MONTHS_BALANCE"] == month)
    return float(left)


def early_completed(rows: Rows) -> float | None:
    terms = [
        [row["CNT_INSTALMENT"] for row in loan if row["CNT_INSTALMENT"] is not None]
        for loan in by_loan(rows)
        if completed(loan)
    ]
    return sum(len(set(term)) > 1 for term in terms) / len(terms) if terms else None


PLAIN: dict[str, Callable[[Rows], float | None]] = {
    "pos_months_n_12m": lambda rows: float(len(inside(rows, 12))),
    "pos_remaining_n_all": remaining,
    "pos_completed_share_all": lambda rows: sum(map(completed, by_loan(rows))) / len(by_loan(rows)),
    "pos_early_completed_share_all": early_completed,
    "pos_late_days_max_6m": lambda rows: worst(inside(rows, 6), "SK_DPD"),
    "pos_late_days_max_all": lambda rows: worst(rows, "SK_DPD"),
    "pos_late_days_tolerant_max_24m": lambda rows: worst(inside(rows, 24), "SK_DPD_DEF"),
    "pos_late_share_12m": lambda rows: late_share(inside(rows, 12)),
    "pos_late_loans_share_all": lambda rows: (
        sum(any(map(is_late, loan)) for loan in by_loan(rows)) / len(by_loan(rows))
    ),
    "pos_last_late_months_all": lambda rows: min(
        (float(0 - row["MONTHS_BALANCE"]) for row in rows if is_late(row)), default=None
    ),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        rows = tables["POS_CASH_balance"]
        assert values[client][name] == (PLAIN[name](rows) if rows else None), f"client {client}"


def test_a_loan_without_a_recent_record_has_nothing_left_to_pay(client_seven: Callable[..., Row]):
    def left(month: int) -> float | None:
        row = {"SK_ID_PREV": 1, "MONTHS_BALANCE": month, "CNT_INSTALMENT_FUTURE": 8, "NAME_CONTRACT_STATUS": "Active"}
        return client_seven(POS_CASH_balance=[row])["pos_remaining_n_all"]

    assert (left(-2), left(-3)) == (8.0, 0.0)
