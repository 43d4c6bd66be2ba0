"""Absent optional columns: what loses information, what a bundle minds, what it does not."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from garant.exceptions import BundleColumnsError
from garant.features.catalogue import catalogue, feature
from garant.features.feature import Profile
from garant.runs.absent_columns import absent_warning, features_by_column, losing_information
from garant.runs.accept import accepted_tables
from garant.runs.bundle_columns import require_columns
from garant.runs.bundle_features import bundle_features
from garant.runs.explain import explain
from garant.runs.score import ScoreOptions, score
from garant.runs.score_files import read_scores
from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.runs.train_result import TrainResult
from garant.settings import Settings

pytestmark = pytest.mark.xdist_group("own")

ABSENT = ("OWN_CAR_AGE", "NAME_EDUCATION_TYPE", "FLAG_DOCUMENT_5", "CODE_GENDER", "FLAG_MOBIL")

Changed = Callable[[Callable[[Path], None]], Path]
Without = Callable[..., Callable[[Path], None]]


@pytest.fixture
def poor(changed: Changed, without_columns: Without) -> Path:
    """The lender without five optional columns: one numeric, one category, one of twenty, one sensitive, one unused."""
    return changed(without_columns(*ABSENT))


def test_features_that_read_an_absent_column_are_listed_by_column():
    features = [feature(name) for name in ("application_car_age", "application_documents_n", "application_income")]
    assert features_by_column(features, {"application": ("OWN_CAR_AGE", "FLAG_DOCUMENT_5", "FLAG_MOBIL")}) == {
        "application.OWN_CAR_AGE": ("application_car_age",),
        "application.FLAG_DOCUMENT_5": ("application_documents_n",),
        "application.FLAG_MOBIL": (),
    }


def test_one_warning_counts_the_features_that_lose_information(poor: Path, settings: Settings):
    accepted = accepted_tables(poor, purpose="train", settings=settings)
    said = absent_warning(accepted)
    assert said is not None
    assert said.startswith("5 optional columns are absent")
    # The three features of profile eu that read one of them; sex is of profile kaggle.
    assert "3 features lose information" in said
    by_column = losing_information(accepted)
    assert by_column["application.CODE_GENDER"] == ()
    assert losing_information(accepted, Profile.KAGGLE)["application.CODE_GENDER"] == ("application_sex",)


def test_nothing_is_said_when_every_column_is_there(lender: Path, settings: Settings):
    assert absent_warning(accepted_tables(lender, purpose="train", settings=settings)) is None


def test_a_bundle_that_learned_from_an_absent_column_scores_only_on_demand(
    poor: Path, lender: Path, model: TrainResult, settings: Settings, tmp_path: Path
):
    with pytest.raises(BundleColumnsError) as refused:
        score(poor, model.bundle.folder, tmp_path / "runs", options=ScoreOptions(), settings=settings)
    said = str(refused.value)
    assert "application.NAME_EDUCATION_TYPE: application_education" in said
    assert "application.FLAG_DOCUMENT_5: application_documents_n" in said
    assert "--allow-missing-columns" in said
    assert "CODE_GENDER" not in said
    assert refused.value.exit_code == 3
    assert not (tmp_path / "runs").exists()

    options = ScoreOptions(allow_missing_columns=True)
    done = score(poor, model.bundle.folder, tmp_path / "runs", options=options, settings=settings)
    expected = ["application.FLAG_DOCUMENT_5", "application.NAME_EDUCATION_TYPE", "application.OWN_CAR_AGE"]
    assert list(done.missing_columns) == expected
    assert done.run.manifest["parameters"]["missing_columns"] == expected
    scores = pa.concat_tables(read_scores(done.run))
    assert pc.all(pc.is_valid(scores["pd"])).as_py()
    whole = score(lender, model.bundle.folder, tmp_path / "runs", options=options, settings=settings)
    assert whole.missing_columns == ()
    assert whole.run.run_id != done.run.run_id


def test_one_client_is_explained_only_on_demand_as_well(poor: Path, model: TrainResult, settings: Settings):
    client, bundle = 100002, model.bundle.folder
    with pytest.raises(BundleColumnsError, match="NAME_EDUCATION_TYPE"):
        explain(client, data=poor, bundle_folder=bundle, language="fr", settings=settings)
    found = explain(
        client, data=poor, bundle_folder=bundle, language="fr", settings=settings, allow_missing_columns=True
    )
    assert "application.NAME_EDUCATION_TYPE" in found.missing_columns


def test_training_leaves_out_what_says_nothing_and_is_then_no_obstacle_to_scoring(
    poor: Path, allowed: tuple[tuple[str, str], ...], settings: Settings, tmp_path: Path
):
    options = TrainOptions(fast=True, allow_strong=allowed, members=0, challenger=False)
    trained = train(poor, tmp_path / "model", options=options, settings=settings)
    assert trained.left_out == ("application_car_age", "application_education")
    names = {f.name for f in trained.bundle.content.features}
    assert names.isdisjoint(trained.left_out)
    # One of twenty documents is absent: the number of the others still says something.
    assert "application_documents_n" in names
    assert len(names) + 2 == len(catalogue()) + 3
    assert trained.bundle.content.absent_columns == {"application": ABSENT_IN_ORDER}
    done = score(poor, trained.bundle.folder, tmp_path / "runs", options=ScoreOptions(), settings=settings)
    assert done.missing_columns == ()


ABSENT_IN_ORDER = ("CODE_GENDER", "NAME_EDUCATION_TYPE", "OWN_CAR_AGE", "FLAG_MOBIL", "FLAG_DOCUMENT_5")
"""As the official file has them."""


def test_a_column_that_training_lacked_too_is_no_obstacle(poor: Path, model: TrainResult, settings: Settings):
    accepted = accepted_tables(poor, purpose="score", settings=settings)
    content = model.bundle.content.model_copy(update={"absent_columns": {"application": ABSENT}})
    assert require_columns(bundle_features(model.bundle), content, accepted, allow_missing=False) == {}
