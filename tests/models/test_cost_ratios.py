"""Costs under other ratios: a calibrated model loses by keeping the cut-off of one ratio under another."""

import numpy as np
import pytest

from garant.models.cost_ratios import RATIOS, costs_by_ratio


def test_costs_are_those_of_a_plain_computation_at_both_cutoffs_and_without_any() -> None:
    rng = np.random.default_rng(4)
    pd = rng.beta(1, 9, size=40_000)
    label = (rng.random(40_000) < pd).astype(np.int8)
    found = costs_by_ratio(label, pd, today=1 / 11)
    assert [each.ratio for each in found] == list(RATIOS) == list(range(5, 21))
    for each in found:
        assert each.cutoff == pytest.approx(1 / (1 + each.ratio))
        for cutoff, cost in ((each.cutoff, each.at_its_cutoff), (1 / 11, each.at_todays_cutoff)):
            assert cost == pytest.approx(np.where(pd >= cutoff, 1 - label, each.ratio * label).mean())
        assert each.everybody == pytest.approx((each.ratio * label).mean())
        assert each.nobody == pytest.approx((1 - label).mean())
    ten = next(each for each in found if each.ratio == 10)
    assert ten.at_its_cutoff == ten.at_todays_cutoff
    for far in (found[0], found[-1]):
        assert far.at_todays_cutoff > far.at_its_cutoff
