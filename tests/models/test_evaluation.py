"""Evaluation: every measure asked, on PDs that no row helped to draw."""

import numpy as np
import pytest

from garant.metrics.calibration import brier, calibration_line, ece
from garant.metrics.cost import cost
from garant.metrics.discrimination import auc, ks, pr_auc
from garant.models.calibration import cross_fitted_log_odds
from garant.models.calibrator import Calibrator, pd_of
from garant.models.cutoff import Costs, ReferBand
from garant.models.evaluation import CURVE_POINTS, MEASURES, Evaluation, evaluate_held_out, evaluate_out_of_fold
from garant.models.product_cutoffs import Cutoffs

COSTS = Costs.parse("1:10")


def sample(rows: int, seed: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    margin = rng.normal(-2.5, 1.0, rows)
    label = (rng.random(rows) < pd_of(0.8 * margin - 0.3)).astype(np.int8)
    return label, margin, rng.integers(0, 5, rows).astype(np.int8)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate_out_of_fold(*sample(8_000), cutoffs=Cutoffs.of(COSTS), seed=3, replicates=100)


def test_every_measure_is_that_of_the_cross_fitted_pd(evaluation: Evaluation) -> None:
    label, margin, fold = sample(8_000)
    pd = pd_of(cross_fitted_log_odds(margin, label, fold))
    slope, intercept = calibration_line(label, cross_fitted_log_odds(margin, label, fold))
    expected = {
        "auc": auc(label, margin),
        "gini": 2 * auc(label, margin) - 1,
        "ks": ks(label, margin),
        "pr_auc": pr_auc(label, margin),
        "brier": brier(label, pd),
        "slope": slope,
        "intercept": intercept,
        "ece": ece(label, pd),
        "cost": cost(label, pd, cutoff=1 / 11, c_fp=1, c_fn=10),
        "accept": np.mean(pd < 1 / 11),
        "refer": 0.0,
        "refuse": np.mean(pd >= 1 / 11),
    }
    assert {name: found.value for name, found in evaluation.measures.items()} == pytest.approx(expected)
    assert tuple(evaluation.measures) == MEASURES


def test_every_value_lies_in_its_interval(evaluation: Evaluation) -> None:
    for name, found in evaluation.measures.items():
        assert found.low <= found.value <= found.high, name


def test_a_cross_fitted_calibration_is_nearly_perfect_and_the_raw_margin_is_not(evaluation: Evaluation) -> None:
    label, margin, _ = sample(8_000)
    assert evaluation.measures["slope"].value == pytest.approx(1.0, abs=0.05)
    assert abs(evaluation.gap_standard_errors) < 0.5
    raw = evaluate_held_out(label, margin, Calibrator(1.0, 0.0), cutoffs=Cutoffs.of(COSTS), seed=3, replicates=20)
    assert raw.measures["slope"].value < 0.9
    assert abs(raw.gap_standard_errors) > 2.5


def test_auc_is_told_for_each_fold(evaluation: Evaluation) -> None:
    label, margin, fold = sample(8_000)
    assert evaluation.fold_auc == pytest.approx([auc(label[fold == k], margin[fold == k]) for k in range(5)])


def test_a_held_out_sample_has_no_folds_and_uses_the_calibrator() -> None:
    label, margin, _ = sample(1_000)
    found = evaluate_held_out(label, margin, Calibrator(0.8, -0.3), cutoffs=Cutoffs.of(COSTS), seed=3, replicates=20)
    assert found.fold_auc == ()
    assert np.array_equal(found.pd, Calibrator(0.8, -0.3).pd(margin))


def test_a_band_refers_those_inside() -> None:
    label, margin, fold = sample(2_000)
    band = ReferBand(0.07, 0.12)
    found = evaluate_out_of_fold(label, margin, fold, cutoffs=Cutoffs.of(COSTS, band=band), seed=3, replicates=20)
    assert found.measures["refer"].value == pytest.approx(np.mean((found.pd >= 0.07) & (found.pd < 0.12)))
    assert sum(found.measures[name].value for name in ("accept", "refer", "refuse")) == pytest.approx(1.0)


def test_curves_are_short_enough_for_a_page_and_keep_their_ends(evaluation: Evaluation) -> None:
    false_positive, true_positive = evaluation.roc
    assert len(false_positive) <= CURVE_POINTS
    assert (false_positive[0], true_positive[0], false_positive[-1], true_positive[-1]) == (0.0, 0.0, 1.0, 1.0)
    assert evaluation.cutoff in evaluation.cost_curve.cutoff
    at_cutoff = evaluation.cost_curve.cost[evaluation.cost_curve.cutoff == evaluation.cutoff]
    assert at_cutoff == pytest.approx(evaluation.measures["cost"].value)
    assert evaluation.scores.good.sum() + evaluation.scores.bad.sum() == evaluation.rows
    assert evaluation.scores.bad.sum() == evaluation.positives == sum(d.positives for d in evaluation.deciles)


def test_one_seed_gives_one_evaluation() -> None:
    first, second = (
        evaluate_out_of_fold(*sample(500), cutoffs=Cutoffs.of(COSTS), seed=3, replicates=20) for _ in range(2)
    )
    assert first.measures == second.measures
