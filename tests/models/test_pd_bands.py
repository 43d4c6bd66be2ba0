"""Counts by bands of PD, and what can be said from them at another cut-off."""

import numpy as np
import pytest

from garant.metrics.cost import cost
from garant.metrics.intervals import bootstrap
from garant.models.cutoff import Costs, ReferBand, cutoff
from garant.models.loans import Loans
from garant.models.pd_bands import (
    MIN_BAND_ROWS,
    PdBand,
    accepted_contributions,
    cutoff_measures,
    judged_bands,
    pd_bands,
    product_bands,
)
from garant.models.product_cutoffs import PRODUCTS, Cutoffs


def sample(rows: int = 20_000, seed: int = 4) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    pd = 1 / (1 + np.exp(-rng.normal(-2.5, 1.0, rows)))
    label = (rng.random(rows) < pd).astype(np.int8)
    return pd, label, {"debt": rng.normal(pd, 0.1), "delays": rng.normal(size=rows)}


@pytest.mark.parametrize("ratio", ["1:10", "1:12", "1:5", "1:2"])
def test_cost_and_shares_at_a_whole_ratio_are_those_of_the_applicants(ratio: str) -> None:
    pd, label, contributions = sample()
    costs = Costs.parse(ratio)
    point = cutoff(costs)
    found = cutoff_measures([(pd_bands(pd, label, contributions), Cutoffs.of(costs).single)], seed=1)
    assert found["cost"].value == pytest.approx(cost(label, pd, cutoff=point, c_fp=costs.c_fp, c_fn=costs.c_fn))
    assert found["accept"].value == pytest.approx(np.mean(pd < point))
    assert found["refer"].value == pytest.approx(0.0)
    assert found["refuse"].value == pytest.approx(np.mean(pd >= point))


def test_between_two_borders_the_answer_is_near() -> None:
    pd, label, contributions = sample()
    costs = Costs.parse("1:11.5")
    found = cutoff_measures(
        [(pd_bands(pd, label, contributions), Cutoffs.of(costs, band=ReferBand(0.06, 0.13)).single)], seed=1
    )
    assert found["accept"].value == pytest.approx(np.mean(pd < 0.06), abs=0.003)
    assert found["refuse"].value == pytest.approx(np.mean(pd >= 0.13), abs=0.003)
    assert found["cost"].value == pytest.approx(cost(label, pd, cutoff=cutoff(costs), c_fp=1, c_fn=11.5), abs=0.003)


def test_intervals_from_bands_are_those_of_a_bootstrap_of_applicants() -> None:
    pd, label, contributions = sample()
    costs = Costs.parse("1:10")
    found = cutoff_measures([(pd_bands(pd, label, contributions), Cutoffs.of(costs).single)], seed=1)["cost"]
    plain = bootstrap(
        label, pd, lambda y, p, w: {"cost": cost(y, p, cutoff=1 / 11, c_fp=1, c_fn=10, weight=w)}, seed=2
    )["cost"]
    assert found.low == pytest.approx(plain.low, abs=0.1 * (plain.high - plain.low))
    assert found.high == pytest.approx(plain.high, abs=0.1 * (plain.high - plain.low))


def test_mean_contributions_of_accepted_applicants_are_exact_at_a_whole_ratio() -> None:
    pd, label, contributions = sample()
    found = accepted_contributions([(pd_bands(pd, label, contributions), Cutoffs.of(Costs(1, 12)).single)])
    assert found == pytest.approx({name: np.mean(values[pd < 1 / 13]) for name, values in contributions.items()})


def test_where_nobody_is_accepted_everybody_is_the_comparison() -> None:
    pd, label = np.linspace(0.5, 0.9, 100), np.ones(100, dtype=np.int8)
    found = accepted_contributions([(pd_bands(pd, label, {"debt": pd}), Cutoffs.of(Costs(1, 9)).single)])
    assert found["debt"] == pytest.approx(pd.mean())


@pytest.mark.parametrize("rows", [25, 400, 20_000])
def test_no_band_shows_fewer_than_twenty_applicants_and_nobody_is_lost(rows: int) -> None:
    pd, label, contributions = sample(rows)
    bands = pd_bands(pd, label, contributions)
    assert min(band.rows for band in bands) >= MIN_BAND_ROWS
    assert sum(band.rows for band in bands) == rows
    assert sum(band.positives for band in bands) == label.sum()
    assert bands[-1].upper == 1.0
    assert [band.upper for band in bands] == sorted(band.upper for band in bands)


def test_a_sample_smaller_than_a_band_is_one_band() -> None:
    pd, label, contributions = sample(12)
    (band,) = pd_bands(pd, label, contributions)
    assert (band.rows, band.upper) == (12, 1.0)


def test_products_are_judged_by_their_own_cut_offs_where_they_were_counted_apart() -> None:
    cash, revolving = PRODUCTS
    pd, label, contributions = sample(2_000)
    asked = np.array([cash, revolving], dtype=object)[np.arange(2_000) % 2]
    by_product = product_bands(pd, Loans(asked, np.ones(2_000)), label, contributions)
    everybody = pd_bands(pd, label, contributions)
    single, both = Cutoffs.of(Costs(1, 9)), Cutoffs.of(Costs(1, 9), {revolving: Costs(1, 3)})
    assert judged_bands(everybody, by_product, single) == [(everybody, single.single)]
    assert judged_bands(everybody, by_product, both) == [
        (by_product[cash], both.single),
        (by_product[revolving], both.products[revolving]),
    ]
    assert judged_bands(everybody, None, both) is None
    assert judged_bands(everybody, {cash: by_product[cash]}, both) is None


def test_a_single_product_is_counted_and_applicants_of_none_are_not_counted_twice() -> None:
    cash, _ = PRODUCTS
    pd, label, contributions = sample(100)

    def counted(product: str | None) -> dict[str, tuple[PdBand, ...]]:
        return product_bands(pd, Loans(np.full(100, product, dtype=object), np.ones(100)), label, contributions)

    # A cut-off of its own can be given to the only product later; where none is stated, everybody is all there is.
    assert counted(cash) == {cash: pd_bands(pd, label, contributions)}
    assert counted(None) == {}
