"""The application tables imitate the measured figures and keep the raw data's habits."""

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from garant.tables.synthetic.reference import figures, probabilities

Numbers = Callable[[pa.Table, str], np.ndarray]


def rank_correlation(first: np.ndarray, second: np.ndarray | None = None) -> np.ndarray:
    return np.asarray(stats.spearmanr(first, second, nan_policy="omit"))[0]


FIGURES = figures("application")

SAME_SHARES = ("NAME_TYPE_SUITE", "NAME_EDUCATION_TYPE", "FLAG_OWN_REALTY", "REGION_RATING_CLIENT_W_CITY")

QUANTILES = (
    "AMT_INCOME_TOTAL",
    "DAYS_BIRTH",
    "DAYS_EMPLOYED",
    "DAYS_REGISTRATION",
    "DAYS_ID_PUBLISH",
    "DAYS_LAST_PHONE_CHANGE",
    "EXT_SOURCE_1",
    "EXT_SOURCE_2",
    "EXT_SOURCE_3",
    "OWN_CAR_AGE",
    "APARTMENTS_AVG",
    "LIVINGAREA_MEDI",
    "TOTALAREA_MODE",
)


def known(numbers: Numbers, table: pa.Table, column: str) -> np.ndarray:
    values = numbers(table, column)
    return values[~np.isnan(values) & (values != 365_243)]


@pytest.mark.parametrize("column", QUANTILES)
def test_quantiles_are_those_of_the_reference(column: str, applications: pa.Table, numbers: Numbers):
    values = known(numbers, applications, column)
    wanted = dict(zip(probabilities(), FIGURES["quantiles"][column], strict=True))
    for probability in (0.05, 0.25, 0.5, 0.75, 0.95):
        # Values have ties, so that the share below and the share at or below bracket the probability.
        below, up_to = (values < wanted[probability]).mean(), (values <= wanted[probability]).mean()
        assert below - 0.05 <= probability <= up_to + 0.05, (probability, below, up_to)


@pytest.mark.parametrize("column", sorted(FIGURES["missing"]))
def test_missing_shares_are_those_of_the_reference(column: str, applications: pa.Table):
    wanted = FIGURES["missing"][column]
    found = applications[column].null_count / applications.num_rows
    assert abs(found - wanted) < 0.012 + 4 * np.sqrt(wanted / applications.num_rows)


@pytest.mark.parametrize("column", SAME_SHARES)
def test_levels_have_the_shares_of_the_reference(
    column: str, applications: pa.Table, shares: Callable[..., Mapping[object, float]]
):
    found = {str(value or ""): share for value, share in shares(applications, column).items()}
    wanted = {name: entry[0] for name, entry in FIGURES["levels"][column].items()}
    assert set(found) <= set(wanted)
    assert sum(abs(found.get(name, 0.0) - share) for name, share in wanted.items()) / 2 < 0.02


def test_sex_income_type_and_family_have_about_the_real_shares(
    applications: pa.Table, shares: Callable[..., Mapping[object, float]]
):
    # Published shares of the complete competition table, rounded; the lender has fewer rows.
    assert abs(shares(applications, "CODE_GENDER")["F"] - 0.66) < 0.03
    assert abs(shares(applications, "NAME_INCOME_TYPE")["Pensioner"] - 0.18) < 0.03
    assert abs(shares(applications, "NAME_FAMILY_STATUS")["Married"] - 0.64) < 0.03
    assert abs(shares(applications, "NAME_CONTRACT_TYPE")["Revolving loans"] - 0.095) < 0.02
    assert abs(shares(applications, "FLAG_OWN_CAR")["Y"] - 0.34) < 0.03


def test_rank_correlations_are_those_of_the_reference(applications: pa.Table, numbers: Numbers):
    columns = FIGURES["spearman"]["columns"]
    values = np.column_stack([numbers(applications, column) for column in columns])
    values[values == 365_243] = np.nan
    found = rank_correlation(values)
    gap = np.abs(found - np.array(FIGURES["spearman"]["matrix"]))
    assert gap.max() < 0.09, (columns, gap.round(3))
    assert gap.mean() < 0.025


