"""Gates: a sound bundle passes, each planted fault is named by its own gate and no other."""

import math
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from garant.metrics.intervals import Interval
from garant.models.bundle.content import BundleContent, MetricEntry
from garant.models.bundle.promotion.gates import GATES, verdicts
from garant.models.cutoff import Costs
from garant.models.pd_bands import PdBand, pd_bands
from garant.models.product_cutoffs import Cutoffs

Change = Callable[[BundleContent], BundleContent]


def with_metric(
    name: str, value: float | None, low: float | None, high: float | None, *, later: bool = False
) -> Change:
    """Replace a measure: out of fold, or out of time."""
    entry = MetricEntry(value=value, low=low, high=high)

    def change(content: BundleContent) -> BundleContent:
        metrics = content.metrics
        sample = dict(metrics.out_of_fold) | {name: entry}
        update = {"out_of_time" if later else "out_of_fold": sample}
        return content.model_copy(update={"metrics": metrics.model_copy(update=update)})

    return change


def with_cases(position: int, factor: float) -> Change:
    """Replace the number of cases in one band of PD."""

    def change(content: BundleContent) -> BundleContent:
        bands = list(content.pd_bands)
        cases = min(bands[position].rows, round(bands[position].positives * factor))
        bands[position] = replace(bands[position], positives=cases)
        return content.model_copy(update={"pd_bands": tuple(bands)})

    return change


def with_group(**figures: object) -> Change:
    """Replace figures of the first group of sex."""

    def change(content: BundleContent) -> BundleContent:
        section = content.fairness
        assert section is not None
        first, *others = section.attributes["sex"]
        groups = (first.model_copy(update=figures), *others)
        return content.model_copy(update={"fairness": section.model_copy(update={"attributes": {"sex": groups}})})

    return change


def without_judged_groups(content: BundleContent) -> BundleContent:
    """Say of every group that it was too small."""
    section = content.fairness
    assert section is not None
    groups = tuple(group.model_copy(update={"verdict": "not_judged"}) for group in section.attributes["sex"])
    return content.model_copy(update={"fairness": section.model_copy(update={"attributes": {"sex": groups}})})


def cut_elsewhere(content: BundleContent) -> BundleContent:
    """Keep the section of another cut-off, as a recut does."""
    assert content.fairness is not None
    return content.model_copy(update={"fairness": content.fairness.model_copy(update={"cutoff": 0.05})})


def with_own_cutoff(content: BundleContent) -> BundleContent:
    """Give a product a cut-off of its own after the groups were judged."""
    own = Cutoffs.of(content.costs, {"Revolving loans": Costs(1, 4)}, band=content.refer_band).products
    return content.model_copy(update={"product_cutoffs": dict(own)})


def with_a_product_cut_anew(content: BundleContent) -> BundleContent:
    """Judge groups at the cut-offs of everybody and of a product, then move that of the product."""
    assert content.fairness is not None
    judged = content.fairness.model_copy(update={"product_cutoffs": {"Revolving loans": 0.2}})
    own = Cutoffs.of(content.costs, {"Revolving loans": Costs(1, 3)}, band=content.refer_band).products
    return content.model_copy(update={"product_cutoffs": dict(own), "fairness": judged})


def failed(content: BundleContent) -> dict[str, str]:
    """What is wrong, by gate."""
    return {verdict.gate: verdict.wrong for verdict in verdicts(content) if verdict.wrong is not None}


def test_a_calibrated_model_of_a_planted_truth_passes_every_gate(content: BundleContent) -> None:
    assert [verdict.gate for verdict in verdicts(content)] == list(GATES)
    assert failed(content) == {}


