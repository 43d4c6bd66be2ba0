"""Views of a whole model, on models whose structure is known."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass

import lightgbm
import numpy as np
import pytest

from garant.explanations.contributions import contributions
from garant.explanations.global_views import ExplainedRows, GlobalViews, global_views
from garant.explanations.importance import importances
from garant.explanations.interactions import interactions
from garant.explanations.swarm import swarm
from garant.explanations.value_bins import FEWEST, NOWHERE, value_bins

Array = np.ndarray
Model = tuple[Array, Array]
"""Values and contributions of every applicant."""

NAMES = ("strong", "weak", "partner", "twin", "noise", "level")


def explained(leaves: int, target: Callable[[Array], Array]) -> Model:
    """A model of `target`, a function of six inputs: `twin` goes along with `strong`, `level` is a category."""
    rng = np.random.default_rng(8)
    matrix = rng.normal(size=(6_000, 6))
    matrix[:, 3] = 0.9 * matrix[:, 0] + 0.4 * rng.normal(size=len(matrix))
    matrix[:, 5] = rng.integers(0, 5, len(matrix))
    matrix[rng.random(len(matrix)) < 0.1, 1] = np.nan
    matrix = matrix.astype(np.float32)
    data = lightgbm.Dataset(matrix, target(np.nan_to_num(matrix)), categorical_feature=[5])
    parameters = {"verbose": -1, "num_threads": 1, "num_leaves": leaves, "learning_rate": 0.2, "seed": 1}
    booster = lightgbm.train(parameters, data, num_boost_round=60)
    return matrix, contributions(booster, matrix)[:, :-1].astype(np.float32)


@pytest.fixture(scope="module")
def additive() -> Model:
    """Trees of one split: nothing can act together."""
    return explained(2, lambda x: 2 * x[:, 0] + 0.5 * x[:, 1] + x[:, 3] ** 2 + (x[:, 5] == 2))


@pytest.fixture(scope="module")
def planted() -> Model:
    """`strong` counts only where `partner` is positive."""
    return explained(15, lambda x: 3 * x[:, 0] * (x[:, 2] > 0) + 0.5 * x[:, 1] + 0.3 * (x[:, 5] == 2))


def pairs_of(model: Model) -> list[tuple[str, str]]:
    found = interactions(NAMES, *model, is_category=[name == "level" for name in NAMES], most=10)
    return [(pair.first, pair.second) for pair in found]


def views_of(model: Model, **groups: Array) -> GlobalViews:
    values, effects = model
    families = ["income", "income", "debt", "debt", "age", "job"]
    kinds = [name == "level" for name in NAMES]
    rows = ExplainedRows(NAMES, families, kinds, values, effects, -2.0, groups)
    return global_views(rows, seed=7)


def test_a_planted_interaction_comes_first(planted: Model) -> None:
    found = interactions(NAMES, *planted, is_category=[name == "level" for name in NAMES], most=10)
    assert {found[0].first, found[0].second} == {"strong", "partner"}
    assert found[0].first_share > 0.15
    # The twin goes along with the cause and is taken for it, but for less: what the page says of third features.
    assert [{pair.first, pair.second} for pair in found[1:] if pair.size > 0.3 * found[0].size] in (
        [],
        [{"partner", "twin"}],
    )


def test_a_model_that_only_adds_up_has_no_interaction_also_where_features_go_along_with_each_other(
    additive: Model,
) -> None:
    assert pairs_of(additive) == []


@pytest.mark.parametrize("seed", range(5))
def test_chance_alone_makes_no_interaction_in_a_small_sample(seed: int) -> None:
    rng = np.random.default_rng(seed)
    noise = rng.standard_t(4, size=(2, 800, 15)).astype(np.float32)
    names = [f"feature_{number}" for number in range(15)]
    assert interactions(names, noise[0], noise[1], is_category=[False] * 15, most=10) == ()


def test_the_picture_of_a_pair_shows_where_the_first_feature_counts(planted: Model) -> None:
    picture = views_of(planted).pair_pictures[0]
    assert {picture.feature, picture.other} == {"strong", "partner"}
    spread = {
        group: np.ptp([cell.median for cell in picture.cells if cell.group == group])
        for group in range(len(picture.groups))
    }
    assert max(spread.values()) > 2 * min(spread.values())
    assert min(cell.n for cell in picture.cells) >= FEWEST


def test_features_and_families_stand_in_the_order_in_which_they_count(additive: Model) -> None:
    found = views_of(additive)
    assert [each.name for each in found.features][:3] == ["strong", "twin", "weak"]
    assert found.features[-1].size.value < 0.02
    assert found.families[0].name == "income"
    assert sum(each.share for each in found.features) == pytest.approx(1.0)
    sizes = np.abs(additive[1].astype(np.float64)).mean(axis=0)
    assert {each.name: each.size.value for each in found.features} == pytest.approx(
        dict(zip(NAMES, sizes.tolist(), strict=True)), rel=1e-5
    )


def test_a_family_whose_members_cancel_out_counts_for_nothing() -> None:
    rng = np.random.default_rng(1)
    effect = rng.normal(size=500).astype(np.float32)
    rows = ExplainedRows(
        ("up", "down"),
        ("one", "one"),
        (False, False),
        rng.random((500, 2), np.float32),
        np.column_stack([effect, -effect]),
        0.0,
        {},
    )
    found = global_views(rows, seed=1)
    assert found.families[0].size.value == 0
    assert found.features[0].size.value > 0.5


def test_intervals_hold_the_truth_in_about_nineteen_of_twenty_samples() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for sample in range(200):
        effects = rng.exponential(size=(300, 2)).astype(np.float32) * np.array([1, -2], np.float32)
        found = importances(("one", "two"), effects, seed=sample, replicates=200)
        held += sum(each.size.low <= {"one": 1.0, "two": 2.0}[each.name] <= each.size.high for each in found)
    assert 0.91 < held / 400 < 0.98


def test_the_same_seed_gives_the_same_views(planted: Model) -> None:
    assert views_of(planted) == views_of(planted)


def test_dependence_follows_what_the_model_learned(additive: Model) -> None:
    by_name = {each.feature: each for each in views_of(additive).dependence}
    strong = [each.median for each in by_name["strong"].effects]
    assert strong == sorted(strong)
    assert by_name["weak"].effects[-1].bin.is_missing
    level = by_name["level"]
    assert level.is_category
    assert level.effects[0].bin.code == 2
    assert level.effects[0].median > 0 > level.effects[1].median
    assert all(each.low <= each.median <= each.high for d in by_name.values() for each in d.effects)


def test_mean_contributions_of_a_group_lead_from_the_base_value_to_its_mean_margin(additive: Model) -> None:
    riskiest = additive[1].sum(axis=1) > 2
    few = np.arange(len(riskiest)) < FEWEST - 1
    (found,) = views_of(additive, refuse=riskiest, refer=few).groups
    assert found.name == "refuse"
    assert found.n == riskiest.sum()
    assert found.margin == pytest.approx(-2.0 + sum(found.families.values()))
    assert found.margin == pytest.approx(-2.0 + float(additive[1][riskiest].sum(axis=1).mean()), rel=1e-5)


def test_every_bin_holds_twenty_people_or_is_not_told() -> None:
    rng = np.random.default_rng(5)
    columns = {
        "spread": rng.normal(size=1_000),
        "mostly zero": np.where(rng.random(1_000) < 0.9, 0, rng.exponential(size=1_000)),
        "counts": rng.poisson(0.7, 1_000),
        "hardly known": np.where(rng.random(1_000) < 0.99, np.nan, 1.0),
        "unknown": np.full(1_000, np.nan),
    }
    for name, column in columns.items():
        found = value_bins(column.astype(np.float32), is_category=False, most=12)
        counted = np.bincount(found.position[found.position != NOWHERE], minlength=len(found.bins))
        assert [each.n for each in found.bins] == counted.tolist(), name
        assert min(counted) >= FEWEST, name
    zero = value_bins(columns["mostly zero"].astype(np.float32), is_category=False, most=12).bins[0]
    assert zero.is_one_value
    assert zero.middle == 0


def test_nobodys_extreme_value_is_the_end_of_a_bin() -> None:
    values = np.append(np.arange(500.0), [-9_999, 9_999]).astype(np.float32)
    bins = value_bins(values, is_category=False, most=10).bins
    assert bins[0].low is None
    assert bins[-1].high is None
    assert not {-9_999.0, 9_999.0} & {end for each in bins for end in (each.low, each.high, each.middle)}


def test_rare_levels_are_told_together_or_not_at_all() -> None:
    codes = np.repeat(np.arange(6), [5, 300, 200, 100, 15, 4]).astype(np.float32)
    bins = value_bins(codes, is_category=True, most=3).bins
    assert [(each.code, each.n) for each in bins] == [(1, 300), (2, 200), (3, 100), (0, 24)]
    few = value_bins(codes[5:-4], is_category=True, most=3).bins
    assert [each.code for each in few] == [1, 2, 3]


def test_a_value_with_two_states_is_low_or_high() -> None:
    flags = np.column_stack([np.arange(1_000) % 10 == 0, np.arange(1_000) % 10 != 0]).astype(np.float32)
    effects = np.where(flags > 0, 1, -1).astype(np.float32)
    found = swarm(("rare", "common"), flags, effects, is_category=(False, False), seed=1)
    for row in found.rows:
        assert row.medians == {"low": -1, "high": 1}


def test_dots_of_the_beeswarm_are_drawn_rounded_and_belong_to_nobody(planted: Model) -> None:
    found = views_of(planted).swarm
    assert found.drawn == 300
    for row in found.rows:
        assert sum(dots.n for dots in row.dots) == found.drawn
        assert [(dots.effect, dots.rank) for dots in row.dots] != []
        positions = sorted({dots.effect for dots in row.dots})
        steps = np.diff(positions) / np.diff(positions).min() if len(positions) > 1 else np.array([1.0])
        assert np.allclose(steps, np.rint(steps), atol=1e-6)


def test_what_is_kept_does_not_grow_with_the_applicants(planted: Model) -> None:
    """Nothing of what is shown is a list of applicants."""
    assert _numbers(views_of(planted)) < 2_500


def _numbers(value: object) -> int:
    if is_dataclass(value):
        return sum(_numbers(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, dict):
        return sum(_numbers(each) for each in value.values())
    return sum(map(_numbers, value)) if isinstance(value, tuple) else 1
