"""A column that knows the outcome is found by its AUC alone, however it hides it; a useless one is not."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from garant.features.encode import InputColumn
from garant.models.leaks.single_features import FeatureAuc, feature_aucs, strong_features
from garant.models.training_data import TrainingData

ROWS = 4000
RNG = np.random.default_rng(2)
LABEL = (RNG.random(ROWS) < 0.08).astype(np.int8)
FOLD = (np.arange(ROWS) % 5).astype(np.int8)
LEVELS = tuple(f"level {i}" for i in range(60))


def found(values: np.ndarray, *, levels: tuple[str, ...] | None = None) -> FeatureAuc:
    data = TrainingData(
        matrix=values.astype(np.float32)[:, None],
        label=LABEL[: len(values)],
        ids=np.arange(len(values)),
        columns=(InputColumn("column", levels),),
    )
    return feature_aucs(data, FOLD[: len(values)])[0]


def test_the_auc_of_a_number_is_the_known_one_in_either_direction() -> None:
    values = np.round(LABEL + RNG.normal(size=ROWS), 1)
    expected = roc_auc_score(LABEL, values)
    assert found(values).auc == pytest.approx(expected)
    assert found(-values).auc == pytest.approx(expected)
    assert not found(values).is_strong


def test_null_is_a_group_of_its_own_on_the_better_side() -> None:
    values = LABEL + RNG.normal(size=ROWS)
    values[RNG.random(ROWS) < np.where(LABEL == 1, 0.2, 0.6)] = np.nan
    feature = found(values)
    known = ~np.isnan(values)
    filled = [np.where(known, values, end) for end in (-99, 99)]
    best = max(max(area, 1 - area) for area in (roc_auc_score(LABEL, v) for v in filled))
    assert feature.auc_with_missing == pytest.approx(best)
    assert feature.auc == pytest.approx(roc_auc_score(LABEL[known], values[known]))
    assert feature.rows == np.sum(known)


LEAKS = {
    "a copy with noise": LABEL + 0.4 * RNG.normal(size=ROWS),
    "a copy the other way round": -LABEL + 0.4 * RNG.normal(size=ROWS),
    "filled in for the bad alone": np.where(LABEL == 1, RNG.random(ROWS), np.nan),
    "missing for the bad": np.where(LABEL == 1, np.nan, RNG.random(ROWS)),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_strong(leak: str) -> None:
    feature = found(LEAKS[leak])
    assert feature.is_strong
    assert strong_features((feature,)) == (feature,)


def test_a_category_that_knows_the_outcome_is_strong_and_one_that_guesses_is_not() -> None:
    codes = RNG.integers(1, 31, ROWS) + 30 * LABEL
    assert found(codes, levels=LEVELS).is_strong
    useless = found(RNG.integers(1, 61, ROWS), levels=LEVELS)
    # Ranked by rates that hold the row's own label, sixty levels would reach 0.7 here.
    assert useless.auc < 0.55
    assert not useless.is_strong


def test_a_few_rows_prove_nothing() -> None:
    values = np.full(ROWS, np.nan)
    few = np.r_[np.flatnonzero(LABEL == 1)[:2], np.flatnonzero(LABEL == 0)[:18]]
    values[few] = LABEL[few]
    feature = found(values)
    assert feature.auc == 1
    assert not feature.is_strong


def test_an_empty_column_knows_nothing() -> None:
    feature = found(np.full(ROWS, np.nan))
    assert np.isnan(feature.auc)
    assert feature.auc_with_missing == 0.5
    assert not feature.is_strong
