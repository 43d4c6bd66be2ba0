"""Members: retrained as the champion was, blind to the applicants that they are compared on."""

import dataclasses

import lightgbm as lgb
import numpy as np
import pytest

from garant.models.retraining import HELD_OUT, Members, retrain
from garant.models.training import Trained
from garant.models.training_data import TrainingData


@pytest.fixture(scope="module")
def members(data: TrainingData, trained: Trained) -> Members:
    return retrain(data, trained, members=3, num_threads=1)


def test_every_member_scores_the_held_out_fold_alone(data: TrainingData, trained: Trained, members: Members) -> None:
    held_out = int(np.sum(trained.fold == HELD_OUT))
    assert members.by_seed.shape == members.by_sample.shape == (3, held_out)
    assert len(set(members.texts)) == 3
    for text in members.texts:
        booster = lgb.Booster(model_str=text)
        assert booster.feature_name() == [column.name for column in trained.columns]
        assert booster.num_trees() == trained.iterations[HELD_OUT]
    assert len(data.label) > held_out


def test_members_are_the_same_whatever_the_order_of_rows(
    data: TrainingData, trained: Trained, members: Members
) -> None:
    order = np.random.default_rng(0).permutation(len(data.label))
    mixed = dataclasses.replace(trained, fold=trained.fold[order], oof_margin=trained.oof_margin[order])
    again = retrain(data.rows(order), mixed, members=3, num_threads=2)
    assert again.texts == members.texts
    assert np.array_equal(again.by_seed, members.by_seed)
    assert np.array_equal(again.by_sample, members.by_sample)


def test_outcomes_of_the_held_out_fold_change_nothing(data: TrainingData, trained: Trained, members: Members) -> None:
    label = np.where(trained.fold == HELD_OUT, 1 - data.label, data.label).astype(np.int8)
    again = retrain(dataclasses.replace(data, label=label), trained, members=3, num_threads=1)
    assert again.texts == members.texts
    assert np.array_equal(again.by_seed, members.by_seed)
    assert np.array_equal(again.by_sample, members.by_sample)


def test_other_applicants_change_a_pd_more_than_another_seed(members: Members) -> None:
    assert np.mean(np.std(members.by_sample, axis=0)) > np.mean(np.std(members.by_seed, axis=0)) > 0


def test_a_champion_of_chosen_columns_has_members_of_the_same_columns(data: TrainingData, trained: Trained) -> None:
    few = dataclasses.replace(trained, columns=(trained.columns[6], trained.columns[0]))
    texts = retrain(data, few, members=2, num_threads=1).texts
    assert lgb.Booster(model_str=texts[0]).feature_name() == ["region", "number_0"]


def test_progress_counts_the_fitted_models(data: TrainingData, trained: Trained) -> None:
    told: list[tuple[str, int, int]] = []
    retrain(data, trained, members=2, num_threads=1, progress=lambda *step: told.append(step))
    assert told[0] == ("members", 0, 4)
    assert told[-1] == ("members", 4, 4)
