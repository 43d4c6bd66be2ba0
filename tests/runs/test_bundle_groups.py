"""Who is accepted, refused and similar in a training, and what reasons are measured against: all told by hand again."""

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.features.catalogue import feature
from garant.features.encode import InputColumn
from garant.features.feature import Feature
from garant.models.bundle.cells import MIN_CELL_ROWS
from garant.models.bundle.groups import FeatureGroups, read_groups, read_similar, rounded
from garant.models.calibration import fit_calibrator
from garant.models.cutoff import ReferBand
from garant.models.evaluation import evaluate_out_of_fold
from garant.models.loans import Loans
from garant.models.parameters import Parameters
from garant.models.pricing import pricing
from garant.models.product_cutoffs import Cutoffs
from garant.models.training import train_champion
from garant.models.training_data import TrainingData
from garant.runs import fold_explanations
from garant.runs.bundle_groups import CELL_FEATURES, BundleGroups
from garant.runs.fold_explanations import FoldExplanations
from garant.runs.judged_model import JudgedModel

if TYPE_CHECKING:
    from garant.tables.accepted import AcceptedTables

RATING = feature("application_external_score_2")
LATE = feature("installments_late_days_max_all")
LATE_SHARE = feature("installments_late_share_all")
SEX_AGE = feature("application_age_days")
GOODS = feature("application_goods_price")
INCOME = feature("application_income")
BUILDING = feature("application_building_age")
CAR = feature("application_own_car")
SCHOOL = feature("application_education")
FEATURES = (CAR, SEX_AGE, LATE_SHARE, LATE, RATING, GOODS, INCOME, BUILDING, SCHOOL)
LEVELS = ("Higher education", "Lower secondary")

QUICK = Parameters(learning_rate=0.2, num_leaves=8, min_data_in_leaf=20, max_rounds=40, patience=40)
ROWS, EXPLAINED = 2_400, 1_500
BAND = ReferBand(0.15, 0.35)

Floats = npt.NDArray[np.float64]


def sample() -> TrainingData:
    """The flag weighs most and the age next, which must not part anybody; the price does nothing clear."""
    rng = np.random.default_rng(6)
    car, school = rng.integers(0, 2, ROWS), rng.integers(1, 3, ROWS)
    age, share, late, rating, goods, income, building = rng.normal(size=(7, ROWS))
    log_odds = -1.6 + 1.5 * car + 1.2 * age + 0.3 * share + 0.9 * late - 0.8 * rating
    # Both ends of the price are risky; a high income is safe, an old house a little risky.
    log_odds += 0.9 * (np.abs(goods) > 1) - 0.5 * income + 0.25 * building + 0.4 * (school == 2)
    late[rng.random(ROWS) < 0.2] = np.nan
    # Incomes are skewed, and some are not stated: the direction is one of ranks, of those that are.
    income = np.where(rng.random(ROWS) < 0.1, np.nan, np.exp(4 * income))
    matrix = np.column_stack([car, age, share, late, rating, goods, income, building, school]).astype(np.float32)
    return TrainingData(
        matrix=matrix,
        label=(rng.random(ROWS) < 1 / (1 + np.exp(-log_odds))).astype(np.int8),
        ids=np.arange(ROWS),
        columns=tuple(InputColumn(f.name, LEVELS if f.is_category else None) for f in FEATURES),
    )


@pytest.fixture(scope="module")
def model() -> JudgedModel:
    """A quick model of it, judged with a refer band; some of its applicants are explained."""
    data = sample()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fold_explanations, "EXPLAINED_ROWS", EXPLAINED)
        folds = FoldExplanations(data, seed=2, threads=1)
    trained = train_champion(data, seed=2, folds=3, parameters=QUICK, num_threads=1, observe=folds.observe)
    prices = pricing(costs="1:4")
    cutoffs = Cutoffs.of(prices.costs, prices.products, band=BAND)
    return JudgedModel(
        accepted=cast("AcceptedTables", None),  # groups are of the sample, no table is read
        features=FEATURES,
        sample=data,
        learned_from=data,
        loans=Loans(np.full(ROWS, None), np.full(ROWS, np.nan)),
        pricing=prices,
        split=None,
        trained=trained,
        explained=folds.explained,
        calibrator=fit_calibrator(trained.oof_margin, data.label),
        evaluation=evaluate_out_of_fold(
            data.label, trained.oof_margin, trained.fold, cutoffs=cutoffs, seed=2, replicates=2
        ),
        later=None,
    )


def of_bundle(model: JudgedModel) -> tuple[bytes, dict[str, FeatureGroups]]:
    """Bytes of the reference and what is read from them."""
    out = pa.BufferOutputStream()
    pq.write_table(BundleGroups(model).reference(), out)
    data = out.getvalue().to_pybytes()
    return data, read_groups(data)


@pytest.fixture(scope="module")
def groups(model: JudgedModel) -> dict[str, FeatureGroups]:
    return of_bundle(model)[1]


def effect(model: JudgedModel, member: Feature) -> Floats:
    """Contributions of one feature to the explained applicants."""
    return model.explained.values[:, FEATURES.index(member)]


def is_accepted(model: JudgedModel) -> npt.NDArray[np.bool_]:
    """Which explained applicants are accepted out of fold."""
    return model.evaluation.pd[model.explained.rows] < BAND.lower


def test_accepted_and_refused_lie_below_and_beyond_the_refer_band(
    model: JudgedModel, groups: dict[str, FeatureGroups]
) -> None:
    pd, rating = model.evaluation.pd, model.sample.matrix[:, FEATURES.index(RATING)].astype(float)
    accepted, refused = pd < BAND.lower, pd >= BAND.upper
    assert min(accepted.sum(), refused.sum(), (~accepted & ~refused).sum()) > 200
    for who, spread in ((accepted, groups[RATING.name].accepted), (refused, groups[RATING.name].refused)):
        expected = [rounded(q) for q in np.quantile(rating[who], (0.1, 0.5, 0.9), method="inverted_cdf")]
        assert spread.rows == who.sum()
        assert [spread.low, spread.median, spread.high] == expected


