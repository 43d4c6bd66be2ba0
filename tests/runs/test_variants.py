"""The price of a model's choices, found after a training."""

from dataclasses import replace
from pathlib import Path

import lightgbm
import numpy as np
import pyarrow as pa
import pytest

from garant.explanations.contributions import contributions
from garant.explanations.reasons import ReasonWriter
from garant.features.catalogue import catalogue, catalogue_of
from garant.features.feature import PROTECTED, Feature, Legal, Profile
from garant.metrics.discrimination import auc
from garant.models.bundle.variants import VariantsEntry
from garant.models.calibration import fit_calibrator
from garant.models.directions import directions
from garant.models.evaluation import evaluate_out_of_fold
from garant.models.parameters import Parameters
from garant.models.pricing import pricing
from garant.models.selection.selected import train_selected
from garant.models.training import out_of_fold, train_champion
from garant.models.variants import without_columns
from garant.reports.variants_section import variants_section
from garant.runs.accept import accepted_tables
from garant.runs.bundle_groups import BundleGroups
from garant.runs.champion import Chosen
from garant.runs.findings.finding import Finding, Inquiry
from garant.runs.findings.variants import choices_priced
from garant.runs.fold_explanations import FoldExplanations
from garant.runs.judged_model import JudgedModel
from garant.runs.loans import loans_of
from garant.runs.progress import silent
from garant.runs.train import sample_of
from garant.runs.train_options import TrainOptions
from garant.runs.words import words_of
from garant.settings import Settings
from garant.tables.schema import TABLES
from garant.wording.catalogue import LANGUAGES, Wording

QUICK = Parameters(learning_rate=0.15, num_leaves=6, min_data_in_leaf=30, max_rounds=60, patience=10)


def inquiry(lender: Path, profile: Profile, settings: Settings, *, bound: bool = True) -> Inquiry:
    """A quick model of the application alone."""
    whole = accepted_tables(lender, purpose="train", settings=settings)
    accepted = whole.without([name for name in TABLES if name != "application"])
    sample = sample_of(accepted, profile, settings=settings)
    known = {f.name: f for f in catalogue(accepted.tables, profile)}
    # The lender's own columns are left out: with them everything else would be worth nothing.
    sample = without_columns(sample, {column.name for column in sample.columns} - set(known))
    features = [known[column.name] for column in sample.columns]
    parameters = replace(QUICK, monotone=directions(features) if bound else {})
    folds = FoldExplanations(sample, seed=3, threads=1)
    trained = train_champion(sample, seed=3, folds=4, parameters=parameters, num_threads=1, observe=folds.observe)
    prices = pricing(costs="1:10")
    judged = JudgedModel(
        accepted=accepted,
        features=features,
        sample=sample,
        learned_from=sample,
        loans=loans_of(accepted, sample.ids),
        pricing=prices,
        split=None,
        trained=trained,
        explained=folds.explained,
        calibrator=fit_calibrator(trained.oof_margin, sample.label),
        evaluation=evaluate_out_of_fold(
            sample.label, trained.oof_margin, trained.fold, cutoffs=prices.cutoffs, seed=3, replicates=5
        ),
        later=None,
    )
    return Inquiry(model=judged, options=TrainOptions(profile=profile), settings=settings, progress=silent)


@pytest.fixture(scope="module")
def asked(lender: Path, settings: Settings) -> Inquiry:
    return inquiry(lender, Profile.EU, settings)


@pytest.fixture(scope="module")
def found(asked: Inquiry) -> Finding:
    return choices_priced(asked)


def entry_of(found: Finding) -> VariantsEntry:
    entry = found.bundle["variants"]
    assert isinstance(entry, VariantsEntry)
    return entry


def reads_external(feature: Feature) -> bool:
    return any(name.startswith("application.EXT_SOURCE_") for name in feature.inputs)


def test_every_feature_that_reads_an_external_score_is_flagged_as_one():
    for feature in catalogue(profile=Profile.KAGGLE):
        assert (feature.legal is Legal.EXTERNAL) == reads_external(feature), feature.name


def test_each_choice_of_a_model_is_priced(asked: Inquiry, found: Finding):
    entry, features = entry_of(found), asked.model.features
    assert (entry.rows, entry.sampled) == (len(asked.model.sample.label), False)
    assert entry.auc == pytest.approx(asked.model.evaluation.measures["auc"].value, abs=1e-9)
    assert list(entry.variants) == ["without_directions", "without_external_scores", "profile_kaggle"]
    assert entry.variants["without_directions"].features == len(features)
    external = [feature for feature in features if reads_external(feature)]
    assert entry.variants["without_external_scores"].features == len(features) - len(external)
    everything = catalogue_of(asked.model.accepted.config, ("application",), Profile.KAGGLE)
    protected = [feature for feature in everything if feature.legal in PROTECTED]
    assert "application_extra_suburb" in [feature.name for feature in protected]
    assert entry.variants["profile_kaggle"].features == len(features) + len(protected)
    for priced in entry.variants.values():
        assert priced.difference.value == pytest.approx(priced.auc - entry.auc, abs=1e-9)
        ends = (priced.difference.low or 0.0, priced.difference.high or 0.0)
        assert ends[0] < priced.auc - entry.auc < ends[1]
    head, *lines, reasons = found.said
    assert head.startswith(f"Choices priced out of fold on {entry.rows} applicants trained on")
    assert len(lines) == len(entry.variants)
    assert f"of {entry.refusals} refusals out of fold" in reasons


