"""`garant train --tune MINUTES`: chosen parameters in the bundle, an honest gain, and a study that goes on."""

import dataclasses
from pathlib import Path

import pytest

from garant.exceptions import MissingPartError, UsageError
from garant.models.tuning import study as study_module
from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.settings import Settings
from garant.wording.catalogue import Wording

CHILDREN = (
    "bureau",
    "bureau_balance",
    "previous_application",
    "POS_CASH_balance",
    "installments_payments",
    "credit_card_balance",
)
OPTIONS = TrainOptions(fast=True, challenger=False, without=CHILDREN, folds=3, features=8, tune=0.04, members=0)


def test_the_same_command_again_goes_on_with_the_study_and_gives_the_same_bundle(
    lender: Path, allowed: tuple[tuple[str, str], ...], settings: Settings, tmp_path: Path
) -> None:
    options = dataclasses.replace(OPTIONS, allow_strong=allowed)
    first = train(lender, tmp_path / "first", options=options, settings=settings)
    entry = first.bundle.content.tuning
    assert entry is not None
    assert entry.trials >= 1
    assert entry.best_value >= entry.default_value
    trained_with = first.bundle.content.training.parameters
    assert {name: trained_with[name] for name in entry.chosen} == entry.chosen
    rows = first.bundle.content.training.rows
    assert rows // 3 <= entry.held_back_rows <= rows // 3 + 1
    lines = [line for line in first.said if "tuning never saw" in line or line.startswith("Tuned in")]
    assert len(lines) == 2
    assert Wording("en").text("report.heading.tuning") in first.report.read_text(encoding="utf-8")
    assert len(first.bundle.content.features) == 8

    again = train(lender, tmp_path / "again", options=options, settings=settings)
    assert again.bundle.digest == first.bundle.digest
    (study,) = [path for path in (settings.cache_folder / "tuning").iterdir() if path.name == entry.study]
    assert (study / study_module.FILE).is_file()


def test_without_the_library_the_command_stops_at_once(
    lender: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study_module, "find_spec", lambda _name: None)
    with pytest.raises(MissingPartError, match="--tune needs optuna"):
        train(lender, tmp_path / "m", options=OPTIONS, settings=settings)


@pytest.mark.parametrize("minutes", [0.0, -1.0, float("nan"), float("inf")])
def test_a_time_that_is_none_is_refused(minutes: float) -> None:
    with pytest.raises(UsageError, match="expected minutes above 0"):
        dataclasses.replace(OPTIONS, tune=minutes)
