"""Credits elsewhere against a plain computation over the rows of each client."""

from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]
Rows = list[Row]


def stated(rows: Rows, column: str) -> list[Any]:
    return [row[column] for row in rows if row[column] is not None]


def largest(found: list[Any]) -> float | None:
    return float(max(found)) if found else None


def over(top: float | None, bottom: float | None) -> float | None:
    return None if top is None or not bottom else float(top) / float(bottom)


def status(rows: Rows, level: str) -> Rows:
    return [row for row in rows if row["CREDIT_ACTIVE"] == level]


def newest(rows: Rows, count: int) -> Rows:
    return sorted(rows, key=lambda row: (row["DAYS_CREDIT"], row["SK_ID_BUREAU"]), reverse=True)[:count]


def since(rows: Rows, days: int) -> Rows:
    return [row for row in rows if row["DAYS_CREDIT"] >= -days]


def sum_or_zero(rows: Rows, column: str) -> float | None:
    """0 when there is no row, None when no row states a value."""
    found = stated(rows, column)
    return sum(found) if found else None if rows else 0


def oldest(rows: Rows, count: int) -> Rows:
    return sorted(rows, key=lambda row: (row["DAYS_CREDIT"], row["SK_ID_BUREAU"]))[:count]


def mean_amount(rows: Rows) -> float | None:
    amounts = stated(rows, "AMT_CREDIT_SUM")
    return over(over(sum(amounts), len(amounts)), 1000)


def ever_overdue(rows: Rows) -> Rows:
    return [r for r in rows if (r["AMT_CREDIT_MAX_OVERDUE"] or 0) > 0 or (r["CREDIT_DAY_OVERDUE"] or 0) > 0]


def worst_to_credit(rows: Rows) -> float | None:
    known = [row for row in rows if row["AMT_CREDIT_MAX_OVERDUE"] is not None]
    amounts = stated(known, "AMT_CREDIT_SUM")
    return over(sum(stated(known, "AMT_CREDIT_MAX_OVERDUE")), sum(amounts)) if amounts else None


def debt_share(rows: Rows) -> float | None:
    with_debt = [row for row in rows if row["AMT_CREDIT_SUM_DEBT"] is not None]
    credit = stated(with_debt, "AMT_CREDIT_SUM")
    return over(sum(stated(with_debt, "AMT_CREDIT_SUM_DEBT")), sum(credit)) if credit else None


def overdue_share(rows: Rows) -> float | None:
    return over(len(ever_overdue(rows)), len(rows))


def early_days(rows: Rows) -> float | None:
    found = [
        row["DAYS_CREDIT_ENDDATE"] - row["DAYS_ENDDATE_FACT"]
        for row in rows
        if row["DAYS_ENDDATE_FACT"] is not None
        and row["DAYS_CREDIT_ENDDATE"] is not None
        and row["DAYS_CREDIT"] <= row["DAYS_ENDDATE_FACT"] <= 0
        and row["DAYS_CREDIT_ENDDATE"] >= row["DAYS_CREDIT"]
    ]
    return over(sum(found), len(found))


def charges(rows: Rows, client: Row) -> float | None:
    if client["AMT_ANNUITY"] is None:
        return None
    return over(client["AMT_ANNUITY"] + sum(stated(status(rows, "Active"), "AMT_ANNUITY")), client["AMT_INCOME_TOTAL"])


