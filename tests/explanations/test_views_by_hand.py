"""Views of a whole model on contributions written by hand: who is shown, who is not, and what belongs together."""

import numpy as np
import pytest

from garant.explanations.dependence import dependence
from garant.explanations.global_views import ExplainedRows, global_views
from garant.explanations.interactions import interactions, pair_picture
from garant.explanations.swarm import DRAWN, SwarmRow, swarm
from garant.explanations.value_bins import FEWEST, NOWHERE, value_bins
from garant.features.encode import OTHER

Column = np.ndarray


def dots_of(values: Column, effects: Column) -> SwarmRow:
    """The row of one number."""
    two_d = (np.asarray(each, dtype=np.float32)[:, None] for each in (values, effects))
    return swarm(("one",), *two_d, is_category=(False,), seed=1).rows[0]


def test_low_middle_and_high_are_thirds_and_whoever_has_no_value_is_none_of_them() -> None:
    values = np.append(np.arange(900.0), np.full(100, np.nan))
    effects = np.append(np.arange(900.0), np.full(100, -500.0))
    assert dots_of(values, effects).medians == {
        "low": pytest.approx(150, abs=1),
        "middle": pytest.approx(450, abs=1),
        "high": pytest.approx(750, abs=1),
        "missing": -500,
    }


def test_a_dot_has_the_contribution_and_the_third_of_the_same_applicant() -> None:
    values = np.random.default_rng(2).permutation(5_000).astype(float)
    row = dots_of(values, values)
    ranges = {rank: [dot.effect for dot in row.dots if dot.rank == rank] for rank in ("low", "middle", "high")}
    step = 5_000 / 100
    assert max(ranges["low"]) <= min(ranges["middle"]) + step
    assert max(ranges["middle"]) <= min(ranges["high"]) + step


def test_of_no_more_than_are_drawn_everybody_is_one_dot() -> None:
    values = np.arange(float(DRAWN))
    row = dots_of(values, np.where(values < 30, 1.0, -1.0))
    assert {dot.effect > 0: dot.n for dot in row.dots if dot.effect > 0} == {True: 30}
    assert sum(dot.n for dot in row.dots) == DRAWN


def test_no_dot_can_be_followed_from_one_feature_to_the_next() -> None:
    values = np.random.default_rng(3).normal(size=2_000).astype(np.float32)
    twice = np.column_stack([values, values])
    first, second = swarm(("one", "two"), twice, twice, is_category=(False, False), seed=1).rows
    assert first.dots != second.dots


def test_no_median_is_told_of_a_few() -> None:
    values = np.append(np.arange(300.0), np.full(FEWEST - 1, np.nan))
    assert set(dots_of(values, np.nan_to_num(values)).medians) == {"low", "middle", "high"}


def test_the_band_of_a_bin_holds_the_middle_eighty_per_cent() -> None:
    effect = np.linspace(0, 1, 1_001).astype(np.float32)
    (found,) = dependence("one", np.zeros(1_001, np.float32), effect, is_category=False).effects
    assert (found.low, found.median, found.high) == pytest.approx((0.1, 0.5, 0.9))


def test_levels_stand_from_the_riskiest_on_and_what_is_missing_comes_last() -> None:
    codes = np.repeat([1.0, 2.0, np.nan], 100).astype(np.float32)
    effect = np.repeat([-1.0, 1.0, 5.0], 100).astype(np.float32)
    found = dependence("one", codes, effect, is_category=True).effects
    assert [each.bin.code for each in found] == [2, 1, None]


def test_a_bin_begins_where_the_one_before_ends() -> None:
    bins = value_bins(np.arange(1_000, dtype=np.float32), is_category=False, most=10).bins
    assert [each.low for each in bins[1:]] == [each.high for each in bins[:-1]]


def test_a_few_without_a_value_are_told_of_nowhere() -> None:
    values = np.append(np.arange(500.0), np.full(FEWEST - 1, np.nan)).astype(np.float32)
    for is_category in (False, True):
        codes = np.where(np.isnan(values), values, values % 3 + 1) if is_category else values
        found = value_bins(codes.astype(np.float32), is_category=is_category, most=5)
        assert not any(each.is_missing for each in found.bins)
        assert set(found.position[np.isnan(values)].tolist()) == {NOWHERE}


def test_no_more_levels_are_told_than_asked_for_and_all_others_together() -> None:
    codes = np.repeat([OTHER, 1, 2, 3, 4, 5], [400, 300, 200, 100, 90, 5]).astype(np.float32)
    found = value_bins(codes, is_category=True, most=3)
    assert [(each.code, each.n) for each in found.bins] == [(1, 300), (2, 200), (OTHER, 595)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_first_of_a_pair_is_the_one_whose_contribution_hangs_more_on_the_other(order: tuple[int, int]) -> None:
    values = np.random.default_rng(4).normal(size=(4_000, 2))
    moved = values[:, 0] * (values[:, 1] > 0)
    effects = np.column_stack([moved, values[:, 1] + 0.2 * np.sign(values[:, 1]) * values[:, 0]])
    names = np.array(["much", "little"])[list(order)]
    of = (values[:, order].astype(np.float32), effects[:, order].astype(np.float32))
    (pair,) = interactions(names.tolist(), *of, is_category=(False, False), most=5)
    assert (pair.first, pair.second) == ("much", "little")
    assert pair.first_share > 2 * pair.second_share > 0


def test_no_cell_of_a_picture_is_of_a_few() -> None:
    values = np.random.default_rng(5).normal(size=(2, 500)).astype(np.float32)
    picture = pair_picture(("a", "b"), (values[0], values[1]), values[0], is_category=(False, False))
    assert picture.cells
    assert min(cell.n for cell in picture.cells) >= FEWEST


def rows_of(values: Column, effects: Column, *, is_category: tuple[bool, ...]) -> ExplainedRows:
    names = ("level", "number", "unused")[: len(is_category)]
    return ExplainedRows(names, names, is_category, values.astype(np.float32), effects.astype(np.float32), 0.0, {})


def test_what_the_model_does_not_use_is_in_no_picture() -> None:
    values = np.random.default_rng(6).normal(size=(400, 3))
    rows = rows_of(values, values * [1, 2, 0], is_category=(False, False, False))
    found = global_views(rows, seed=1)
    assert [row.feature for row in found.swarm.rows] == ["number", "level"]
    assert [each.feature for each in found.dependence] == ["number", "level"]


def test_of_a_category_and_a_number_the_picture_is_that_of_the_number() -> None:
    rng = np.random.default_rng(7)
    values = np.column_stack([rng.integers(1, 3, 4_000), rng.normal(size=4_000)])
    both = np.where(values[:, 0] == 1, 1.0, -1.0) * values[:, 1]
    found = global_views(rows_of(values, np.column_stack([both, 0.5 * both]), is_category=(True, False)), seed=1)
    assert found.pairs[0].first == "level"
    assert (found.pair_pictures[0].feature, found.pair_pictures[0].other) == ("number", "level")
