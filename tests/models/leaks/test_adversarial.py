"""Applicants without an outcome are told apart exactly when they differ, and the difference is named."""

import numpy as np

from garant.models.leaks.adversarial import adversarial
from garant.models.training_data import TrainingData


def others(data: TrainingData, *, shift: float = 0.0, missing: float = 0.0) -> np.ndarray:
    """Applicants of the same kind, drawn anew from the columns; the second column may differ."""
    rng = np.random.default_rng(9)
    drawn = np.column_stack([rng.permutation(column) for column in data.matrix.T])[:800].astype(np.float32)
    drawn[:, 1] += shift
    drawn[rng.random(800) < missing, 1] = np.nan
    return drawn


def test_applicants_of_the_same_kind_are_alike(data: TrainingData) -> None:
    found = adversarial(data, others(data), seed=1, num_threads=1)
    assert found is not None
    assert found.auc.low - 0.03 < 0.5 < found.auc.high + 0.03
    assert (found.labelled, found.unlabelled) == (len(data.label), 800)


def test_a_shifted_column_is_named_first(data: TrainingData) -> None:
    found = adversarial(data, others(data, shift=1.5), seed=1, num_threads=1)
    assert found is not None
    assert found.auc.low > 0.7
    assert found.features[0].name == "number_1"
    assert found.features[0].auc > 0.8


def test_a_column_that_is_missing_is_named_with_its_shares(data: TrainingData) -> None:
    found = adversarial(data, others(data, missing=0.7), seed=1, num_threads=1)
    assert found is not None
    first = found.features[0]
    assert first.name == "number_1"
    assert first.missing_labelled == 0
    assert 0.6 < first.missing_unlabelled < 0.8


def test_the_order_of_rows_and_a_second_run_change_nothing(data: TrainingData) -> None:
    order = np.random.default_rng(3).permutation(len(data.label))
    first = adversarial(data, others(data, shift=0.5), seed=1, num_threads=1)
    again = adversarial(data.rows(order), others(data, shift=0.5), seed=1, num_threads=1)
    # As text: the AUC of a category is NaN, which equals nothing.
    assert repr(first) == repr(again)


def test_too_few_applicants_are_not_compared(data: TrainingData) -> None:
    assert adversarial(data, others(data)[:99], seed=1) is None
