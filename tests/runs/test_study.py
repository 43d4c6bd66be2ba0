"""The study behind `garant train --tune`: who goes on with its trials, for how long, what its gain is held against."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from garant.features.encode import InputColumn
from garant.features.feature import Profile
from garant.models.parameters import Parameters
from garant.models.splits import stratified_folds
from garant.models.training import train_champion
from garant.models.training_data import TrainingData
from garant.models.tuning.study import Tried
from garant.runs.progress import Progress, silent
from garant.runs.train_options import TrainOptions
from garant.runs.tuning import default_margin, study_folder, study_of, tried
from garant.settings import Settings

ROWS = 900
OPTIONS = TrainOptions(folds=3, tune=0.04)
START = Parameters(learning_rate=0.2, num_leaves=4, min_data_in_leaf=20, feature_fraction=0.5, max_rounds=8, patience=2)


@pytest.fixture(scope="module")
def sample() -> TrainingData:
    """Nine hundred applicants and four numbers, of which two tell something."""
    rng = np.random.default_rng(4)
    matrix = rng.normal(size=(ROWS, 4)).astype(np.float32)
    label = (rng.random(ROWS) < 1 / (1 + np.exp(1 - matrix[:, 0] - 0.5 * matrix[:, 1]))).astype(np.int8)
    columns = tuple(InputColumn(f"number_{n}") for n in range(4))
    return TrainingData(matrix=matrix, label=label, ids=np.arange(ROWS), columns=columns)


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Settings with a cache of the test's own, in which no study is."""
    return Settings(cache_folder=tmp_path / "cache", threads=1)


def searched(
    study: str, sample: TrainingData, options: TrainOptions, settings: Settings, progress: Progress = silent
) -> Tried:
    fold = stratified_folds(sample.label, sample.ids, folds=options.folds, seed=options.seed)
    return tried(study, sample, fold, START, options=options, settings=settings, progress=progress)


@pytest.mark.parametrize(
    "other",
    [
        {"folds": 4},
        {"out_of_time": "2026-01"},
        {"profile": Profile.KAGGLE},
        {"seed": 8},
    ],
    ids=str,
)
def test_trials_with_other_options_are_those_of_another_study(sample: TrainingData, other: dict[str, object]) -> None:
    changed = dataclasses.replace(OPTIONS, **other)  # pyright: ignore[reportArgumentType] - checked by name
    assert study_of("data", sample, START, changed) != study_of("data", sample, START, OPTIONS)


def test_trials_on_other_data_or_from_another_start_are_those_of_another_study(sample: TrainingData) -> None:
    renamed = dataclasses.replace(sample, columns=tuple(InputColumn(f"other_{n}") for n in range(4)))
    fewer = sample.rows(np.arange(ROWS - 1))
    bound = dataclasses.replace(START, monotone={"number_0": 1})
    found = [
        study_of("data", sample, START, OPTIONS),
        study_of("data of another month", sample, START, OPTIONS),
        study_of("data", renamed, START, OPTIONS),
        study_of("data", fewer, START, OPTIONS),
        study_of("data", sample, bound, OPTIONS),
    ]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("other", [{"tune": 30.0}, {"features": 3}, {"members": 0}, {"challenger": False}], ids=str)
def test_what_changes_no_trial_goes_on_with_the_study(sample: TrainingData, other: dict[str, object]) -> None:
    changed = dataclasses.replace(OPTIONS, **other)  # pyright: ignore[reportArgumentType] - checked by name
    assert study_of("data", sample, START, changed) == study_of("data", sample, START, OPTIONS)


def test_the_time_is_given_in_minutes_and_whoever_waits_sees_it_pass(sample: TrainingData, own: Settings) -> None:
    told: list[tuple[str, int, int]] = []
    found = searched("study", sample, OPTIONS, own, lambda step, done, total: told.append((step, done, total)))
    assert found.seconds >= 0.9 * 60 * 0.04
    assert {total for _, _, total in told} == {2}
    assert 1 <= max(done for _, done, _ in told) <= 2
    first, *later = dict.fromkeys(step for step, _, _ in told)
    assert first == "tuning, in seconds"
    assert later
    assert all(re.fullmatch(r"tuning, in seconds: best AUC 0\.\d{4} of \d+ trials", step) for step in later)
    assert study_folder("study", own).is_dir()


def test_the_seed_of_the_training_is_that_of_the_trials(sample: TrainingData, own: Settings) -> None:
    # The same folds, so that only what the trials draw differs.
    fold = stratified_folds(sample.label, sample.ids, folds=3, seed=1)
    found = [
        tried(
            study,
            sample,
            fold,
            START,
            options=dataclasses.replace(OPTIONS, tune=1e-6, seed=seed),
            settings=own,
            progress=silent,
        )
        for study, seed in (("a", 1), ("b", 2), ("c", 1))
    ]
    assert found[0].default_value == found[2].default_value != found[1].default_value


def test_the_gain_is_held_against_the_very_model_that_a_training_without_tuning_makes(
    sample: TrainingData, own: Settings
) -> None:
    told: list[tuple[int, int]] = []
    untuned = train_champion(sample, seed=OPTIONS.seed, folds=OPTIONS.folds, parameters=START, num_threads=1)
    margin = default_margin(
        sample,
        untuned.fold,
        START,
        options=OPTIONS,
        settings=own,
        progress=lambda _, done, total: told.append((done, total)),
    )
    assert np.array_equal(margin, untuned.oof_margin)
    assert told
    assert all(0 <= done <= total for done, total in told)
