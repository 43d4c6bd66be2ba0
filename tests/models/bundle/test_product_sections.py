"""Economics and cut-offs of products in a bundle: cut anew, written so that no reader passes over them, checked."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from garant.exceptions import BundleFormatError
from garant.metrics.cost import cost
from garant.models.bundle.content import BundleContent
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.recut import recut
from garant.models.bundle.signature import Signer
from garant.models.bundle.trust import Trust
from garant.models.bundle.writing import write_bundle
from garant.models.calibration import cross_fitted_log_odds
from garant.models.calibrator import pd_of
from garant.models.cutoff import ReferBand
from garant.models.economics_file import parse_economics
from garant.models.loans import Loans
from garant.models.pd_bands import product_bands
from garant.models.pricing import Pricing, pricing
from garant.models.product_cutoffs import PRODUCTS
from garant.models.training import Trained
from garant.models.training_data import TrainingData

CASH, REVOLVING = PRODUCTS
# Ratios of 1:9 and 1:3: 0.1 against 0.9, and 0.3 against 0.9.
ECONOMICS = parse_economics({"margin": 0.1, "lgd": 0.9, "products": {REVOLVING: {"margin": 0.3}}}, where="test")

Edit = Callable[[Path, Callable[[dict[str, Any]], object]], None]


@pytest.fixture(scope="session")
def product(data: TrainingData) -> np.ndarray:
    """Product of each applicant of `data`."""
    return np.random.default_rng(8).choice(np.array([CASH, REVOLVING], dtype=object), len(data.label), p=[0.6, 0.4])


@pytest.fixture
def counted(
    tmp_path: Path,
    content: BundleContent,
    files: Mapping[str, bytes],
    data: TrainingData,
    trained: Trained,
    product: np.ndarray,
    signer: Signer,
    trust: Trust,
) -> Bundle:
    """Bundle that knows how many applicants asked for each product."""
    pd = pd_of(cross_fitted_log_odds(trained.oof_margin, data.label, trained.fold))
    counts = product_bands(pd, Loans(product, np.ones(len(pd))), data.label, {"debt": pd, "delays": pd})
    band = ReferBand(0.08, 0.105)
    changed = content.model_copy(update={"product_bands": counts, "refer_band": band})
    write_bundle(tmp_path / "counted", changed, files, signer=signer)
    return read_bundle(tmp_path / "counted", trust)


def test_a_recut_with_economics_cuts_each_product_at_its_own_costs(
    counted: Bundle,
    tmp_path: Path,
    data: TrainingData,
    trained: Trained,
    product: np.ndarray,
    signer: Signer,
    trust: Trust,
) -> None:
    found = recut(counted, pricing(costs=None, economics=ECONOMICS), tmp_path / "out", signer=signer, trust=trust)
    assert found.content.cutoff == pytest.approx(0.1)
    assert found.content.cutoffs.terms(REVOLVING).cutoff == pytest.approx(0.25)
    assert found.content.economics == ECONOMICS
    pd = pd_of(cross_fitted_log_odds(trained.oof_margin, data.label, trained.fold))
    point, c_fp = np.where(product == REVOLVING, 0.25, 0.1), np.where(product == REVOLVING, 0.3, 0.1)
    by_hand = np.where(pd >= point, c_fp * (1 - data.label), 0.9 * data.label)
    measured = found.content.metrics.out_of_fold["cost"].value
    # Applicants of a count that a cut-off parts are taken as evenly spread: not exact in bands of few.
    assert measured == pytest.approx(by_hand.mean(), abs=0.001)
    # Planted defect: one cut-off for both products costs something else.
    single = cost(data.label, pd, cutoff=0.1, c_fp=0.1, c_fn=0.9)
    assert abs(single - by_hand.mean()) > 0.01


def test_the_band_of_a_product_moves_with_its_cut_off(
    counted: Bundle, tmp_path: Path, signer: Signer, trust: Trust
) -> None:
    prices = pricing(costs="1:9", product_costs={REVOLVING: "1:3"})
    content = recut(counted, prices, tmp_path / "out", signer=signer, trust=trust).content
    odds = {
        name: tuple(pd / (1 - pd) * ratio for pd in (terms.refer_band.lower, terms.refer_band.upper))
        for name, terms, ratio in (("", content.cutoffs.single, 9), (REVOLVING, content.cutoffs.terms(REVOLVING), 3))
    }
    assert odds[REVOLVING] == pytest.approx(odds[""])


def test_a_ratio_after_economics_leaves_one_cut_off_and_what_is_lost(
    counted: Bundle, tmp_path: Path, signer: Signer, trust: Trust
) -> None:
    first = recut(counted, pricing(costs=None, economics=ECONOMICS), tmp_path / "one", signer=signer, trust=trust)
    second = recut(first, pricing(costs="1:10"), tmp_path / "two", signer=signer, trust=trust).content
    assert second.product_cutoffs is None
    assert second.economics is not None
    assert not second.economics.has_margin
    assert second.economics.of(REVOLVING).lgd == 0.9


def test_where_a_product_was_not_counted_nothing_is_said_of_its_cut_off(
    bundle: Bundle, tmp_path: Path, signer: Signer, trust: Trust
) -> None:
    prices = pricing(costs="1:9", product_costs={REVOLVING: "1:3"})
    found = recut(bundle, prices, tmp_path / "out", signer=signer, trust=trust).content.metrics.out_of_fold
    assert "auc" in found
    assert not {"cost", "accept", "refer", "refuse"} & set(found)


def test_no_reader_may_pass_over_a_cut_off(counted: Bundle, tmp_path: Path, signer: Signer, trust: Trust) -> None:
    prices = pricing(costs="1:9", product_costs={REVOLVING: "1:3"})
    found = recut(counted, prices, tmp_path / "out", signer=signer, trust=trust).content
    assert "product_cutoffs" in found.sections.required
    assert "product_bands" in found.sections.optional
    assert "product_cutoffs" not in counted.content.sections.required
    assert "product_cutoffs" not in json.loads((counted.folder / "bundle.json").read_text())


def _group(found: dict[str, Any]) -> None:
    found["product_cutoffs"] = {"F": found["product_cutoffs"][REVOLVING]}


def _stale_band(found: dict[str, Any]) -> None:
    found["product_cutoffs"][REVOLVING]["refer_band"] = {"lower": 0.25, "upper": 0.25}


def _own_cutoff(found: dict[str, Any]) -> None:
    found["product_cutoffs"][REVOLVING]["cutoff"] = 0.2501


def _other_costs(found: dict[str, Any]) -> None:
    found["economics"]["default"]["margin"] = 0.2


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (_group, "CODE_GENDER describes the person"),
        (_stale_band, "refer_band has not the widths"),
        (_own_cutoff, "is not the one of costs"),
        (_other_costs, "are not those of the economics"),
    ],
)
def test_a_bundle_that_contradicts_itself_is_refused(
    counted: Bundle, tmp_path: Path, signer: Signer, trust: Trust, edit: Edit, how: Callable[..., None], said: str
) -> None:
    prices: Pricing = pricing(costs=None, economics=ECONOMICS)
    recut(counted, prices, tmp_path / "out", signer=signer, trust=trust)
    edit(tmp_path / "out", how)
    with pytest.raises(BundleFormatError, match=said):
        read_bundle(tmp_path / "out", trust)
