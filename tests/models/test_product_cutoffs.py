"""Two products with two cut-offs: each applicant is judged by the cut-off of the product."""

import numpy as np
import pytest

from garant.metrics.cost import cost
from garant.models.calibrator import Calibrator
from garant.models.cutoff import Costs, Outcome, ReferBand
from garant.models.decision_measures import decision_measures
from garant.models.evaluation import evaluate_held_out
from garant.models.loans import MIN_ROWS, Loans, product_groups
from garant.models.pd_bands import OTHER, accepted_contributions, cutoff_measures, judged_bands, pd_bands, product_bands
from garant.models.product_cutoffs import PRODUCTS, Cutoffs
from garant.models.product_results import product_results

CASH, REVOLVING = PRODUCTS
CUTOFFS = Cutoffs.of(Costs(1, 9), {REVOLVING: Costs(1, 3)})


def sample(rows: int = 4_000, seed: int = 3) -> tuple[np.ndarray, np.ndarray, Loans]:
    rng = np.random.default_rng(seed)
    pd = 1 / (1 + np.exp(-rng.normal(-2, 1.0, rows)))
    label = (rng.random(rows) < pd).astype(np.int8)
    product = rng.choice(np.array([CASH, REVOLVING, None], dtype=object), rows, p=[0.7, 0.25, 0.05])
    return label, pd, Loans(product, rng.uniform(100, 900, rows))


def test_the_same_pd_at_a_border_has_the_outcome_of_its_product() -> None:
    product = np.array([CASH, REVOLVING, REVOLVING, REVOLVING, None], dtype=object)
    pd = np.array([0.1, 0.1, 0.25, np.nextafter(0.25, 0), np.nextafter(0.1, 0)])
    outcomes = CUTOFFS.rows(product).outcomes(pd)
    assert outcomes[Outcome.ACCEPT].tolist() == [False, True, False, True, True]
    assert outcomes[Outcome.REFUSE].tolist() == [True, False, True, False, False]
    assert not outcomes[Outcome.REFER].any()


def test_the_refer_band_of_a_product_has_the_widths_of_the_single_one() -> None:
    cutoffs = Cutoffs.of(Costs(1, 9), {REVOLVING: Costs(1, 3)}, band=ReferBand(0.08, 0.125))

    def odds(pd: float) -> float:
        return pd / (1 - pd)

    band = cutoffs.terms(REVOLVING).refer_band
    assert odds(band.lower) / odds(0.25) == pytest.approx(odds(0.08) / odds(0.1))
    assert odds(band.upper) / odds(0.25) == pytest.approx(odds(0.125) / odds(0.1))


def test_cost_and_shares_are_those_of_each_product_added_up() -> None:
    label, pd, loans = sample()
    found = decision_measures(label, pd, CUTOFFS.rows(loans.product), seed=1, replicates=50)
    revolving = loans.product == REVOLVING
    parts = (
        cost(label[~revolving], pd[~revolving], cutoff=0.1, c_fp=1, c_fn=9) * np.sum(~revolving),
        cost(label[revolving], pd[revolving], cutoff=0.25, c_fp=1, c_fn=3) * np.sum(revolving),
    )
    assert found["cost"].value == pytest.approx(sum(parts) / len(pd))
    accepted = np.sum(pd[~revolving] < 0.1) + np.sum(pd[revolving] < 0.25)
    assert found["accept"].value == pytest.approx(accepted / len(pd))
    assert found["cost"].low < found["cost"].value < found["cost"].high


def test_the_order_of_applicants_changes_no_interval() -> None:
    label, pd, loans = sample()
    order = np.random.default_rng(0).permutation(len(pd))
    rows, turned = CUTOFFS.rows(loans.product), CUTOFFS.rows(loans.product[order])
    first = decision_measures(label, pd, rows, seed=1, replicates=20)
    assert decision_measures(label[order], pd[order], turned, seed=1, replicates=20) == first


def test_an_evaluation_uses_the_cut_off_of_the_product() -> None:
    label, pd, loans = sample(600)
    margin = np.log(pd / (1 - pd))
    found = evaluate_held_out(label, margin, Calibrator(1, 0), cutoffs=CUTOFFS, loans=loans, seed=1, replicates=10)
    expected = np.where(loans.product == REVOLVING, pd < 0.25, pd < 0.1)
    assert found.measures["accept"].value == pytest.approx(np.mean(expected))
    assert found.cutoff == 0.1


def test_counts_by_product_say_exactly_what_a_recut_to_whole_ratios_does() -> None:
    label, pd, loans = sample(100_000)
    by_product = product_bands(pd, loans, label, {"debt": pd})
    assert set(by_product) == {CASH, REVOLVING, OTHER}
    judged = judged_bands(pd_bands(pd, label, {"debt": pd}), by_product, CUTOFFS)
    assert judged is not None
    rows = CUTOFFS.rows(loans.product)
    exact = decision_measures(label, pd, rows, seed=1, replicates=10)
    found = cutoff_measures(judged, seed=1, replicates=10)
    assert {name: each.value for name, each in found.items()} == pytest.approx(
        {name: each.value for name, each in exact.items()}
    )
    assert accepted_contributions(judged)["debt"] == pytest.approx(pd[pd < rows.cutoff].mean())


def test_a_product_that_was_counted_with_others_cannot_be_judged_apart() -> None:
    label, pd, loans = sample(400)
    loans.product[:] = CASH
    loans.product[:5] = REVOLVING
    by_product = product_bands(pd, loans, label, {})
    assert judged_bands(pd_bands(pd, label, {}), by_product, CUTOFFS) is None


@pytest.mark.parametrize("n_revolving", [0, 1, 19, 20, 200])
@pytest.mark.parametrize("n_unknown", [0, 3, 40])
def test_no_group_of_applicants_is_small_and_nobody_is_lost(n_revolving: int, n_unknown: int) -> None:
    product = np.array([CASH] * 300 + [REVOLVING] * n_revolving + [None] * n_unknown, dtype=object)
    groups = product_groups(product, PRODUCTS)
    sizes = [int(np.sum(mask)) for _, mask in groups]
    assert min(sizes) >= MIN_ROWS
    assert sum(sizes) == len(product)


def test_results_by_product_are_those_of_its_applicants() -> None:
    label, pd, loans = sample()
    found = {each.product: each for each in product_results(label, pd, loans, CUTOFFS.rows(loans.product))}
    mine = loans.product == REVOLVING
    revolving = found[REVOLVING]
    assert (revolving.rows, revolving.cutoff, revolving.ratio) == (np.sum(mine), 0.25, 3)
    assert revolving.bad_rate == pytest.approx(label[mine].mean())
    assert revolving.mean_credit == pytest.approx(loans.credit[mine].mean())
    assert revolving.shares[Outcome.REFUSE] == pytest.approx(np.mean(pd[mine] >= 0.25))
    assert revolving.cost == pytest.approx(cost(label[mine], pd[mine], cutoff=0.25, c_fp=1, c_fn=3))
    assert found[None].cutoff == found[CASH].cutoff == 0.1
