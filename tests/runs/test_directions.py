"""Directions bind the model: through the bundle's own prediction, and as far as they can on raw facts."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from garant.exceptions import UsageError
from garant.features.encode import InputColumn
from garant.features.feature import Feature
from garant.features.worse_facts import worse_facts
from garant.models.directions import Direction, Floats, Matrix, Moves, directions, moves_of_features
from garant.models.fitter import Fitter
from garant.models.parameters import fast_parameters
from garant.runs.accept import accepted_tables
from garant.runs.bundle_directions import bundle_directions
from garant.runs.bundle_features import bundle_features
from garant.runs.direction_check import DirectionCheck, JudgedScore, check_directions
from garant.runs.findings.directions import fact_table, said, section_of
from garant.runs.train_result import TrainResult
from garant.runs.worse_facts import Worsened, drawn_clients, worsened
from garant.scoring.predict import predict
from garant.settings import Settings
from garant.wording.catalogue import LANGUAGES, Wording

APPLICANTS = 1_000


@pytest.fixture(scope="module")
def features(model: TrainResult) -> tuple[Feature, ...]:
    return bundle_features(model.bundle)


@pytest.fixture(scope="module")
def worse(model: TrainResult, lender: Path, features: tuple[Feature, ...], settings: Settings) -> tuple[Worsened, ...]:
    # Read again where other tests' data have pushed it out of the cache since the model was trained.
    accepted = accepted_tables(lender, purpose="train", settings=settings)
    files = accepted.files["application"]
    ids = np.concatenate([pq.read_table(file, columns=["SK_ID_CURR"]).column(0).to_numpy() for file in files])
    clients = drawn_clients(ids, seed=1, n=APPLICANTS)
    return worsened(accepted, clients, features, model.bundle.columns, settings=settings)


@pytest.fixture(scope="module")
def score(model: TrainResult) -> JudgedScore:
    bundle = model.bundle
    return JudgedScore(booster=bundle.booster, columns=bundle.columns, calibrator=bundle.content.calibrator)


def test_the_bundle_names_every_feature_that_has_a_direction(model: TrainResult, features: tuple[Feature, ...]):
    bound = model.bundle.content.training.parameters["monotone"]
    assert bound == directions(features)
    assert bound["application_external_score_2"] == -1
    assert bound["installments_late_days_max_365d"] == 1
    assert not {"application_credit", "application_goods_price", "bureau_credits_n_all"} & set(bound)


def test_no_pd_of_a_thousand_applicants_moves_against_the_direction_of_any_feature(
    model: TrainResult, worse: tuple[Worsened, ...]
):
    rng = np.random.default_rng(5)
    matrix = worse[0].before
    assert len(matrix) == APPLICANTS
    before = predict(model.bundle, matrix).pd
    moved = 0
    for position, column in enumerate(model.bundle.columns):
        direction = model.bundle.content.training.parameters["monotone"].get(column.name)
        if direction is None:
            continue
        spread = np.nanmax(matrix[:, position]) - np.nanmin(matrix[:, position])
        raised = matrix.copy()
        raised[:, position] += (spread * rng.random(len(matrix)) ** 3).astype(np.float32)
        gap = direction * (predict(model.bundle, raised).pd - before)
        assert gap.min() >= -1e-12, column.name
        moved += int((gap > 0).sum())
    assert moved > APPLICANTS


def test_the_check_finds_a_model_that_goes_the_other_way(model: TrainResult, worse: tuple[Worsened, ...]):
    """A model of the same applicants with every direction turned round is caught."""
    bundle, matrix = model.bundle, worse[0].before
    bound = bundle.content.training.parameters["monotone"]
    turned = {name: -direction for name, direction in bound.items()}
    parameters = replace(fast_parameters(len(matrix)), monotone=turned)
    fitter = Fitter(columns=bundle.columns, parameters=parameters, seed=1, num_threads=1)
    bad = (np.random.default_rng(2).random(len(matrix)) < 0.3).astype(np.int8)
    booster = fitter.fit(fitter.dataset(matrix, bad), 60, lambda: None)
    score = JudgedScore(booster=booster, columns=bundle.columns, calibrator=bundle.content.calibrator)
    check = check_directions(score, matrix[:200], bound, seed=2)
    assert check.of_features.against > 0
    for language in LANGUAGES:
        assert section_of(check, bundle_features(bundle))(Wording(language)).alarms
    assert check_directions(score, matrix[:200], turned, seed=2).of_features.against == 0


def test_only_values_that_can_be_raised_are_counted():
    matrix = np.array([[1.0], [2.0], [np.nan], [2.0]], dtype=np.float32)

    def falling(rows: Matrix) -> Floats:
        return -np.nan_to_num(rows[:, 0]).astype(np.float64)

    found = moves_of_features(falling, matrix, [InputColumn("late_days")], {"late_days": 1}, seed=1)
    assert found == {"late_days": Moves(rows=1, against=1, largest=1.0)}


def test_a_margin_that_rises_is_against_a_feature_that_must_lower_it():
    matrix = np.array([[1.0], [2.0]], dtype=np.float32)

    def rising(rows: Matrix) -> Floats:
        return 3 * rows[:, 0].astype(np.float64)

    def moves(direction: Direction) -> Moves:
        return moves_of_features(rising, matrix, [InputColumn("age")], {"age": direction}, seed=1)["age"]

    assert moves(-1) == Moves(rows=1, against=1, largest=3.0)
    assert moves(1) == Moves(rows=1, against=0, largest=0.0)


def test_falls_count_beyond_the_rounding_of_a_sum_and_add_up():
    found = Moves.of(np.array([1.0, 1.0, 1.0, 1.0]), np.array([1.5, 0.75, 0.875, 1.0 - 1e-12]))
    assert found == Moves(rows=4, against=2, largest=0.25)
    assert found + Moves(rows=3, against=1, largest=0.5) == Moves(rows=7, against=3, largest=0.5)
    assert found + Moves(rows=0, against=0, largest=0.0) == found


def test_each_fact_gets_worse_by_what_it_says(worse: tuple[Worsened, ...], features: tuple[Feature, ...]):
    at = {feature.name: position for position, feature in enumerate(features)}
    by_fact = {found.fact: found for found in worse}

    def change(fact: str, feature: str) -> np.ndarray:
        found = by_fact[fact]
        return (found.after - found.before)[found.changed, at[feature]]

    assert list(by_fact) == [
        "instalment_late",
        "overdue_amount",
        "overdue_days",
        "month_elsewhere",
        "month_loan",
        "month_card",
        "refusal",
        "external_score_1",
        "external_score_2",
        "external_score_3",
    ]
    assert set(change("refusal", "previous_refused_n_all")) == {1.0}
    assert set(change("refusal", "previous_applications_n_all")) == {1.0}
    assert set(change("overdue_amount", "bureau_overdue_sum_all")) == {1_000.0}
    assert np.nanmin(change("overdue_days", "bureau_overdue_days_max_all")) >= 0
    assert np.nanmax(change("overdue_days", "bureau_overdue_days_max_all")) == 30
    lower = change("external_score_2", "application_external_score_2")
    assert np.allclose(lower[lower > -0.0999], 0, atol=0.1)
    assert np.isclose(np.nanmin(lower), -0.1)
    assert set(change("instalment_late", "installments_late_days_max_all")) <= {0.0, 1.0}
    latest = change("instalment_late", "installments_late_days_mean_all")
    assert (latest > 0).all()
    assert (change("month_loan", "pos_late_share_all") >= 0).all()
    assert (change("month_card", "card_late_share_all") >= 0).all()
    assert (change("month_elsewhere", "bureau_balance_worst_days_all") >= 0).all()


def test_a_worse_fact_leaves_features_of_other_tables_alone(worse: tuple[Worsened, ...], features: tuple[Feature, ...]):
    table = {fact.name: fact.table for fact in worse_facts()}
    for found in worse:
        others = [n for n, f in enumerate(features) if not any(i.startswith(f"{table[found.fact]}.") for i in f.inputs)]
        assert np.array_equal(found.before[:, others], found.after[:, others], equal_nan=True)
        assert len(found.changed) > 0


def test_facts_of_a_table_that_is_absent_are_left_out(
    model: TrainResult, lender: Path, features: tuple[Feature, ...], settings: Settings
):
    absent = "credit_card_balance"
    accepted = accepted_tables(lender, purpose="train", settings=settings).without([absent])
    left = [feature for feature in features if not any(name.startswith(f"{absent}.") for name in feature.inputs)]
    names = {feature.name for feature in left}
    columns = [column for column in model.bundle.columns if column.name in names]
    ids = pq.read_table(accepted.files["application"][0], columns=["SK_ID_CURR"]).column(0).to_numpy()
    found = worsened(accepted, drawn_clients(ids, seed=1, n=5), left, columns, settings=settings)
    assert [each.fact for each in found] == [fact.name for fact in worse_facts() if fact.table != absent]
    assert len(found) < len(worse_facts())


def test_no_bound_feature_gets_better_when_a_fact_gets_worse(
    worse: tuple[Worsened, ...], features: tuple[Feature, ...]
):
    """What the signs promise: a direction that a worse fact could run against would not be certain."""
    for found in worse:
        for position, feature in enumerate(features):
            direction = directions([feature]).get(feature.name)
            if direction is not None and feature.own is None:
                change = direction * (found.after[:, position] - found.before[:, position])
                assert not (change < 0).any(), (found.fact, feature.name)


def test_a_pd_falls_only_by_what_directions_cannot_bind(
    worse: tuple[Worsened, ...], features: tuple[Feature, ...], score: JudgedScore
):
    """The bound of the falls: what features without a direction, or without a value on one side, do by themselves."""
    unbound = np.array([not directions([feature]) for feature in features])
    for found in worse:
        appeared = np.isnan(found.before) != np.isnan(found.after)
        only_unbound = np.where(unbound | appeared, found.after, found.before)
        floor = score.margin(only_unbound)
        assert (score.margin(found.after) >= floor - 1e-9).all(), found.fact


def test_the_table_shows_the_falls_that_a_recount_finds(
    worse: tuple[Worsened, ...], features: tuple[Feature, ...], score: JudgedScore, model: TrainResult
):
    bound = model.bundle.content.training.parameters["monotone"]
    check = check_directions(score, worse[0].before, bound, worse, seed=3)
    words = Wording("en")
    rows = {row[0]: row[1:] for row in fact_table(check.facts, features, words).rows}
    fell = 0
    for found in worse:
        before, after = predict(model.bundle, found.before), predict(model.bundle, found.after)
        touched = [not np.array_equal(a, b, equal_nan=True) for a, b in zip(found.before, found.after, strict=True)]
        drop = before.margin - after.margin > 1e-9
        fell += int(drop.sum())
        largest = float((before.pd - after.pd)[drop].max()) if drop.any() else 0.0
        shown = rows[words.text(f"report.worse_fact.{found.fact}")]
        assert shown[:2] == (words.number(sum(touched)), words.number(int(drop.sum())))
        assert shown[3] == words.percent(largest, decimals=2, fixed=True)
        assert (shown[4] == words.text("report.none")) == (not drop.any())
    line = said(check, len(features), later=False)
    assert f"raised alone for {check.applicants} of the applicants trained on" in line
    assert f"lowered {fell} of " in line
    assert f"by {100 * max(fact.largest_pd for fact in check.facts):.2f} percentage points at most" in line
    for language in LANGUAGES:
        section = section_of(check, features)(Wording(language))
        assert not section.alarms
        assert len(section.tables[0].rows) == len(worse)


def test_a_bundle_is_checked_on_any_data(model: TrainResult, settings: Settings):
    found = bundle_directions(model.bundle, model.accepted.folder, applicants=50, settings=settings)
    assert isinstance(found, DirectionCheck)
    assert found.applicants == 50
    assert found.of_features.against == 0
    assert len(found.facts) == 10


def test_a_bundle_without_directions_says_so(model: TrainResult, settings: Settings):
    bundle, content = model.bundle, model.bundle.content
    free = content.training.model_copy(update={"parameters": {**content.training.parameters, "monotone": {}}})
    with pytest.raises(UsageError, match="--no-directions"):
        bundle_directions(
            replace(bundle, content=content.model_copy(update={"training": free})),
            model.accepted.folder,
            settings=settings,
        )


def test_without_directions_the_lenders_own_still_bind(features: tuple[Feature, ...]):
    assert directions(features, own_only=True) == {"application_extra_monthsascustomer": -1}
