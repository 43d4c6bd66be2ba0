"""Contributions of applicants by models that have not seen them."""

import numpy as np
import pytest

from garant.features.encode import InputColumn
from garant.models.parameters import Parameters
from garant.models.selection.selected import train_selected
from garant.models.training import train_champion
from garant.models.training_data import TrainingData
from garant.runs import fold_explanations
from garant.runs.fold_explanations import FoldExplanations

QUICK = Parameters(learning_rate=0.3, num_leaves=8, min_data_in_leaf=5, max_rounds=20, patience=20)


def data(rows: int = 400) -> TrainingData:
    """Ids in falling order: the folds are made of sorted rows, so numbers of rows must be carried along."""
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(rows, 3)).astype(np.float32)
    return TrainingData(
        matrix=matrix,
        label=(rng.random(rows) < 1 / (1 + np.exp(1 - matrix[:, 0]))).astype(np.int8),
        ids=np.arange(rows)[::-1].copy(),
        columns=(InputColumn("a"), InputColumn("b"), InputColumn("c")),
    )


def test_they_add_up_to_the_out_of_fold_margin_with_the_base_value_of_each_fold() -> None:
    sample = data()
    folds = FoldExplanations(sample, seed=2, threads=1)
    trained = train_champion(sample, seed=2, folds=4, parameters=QUICK, num_threads=1, observe=folds.observe)
    explained = folds.explained
    assert explained.rows.tolist() == list(range(400))
    rest = trained.oof_margin - explained.values.sum(axis=1)
    assert all(np.ptp(rest[trained.fold == fold]) < 1e-9 for fold in range(4))


def test_of_many_applicants_some_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold_explanations, "EXPLAINED_ROWS", 50)
    sample = data()
    folds = FoldExplanations(sample, seed=2, threads=1)
    trained = train_champion(sample, seed=2, folds=4, parameters=QUICK, num_threads=1, observe=folds.observe)
    explained = folds.explained
    assert explained.values.shape == (50, 3)
    assert len(set(explained.rows.tolist())) == 50
    rest = trained.oof_margin[explained.rows] - explained.values.sum(axis=1)
    assert all(np.ptp(rest[trained.fold[explained.rows] == fold]) < 1e-9 for fold in range(4))


def test_a_feature_that_a_fold_did_not_choose_contributes_nothing_there() -> None:
    sample = data()
    folds = FoldExplanations(sample, seed=2, threads=1)
    trained, chosen = train_selected(sample, 1, seed=2, folds=4, parameters=QUICK, num_threads=1, observe=folds.observe)
    explained = folds.explained
    for fold, (column,) in enumerate(chosen.of_folds):
        rows = trained.fold == fold
        assert np.any(explained.values[rows, column])
        assert not np.any(np.delete(explained.values[rows], column, axis=1))
