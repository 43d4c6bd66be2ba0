"""Earlier applications here against a plain computation over the rows of each client."""

from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]
Rows = list[Row]


def newest(rows: Rows, count: int) -> Rows:
    return sorted(rows, key=lambda row: (row["DAYS_DECISION"], row["SK_ID_PREV"]), reverse=True)[:count]


def since(rows: Rows, days: int) -> Rows:
    return [row for row in rows if row["DAYS_DECISION"] >= -days]


def with_status(rows: Rows, level: str) -> Rows:
    return [row for row in rows if row["NAME_CONTRACT_STATUS"] == level]


def status_share(rows: Rows, level: str) -> float | None:
    return len(with_status(rows, level)) / len(rows) if rows else None


def refused_for(rows: Rows, codes: set[str]) -> float:
    return float(sum(row["CODE_REJECT_REASON"] in codes for row in with_status(rows, "Refused")))


PLAIN: dict[str, Callable[[Rows], Any]] = {
    "previous_applications_n_90d": lambda rows: float(len(since(rows, 90))),
    "previous_applications_n_all": lambda rows: float(len(rows)),
    "previous_approved_share_last3": lambda rows: status_share(newest(rows, 3), "Approved"),
    "previous_applications_n_60d": lambda rows: float(len(since(rows, 60))),
    "previous_approved_share_first3": lambda rows: status_share(
        sorted(rows, key=lambda row: (row["DAYS_DECISION"], row["SK_ID_PREV"]))[:3], "Approved"
    ),
    "previous_refused_share_last2": lambda rows: status_share(newest(rows, 2), "Refused"),
    "previous_cancelled_share_365d": lambda rows: status_share(since(rows, 365), "Canceled"),
    "previous_history_days_all": lambda rows: float(max(0 - row["DAYS_DECISION"] for row in rows)),
    "previous_last_days_all": lambda rows: float(min(0 - row["DAYS_DECISION"] for row in rows)),
    "previous_last_status_last1": lambda rows: newest(rows, 1)[0]["NAME_CONTRACT_STATUS"],
    "previous_refused_n_730d": lambda rows: float(len(with_status(since(rows, 730), "Refused"))),
    "previous_refused_share_last5": lambda rows: status_share(newest(rows, 5), "Refused"),
    "previous_last_refused_days_all": lambda rows: min(
        (float(0 - row["DAYS_DECISION"]) for row in with_status(rows, "Refused")), default=None
    ),
    "previous_refused_scoring_n_all": lambda rows: refused_for(rows, {"SCO", "SCOFR"}),
    "previous_refused_limit_n_all": lambda rows: refused_for(rows, {"LIMIT"}),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, Rows]], values: dict[int, Row]
):
    for client, tables in clients.items():
        rows = tables["previous_application"]
        assert values[client][name] == (PLAIN[name](rows) if rows else None), f"client {client}"


def test_a_window_without_applications_has_no_share_of_refusals(client_seven: Callable[..., Row]):
    row = {"SK_ID_PREV": 1, "DAYS_DECISION": -400, "NAME_CONTRACT_STATUS": "Refused"}
    found = client_seven(previous_application=[row])
    assert (found["previous_refused_n_365d"], found["previous_refused_share_365d"]) == (0.0, None)
    assert found["previous_refused_share_all"] == 1.0
