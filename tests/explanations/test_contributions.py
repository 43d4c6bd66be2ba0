"""Exact contributions."""

import lightgbm
import numpy as np
import pytest

from garant.exceptions import InvariantError
from garant.explanations.contributions import check_additive, contributions


@pytest.fixture(scope="module")
def fitted() -> tuple[lightgbm.Booster, np.ndarray]:
    """A small model with missing values, and rows to explain."""
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(600, 5)).astype(np.float32)
    matrix[rng.random(matrix.shape) < 0.2] = np.nan
    label = (np.nan_to_num(matrix[:, 0]) + rng.normal(size=600) > 0.5).astype(int)
    data = lightgbm.Dataset(matrix, label)
    booster = lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1}, data, num_boost_round=20)
    return booster, matrix


def test_contributions_and_base_value_add_up_to_the_margin(fitted: tuple[lightgbm.Booster, np.ndarray]) -> None:
    booster, matrix = fitted
    values = contributions(booster, matrix)
    assert values.shape == (600, 6)
    check_additive(values, np.asarray(booster.predict(matrix, raw_score=True)))


def test_a_contribution_that_is_off_by_a_millionth_is_withheld(fitted: tuple[lightgbm.Booster, np.ndarray]) -> None:
    booster, matrix = fitted
    values = contributions(booster, matrix)
    margin = np.asarray(booster.predict(matrix, raw_score=True))
    values[17, 2] += 1e-6
    with pytest.raises(InvariantError, match="withheld"):
        check_additive(values, margin)


def test_a_margin_that_is_not_a_number_is_withheld() -> None:
    with pytest.raises(InvariantError, match="withheld"):
        check_additive(np.array([[np.nan, 0.0]]), np.array([0.0]))


def test_nobody_is_explained_by_an_empty_array(fitted: tuple[lightgbm.Booster, np.ndarray]) -> None:
    booster, matrix = fitted
    assert contributions(booster, matrix[:0]).shape == (0, 6)
