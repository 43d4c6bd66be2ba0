"""Lineage is found in the expression, through joins, aggregates and renamed columns."""

import pytest

from garant.features.catalogue import feature


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("application_annuity_to_income", {"application.AMT_ANNUITY", "application.AMT_INCOME_TOTAL"}),
        ("application_no_employment", {"application.DAYS_EMPLOYED"}),
        (
            "bureau_debt_to_income_all",
            {"bureau.AMT_CREDIT_SUM_DEBT", "bureau.DAYS_CREDIT", "application.AMT_INCOME_TOTAL"},
        ),
        ("bureau_balance_worst_days_12m", {"bureau_balance.STATUS", "bureau_balance.MONTHS_BALANCE"}),
        (
            "previous_last_goods_last1",
            {
                "previous_application.NAME_GOODS_CATEGORY",
                "previous_application.DAYS_DECISION",
                "previous_application.SK_ID_PREV",
                "previous_application.SK_ID_CURR",
            },
        ),
        (
            "installments_late_days_max_all",
            {"installments_payments.DAYS_INSTALMENT", "installments_payments.DAYS_ENTRY_PAYMENT"},
        ),
    ],
)
def test_a_feature_names_the_raw_columns_it_reads(name: str, inputs: set[str]):
    assert set(feature(name).inputs) == inputs


def test_a_flag_of_a_sentinel_is_traced_to_the_column_that_held_it():
    assert "previous_application.DAYS_TERMINATION" in feature("previous_running_annuity_to_income_all").inputs
    assert not any("FLAG_NO_" in column for column in feature("previous_running_annuity_to_income_all").inputs)
