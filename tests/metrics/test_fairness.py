"""Treatment of groups: figures against plain counts and known intervals, verdicts at and beyond the limits."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, poisson

from garant.exceptions import DataError
from garant.metrics.fairness import MIN_GROUP_ROWS, GroupFairness, Grouping, faults
from garant.metrics.group_treatment import group_fairness, observed_to_expected, rate_ratio, share
from garant.metrics.intervals import Interval

NAN = float("nan")


def judged(
    code: list[int], label: list[int], pd: list[float], cutoff: float = 0.5, groups: tuple[str, ...] = ("a", "b")
) -> dict[str, GroupFairness]:
    """Groups by name; PDs from 0.4 to 0.6 are referred."""
    p = np.array(pd)
    found = group_fairness(
        Grouping(groups, np.array(code)), label, p, approved=p < cutoff, referred=(p >= 0.4) & (p < 0.6)
    )
    return {group.group: group for group in found}


def test_the_counts_are_those_of_the_rows():
    code = [0, 0, 0, 0, 1, 1, 1]
    found = judged(code, [0, 0, 1, 1, 0, 0, 1], [0.1, 0.7, 0.45, 0.8, 0.2, 0.3, 0.55])
    a, b = found["a"], found["b"]
    assert (a.rows, a.approved, a.referred, a.bad) == (4, 2, 1, 2)
    assert (b.rows, b.approved, b.referred, b.bad) == (3, 2, 1, 1)
    assert a.expected == pytest.approx(0.1 + 0.7 + 0.45 + 0.8)
    assert a.approval_ratio.value == pytest.approx((2 / 4) / (2 / 3))
    assert b.approval_ratio.value == pytest.approx((2 / 3) / (2 / 4))
    assert a.good_approved.value == pytest.approx(1 / 2)
    assert b.good_approved.value == pytest.approx(1.0)
    assert a.observed_to_expected.value == pytest.approx(2 / 2.05)


def test_a_pd_of_nothing_or_one_is_a_probability():
    none = np.zeros(2, dtype=bool)
    (group,) = group_fairness(Grouping(("a",), np.zeros(2, np.int64)), [0, 1], [0.0, 1.0], approved=none, referred=none)
    assert group.expected == 1


def test_a_group_without_applicants_is_not_shown():
    assert list(judged([0, 2], [0, 1], [0.1, 0.9], groups=("a", "b", "c"))) == ["a", "c"]


def test_the_approval_ratio_has_the_interval_of_katz():
    """The logarithm of the ratio of two rates, with the variance that the delta method gives it."""
    found = rate_ratio((30, 100), (300, 500))
    spread = 1.959964 * math.sqrt(1 / 30 - 1 / 100 + 1 / 300 - 1 / 500)
    assert found.value == pytest.approx(0.5)
    assert (found.low, found.high) == pytest.approx((0.5 * math.exp(-spread), 0.5 * math.exp(spread)), rel=1e-6)


def test_a_group_of_which_nobody_is_approved_has_a_finite_upper_limit():
    found = rate_ratio((0, 200), (150, 300))
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(float(beta.ppf(0.975, 1, 200)) / 0.5)
    assert faults(found, None) == ("approval_ratio",)


@given(st.integers(1, 500), st.integers(1, 500), st.data())
def test_any_counts_give_an_interval_around_the_ratio(total: int, other_total: int, data: st.DataObject):
    cases, other_cases = data.draw(st.integers(0, total)), data.draw(st.integers(1, other_total))
    found = rate_ratio((cases, total), (other_cases, other_total))
    assert 0 <= found.low <= found.value <= found.high
    assert math.isfinite(found.high)
    assert found.value == pytest.approx(cases / total / (other_cases / other_total))


@pytest.mark.parametrize(("of", "to"), [((5, 10), (0, 10)), ((5, 10), (0, 0)), ((0, 10), (0, 10))])
def test_a_ratio_to_nobody_is_unknown(of: tuple[int, int], to: tuple[int, int]):
    assert math.isnan(rate_ratio(of, to).value)


def test_the_share_of_nobody_is_unknown_and_one_of_one_is_no_certainty():
    assert math.isnan(share(0, 0).value)
    assert share(1, 1).value == 1.0
    assert share(1, 1).low < 0.5


@given(st.integers(0, 400), st.floats(0.5, 500))
def test_the_limits_of_observed_to_expected_are_exact_poisson_limits(observed: int, expected: float):
    """At either limit the count that was seen, or a more extreme one, has a chance of 2.5 %."""
    found = observed_to_expected(observed, expected)
    assert found.low <= found.value <= found.high
    assert poisson.cdf(observed, found.high * expected) == pytest.approx(0.025, rel=1e-6)
    if observed:
        assert poisson.sf(observed - 1, found.low * expected) == pytest.approx(0.025, rel=1e-6)


def test_nothing_expected_is_unknown():
    assert math.isnan(observed_to_expected(0, 0.0).value)


@pytest.mark.parametrize(
    ("ratio", "observed", "wrong"),
    [
        (Interval(0.7, 0.6, 0.8), Interval(1.0, 0.9, 1.1), ()),
        (Interval(0.7, 0.6, 0.799), Interval(1.0, 0.9, 1.1), ("approval_ratio",)),
        (Interval(1.5, 1.4, 1.6), Interval(0.7, 0.6, 0.8), ()),
        (Interval(1.0, 0.9, 1.1), Interval(0.7, 0.6, 0.799), ("observed_to_expected",)),
        (Interval(1.0, 0.9, 1.1), Interval(1.5, 1.25, 1.8), ()),
        (Interval(0.5, 0.4, 0.6), Interval(1.5, 1.251, 1.8), ("approval_ratio", "observed_to_expected")),
        (Interval(NAN, NAN, NAN), Interval(NAN, NAN, NAN), ()),
    ],
)
def test_only_a_whole_interval_beyond_a_limit_is_a_fault(ratio: Interval, observed: Interval, wrong: tuple[str, ...]):
    assert faults(ratio, observed) == wrong


def treated(rows: int) -> GroupFairness:
    """A group of so many applicants of which nobody is approved, beside a thousand of which everybody is."""
    code, pd = [0] * rows + [1] * 1_000, [0.9] * rows + [0.1] * 1_000
    return judged(code, [0, 1] * (len(code) // 2), pd)["a"]


def test_a_group_that_is_never_approved_needs_a_waiver_unless_it_is_too_small_to_judge():
    assert treated(MIN_GROUP_ROWS).faults[0] == "approval_ratio"
    small = treated(MIN_GROUP_ROWS - 2)
    assert not small.is_judged
    assert small.faults == ()


def test_a_group_at_the_limit_is_blamed_in_one_sample_of_forty():
    """True approval rates of 0.56 and 0.70: the ratio is exactly 0.80, so the upper end lies below it at 2.5 %."""
    rng = np.random.default_rng(3)
    draws = zip(rng.binomial(400, 0.56, 4_000), rng.binomial(4_000, 0.70, 4_000), strict=True)
    blamed = sum(bool(faults(rate_ratio((int(a), 400), (int(b), 4_000)), None)) for a, b in draws)
    assert 0.018 < blamed / 4_000 < 0.033


def test_the_verdict_does_not_depend_on_the_order_of_the_rows():
    rng = np.random.default_rng(8)
    code, label = rng.integers(0, 2, 500), rng.integers(0, 2, 500)
    pd = rng.random(500)
    order = rng.permutation(500)
    given, shuffled = (judged(code[o].tolist(), label[o].tolist(), pd[o].tolist()) for o in (np.arange(500), order))
    assert given == shuffled


@pytest.mark.parametrize(
    ("code", "label", "pd", "message"),
    [
        ([0, 1], [0], [0.1], "lengths differ"),
        ([0], [2], [0.1], "label is 2"),
        ([0], [0], [1.5], "outside 0 to 1"),
        ([0], [0], [NAN], "not finite"),
    ],
)
def test_what_does_not_belong_together_is_refused(code: list[int], label: list[int], pd: list[float], message: str):
    with pytest.raises(DataError, match=message):
        judged(code, label, pd)
