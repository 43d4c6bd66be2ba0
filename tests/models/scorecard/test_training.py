"""The scorecard on the champion's folds: honest out of fold, the same twice, right in its signs."""

import numpy as np
import pytest

from garant.exceptions import DataError
from garant.features.encode import InputColumn
from garant.metrics.discrimination import auc
from garant.models.scorecard.binning import can_bin
from garant.models.scorecard.bins import NumberBins
from garant.models.scorecard.fitting import fit_card
from garant.models.scorecard.inputs import CardInput
from garant.models.scorecard.training import TrainedCard, train_card
from garant.models.splits import stratified_folds
from garant.models.training_data import TrainingData

pytestmark = pytest.mark.skipif(not can_bin(), reason="extra train is not installed")


@pytest.fixture(scope="module")
def fold(data: TrainingData) -> np.ndarray:
    return stratified_folds(data.label, data.ids, folds=4, seed=5)


@pytest.fixture(scope="module")
def made(data: TrainingData, inputs: list[CardInput], fold: np.ndarray) -> TrainedCard:
    return train_card(data, inputs, fold)


def test_the_planted_truth_is_found(made: TrainedCard, data: TrainingData, true_log_odds: np.ndarray):
    names = {feature.name for feature in made.card.features}
    assert {"number_0", "number_1", "number_2", "region"} <= names
    assert "empty" not in names
    assert auc(data.label, made.oof_margin) > auc(data.label, true_log_odds) - 0.04


def test_every_weight_is_above_nothing_and_every_number_goes_one_way(made: TrainedCard):
    for feature in made.card.features:
        assert feature.weight > 0
        if isinstance(feature.bins, NumberBins):
            steps = np.diff(feature.woe[:-1])
            assert np.all(steps > 0) or np.all(steps < 0)
    rises, falls = (next(f for f in made.card.features if f.name == f"number_{n}") for n in (0, 1))
    assert rises.woe[0] > rises.woe[-2]
    assert falls.woe[0] < falls.woe[-2]


def test_margins_are_the_sum_of_weights_times_evidence(made: TrainedCard, data: TrainingData):
    margin = made.card.margin(data.matrix, data.columns)
    position = {column.name: number for number, column in enumerate(data.columns)}
    for row in range(0, len(data.label), 271):
        total = made.card.intercept
        for feature in made.card.features:
            value = data.matrix[row, position[feature.name]]
            if isinstance(feature.bins, NumberBins) and not np.isnan(value):
                number = sum(value >= np.float32(edge) for edge in feature.bins.edges)
            else:
                number = int(feature.bins.index(np.array([value]))[0])
            total -= feature.weight * float(feature.woe[number])
        assert margin[row] == pytest.approx(total, abs=1e-12)


def test_the_order_of_rows_changes_nothing(
    made: TrainedCard, data: TrainingData, inputs: list[CardInput], fold: np.ndarray
):
    order = np.random.default_rng(8).permutation(len(data.label))
    again = train_card(data.rows(order), inputs, fold[order])
    assert np.array_equal(again.oof_margin, made.oof_margin[order])
    assert [f.name for f in again.card.features] == [f.name for f in made.card.features]
    assert again.card.intercept == made.card.intercept


def noise(rows: int, seed: int) -> tuple[TrainingData, list[CardInput]]:
    """Labels that nothing knows of, beside numbers of many values and categories of many levels."""
    rng = np.random.default_rng(seed)
    levels = tuple(f"level {n:02d}" for n in range(60))
    codes = rng.integers(1, 61, (rows, 12))
    columns = [InputColumn(f"category_{n}", levels) for n in range(12)]
    columns += [InputColumn(f"number_{n}") for n in range(12)]
    data = TrainingData(
        matrix=np.column_stack([codes, rng.normal(size=(rows, 12))]).astype(np.float32),
        label=(rng.random(rows) < 0.15).astype(np.int8),
        ids=np.arange(rows),
        columns=tuple(columns),
    )
    return data, [CardInput(column=column, unit="score") for column in columns]


def test_pure_noise_is_worth_a_half_out_of_fold_though_bins_of_all_rows_say_otherwise():
    data, inputs = noise(3000, 1)
    fold = stratified_folds(data.label, data.ids, folds=4, seed=2)
    honest = auc(data.label, train_card(data, inputs, fold).oof_margin)
    # What a leak looks like: bins and choice of features made on all rows, then scored on the same.
    leaking = auc(data.label, fit_card(data.matrix, data.label, inputs).margin(data.matrix, data.columns))
    assert abs(honest - 0.5) < 0.05  # four standard errors of an AUC with 450 bad cases
    assert leaking > 0.6


def test_a_sample_that_tells_nothing_has_no_scorecard():
    data, inputs = noise(300, 3)
    with pytest.raises(DataError, match="none tells good from bad payers on 300 applicants"):
        fit_card(np.full_like(data.matrix, np.nan), data.label, inputs)
