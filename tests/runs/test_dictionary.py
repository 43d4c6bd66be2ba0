"""Features described, and the dictionary written, from a folder of data and a model that learned from it."""

import csv
from pathlib import Path

import numpy as np
import pytest

from garant.cli.feature_entry import entry_json, entry_rows
from garant.exceptions import StorageError, UnknownNameError
from garant.features.catalogue import feature
from garant.features.encode import InputColumn
from garant.features.feature import Profile
from garant.metrics.psi import Change
from garant.models.bundle.importance import gain_shares
from garant.models.feature_statistics import statistics
from garant.runs.accept import accepted_tables
from garant.runs.dictionary import dictionary_data, write_dictionary_folder
from garant.runs.feature_description import describe
from garant.runs.feature_list import listed_features, narrowed
from garant.runs.feature_statistics import feature_statistics
from garant.runs.train_result import TrainResult
from garant.settings import Settings

pytestmark = pytest.mark.xdist_group("own")

MONTHS = "application_extra_monthsascustomer"


def test_a_description_holds_what_data_and_model_say(lender: Path, model: TrainResult, settings: Settings):
    found = describe(MONTHS, data=lender, bundle=model.bundle, settings=settings)
    measured = found.statistics
    assert measured is not None
    assert (
        measured.labelled + measured.unlabelled
        == accepted_tables(lender, purpose="score", settings=settings).report.table("application").accepted
    )
    assert measured.null_labelled == pytest.approx(0.1, abs=0.03)
    assert found.null_in_training == pytest.approx(measured.null_labelled)
    assert measured.stability is not None
    assert (measured.stability.n_expected, measured.stability.n_actual) == (measured.labelled, measured.unlabelled)
    assert found.importance is not None
    assert found.importance.of == len(model.bundle.content.features)
    said = entry_rows(found, "fr")
    assert said["PSI"].startswith(f"{measured.stability.psi:.4f} over")
    assert f"rank {found.importance.rank} of {found.importance.of}" in said["importance"]
    assert entry_json(found)["null_share"]["labelled"] == measured.null_labelled


def test_without_data_and_model_the_entry_alone_is_told(settings: Settings):
    found = describe("application_external_score_mean", settings=settings)
    assert entry_json(found)["psi"] is None
    assert entry_json(found)["importance"] is None
    said = entry_rows(found, "fr")
    assert "PSI" not in said
    assert "Demandez au prêteur" in said["external score EXT_SOURCE_1"]


def test_the_entry_of_an_external_score_is_that_of_the_bundle_or_of_the_data(
    lender: Path, model: TrainResult, settings: Settings
):
    name = "application_external_score_2"
    for found in (
        describe(name, bundle=model.bundle, settings=settings),
        describe(name, data=lender, settings=settings),
    ):
        assert found.scores["EXT_SOURCE_2"].provider == "Agence Exemple"
        assert "[0 to 1] Provider: Agence Exemple." in entry_rows(found, "en")["external score EXT_SOURCE_2"]


def test_a_mistyped_name_is_answered_with_near_ones(model: TrainResult, settings: Settings):
    with pytest.raises(UnknownNameError, match=MONTHS):
        describe("application_extra_monthasclient", bundle=model.bundle, settings=settings)


def test_a_feature_that_the_model_does_not_use_is_described_and_said_to_be_unused(
    model: TrainResult, settings: Settings
):
    found = describe("application_sex", bundle=model.bundle, settings=settings)
    assert found.is_unused
    assert found.importance is None
    assert "does not use" in entry_rows(found, "en")["importance"]


def test_importance_is_the_share_of_gain_and_the_most_important_is_first(model: TrainResult):
    found = gain_shares(model.bundle)
    assert sum(used.share for used in found.values()) == pytest.approx(1)
    first = min(found.values(), key=lambda used: used.rank)
    assert (first.rank, first.share) == (1, max(used.share for used in found.values()))
    unused = {used.rank for used in found.values() if not used.share}
    assert len(unused) == 1


def test_a_feature_that_changed_among_those_without_outcome_is_found():
    values = np.arange(2_000, dtype=np.float32) % 50
    labelled = np.arange(2_000) < 1_000
    same = statistics(values, labelled, InputColumn("same"))
    assert same.stability is not None
    assert same.stability.change is Change.NONE
    moved = statistics(np.where(labelled, values, values / 2), labelled, InputColumn("moved"))
    assert moved.stability is not None
    assert moved.stability.change is Change.LARGE
    levels = InputColumn("level", ("a", "b"))
    other = statistics(np.where(labelled, values % 2 + 1, 0).astype(np.float32), labelled, levels)
    assert other.stability is not None
    assert other.stability.change is Change.LARGE


def test_applicants_of_one_kind_have_no_psi_but_a_share_of_missing_values():
    values = np.array([1, np.nan, 3, 4], dtype=np.float32)
    found = statistics(values, np.ones(4, dtype=np.bool_), InputColumn("x"))
    assert (found.null_labelled, found.null_unlabelled, found.stability) == (0.25, None, None)


def test_statistics_of_many_features_are_those_of_each_by_itself(lender: Path, settings: Settings):
    accepted = accepted_tables(lender, purpose="score", settings=settings)
    names = ("application_occupation", "bureau_debt_sum_all", "application_external_score_1")
    together = feature_statistics(accepted, [feature(name) for name in names], settings=settings)
    assert list(together) == list(names)
    alone = feature_statistics(accepted, [feature(names[0])], settings=settings)
    assert alone[names[0]] == together[names[0]]


def test_features_are_narrowed_to_families_and_tables(lender: Path):
    features = listed_features(profile=Profile.EU, tables=("application", "bureau"), data=lender)
    found = narrowed(features, families=("loyalty", "debt_elsewhere"))
    assert {f.family for f in found} == {"loyalty", "debt_elsewhere"}
    assert {f.table for f in narrowed(features, tables=("bureau",))} == {"bureau"}
    with pytest.raises(UnknownNameError, match="Did you mean 'loyalty'"):
        narrowed(features, families=("loyality",))


def test_the_dictionary_of_a_lender_holds_its_columns_and_what_was_measured(
    lender: Path, model: TrainResult, settings: Settings, tmp_path: Path
):
    found = dictionary_data(data=lender, bundle=model.bundle, settings=settings)
    files = write_dictionary_folder(tmp_path / "out", found)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(files)
    page = (tmp_path / "out" / "dictionary.fr.html").read_text(encoding="utf-8")
    assert "Ancienneté de la relation" in page
    assert "Agence Exemple" in page
    assert model.bundle.digest[:12] in page
    table = (tmp_path / "out" / "features.csv").read_text(encoding="utf-8")
    rows = {row["feature"]: row for row in csv.DictReader(table.splitlines())}
    assert rows[MONTHS]["gain_rank"]
    assert rows["application_extra_strayscore"]["profile_eu"] == "no"
    assert all(row["psi"] for row in rows.values())
    with pytest.raises(StorageError):
        write_dictionary_folder(tmp_path / "out", found)
    assert write_dictionary_folder(tmp_path / "out", found, languages=["fr"], overwrite=True)[0] == "dictionary.fr.html"
    assert not (tmp_path / "out" / "dictionary.en.html").exists()


def test_a_bundle_alone_knows_the_lenders_columns(model: TrainResult, settings: Settings):
    found = dictionary_data(bundle=model.bundle, settings=settings)
    assert {f.name for f in found.features if f.own} == {
        f.name for f in model.bundle.content.features if "_extra_" in f.name
    }
    assert found.config.scores["EXT_SOURCE_2"].provider == "Agence Exemple"
