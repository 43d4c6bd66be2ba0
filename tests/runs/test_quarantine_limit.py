"""Training and scoring stop when too many rows are in quarantine, and write nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from garant.exceptions import QuarantineLimitError
from garant.runs.explain import explain
from garant.runs.score import ScoreOptions, score
from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.tables.quarantine_limit import QuarantineLimit

pytestmark = pytest.mark.xdist_group("own")


def damage(n: int) -> Callable[[Path], None]:
    """Change that writes a word into the loan amount of `n` labelled applicants."""

    def change(folder: Path) -> None:
        path = folder / "application_train.csv"
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        position = header.split(",").index("AMT_CREDIT")
        for number in range(10, 10 + n):
            cells = rows[number].split(",")
            cells[position] = "a lot"
            rows[number] = ",".join(cells)
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")

    return change


@pytest.fixture
def six_broken(changed: Callable[[Callable[[Path], None]], Path]) -> Path:
    """The lender with six broken applications of some two thousand."""
    return changed(damage(6))


def test_training_stops_without_a_bundle(six_broken: Path, settings: Settings, tmp_path: Path):
    with pytest.raises(QuarantineLimitError, match=r"application: 6 of \d+ rows.*AMT_CREDIT\.type \(6\)"):
        train(six_broken, tmp_path / "model", options=TrainOptions(fast=True), settings=settings)
    assert not (tmp_path / "model").exists()


def test_scoring_stops_without_a_run_and_goes_on_when_more_is_accepted(
    six_broken: Path, model: TrainResult, settings: Settings, tmp_path: Path
):
    with pytest.raises(QuarantineLimitError):
        score(six_broken, model.bundle.folder, tmp_path / "runs", options=ScoreOptions(), settings=settings)
    assert not (tmp_path / "runs").exists()
    options = ScoreOptions(accept_quarantine=QuarantineLimit.parse("6"))
    done = score(six_broken, model.bundle.folder, tmp_path / "runs", options=options, settings=settings)
    assert done.n_set_aside == 6
    assert done.run.manifest["accept_quarantine"] == "6"
    # The limit decides whether there is a run, not what is in it.
    wider = ScoreOptions(accept_quarantine=QuarantineLimit.parse("1%"))
    again = score(six_broken, model.bundle.folder, tmp_path / "runs", options=wider, settings=settings)
    assert again.repeated
    # A run that is there is no way around the limit.
    with pytest.raises(QuarantineLimitError):
        score(six_broken, model.bundle.folder, tmp_path / "runs", options=ScoreOptions(), settings=settings)


def test_one_client_is_explained_whatever_the_quarantine(six_broken: Path, model: TrainResult, settings: Settings):
    found = explain(100002, data=six_broken, bundle_folder=model.bundle.folder, language="en", settings=settings)
    assert 0 < found.pd < 1
