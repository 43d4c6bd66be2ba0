"""Credits elsewhere against a plain computation over the rows of each client."""

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


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
