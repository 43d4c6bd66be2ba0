"""Contributions of applicants by models that have not seen them."""

import numpy as np
import pytest

from garant.features.catalogue import feature
from garant.features.encode import InputColumn
from garant.models.parameters import Parameters
from garant.models.selection.selected import train_selected
from garant.models.training import train_champion
from garant.models.training_data import TrainingData
from garant.runs import fold_explanations
from garant.runs.fold_explanations import Explained, FoldExplanations

QUICK = Parameters(learning_rate=0.3, num_leaves=8, min_data_in_leaf=5, max_rounds=20, patience=20)


def data(rows: int = 400) -> TrainingData:
    """Ids in falling order: the folds are made of sorted rows, so numbers of rows must be carried along."""
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(rows, 3)).astype(np.float32)
    return TrainingData(
        matrix=matrix,
        label=(rng.random(rows) < 1 / (1 + np.exp(1 - matrix[:, 1]))).astype(np.int8),
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
    # Were it the first one, nobody could tell a column's number from its place.
    assert {column for (column,) in chosen.of_folds} == {1}
    for fold, (column,) in enumerate(chosen.of_folds):
        rows = trained.fold == fold
        assert np.any(explained.values[rows, column])
        assert not np.any(np.delete(explained.values[rows], column, axis=1))


def test_who_is_drawn_hangs_on_the_seed_and_is_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold_explanations, "EXPLAINED_ROWS", 50)
    first, again, other = (FoldExplanations(data(), seed=seed, threads=1).explained.rows for seed in (2, 2, 3))
    assert first.tolist() == again.tolist() != other.tolist()
    assert first.max() > 350


def test_a_family_is_the_sum_of_its_members_that_the_sample_has() -> None:
    members = tuple(feature(f"installments_late_{name}_all") for name in ("days_max", "days_mean", "share"))
    rating = feature("application_external_score_2")
    known = (rating, members[2], members[0])
    explained = Explained(
        rows=np.arange(2), names=tuple(f.name for f in known), values=np.array([[1.0, 0.2, 0.03], [2.0, 0.4, 0.05]])
    )
    found = explained.by_family((*members, rating))
    assert {name: sums.tolist() for name, sums in found.items()} == {
        "external_rating": [1.0, 2.0],
        "late_payments": pytest.approx([0.23, 0.45]),
    }
    assert explained.of_feature(members[2].name).tolist() == [0.2, 0.4]
