"""Cost at a cut-off, the cost curve and the cheapest cut-off."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.metrics.cost import best_cutoff, cost, cost_curve

samples = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 20)), min_size=1, max_size=40)


def columns(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    label, pd = zip(*rows, strict=True)
    return np.array(label), np.array(pd) / 20


def plain_cost(label: np.ndarray, pd: np.ndarray, cutoff: float) -> float:
    total = 0.0
    for y, p in zip(label, pd, strict=True):
        if p >= cutoff and y == 0:
            total += 1.0
        if p < cutoff and y == 1:
            total += 10.0
    return total / len(label)


@given(samples, st.integers(0, 21))
def test_a_refused_good_payer_and_an_accepted_bad_one_cost_what_they_cost(
    rows: list[tuple[int, int]], cutoff: int
) -> None:
    label, pd = columns(rows)
    assert cost(label, pd, cutoff=cutoff / 20, c_fp=1, c_fn=10) == pytest.approx(plain_cost(label, pd, cutoff / 20))


def test_a_pd_that_equals_the_cut_off_is_refused() -> None:
    assert cost([0], [0.25], cutoff=0.25, c_fp=1, c_fn=10) == 1.0


@given(samples)
def test_the_curve_shows_the_cost_at_each_cut_off(rows: list[tuple[int, int]]) -> None:
    label, pd = columns(rows)
    grid = np.arange(22) / 20
    curve = cost_curve(label, pd, cutoffs=grid, c_fp=1, c_fn=10)
    assert curve.cost == pytest.approx([plain_cost(label, pd, c) for c in grid])
    assert curve.refused_share == pytest.approx([np.mean(pd >= c) for c in grid])


@given(samples)
def test_no_cut_off_is_cheaper_than_the_cheapest(rows: list[tuple[int, int]]) -> None:
    label, pd = columns(rows)
    best = best_cutoff(label, pd, c_fp=1, c_fn=10)
    cheapest = min(plain_cost(label, pd, c) for c in [*pd, 1.01])
    found = plain_cost(label, pd, best if best < 1 or 1.0 in pd else 1.01)
    assert found == pytest.approx(cheapest) or plain_cost(label, pd, 1.01) == pytest.approx(cheapest)


def test_the_closed_form_is_cheapest_where_the_pd_is_calibrated() -> None:
    rng = np.random.default_rng(2)
    pd = 1 / (1 + np.exp(-rng.normal(-2.6, 1.0, 400_000)))
    label = (rng.random(400_000) < pd).astype(int)
    closed_form = cost(label, pd, cutoff=1 / 11, c_fp=1, c_fn=10)
    for other in (0.02, 0.05, 0.07, 0.12, 0.2, 0.5):
        assert closed_form < cost(label, pd, cutoff=other, c_fp=1, c_fn=10)
    assert best_cutoff(label, pd, c_fp=1, c_fn=10) == pytest.approx(1 / 11, abs=0.02)
