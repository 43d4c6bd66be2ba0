"""Edges can be read, bins are large enough, and the bad rate goes one way."""

from itertools import pairwise

import numpy as np
import pytest

from garant.models.scorecard.inputs import Direction
from garant.models.scorecard.monotone import monotone_edges


def sample(seed: int, rows: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """A number whose risk rises, falls and rises again."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(0, 1, rows).astype(np.float32)
    risk = -2 + 1.5 * np.sin(9 * values) + values
    return values, (rng.random(rows) < 1 / (1 + np.exp(-risk))).astype(np.int8)


@pytest.mark.parametrize("direction", [-1, 0, 1])
@pytest.mark.parametrize("seed", range(5))
def test_the_bad_rate_goes_one_way_whatever_the_splits(direction: Direction, seed: int):
    values, label = sample(seed)
    edges = monotone_edges(
        list(np.linspace(0.05, 0.95, 19)), values, label, unit="score", direction=direction, min_rows=100
    )
    assert edges
    borders = [-1.0, *edges, 2.0]
    held = [(values >= np.float32(a)) & (values < np.float32(b)) for a, b in pairwise(borders)]
    assert min(inside.sum() for inside in held) >= 100
    rates = [(label[inside].sum() + 100 * label.mean()) / (inside.sum() + 100) for inside in held]
    steps = np.diff(rates)
    assert np.all(steps > 0) or np.all(steps < 0)
    if direction and len(steps):
        assert np.sign(steps[0]) == direction


def test_edges_are_what_the_unit_shows():
    values = np.linspace(10_000.5, 900_000.5, 2000).astype(np.float32)
    label = (np.arange(2000) % np.where(values < 135_000, 20, np.where(values < 613_000, 8, 3)) == 0).astype(np.int8)
    edges = monotone_edges([135_412.3, 612_987.0], values, label, unit="money", direction=0, min_rows=50)
    assert edges == (135_000.0, 613_000.0)


def test_whole_numbers_are_parted_at_a_whole_number():
    values = np.repeat(np.arange(4), 300).astype(np.float32)
    label = (np.random.default_rng(1).random(1200) < 0.1 + 0.2 * values).astype(np.int8)
    assert monotone_edges([0.5, 2.5], values, label, unit="count", direction=1, min_rows=50) == (1.0, 3.0)


def test_an_edge_of_days_is_the_one_that_is_shown_in_years():
    values = np.arange(3_000, dtype=np.float32)
    label = (np.arange(3_000) % np.where(values < 300, 20, np.where(values < 1_234, 8, 3)) == 0).astype(np.int8)
    edges = monotone_edges([299.5, 1_234.2], values, label, unit="days", direction=1, min_rows=50)
    # 3.4 years of 365.25 days.
    assert edges == (300.0, 1_241.85)


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([20, 300, 300, 300], (2.0, 3.0)),
        ([200, 20, 300, 300], (2.0, 3.0)),
        ([300, 20, 200, 300], (1.0, 3.0)),
        ([300, 300, 300, 20], (1.0, 2.0)),
    ],
    ids=["the first", "beside a smaller one below", "beside a smaller one above", "the last"],
)
def test_a_bin_of_too_few_rows_is_joined_with_its_smaller_neighbour(rows: list[int], kept: tuple[float, ...]):
    values = np.repeat(np.arange(4), rows).astype(np.float32)
    label = np.concatenate([np.arange(n) < n * (0.1 + 0.2 * number) for number, n in enumerate(rows)]).astype(np.int8)
    assert monotone_edges([0.5, 1.5, 2.5], values, label, unit="count", direction=1, min_rows=50) == kept


def test_splits_beyond_the_values_leave_one_bin():
    values, label = sample(1)
    assert monotone_edges([-3.0, 7.0], values, label, unit="score", direction=0, min_rows=50) == ()
