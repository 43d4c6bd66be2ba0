"""Stability of a population: rare false alarms, planted shifts found, small samples claim nothing."""

import numpy as np
import pytest

from garant.features.encode import InputColumn
from garant.metrics.psi import Change
from garant.models.bundle.reference import feature_references, reference_table
from garant.models.bundle.score_reference import score_reference
from garant.models.population import PopulationStability, population_stability, shift

COLUMNS = (InputColumn("amount"), InputColumn("sparse"), InputColumn("region", ("north", "south", "west")))


def drawn(rows: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Applicants of one population: encoded features and PDs."""
    sparse = np.where(rng.random(rows) < 0.1, rng.normal(size=rows), np.nan)
    matrix = np.column_stack([rng.normal(size=rows), sparse, rng.integers(0, 4, rows)]).astype(np.float32)
    return matrix, rng.beta(1, 9, size=rows)


def compared(before: tuple[np.ndarray, np.ndarray], now: tuple[np.ndarray, np.ndarray]) -> PopulationStability:
    """The second sample against the first."""
    references = feature_references(reference_table(before[0], COLUMNS))
    return population_stability(references, score_reference(before[1]), matrix=now[0], columns=COLUMNS, pd=now[1])


@pytest.mark.parametrize(("n", "m"), [(3_000, 800), (800, 3_000)])
def test_one_comparison_in_a_hundred_is_a_false_alarm(n: int, m: int) -> None:
    rng = np.random.default_rng(1)
    shares = np.array([0.3, 0.2, 0.1, 0.1, 0.1, 0.08, 0.05, 0.04, 0.02, 0.01])
    found = [shift(rng.multinomial(n, shares), rng.multinomial(m, shares)) for _ in range(6_000)]
    rate = np.mean([each.change is not Change.NONE for each in found])
    assert 0.006 < rate < 0.016


def test_edges_taken_from_the_sample_itself_do_not_raise_the_rate_and_features_share_it() -> None:
    rng = np.random.default_rng(2)
    found = [compared(drawn(1_500, rng), drawn(1_000, rng)) for _ in range(300)]
    assert np.mean([each.score.change is not Change.NONE for each in found]) < 0.03
    assert np.mean([bool(each.alarms) for each in found]) < 0.03


def test_a_planted_shift_is_found_and_named_and_nothing_else() -> None:
    rng = np.random.default_rng(30)
    matrix, pd = drawn(4_000, rng)
    matrix[:, 0] += 0.6
    found = compared(drawn(4_000, rng), (matrix, pd))
    assert [feature.name for feature in found.alarms] == ["amount"]
    assert found.alarms[0].found.change is Change.LARGE
    assert found.score.change is Change.NONE
    assert compared(drawn(4_000, rng), (matrix, np.minimum(1.6 * pd, 1))).score.change is Change.MODERATE


@pytest.mark.parametrize("position", range(3))
def test_values_that_disappear_are_a_shift_although_training_had_none_missing(position: int) -> None:
    rng = np.random.default_rng(4)
    matrix, pd = drawn(2_000, rng)
    matrix[:400, position] = np.nan
    found = compared(drawn(2_000, rng), (matrix, pd))
    (feature,) = found.alarms if position != 1 else [found.features[1]]
    assert feature.name == COLUMNS[position].name
    assert feature.null_now > feature.null_before or position == 1


def test_a_level_that_training_did_not_freeze_is_a_shift() -> None:
    rng = np.random.default_rng(5)
    before, now = drawn(2_000, rng), drawn(2_000, rng)
    before[0][before[0][:, 2] == 0, 2] = 1
    found = compared(before, now)
    assert [feature.name for feature in found.alarms] == ["region"]


def test_forty_applicants_claim_nothing_although_their_psi_is_large() -> None:
    rng = np.random.default_rng(6)
    found = compared(drawn(4_000, rng), drawn(30, rng))
    assert found.score.bins == 1
    assert not found.alarms


def test_how_bins_are_joined_does_not_depend_on_the_new_applicants() -> None:
    before = np.array([500, 3, 2, 495])
    assert shift(before, np.array([500, 0, 0, 500])).bins == shift(before, np.array([0, 500, 500, 0])).bins == 2