FAULTS: dict[str, tuple[Change, str, str]] = {
    "too extreme": (with_metric("slope", 0.80, 0.74, 0.86), "calibration_slope", r"out of fold slope 0\.800"),
    "too timid": (with_metric("slope", 1.30, 1.20, 1.40), "calibration_slope", r"\[1\.200, 1\.400\]"),
    "timid, though the interval reaches": (with_metric("slope", 1.16, 1.0, 1.3), "calibration_slope", "slope 1.160"),
    "certainly timid, though not far": (with_metric("slope", 1.14, 1.11, 1.15), "calibration_slope", "slope 1.140"),
    "certainly off, though not far": (with_metric("slope", 0.86, 0.85, 0.89), "calibration_slope", "0.860"),
    "a sample that cannot tell": (with_metric("slope", 0.40, -0.5, 1.3), "calibration_slope", "0.400"),
    "no slope": (with_metric("slope", None, None, None), "calibration_slope", "slope unknown"),
    "a slope without an interval": (with_metric("slope", 1.0, None, None), "calibration_slope", "no interval"),
    "off on later applicants": (
        with_metric("slope", 0.70, 0.60, 0.80, later=True),
        "calibration_slope",
        "^test slope 0.700",
    ),
    "a band with many more cases": (with_cases(0, 8.0), "calibration_bands", r"^PD 0\.000 to 0\.\d+: \d+ cases of"),
    "a band without cases": (with_cases(-1, 0.0), "calibration_bands", r"to 1\.000: 0 cases of \d+, expected"),
    "too good to be true": (with_metric("auc", 0.93, 0.92, 0.94), "leak", "knows the future"),
    "no AUC": (with_metric("auc", None, None, None), "leak", "AUC unknown"),
    "a group that is seldom approved": (
        with_group(approval_ratio=Interval(0.74, 0.70, 0.79)),
        "fairness",
        r"^sex F: approval ratio 0\.740 \[0\.700, 0\.790\], expected .* reaches 0\.8$",
    ),
    "a group that defaults much less than expected": (
        with_group(observed_to_expected=Interval(0.6, 0.5, 0.79)),
        "fairness",
        r"^sex F: observed to expected 0\.600",
    ),
    "a group that defaults much more than expected": (
        with_group(observed_to_expected=Interval(1.5, 1.26, 1.7)),
        "fairness",
        "expected .* reaches 0.8 to 1.25$",
    ),
    "groups that nobody judged": (
        lambda content: content.model_copy(update={"fairness": None}),
        "fairness",
        "was not judged: train again",
    ),
    "groups judged at another cut-off": (cut_elsewhere, "fairness", "at the cut-off 0.0500, this bundle cuts at 0.09"),
    "groups judged before a product got its own cut-off": (
        with_own_cutoff,
        "fairness",
        r"this bundle cuts at 0\.09\d\d, 0\.2000 \(Revolving loans\): train with these costs",
    ),
    "groups judged before one of two products was cut anew": (
        with_a_product_cut_anew,
        "fairness",
        r"judged at the cut-off .*, 0\.2000 \(Revolving loans\), this bundle .*, 0\.2500 \(Revolving loans\): train",
    ),
    "groups too small to be judged": (without_judged_groups, "fairness", "has enough applicants"),
    "worse later": (
        lambda content: with_metric("auc", 0.70, 0.69, 0.71)(
            with_metric("auc", 0.645, 0.63, 0.68, later=True)(content)
        ),
        "leak",
        "AUC falls from 0.700 .* to 0.645",
    ),
    "protected attributes among the features": (
        lambda content: content.model_copy(update={"profile": "kaggle"}),
        "profile",
        "^profile kaggle is for comparison only: it reads protected attributes; train with --profile eu$",
    ),
    "much worse later": (with_metric("auc", 0.55, 0.52, 0.58, later=True), "leak", "AUC falls from 0.7.* to 0.550"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_named_by_its_gate_and_no_other(content: BundleContent, case: str) -> None:
    change, gate, message = FAULTS[case]
    found = failed(change(content))
    assert list(found) == [gate]
    assert re.search(message, found[gate]), found[gate]


@pytest.mark.parametrize(
    "figures",
    [
        {"approval_ratio": Interval(0.74, 0.68, 0.80)},
        {"observed_to_expected": Interval(0.6, 0.4, 0.80)},
        {"observed_to_expected": Interval(1.5, 1.25, 1.8)},
        {"approval_ratio": None, "observed_to_expected": None},
    ],
)
def test_a_group_whose_interval_reaches_the_limit_passes(content: BundleContent, figures: dict[str, object]) -> None:
    assert failed(with_group(**figures)(content)) == {}


def test_an_attribute_that_the_data_do_not_have_fails_nothing(content: BundleContent) -> None:
    assert content.fairness is not None
    section = content.fairness.model_copy(update={"unknown": ("age",)})
    assert failed(content.model_copy(update={"fairness": section})) == {}


def test_a_somewhat_lower_auc_on_later_applicants_is_no_leak(content: BundleContent) -> None:
    auc = content.metrics.out_of_fold["auc"]
    assert auc.value is not None
    later = with_metric("auc", auc.value - 0.04, auc.value - 0.06, auc.value - 0.03, later=True)
    assert "leak" not in failed(later(content))


@pytest.mark.parametrize("shift", [-0.7, 0.7])
def test_pds_that_are_twice_or_half_the_truth_are_found_by_the_bands(content: BundleContent, shift: float) -> None:
    """Ten thousand applicants whose true log-odds are known; the PDs are off by `shift` in log-odds."""
    rng = np.random.default_rng(4)
    log_odds = rng.normal(-2.6, 0.9, 10_000)
    label = (rng.random(10_000) < 1 / (1 + np.exp(-log_odds))).astype(np.int8)

    def judged(by: float) -> dict[str, str]:
        pd = 1 / (1 + np.exp(-(log_odds + by)))
        bands = pd_bands(pd, label, {"debt": log_odds})
        return failed(content.model_copy(update={"pd_bands": bands}))

    assert judged(0.0) == {}
    assert list(judged(shift)) == ["calibration_bands"]


def test_well_calibrated_bundles_seldom_fail_by_chance(content: BundleContent) -> None:
    rng = np.random.default_rng(5)
    failures = 0
    for _ in range(200):
        log_odds = rng.normal(-2.6, 0.9, 3_000)
        pd = 1 / (1 + np.exp(-log_odds))
        label = (rng.random(3_000) < pd).astype(np.int8)
        bands = pd_bands(pd, label, {"debt": log_odds})
        failures += "calibration_bands" in failed(content.model_copy(update={"pd_bands": bands}))
    # One in a hundred is the level; the ends of the bands leave room, so it is fewer.
    assert failures <= 4


def test_a_band_may_have_the_cases_that_chance_explains_and_not_one_more_or_less(content: BundleContent) -> None:
    """A band of 400 applicants from PD 0.2 to 0.3, at 1 % for both of its ends and for the two bands together."""
    below = PdBand(upper=0.2, rows=400, positives=40, contributions={})

    def passes(cases: int) -> bool:
        bands = (below, PdBand(upper=0.3, rows=400, positives=cases, contributions={}))
        return "calibration_bands" not in failed(content.model_copy(update={"pd_bands": bands}))

    def chance(pd: float, counts: range) -> float:
        return sum(math.comb(400, n) * pd**n * (1 - pd) ** (400 - n) for n in counts)

    fewest = next(n for n in range(400) if chance(0.2, range(n + 1)) >= 0.0025)
    most = next(n for n in range(400) if chance(0.3, range(n + 1, 401)) <= 0.0025)
    assert [passes(n) for n in (fewest - 1, fewest, most, most + 1)] == [False, True, True, False]


def test_a_lower_auc_that_chance_may_explain_is_no_leak(content: BundleContent) -> None:
    seen = with_metric("auc", 0.74, 0.66, 0.82)(content)
    assert "leak" not in failed(with_metric("auc", 0.66, 0.56, 0.76, later=True)(seen))
    assert "leak" not in failed(with_metric("auc", 0.66, None, None, later=True)(seen))