def test_no_protected_name_leaves_the_comparison(found: Finding):
    told = entry_of(found).model_dump_json() + " ".join(found.said)
    names = [f.name for f in catalogue(profile=Profile.KAGGLE) if f.legal in PROTECTED]
    assert not [name for name in names if name in told]


def test_the_share_of_first_reasons_is_that_of_the_reasons(asked: Inquiry, found: Finding):
    model = asked.model
    refused = model.evaluation.pd >= model.evaluation.cutoff
    matrix = model.learned_from.matrix[refused]
    booster = lightgbm.Booster(model_str=model.trained.model_text)
    # What a reason says of a value plays no part here.
    said = {True: pa.array(["?"] * len(matrix)), False: pa.array(np.ones(len(matrix)))}
    values = pa.table({feature.name: said[feature.is_category] for feature in model.features})
    words, typical = words_of(model.features, "en"), BundleGroups(model).typical()
    writer = ReasonWriter(model.features, words, accepted=typical, period_declared=False)
    found_reasons = writer.reasons(contributions(booster, matrix), values)
    first = [reasons[0].family if reasons else "" for reasons in found_reasons]
    entry = entry_of(found)
    assert entry.refusals == len(first) > 0
    assert entry.external_first_share == pytest.approx(np.mean([family == "external_rating" for family in first]))
    assert entry.without_refusals().external_first_share is None


def test_on_many_applicants_a_sample_is_compared_and_the_report_says_so(asked: Inquiry, found: Finding):
    sampled = entry_of(choices_priced(asked, most=600))
    assert (sampled.rows, sampled.sampled) == (600, True)
    for language in LANGUAGES:
        words = Wording(language)
        whole, part = variants_section(entry_of(found))(words), variants_section(sampled)(words)
        assert len(part.paragraphs) == len(whole.paragraphs) + 1
        assert [row[0] for row in whole.tables[0].rows] == [row[0] for row in part.tables[0].rows]
        assert len(whole.tables[0].rows) == 4


def test_a_model_that_chose_its_features_is_priced_with_those_that_each_fold_chose(asked: Inquiry):
    """Those of the champion were chosen with the outcomes of every fold: models of them look better than they are."""
    model = asked.model
    parameters = replace(QUICK, monotone=directions(list(model.features)))
    trained, selection = train_selected(model.sample, 12, seed=3, folds=4, parameters=parameters, num_threads=1)
    chosen = Chosen(candidates=model.features, sample=model.sample, selection=selection, parameters=parameters)
    numbers = list(selection.chosen)
    few = replace(
        model,
        features=[model.features[number] for number in numbers],
        sample=model.sample.only(numbers),
        learned_from=model.sample.only(numbers),
        trained=trained,
        chosen=chosen,
    )
    entry = entry_of(choices_priced(replace(asked, model=few)))
    assert entry.features_chosen
    assert entry.auc == pytest.approx(auc(model.sample.label, trained.oof_margin), abs=1e-12)
    columns = [column.name for column in model.sample.columns]
    external = {feature.name for feature in model.features if reads_external(feature)}
    margin = np.empty(len(model.sample.label))
    for fold, own in enumerate(selection.of_folds):
        left = [number for number in own if columns[number] not in external]
        one = out_of_fold(
            model.sample.only(left),
            trained.fold,
            seed=3,
            parameters=parameters.among(model.sample.only(left).columns),
            num_threads=1,
            trees=trained.iterations,
        )[0]
        margin[trained.fold == fold] = one[trained.fold == fold]
    priced = entry.variants["without_external_scores"]
    assert priced.auc == pytest.approx(auc(model.sample.label, margin), abs=1e-12)
    assert priced.auc < entry.auc


def test_a_kaggle_model_is_compared_with_one_without_protected_attributes(lender: Path, settings: Settings):
    asked = inquiry(lender, Profile.KAGGLE, settings, bound=False)
    entry = entry_of(choices_priced(asked))
    assert list(entry.variants) == ["without_external_scores", "profile_eu"]
    allowed = [feature for feature in asked.model.features if feature.legal not in PROTECTED]
    assert entry.variants["profile_eu"].features == len(allowed) < len(asked.model.features)


@pytest.mark.parametrize("options", [TrainOptions(fast=True), TrainOptions(variants=False)])
def test_a_quick_model_or_one_that_was_not_asked_is_not_priced(asked: Inquiry, options: TrainOptions):
    found = choices_priced(replace(asked, options=options))
    assert not found.bundle
    assert not found.sections
    assert not found.said
