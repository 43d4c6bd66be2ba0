"""Features of the application itself against a plain computation."""

from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]


def over(top: float | None, bottom: float | None) -> float | None:
    return None if top is None or not bottom else float(top) / float(bottom)


def before(days: int | None) -> float | None:
    return None if days is None else float(0 - days)


def all_stated(cells: list[int | None]) -> float | None:
    return None if None in cells else float(sum(cell or 0 for cell in cells))


def sum_of_stated(cells: list[int | None]) -> float | None:
    stated = [cell for cell in cells if cell is not None]
    return float(sum(stated)) if stated else None


def scores(row: Row) -> list[float]:
    return [score for n in (1, 2, 3) if (score := row[f"EXT_SOURCE_{n}"]) is not None]


def enquiries(row: Row, *lengths: str) -> float | None:
    return all_stated([row[f"AMT_REQ_CREDIT_BUREAU_{length}"] for length in lengths])


PLAIN: dict[str, Callable[[Row], Any]] = {
    "application_income": lambda row: over(row["AMT_INCOME_TOTAL"], 1000),
    "application_contract_type": lambda row: row["NAME_CONTRACT_TYPE"],
    "application_credit_to_annuity": lambda row: over(row["AMT_CREDIT"], row["AMT_ANNUITY"]),
    "application_credit_above_goods": lambda row: (
        None
        if row["AMT_CREDIT"] is None or row["AMT_GOODS_PRICE"] is None
        else (row["AMT_CREDIT"] - row["AMT_GOODS_PRICE"]) / 1000
    ),
    "application_work_phone": lambda row: all_stated([row["FLAG_WORK_PHONE"]]),
    "application_email": lambda row: all_stated([row["FLAG_EMAIL"]]),
    "application_annuity_to_income": lambda row: over(row["AMT_ANNUITY"], row["AMT_INCOME_TOTAL"]),
    "application_credit_to_goods": lambda row: over(row["AMT_CREDIT"], row["AMT_GOODS_PRICE"]),
    "application_external_score_2": lambda row: row["EXT_SOURCE_2"],
    "application_external_score_mean": lambda row: over(sum(scores(row)), len(scores(row))),
    "application_external_score_min": lambda row: min(scores(row), default=None),
    "application_external_score_max": lambda row: max(scores(row), default=None),
    "application_external_score_spread": lambda row: max(scores(row)) - min(scores(row)) if scores(row) else None,
    "application_employed_days": lambda row: before(row["DAYS_EMPLOYED"]),
    "application_no_employment": lambda row: float(row["FLAG_NO_EMPLOYMENT"]),
    "application_phone_days": lambda row: before(row["DAYS_LAST_PHONE_CHANGE"]),
    "application_documents_n": lambda row: sum_of_stated([row[f"FLAG_DOCUMENT_{n}"] for n in range(2, 22)]),
    "application_own_car": lambda row: {"Y": 1.0, "N": 0.0, None: None}[row["FLAG_OWN_CAR"]],
    "application_enquiries_n_30d": lambda row: enquiries(row, "HOUR", "DAY", "WEEK", "MON"),
    "application_enquiries_recent_share": lambda row: over(
        enquiries(row, "HOUR", "DAY", "WEEK", "MON", "QRT"), enquiries(row, "HOUR", "DAY", "WEEK", "MON", "QRT", "YEAR")
    ),
    "application_income_per_head": lambda row: over(over(row["AMT_INCOME_TOTAL"], row["CNT_FAM_MEMBERS"]), 1000),
    "application_employed_to_age": lambda row: over(before(row["DAYS_EMPLOYED"]), before(row["DAYS_BIRTH"])),
    "application_city_mismatch_n": lambda row: all_stated(
        [row[name] for name in ("REG_CITY_NOT_LIVE_CITY", "REG_CITY_NOT_WORK_CITY", "LIVE_CITY_NOT_WORK_CITY")]
    ),
    "application_social_defaults_60_n": lambda row: all_stated([row["DEF_60_CNT_SOCIAL_CIRCLE"]]),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, list[Row]]], values: dict[int, Row]
):
    for client, tables in clients.items():
        assert values[client][name] == PLAIN[name](tables["application"][0]), f"client {client}"


@pytest.mark.parametrize(
    ("column", "feature", "level"),
    [
        ("NAME_INCOME_TYPE", "application_income_type", "Maternity leave"),
        ("ORGANIZATION_TYPE", "application_organization", "Religion"),
    ],
)
def test_levels_that_point_to_religion_or_maternity_are_told_as_other(
    column: str, feature: str, level: str, client_seven: Callable[..., Row]
):
    assert client_seven(application=[{column: level}])[feature] == "Other"
    assert client_seven(application=[{column: "Working"}])[feature] == "Working"
    assert client_seven(application=[{column: None}])[feature] is None


def test_without_any_external_score_their_mean_is_null_not_zero(client_seven: Callable[..., Row]):
    assert client_seven(application=[{}])["application_external_score_mean"] is None
    assert client_seven(application=[{"EXT_SOURCE_3": 0.25}])["application_external_score_mean"] == 0.25
