"""Bootstrap intervals."""

import math

import numpy as np
import pytest

from garant.exceptions import DataError
from garant.metrics.calibration import ece
from garant.metrics.discrimination import auc
from garant.metrics.intervals import bootstrap


def sample(rows: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    margin = rng.normal(-2.5, 1.0, rows)
    return (rng.random(rows) < 1 / (1 + np.exp(-margin))).astype(int), margin


def ranking(label: np.ndarray, score: np.ndarray, weight: np.ndarray) -> dict[str, float]:
    return {"auc": auc(label, score, weight=weight)}


def calibration_error(label: np.ndarray, score: np.ndarray, weight: np.ndarray) -> dict[str, float]:
    return {"ece": ece(label, score, weight=weight)}


def rate(label: np.ndarray, score: np.ndarray, weight: np.ndarray) -> dict[str, float]:  # noqa: ARG001
    return {"rate": float(np.sum(weight * label) / np.sum(weight))}


@pytest.mark.parametrize("rows", [2_000, 40_000])
def test_the_interval_of_a_rate_is_that_of_the_binomial(rows: int) -> None:
    label, margin = sample(rows)
    found = bootstrap(label, margin, rate, seed=4, replicates=2_000)["rate"]
    p = label.mean()
    half = 1.96 * math.sqrt(p * (1 - p) / rows)
    assert found.value == pytest.approx(p)
    assert found.low == pytest.approx(p - half, abs=0.1 * half)
    assert found.high == pytest.approx(p + half, abs=0.1 * half)


def test_cells_of_a_large_sample_give_the_interval_of_drawn_rows() -> None:
    label, margin = sample(12_000)
    rng = np.random.default_rng(9)
    drawn = []
    for _ in range(400):
        rows = rng.integers(0, len(label), len(label))
        drawn.append(auc(label[rows], margin[rows]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    found = bootstrap(label, margin, ranking, seed=4)["auc"]
    assert found.value == auc(label, margin)
    assert found.low == pytest.approx(low, abs=0.15 * (high - low))
    assert found.high == pytest.approx(high, abs=0.15 * (high - low))


def test_about_95_of_100_intervals_hold_the_true_rate() -> None:
    hits = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        label = (rng.random(300) < 0.1).astype(int)
        found = bootstrap(label, rng.random(300), rate, seed=seed, replicates=100)["rate"]
        hits += found.low <= 0.1 <= found.high
    assert hits / 200 == pytest.approx(0.94, abs=0.05)


def test_one_seed_gives_one_interval_in_any_order_of_rows() -> None:
    label, margin = sample(3_000)
    order = np.random.default_rng(0).permutation(3_000)
    first = bootstrap(label, margin, ranking, seed=7, replicates=50)
    assert bootstrap(label[order], margin[order], ranking, seed=7, replicates=50) == first
    assert bootstrap(label, margin, ranking, seed=8, replicates=50) != first


def test_a_stratified_draw_keeps_the_number_of_bad_cases() -> None:
    label, margin = sample(8_000)
    found = bootstrap(label, margin, rate, seed=1, replicates=20, stratified=True)["rate"]
    assert found.low == pytest.approx(found.value)
    assert found.high == pytest.approx(found.value)


def test_the_interval_of_a_calibration_error_lies_around_its_value_though_resampling_enlarges_it() -> None:
    plain_misses = 0
    for seed in range(8):
        label, margin = sample(1_500, seed)
        pd = 1 / (1 + np.exp(-margin))
        moved, plain = (
            bootstrap(label, pd, calibration_error, seed=2, replicates=100, biased_upward=names)["ece"]
            for names in (("ece",), ())
        )
        assert 0 <= moved.low < moved.value < moved.high
        plain_misses += plain.value <= plain.low
    assert plain_misses > 0


def test_what_cells_of_a_large_sample_lose_is_given_back_to_the_interval() -> None:
    label, margin = sample(12_000)
    found = bootstrap(label, margin, lambda _y, s, _w: {"scores": len(np.unique(s))}, seed=2, replicates=5)["scores"]
    assert (found.low, found.value, found.high) == (12_000, 12_000, 12_000)


def test_a_measure_that_a_sample_cannot_tell_is_left_out_of_the_interval() -> None:
    found = bootstrap([0, 0, 0, 0], [0.1, 0.2, 0.3, 0.4], ranking, seed=1, replicates=10)["auc"]
    assert math.isnan(found.value)
    assert math.isnan(found.low)


def test_a_bootstrap_without_samples_is_refused() -> None:
    with pytest.raises(DataError, match="at least one replicate"):
        bootstrap([0, 1], [0.1, 0.2], ranking, seed=1, replicates=0)
