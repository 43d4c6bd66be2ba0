"""Recency, runs and what still runs of instalment loans here, against a plain computation."""

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


def inside(rows: Rows, months: int) -> Rows:
    return [row for row in rows if row["MONTHS_BALANCE"] >= -months]


def late(rows: Rows) -> Rows:
    return [row for row in rows if (row["SK_DPD"] or 0) > 0]


def loans(rows: Rows) -> list[Rows]:
    return [[row for row in rows if row["SK_ID_PREV"] == loan] for loan in {row["SK_ID_PREV"] for row in rows}]


def is_running(loan: Rows) -> bool:
    latest = max(row["MONTHS_BALANCE"] for row in loan)
    return latest >= -2 and "Completed" not in stated(loan, "NAME_CONTRACT_STATUS")


def remaining(loan: Rows) -> int | None:
    known = [row for row in loan if row["CNT_INSTALMENT_FUTURE"] is not None]
    month = max((row["MONTHS_BALANCE"] for row in known), default=None)
    return max((row["CNT_INSTALMENT_FUTURE"] for row in known if row["MONTHS_BALANCE"] == month), default=None)


def left(rows: Rows) -> float | None:
    open_loans = [loan for loan in loans(rows) if is_running(loan) and stated(loan, "CNT_INSTALMENT")]
    still = [found for loan in open_loans if (found := remaining(loan)) is not None]
    return over(sum(still), sum(max(stated(loan, "CNT_INSTALMENT")) for loan in open_loans)) if still else None


def weight(row: Row) -> int:
    return max(36 + row["MONTHS_BALANCE"], 0)


def change(rows: Rows) -> float | None:
    recent, earlier = inside(rows, 12), [row for row in rows if row["MONTHS_BALANCE"] < -12]
    now, then = over(len(late(recent)), len(recent)), over(len(late(earlier)), len(earlier))
    return None if now is None or then is None else now - then


def longest_run(rows: Rows) -> float:
    """Longest run of late months of one loan, month by month."""
    found = {(row["SK_ID_PREV"], row["MONTHS_BALANCE"]) for row in late(rows)}
    longest = 0
    for loan, month in found:
        length = 0
        while (loan, month + length) in found:
            length += 1
        longest = max(longest, length)
    return float(longest)


PLAIN: dict[str, Callable[[Rows, Row], Any]] = {
    "pos_loans_n_all": lambda rows, _: float(len(loans(rows))),
    "pos_running_share_all": lambda rows, _: over(sum(map(is_running, loans(rows))), len(loans(rows))),
    "pos_remaining_share_all": lambda rows, _: left(rows),
    "pos_weighted_late_share_all": lambda rows, _: over(sum(map(weight, late(rows))), sum(map(weight, rows))),
    "pos_late_share_change_12m": lambda rows, _: change(rows),
    "pos_late_streak_max_all": lambda rows, _: longest_run(rows),
}


def test_a_month_in_time_breaks_a_run_and_another_loan_does_not_go_on_with_it(client_seven: Callable[..., Row]):
    late_months = {1: (-9, -8, -7, -5), 2: (-6, -4)}
    months = [
        {"SK_ID_PREV": loan, "MONTHS_BALANCE": month, "SK_DPD": 5}
        for loan in late_months
        for month in late_months[loan]
    ]
    in_time = {"SK_ID_PREV": 1, "MONTHS_BALANCE": -6, "SK_DPD": 0}
    assert client_seven(POS_CASH_balance=[*months, in_time])["pos_late_streak_max_all"] == 3.0


def test_never_late_is_a_run_of_zero(client_seven: Callable[..., Row]):
    months = [{"SK_ID_PREV": 1, "MONTHS_BALANCE": -3, "SK_DPD": 0}]
    assert client_seven(POS_CASH_balance=months)["pos_late_streak_max_all"] == 0.0


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        rows = tables["POS_CASH_balance"]
        expected = PLAIN[name](rows, tables["application"][0]) if rows else None
        assert values[client][name] == expected, f"client {client}"
