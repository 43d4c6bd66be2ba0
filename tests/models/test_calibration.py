"""Calibrator, cross-fitting, isotonic picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.exceptions import DataError
from garant.models.calibration import cross_fitted_log_odds, fit_calibrator, isotonic_curve
from garant.models.calibrator import Calibrator, pd_of


def sample(rows: int, slope: float, intercept: float, seed: int = 6) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    margin = rng.normal(-2.6, 0.9, rows)
    label = (rng.random(rows) < 1 / (1 + np.exp(-(slope * margin + intercept)))).astype(np.int8)
    return margin, label, rng.integers(0, 5, rows).astype(np.int8)


def test_the_calibrator_recovers_a_planted_slope_and_intercept() -> None:
    margin, label, _ = sample(300_000, 0.8, -0.3)
    found = fit_calibrator(margin, label)
    assert found.slope == pytest.approx(0.8, abs=0.03)
    assert found.intercept == pytest.approx(-0.3, abs=0.07)


@given(st.floats(-30, 30), st.floats(0.1, 3), st.floats(-3, 3))
def test_the_pd_is_the_logistic_of_the_line(margin: float, slope: float, intercept: float) -> None:
    calibrator = Calibrator(slope, intercept)
    assert calibrator.pd(margin) == pytest.approx(1 / (1 + np.exp(-(slope * margin + intercept))), rel=1e-12)
    assert calibrator.log_odds(margin) == pytest.approx(slope * margin + intercept)


def test_no_log_odds_however_large_end_in_a_warning() -> None:
    assert pd_of(np.array([-1e6, 0.0, 1e6])).tolist() == pytest.approx([0.0, 0.5, 1.0])


def test_mean_pd_equals_the_bad_rate_of_the_rows_that_were_fitted() -> None:
    margin, label, _ = sample(5_000, 0.5, 1.0)
    assert np.mean(fit_calibrator(margin, label).pd(margin)) == pytest.approx(label.mean(), abs=1e-9)


def test_a_score_that_does_not_rank_or_separates_cannot_be_calibrated() -> None:
    margin, label, _ = sample(2_000, 1.0, 0.0)
    with pytest.raises(DataError, match="does not rank this sample"):
        fit_calibrator(-margin, label)
    with pytest.raises(DataError, match="a leak"):
        fit_calibrator(label * 2.0 - 1.0 + margin / 100, label)


def test_the_pd_of_a_row_does_not_know_the_outcomes_of_its_fold() -> None:
    margin, label, fold = sample(4_000, 0.7, -0.2)
    before = pd_of(cross_fitted_log_odds(margin, label, fold))
    flipped = np.where(fold == 2, 1 - label, label).astype(np.int8)
    flipped[fold == 2] = np.random.default_rng(0).permutation(label[fold == 2])
    after = pd_of(cross_fitted_log_odds(margin, flipped, fold))
    assert np.array_equal(after[fold == 2], before[fold == 2])
    assert not np.array_equal(after[fold != 2], before[fold != 2])


def test_cross_fitted_pds_come_from_the_line_of_the_other_folds() -> None:
    margin, label, fold = sample(2_000, 0.7, -0.2)
    line = fit_calibrator(margin[fold != 3], label[fold != 3])
    assert np.array_equal(cross_fitted_log_odds(margin, label, fold)[fold == 3], line.log_odds(margin[fold == 3]))


def test_the_isotonic_picture_never_falls() -> None:
    margin, label, _ = sample(2_000, 1.0, 0.0)
    pd, observed = isotonic_curve(pd_of(margin), label)
    assert np.all(np.diff(pd) > 0)
    assert np.all(np.diff(observed) >= 0)
    assert 0 <= observed[0] <= observed[-1] <= 1