PLAIN: dict[str, Callable[[Rows, Row], Any]] = {
    "bureau_credits_n_365d": lambda rows, _: float(len(since(rows, 365))),
    "bureau_active_share_last3": lambda rows, _: over(len(status(newest(rows, 3), "Active")), min(len(rows), 3)),
    "bureau_history_days_all": lambda rows, _: largest([0 - row["DAYS_CREDIT"] for row in rows]),
    "bureau_microloans_n_all": lambda rows, _: float(sum(row["CREDIT_TYPE"] == "Microloan" for row in rows)),
    "bureau_credit_mean_last3": lambda rows, _: over(
        over(sum(stated(newest(rows, 3), "AMT_CREDIT_SUM")), len(stated(newest(rows, 3), "AMT_CREDIT_SUM"))), 1000
    ),
    "bureau_credits_n_60d": lambda rows, _: float(len(since(rows, 60))),
    "bureau_active_share_last5": lambda rows, _: over(len(status(newest(rows, 5), "Active")), min(len(rows), 5)),
    "bureau_credit_mean_last2": lambda rows, _: mean_amount(newest(rows, 2)),
    "bureau_credit_mean_first3": lambda rows, _: mean_amount(oldest(rows, 3)),
    "bureau_last_overdue_credit_days_all": lambda rows, _: min(
        (float(0 - row["DAYS_CREDIT"]) for row in ever_overdue(rows)), default=None
    ),
    "bureau_worst_overdue_to_credit_all": lambda rows, _: worst_to_credit(rows),
    "bureau_debt_sum_730d": lambda rows, _: over(sum_or_zero(since(rows, 730), "AMT_CREDIT_SUM_DEBT"), 1000),
    "bureau_remaining_days_max_all": lambda rows, _: largest(
        [days for days in stated(status(rows, "Active"), "DAYS_CREDIT_ENDDATE") if days > 0]
    ),
    "bureau_early_days_mean_all": lambda rows, _: early_days(rows),
    "bureau_last_closed_days_all": lambda rows, _: (
        float(min(ended)) if (ended := [0 - d for d in stated(rows, "DAYS_ENDDATE_FACT") if d <= 0]) else None
    ),
    "bureau_debt_sum_365d": lambda rows, _: over(sum_or_zero(since(rows, 365), "AMT_CREDIT_SUM_DEBT"), 1000),
    "bureau_debt_to_credit_last3": lambda rows, _: debt_share(newest(rows, 3)),
    "bureau_active_debt_to_credit_all": lambda rows, _: debt_share(status(rows, "Active")),
    "bureau_card_debt_to_credit_all": lambda rows, _: debt_share(
        [row for row in status(rows, "Active") if row["CREDIT_TYPE"] == "Credit card"]
    ),
    "bureau_debt_to_income_all": lambda rows, client: over(
        sum_or_zero(rows, "AMT_CREDIT_SUM_DEBT"), client["AMT_INCOME_TOTAL"]
    ),
    "bureau_charges_to_income_all": charges,
    "bureau_overdue_days_max_all": lambda rows, _: largest(stated(rows, "CREDIT_DAY_OVERDUE")),
    "bureau_worst_overdue_max_730d": lambda rows, _: over(
        largest(stated(since(rows, 730), "AMT_CREDIT_MAX_OVERDUE")), 1000
    ),
    "bureau_overdue_credits_share_all": lambda rows, _: overdue_share(rows),
    "bureau_prolonged_n_all": lambda rows, _: sum_or_zero(rows, "CNT_CREDIT_PROLONG"),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        rows = tables["bureau"]
        expected = PLAIN[name](rows, tables["application"][0]) if rows else None
        assert values[client][name] == expected, f"client {client}"


def test_a_client_without_bureau_rows_gets_null_not_zero(client_seven: Callable[..., Row]):
    assert client_seven()["bureau_credits_n_all"] is None


def test_no_credit_in_the_window_is_zero_and_unknown_debt_is_null(client_seven: Callable[..., Row]):
    old = {"SK_ID_BUREAU": 1, "DAYS_CREDIT": -400, "AMT_CREDIT_SUM": 5_000, "CREDIT_ACTIVE": "Active"}
    found = client_seven(bureau=[old])
    assert (found["bureau_credits_n_365d"], found["bureau_debt_sum_365d"]) == (0.0, 0.0)
    assert found["bureau_debt_sum_all"] is None
    assert found["bureau_debt_to_credit_all"] is None


def test_the_edge_of_a_window_and_the_application_day_belong_to_it(client_seven: Callable[..., Row]):
    days = [-366, -365, 0, 1]
    rows = [{"SK_ID_BUREAU": n, "DAYS_CREDIT": day} for n, day in enumerate(days)]
    assert client_seven(bureau=rows)["bureau_credits_n_365d"] == 2.0


def test_of_credits_of_one_day_the_higher_number_is_the_newer(client_seven: Callable[..., Row]):
    rows = [
        {"SK_ID_BUREAU": n, "DAYS_CREDIT": -10, "AMT_CREDIT_SUM": 1000 * n, "CREDIT_ACTIVE": "Closed"} for n in range(9)
    ]
    assert client_seven(bureau=rows)["bureau_credit_mean_last3"] == 7.0


def test_an_end_a_century_back_is_no_early_repayment(client_seven: Callable[..., Row]):
    row = {"SK_ID_BUREAU": 1, "DAYS_CREDIT": -900, "DAYS_CREDIT_ENDDATE": -41_875, "DAYS_ENDDATE_FACT": -100}
    assert client_seven(bureau=[row])["bureau_early_days_mean_all"] is None
