"""The known truth: the formula, the label, the best possible AUC, drift and shock."""

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.metrics.discrimination import auc
from garant.tables.synthetic import Shock, SyntheticLender


def expected_auc(pd: np.ndarray) -> float:
    """Return the AUC that labels drawn from `pd` have on average: the chance that a bad outranks a good."""
    ordered = np.sort(pd)
    bad, good = ordered / ordered.sum(), (1 - ordered) / (1 - ordered).sum()
    return float((bad * (np.cumsum(good) - good / 2)).sum())


def days_since_start(applications: pa.Table) -> np.ndarray:
    return applications["APPLICATION_DATE"].to_numpy().astype("datetime64[D]") - np.datetime64("2024-07-01")


def test_the_true_pd_follows_the_stated_formula(
    applications: pa.Table, truth: pa.Table, numbers: Callable[..., np.ndarray]
):
    z = numbers(truth, "z")
    young_hire = (-numbers(applications, "DAYS_BIRTH") < 30 * 365.25) & (
        -numbers(applications, "DAYS_EMPLOYED") < 365.25
    )
    young_hire &= numbers(applications, "DAYS_EMPLOYED") < 0
    burdened = numbers(applications, "AMT_ANNUITY") > 0.25 * numbers(applications, "AMT_INCOME_TOTAL")
    educated = np.array(applications["NAME_EDUCATION_TYPE"].to_pylist()) == "Higher education"
    position = days_since_start(applications) / np.timedelta64(729, "D") - 0.5
    margin = -3.34 - 0.015 + z * (1.6 + 0.15 * burdened - 0.35 * educated) + 0.30 * young_hire + 0.30 * position
    assert np.allclose(numbers(truth, "true_pd"), 1 / (1 + np.exp(-margin)), rtol=1e-12)


def test_about_eight_in_a_hundred_default_and_the_labels_follow_the_true_pd(
    truth: pa.Table, numbers: Callable[..., np.ndarray]
):
    pd, label = numbers(truth, "true_pd"), numbers(truth, "TARGET")
    deviation = np.sqrt((pd * (1 - pd)).sum())
    assert abs(label.sum() - pd.sum()) < 3 * deviation
    # The mean PD of 8,192 clients varies by about 0.0012 around 8.07 %.
    assert abs(pd.mean() - 0.0807) < 4 * 0.0012
    for decile in np.array_split(np.argsort(pd), 10):
        spread = np.sqrt((pd[decile] * (1 - pd[decile])).sum())
        assert abs(label[decile].sum() - pd[decile].sum()) < 4 * spread


def test_no_score_can_do_better_than_an_auc_of_about_0_845(truth: pa.Table, numbers: Callable[..., np.ndarray]):
    pd, label = numbers(truth, "true_pd"), numbers(truth, "TARGET")
    assert abs(expected_auc(pd) - 0.845) < 0.006
    bad = label.sum()
    # Standard error of an AUC with this many bad cases (Hanley and McNeil), of the order of 0.008.
    a = expected_auc(pd)
    q1, q2 = a / (2 - a), 2 * a**2 / (1 + a)
    good = len(label) - bad
    error = np.sqrt((a * (1 - a) + (bad - 1) * (q1 - a**2) + (good - 1) * (q2 - a**2)) / (bad * good))
    assert abs(auc(label, pd) - a) < 3 * error


def test_the_latent_risk_is_standard_normal(truth: pa.Table, numbers: Callable[..., np.ndarray]):
    z = numbers(truth, "z")
    n = len(z)
    assert abs(z.mean()) < 4 / np.sqrt(n)
    assert abs(z.std() - 1) < 4 / np.sqrt(2 * n)


def test_the_training_table_shows_the_label_that_the_truth_knows(tables: Mapping[str, pa.Table], truth: pa.Table):
    train = tables["application_train"].select(["SK_ID_CURR", "TARGET"])
    joined = train.join(truth.rename_columns(["SK_ID_CURR", "z", "true_pd", "TRUE"]), "SK_ID_CURR")
    assert joined.num_rows == train.num_rows
    assert joined["TARGET"].equals(joined["TRUE"])


def test_the_calendar_has_two_years_and_fewer_applications_on_sunday(
    applications: pa.Table, shares: Callable[..., Mapping[object, float]]
):
    days = applications["APPLICATION_DATE"].to_pylist()
    assert (min(days), max(days)) == (date(2024, 7, 1), date(2026, 6, 30))
    assert shares(applications, "WEEKDAY_APPR_PROCESS_START")["SUNDAY"] < 0.08
    names = [day.strftime("%A").upper() for day in days]
    assert names == applications["WEEKDAY_APPR_PROCESS_START"].to_pylist()


def test_risk_and_marginals_drift_slowly(applications: pa.Table, truth: pa.Table, numbers: Callable[..., np.ndarray]):
    late = days_since_start(applications) >= np.timedelta64(365, "D")
    margin = np.log(numbers(truth, "true_pd") / (1 - numbers(truth, "true_pd"))) - 1.6 * numbers(truth, "z")
    # Half a calendar apart on average: half of the stated 0.30.
    assert abs(margin[late].mean() - margin[~late].mean() - 0.15) < 0.03
    known = ~np.isnan(numbers(applications, "EXT_SOURCE_1"))
    assert known[late].mean() > known[~late].mean()
    revolving = np.array(applications["NAME_CONTRACT_TYPE"].to_pylist()) == "Revolving loans"
    assert revolving[late].mean() < revolving[~late].mean()


def test_a_shock_changes_nothing_before_it_and_much_after_it(
    lender: SyntheticLender, shocked: SyntheticLender, numbers: Callable[..., np.ndarray]
):
    before = pc.field("APPLICATION_DATE") < pa.scalar(Shock().starts)
    for plain_file, shocked_file in zip(lender.files[:2], shocked.files[:2], strict=True):
        plain, hit = pq.read_table(plain_file), pq.read_table(shocked_file)
        assert plain.filter(before).equals(hit.filter(before))
        after, after_hit = plain.filter(~before), hit.filter(~before)
        assert numbers(after_hit, "AMT_INCOME_TOTAL").mean() < 0.95 * numbers(after, "AMT_INCOME_TOTAL").mean()
        assert np.nanmean(numbers(after_hit, "EXT_SOURCE_2")) < np.nanmean(numbers(after, "EXT_SOURCE_2")) - 0.03
    for plain_file, shocked_file in zip(lender.files[2:], shocked.files[2:], strict=True):
        assert plain_file.read_bytes() == shocked_file.read_bytes()


def test_a_shock_raises_the_odds_of_default_by_what_it_says(
    lender: SyntheticLender, shocked: SyntheticLender, applications: pa.Table, numbers: Callable[..., np.ndarray]
):
    plain, hit = pq.read_table(lender.truth), pq.read_table(shocked.truth)
    days = applications["APPLICATION_DATE"].to_numpy().astype("datetime64[D]")
    after = days >= np.datetime64(Shock().starts)
    change = np.log(numbers(hit, "true_pd") / (1 - numbers(hit, "true_pd"))) - np.log(
        numbers(plain, "true_pd") / (1 - numbers(plain, "true_pd"))
    )
    assert np.all(change[~after] == 0)
    # Lower incomes move some people over the limit of a heavy burden: the median is the shock itself.
    assert abs(np.median(change[after]) - 0.80) < 1e-9
    assert numbers(hit, "TARGET")[after].mean() > 1.4 * numbers(plain, "TARGET")[after].mean()
