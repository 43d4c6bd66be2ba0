"""Segments: everybody in exactly one, judged as the part alone would be, small ones said to be small."""

import dataclasses
from collections import Counter

import numpy as np
import pytest

from garant.metrics.discrimination import auc
from garant.models.calibrator import Calibrator
from garant.models.cutoff import Costs
from garant.models.evaluation import Evaluation, evaluate_held_out
from garant.models.product_cutoffs import Cutoffs
from garant.models.segments import (
    FEW_ROWS,
    MISSING,
    MOST_SEGMENTS,
    OTHERS,
    Segment,
    SegmentName,
    judged_by_segment,
    segments_of_categories,
    segments_of_numbers,
)


@pytest.fixture(scope="module")
def label() -> np.ndarray:
    return (np.random.default_rng(1).random(1_500) < 0.2).astype(np.int8)


@pytest.fixture(scope="module")
def evaluation(label: np.ndarray) -> Evaluation:
    margin = np.random.default_rng(2).normal(size=1_500) + label - 1.5
    return evaluate_held_out(
        label, margin, Calibrator(1.0, 0.0), cutoffs=Cutoffs.of(Costs(1, 10)), seed=1, replicates=20
    )


def test_segments_sum_to_the_total_and_are_judged_as_the_part_alone(evaluation: Evaluation, label: np.ndarray) -> None:
    values = ["north"] * 1_000 + ["south"] * 420 + [None] * 80
    found = judged_by_segment(evaluation, label, segments_of_categories("region", values), seed=1)
    assert [s.name for s in found] == [SegmentName("level", "north"), SegmentName("level", "south"), MISSING]
    assert [s.rows for s in found] == [1_000, 420, 80]
    assert sum(s.positives for s in found) == label.sum()
    assert [s.is_small for s in found] == [False, False, True]
    south = slice(1_000, 1_420)
    assert found[1].measures["auc"].value == pytest.approx(auc(label[south], evaluation.margin[south]))
    assert found[1].measures["auc"].low < found[1].measures["auc"].value < found[1].measures["auc"].high
    assert found[1].observed == pytest.approx(np.mean(label[south]))
    assert found[1].mean_pd == pytest.approx(np.mean(evaluation.pd[south]))
    total = sum(s.rows * s.measures["cost"].value for s in found) / 1_500
    assert total == pytest.approx(evaluation.measures["cost"].value)


@pytest.mark.parametrize(("bad", "small"), [(9, True), (10, False)])
def test_a_large_segment_with_few_bad_cases_is_small_all_the_same(bad: int, small: bool) -> None:  # noqa: FBT001
    found = Segment(name=OTHERS, rows=5_000, positives=bad, mean_pd=0.002, observed=bad / 5_000, measures={})
    assert found.is_small is small


@pytest.mark.parametrize(("rows", "small"), [(FEW_ROWS - 1, True), (FEW_ROWS, False)])
def test_a_segment_of_few_applicants_is_small(rows: int, small: bool) -> None:  # noqa: FBT001
    found = Segment(name=OTHERS, rows=rows, positives=50, mean_pd=0.5, observed=0.5, measures={})
    assert found.is_small is small


def test_a_pd_of_one_and_one_of_zero_cost_their_segment_no_measure(evaluation: Evaluation, label: np.ndarray) -> None:
    pd = evaluation.pd.copy()
    # One of each is right, one of each is not.
    for outcome in (0, 1):
        pd[np.flatnonzero(label == outcome)[:2]] = (0.0, 1.0)
    sure = dataclasses.replace(evaluation, pd=pd)
    (whole,) = judged_by_segment(sure, label, segments_of_categories("x", ["all"] * 1_500), seed=1)
    assert {name for name, interval in whole.measures.items() if not np.isfinite(interval.value)} == set()
    # Two of 1,500 are wholly wrong now.
    assert whole.measures["brier"].value == pytest.approx(np.mean((pd - label) ** 2))
    assert whole.mean_pd == pytest.approx(np.mean(pd))


def test_a_segment_with_one_outcome_has_no_auc_and_still_a_cost(evaluation: Evaluation, label: np.ndarray) -> None:
    values = ["bad" if bad else "good" for bad in label]
    found = judged_by_segment(evaluation, label, segments_of_categories("x", values), seed=1)
    assert all(np.isnan(s.measures["auc"].value) for s in found)
    assert all(s.measures["cost"].value >= 0 for s in found)


def test_the_rarest_of_many_levels_are_counted_together() -> None:
    values = [f"level {i}" for i in range(60) for _ in range(60 - i)]
    found = segments_of_categories("x", values)
    assert len([name for name in found.names if name.kind == "level"]) == 19
    rows = Counter(found.names[i] for i in found.member)
    assert sum(rows.values()) == len(values)
    assert rows[OTHERS] == sum(range(1, 42))


def test_as_many_levels_as_fit_keep_their_own_segments_in_an_order_that_does_not_hang_on_the_rows() -> None:
    levels = [f"level {i:02d}" for i in range(MOST_SEGMENTS)]
    found = [segments_of_categories("x", values) for values in (levels, levels[::-1])]
    for segmented in found:
        assert segmented.names == (*(SegmentName("level", level) for level in levels), MISSING)
    assert found[0].member.tolist() == found[1].member.tolist()[::-1] == list(range(MOST_SEGMENTS))


def test_a_number_with_many_values_is_cut_into_ranges_that_show_no_extreme() -> None:
    values = np.append(np.random.default_rng(1).normal(size=999), np.nan)
    found = segments_of_numbers("x", values)
    assert [name.kind for name in found.names] == ["range"] * 5 + ["missing"]
    assert found.names[0].lower is None
    assert found.names[4].upper is None
    for name, member in zip(found.names, range(5), strict=False):
        inside = values[found.member == member]
        assert 195 <= len(inside) <= 205
        assert name.lower is None or inside.min() >= name.lower
        assert name.upper is None or inside.max() < name.upper
    assert (found.member == 5).sum() == 1


def test_a_number_with_few_values_has_a_segment_for_each() -> None:
    found = segments_of_numbers("x", np.array([1.0, 0.0, np.nan, 1.0]))
    assert found.names == (SegmentName("value", lower=0.0), SegmentName("value", lower=1.0), MISSING)
    assert found.member.tolist() == [1, 0, 2, 1]


def test_a_number_with_as_many_values_as_fit_has_a_segment_for_each() -> None:
    found = segments_of_numbers("x", np.arange(float(MOST_SEGMENTS)))
    assert [name.kind for name in found.names] == ["value"] * MOST_SEGMENTS + ["missing"]
