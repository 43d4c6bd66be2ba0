"""A champion of few features: chosen inside folds, reproducible, and honest about what the others would have added."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from garant.exceptions import UsageError
from garant.features.encode import InputColumn
from garant.metrics.discrimination import auc
from garant.models.parameters import Parameters
from garant.models.selection import ranking
from garant.models.selection.choice import choose_features
from garant.models.selection.selected import train_selected
from garant.models.training import train_champion
from garant.models.training_data import TrainingData

SEED = 5

MakeData = Callable[[int, int], TrainingData]


@pytest.fixture(scope="module")
def few(quick: Parameters) -> Parameters:
    return dataclasses.replace(quick, max_rounds=40, monotone={"number_0": 1, "number_5": -1})


def test_features_that_say_nothing_are_not_made_to_look_good_by_choosing_among_them(few: Parameters) -> None:
    few = dataclasses.replace(few, monotone={})
    rng = np.random.default_rng(4)
    rows, width = 400, 400
    noise = TrainingData(
        matrix=rng.normal(size=(rows, width)).astype(np.float32),
        label=(rng.random(rows) < 0.4).astype(np.int8),
        ids=np.arange(rows, dtype=np.int64),
        columns=tuple(InputColumn(f"noise_{number}") for number in range(width)),
    )
    found, selection = train_selected(noise, 10, seed=SEED, folds=4, parameters=few, num_threads=1)
    honest = auc(noise.label, found.oof_margin)
    # The defect: the choice has seen the outcomes of the rows that it is then judged on.
    chosen_on_all = choose_features(noise, 10, seed=SEED, num_threads=1)
    leaking = train_champion(noise.only(chosen_on_all), seed=SEED, folds=4, parameters=few, num_threads=1)
    assert auc(noise.label, leaking.oof_margin) > 0.59
    assert 0.44 < honest < 0.56
    assert selection.chosen == chosen_on_all


def test_outcomes_of_a_fold_change_nothing_in_what_its_model_chooses(data: TrainingData, few: Parameters) -> None:
    found, before = train_selected(data, 3, seed=SEED, folds=3, parameters=few, num_threads=1)
    own = found.fold == 1
    flipped = dataclasses.replace(data, label=np.where(own, data.matrix[:, 5] > 0, data.label).astype(np.int8))
    rows = flipped.rows(found.fold != 1)
    order = np.argsort(rows.ids)
    assert choose_features(rows.rows(order), 3, seed=SEED, num_threads=1) == before.of_folds[1]


def test_the_same_applicants_in_any_order_and_with_any_threads_give_the_same_choice_and_model(
    make_data: MakeData, few: Parameters
) -> None:
    data = make_data(900, 8)
    first, chosen = train_selected(data, 4, seed=SEED, folds=2, parameters=few, num_threads=1)
    order = np.random.default_rng(0).permutation(len(data.label))
    second, again = train_selected(data.rows(order), 4, seed=SEED, folds=2, parameters=few, num_threads=1)
    assert again.columns == chosen.columns
    assert second.model_text == first.model_text
    assert np.array_equal(second.oof_margin, first.oof_margin[order])
    assert again.lost_auc.value == pytest.approx(chosen.lost_auc.value, abs=1e-12)


def test_threads_change_nothing_in_a_choice(make_data: MakeData, monkeypatch: pytest.MonkeyPatch) -> None:
    # Few trees: threads that wait for each other take long on a busy machine.
    monkeypatch.setattr(ranking, "TREES", 5)
    data = make_data(900, 8)
    rows = data.rows(np.argsort(data.ids))
    one, two = (ranking.excess_contributions(rows, seed=SEED, num_threads=n) for n in (1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, ranking.excess_contributions(rows, seed=SEED + 1, num_threads=1))


def test_what_drives_the_risk_is_chosen_and_the_price_is_that_of_the_same_folds(
    data: TrainingData, few: Parameters
) -> None:
    found, selection = train_selected(data, 4, seed=SEED, folds=3, parameters=few, num_threads=1)
    names = {column.name for column in found.columns}
    assert {"number_0", "number_1", "region"} <= names
    assert len(names) == 4
    assert [data.columns[number] for number in selection.chosen] == list(found.columns)
    assert set(found.parameters.monotone) == {"number_0", "number_5"} & names
    assert [len(columns) for columns in selection.of_folds] == [4, 4, 4]
    assert selection.times_chosen(0) == 3
    everything = train_champion(data, seed=SEED, folds=3, parameters=few, num_threads=1)
    assert np.array_equal(selection.oof_margin, everything.oof_margin)
    lost = auc(data.label, everything.oof_margin) - auc(data.label, found.oof_margin)
    assert selection.lost_auc.value == pytest.approx(lost)
    assert selection.lost_auc.low < lost < selection.lost_auc.high


@pytest.mark.parametrize("n", [0, 8, 50])
def test_a_number_that_leaves_nothing_to_choose_is_refused(data: TrainingData, n: int) -> None:
    with pytest.raises(UsageError, match=f"{n} features asked of the 8 that this sample gives. Ask for 1 to 7"):
        train_selected(data, n, seed=SEED, folds=3)