@pytest.mark.parametrize(
    ("column", "wanted"),
    # Measured on real applications.
    [("EXT_SOURCE_1", -0.154), ("EXT_SOURCE_2", -0.143), ("EXT_SOURCE_3", -0.168), ("DAYS_BIRTH", 0.080)],
)
def test_what_matters_in_reality_matters_here(
    column: str, wanted: float, applications: pa.Table, truth: pa.Table, numbers: Numbers
):
    values, label = numbers(applications, column), numbers(truth, "TARGET")
    there = ~np.isnan(values)
    assert abs(rank_correlation(values[there], label[there]) - wanted) < 0.05


def test_people_without_work_have_the_sentinel_and_no_employer(applications: pa.Table, numbers: Numbers):
    no_work = numbers(applications, "DAYS_EMPLOYED") == 365_243
    assert 0.15 < no_work.mean() < 0.22
    organisation = np.array(applications["ORGANIZATION_TYPE"].to_pylist())
    assert np.array_equal(organisation == "XNA", no_work)
    assert applications["OCCUPATION_TYPE"].is_null().to_numpy()[no_work].all()
    assert np.array_equal(numbers(applications, "FLAG_EMP_PHONE") == 0, no_work)


def test_only_car_owners_have_a_car_age(applications: pa.Table):
    owner = np.array(applications["FLAG_OWN_CAR"].to_pylist()) == "Y"
    assert np.array_equal(applications["OWN_CAR_AGE"].is_valid().to_numpy(), owner)


def test_no_day_lies_in_the_future_but_the_sentinel(applications: pa.Table, numbers: Numbers):
    for column in applications.column_names:
        if column.startswith("DAYS_"):
            values = numbers(applications, column)
            assert np.nanmax(values[values != 365_243]) <= 0, column


def test_nobody_works_or_registers_before_birth(applications: pa.Table, numbers: Numbers):
    birth = numbers(applications, "DAYS_BIRTH")
    for column in ("DAYS_EMPLOYED", "DAYS_REGISTRATION", "DAYS_ID_PUBLISH"):
        assert np.all(numbers(applications, column) >= birth), column


def test_building_columns_are_near_triplicates_with_many_gaps(applications: pa.Table, numbers: Numbers):
    for stem in FIGURES["building_loadings"]:
        average, mode, median = (numbers(applications, f"{stem}_{end}") for end in ("AVG", "MODE", "MEDI"))
        assert 0.45 < np.isnan(average).mean() < 0.72, stem
        assert np.array_equal(np.isnan(average), np.isnan(mode))
        assert np.array_equal(np.isnan(average), np.isnan(median))
        there = ~np.isnan(average)
        assert not np.array_equal(average[there], mode[there])
        assert rank_correlation(average[there], median[there]) > 0.95
        assert rank_correlation(average[there], mode[there]) > 0.88


def test_household_and_circle_are_consistent(applications: pa.Table, numbers: Numbers):
    children, members = numbers(applications, "CNT_CHILDREN"), numbers(applications, "CNT_FAM_MEMBERS")
    assert set(np.unique(members - children)) == {1.0, 2.0}
    for days in (30, 60):
        seen = numbers(applications, f"OBS_{days}_CNT_SOCIAL_CIRCLE")
        defaults = numbers(applications, f"DEF_{days}_CNT_SOCIAL_CIRCLE")
        assert np.all((defaults <= seen) | np.isnan(seen))


def test_at_most_one_of_the_three_usual_documents_is_there(applications: pa.Table, numbers: Numbers):
    total = sum(numbers(applications, f"FLAG_DOCUMENT_{number}") for number in (3, 6, 8))
    assert set(np.unique(total)) == {0.0, 1.0}
    assert abs(numbers(applications, "FLAG_DOCUMENT_3").mean() - 0.71) < 0.03