def test_what_is_typical_of_a_fact_is_its_mean_among_accepted_applicants(
    model: JudgedModel, groups: dict[str, FeatureGroups]
) -> None:
    assert len(model.explained.rows) == EXPLAINED
    accepted = is_accepted(model)
    for member in FEATURES:
        mean = effect(model, member)[accepted].mean()
        assert groups[member.name].contribution == pytest.approx(mean, abs=1e-12), member.name
        assert BundleGroups(model).typical().features[member.name].contribution == pytest.approx(mean, abs=1e-12)
    # Accepted applicants are no average ones.
    assert effect(model, RATING)[accepted].mean() < effect(model, RATING).mean() - 0.1


def test_what_is_typical_of_a_family_is_the_mean_of_the_sum_of_its_members(model: JudgedModel) -> None:
    typical = BundleGroups(model).typical().families
    assert set(typical) == {member.family for member in FEATURES}
    both = effect(model, LATE) + effect(model, LATE_SHARE)
    assert typical["late_payments"] == pytest.approx(both[is_accepted(model)].mean(), abs=1e-12)
    by_family = model.explained.by_family(FEATURES)
    assert by_family["late_payments"] == pytest.approx(both, abs=1e-12)
    assert {name: sums[is_accepted(model)].mean() for name, sums in by_family.items()} == pytest.approx(typical)


def test_where_nobody_is_accepted_everybody_is_typical(model: JudgedModel) -> None:
    nobody = replace(model, evaluation=replace(model.evaluation, pd=np.ones(ROWS)))
    means = BundleGroups(nobody).accepted_means()
    assert means[RATING.name] == pytest.approx(effect(model, RATING).mean(), abs=1e-12)


def test_the_adverse_side_is_that_of_the_catalogue_or_a_clear_one_of_the_folds(
    groups: dict[str, FeatureGroups],
) -> None:
    adverse = {name: each.adverse for name, each in groups.items()}
    assert (adverse[RATING.name], adverse[LATE.name]) == (-1, 1)
    assert (adverse[INCOME.name], adverse[CAR.name]) == (-1, 1)
    assert (adverse[GOODS.name], adverse[SCHOOL.name]) == (0, 0)


@pytest.mark.parametrize(("share", "adverse"), [(0.35, 0), (-0.35, 0), (2.0, 1), (-2.0, -1)])
def test_a_tendency_is_no_direction(model: JudgedModel, share: float, adverse: int) -> None:
    place = FEATURES.index(GOODS)
    prices = model.learned_from.matrix[model.explained.rows, place]
    values = model.explained.values.copy()
    values[:, place] = share * prices + np.random.default_rng(3).normal(size=len(prices))
    assert abs(np.corrcoef(prices, values[:, place])[0, 1]) > 0.2
    leaning = replace(model, explained=replace(model.explained, values=values))
    assert of_bundle(leaning)[1][GOODS.name].adverse == adverse


def test_the_catalogue_is_right_where_a_model_has_learned_the_opposite(model: JudgedModel) -> None:
    explained = replace(model.explained, values=-model.explained.values)
    turned = of_bundle(replace(model, explained=explained))[1]
    assert (turned[RATING.name].adverse, turned[INCOME.name].adverse) == (-1, 1)


def test_similar_applicants_are_alike_in_the_numbers_that_move_the_score_most(model: JudgedModel) -> None:
    cells = BundleGroups(model).cells
    assert cells is not None
    weight = {member: np.abs(effect(model, member)).mean() for member in FEATURES}
    assert weight[CAR] > weight[RATING]
    assert weight[SEX_AGE] > weight[RATING]
    families = {family: np.abs(sums).mean() for family, sums in model.explained.by_family(FEATURES).items()}
    # Neither a flag nor a category, nothing protected, and one fact per family.
    candidates = sorted((LATE, RATING, GOODS, INCOME, BUILDING), key=lambda member: -families[member.family])
    assert weight[LATE] > weight[LATE_SHARE]
    assert cells.features == tuple(member.name for member in candidates[:CELL_FEATURES])
    assert min(cell.rows for cell in cells.cells) >= MIN_CELL_ROWS


def test_each_cell_is_told_by_its_own_applicants(model: JudgedModel) -> None:
    cells = BundleGroups(model).cells
    assert cells is not None
    data = of_bundle(model)[0]
    for number, cell in enumerate(cells.cells):
        similar = read_similar(data, number)
        assert similar[RATING.name].rows == cell.rows
        bound = next((bound for bound in cell.bounds if bound.feature == RATING.name), None)
        median = similar[RATING.name].median
        if bound is not None:
            assert bound.holds(median), (cell, median)


def test_a_tiny_sample_has_no_cells_and_still_a_reference(model: JudgedModel) -> None:
    few = np.arange(MIN_CELL_ROWS - 1)
    rows = np.isin(model.explained.rows, few)
    explained = replace(model.explained, rows=model.explained.rows[rows], values=model.explained.values[rows])
    evaluation = replace(
        model.evaluation,
        pd=model.evaluation.pd[few],
        rows_cutoffs=model.evaluation.rows_cutoffs.only(np.arange(ROWS) < len(few)),
    )
    small = replace(model, learned_from=model.sample.rows(few), explained=explained, evaluation=evaluation)
    assert BundleGroups(small).cells is None
    assert of_bundle(small)[1][RATING.name].accepted.rows == (evaluation.pd < BAND.lower).sum()
