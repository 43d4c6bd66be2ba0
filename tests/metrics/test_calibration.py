"""Brier, calibration line, ECE and deciles against planted truth."""

import math

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss

from garant.metrics.calibration import brier, calibration_line, deciles, ece


def sample(rows: int, *, slope: float = 1.0, intercept: float = 0.0, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Labels drawn with log-odds ``slope * margin + intercept``, and the margin."""
    rng = np.random.default_rng(seed)
    margin = rng.normal(-2.6, 0.9, rows)
    chance = 1 / (1 + np.exp(-(slope * margin + intercept)))
    return (rng.random(rows) < chance).astype(int), margin


def pd_of(margin: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-margin))


def test_brier_is_the_mean_squared_distance() -> None:
    label, margin = sample(500)
    assert brier(label, pd_of(margin)) == pytest.approx(brier_score_loss(label, pd_of(margin)), abs=1e-12)


def test_the_calibration_line_finds_the_planted_slope_and_intercept() -> None:
    label, margin = sample(200_000, slope=0.7, intercept=-0.4)
    slope, intercept = calibration_line(label, margin)
    assert slope == pytest.approx(0.7, abs=0.03)
    assert intercept == pytest.approx(-0.4, abs=0.07)


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (0.2, -2.0), (3.0, 4.0), (-0.5, -3.0)])
def test_the_calibration_line_is_the_one_that_scikit_learn_fits(slope: float, intercept: float) -> None:
    label, margin = sample(3_000, slope=slope, intercept=intercept)
    reference = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10).fit(margin[:, None], label)
    found = calibration_line(label, margin)
    assert found[0] == pytest.approx(reference.coef_[0, 0], abs=1e-6)
    assert found[1] == pytest.approx(reference.intercept_[0], abs=1e-6)


def test_a_weight_counts_like_repeated_rows() -> None:
    label, margin = sample(400)
    weight = np.random.default_rng(5).integers(0, 3, 400)
    again = np.repeat(np.arange(400), weight)
    found = calibration_line(label, margin, weight=weight)
    assert found == pytest.approx(calibration_line(label[again], margin[again]), abs=1e-8)
    pd = pd_of(margin)
    assert brier(label, pd, weight=weight) == pytest.approx(brier(label[again], pd[again]), abs=1e-12)
    assert ece(label, pd, weight=weight) == pytest.approx(ece(label[again], pd[again]), abs=1e-12)


@pytest.mark.parametrize(
    ("label", "margin"),
    [
        ([0, 0, 0], [-1.0, -2.0, -3.0]),
        ([0, 1, 0], [-1.0, -1.0, -1.0]),
        ([0, 0, 1, 1], [-3.0, -2.0, -1.0, 0.0]),
        ([0] * 90 + [1] * 10, list(np.linspace(-9, 9, 100))),
    ],
)
def test_where_no_line_exists_the_answer_is_not_a_number(label: list[int], margin: list[float]) -> None:
    assert all(math.isnan(x) for x in calibration_line(label, margin))


def test_ece_is_the_mean_gap_of_the_deciles() -> None:
    label, margin = sample(1_000, slope=0.6)
    order = np.argsort(margin)
    gaps = [abs(np.mean(pd_of(margin)[part]) - np.mean(label[part])) for part in np.split(order, 10)]
    assert ece(label, pd_of(margin)) == pytest.approx(np.mean(gaps), abs=1e-12)


def test_deciles_of_a_calibrated_pd_lie_in_their_bands_and_those_of_a_doubled_pd_do_not() -> None:
    label, margin = sample(20_000)
    assert all(group.is_inside for group in deciles(label, pd_of(margin)))
    assert not any(group.is_inside for group in deciles(label, np.minimum(2 * pd_of(margin), 1)))


def test_the_band_of_a_decile_holds_99_percent_of_a_binomial() -> None:
    label, margin = sample(5_000)
    for group in deciles(label, pd_of(margin)):
        low, high = round(group.low * group.rows), round(group.high * group.rows)
        assert binom.cdf(high, group.rows, group.mean_pd) - binom.cdf(low - 1, group.rows, group.mean_pd) >= 0.99
        assert group.observed == group.positives / group.rows


def test_one_pd_for_everybody_is_one_group() -> None:
    groups = deciles([0, 1, 0, 0], [0.2, 0.2, 0.2, 0.2])
    assert [(group.rows, group.positives) for group in groups] == [(4, 1)]
