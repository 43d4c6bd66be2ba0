"""How groups are treated, counted: rates, ratios and their intervals.

Intervals are closed forms, so the same applicants in any order give the same verdict:

- approval ratio: Katz, Baptista, Azen & Pike (1978), Biometrics 34, 469-474;
- shares: Wilson (1927), JASA 22, 209-212;
- observed to expected: exact Poisson limits of the observed count, Garwood (1936), Biometrika 28, 437-442. Payment
  difficulties are Bernoulli draws, whose count varies less, so these limits are a little too wide: a group is judged
  to be off too seldom rather than too often.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import beta, binomtest, chi2
from scipy.stats.contingency import relative_risk

from garant.exceptions import DataError
from garant.metrics.fairness import GroupFairness, Grouping
from garant.metrics.intervals import LEVEL, Interval
from garant.metrics.sample import Array, checked

Mask = npt.NDArray[np.bool_]


def group_fairness(
    grouping: Grouping, label: npt.ArrayLike, pd: npt.ArrayLike, *, approved: Mask, referred: Mask
) -> tuple[GroupFairness, ...]:
    """Treatment of each group that has an applicant, in the order of the groups.

    Parameters
    ----------
    grouping : Grouping
        Group of each of the n applicants.
    label : array_like of {0, 1}, shape (n,)
        1 = payment difficulties.
    pd : array_like of float, shape (n,)
        PD by a model that has not seen the row.
    approved, referred : array of bool, shape (n,)
        Who is approved, and whom a person looks at.

    Raises
    ------
    DataError
        When lengths differ, a label is not 0 or 1, or a PD is no probability.
    """
    y, p, _ = checked(label, pd)
    if len({len(y), len(grouping.code), len(approved), len(referred)}) != 1:
        raise DataError("Groups, outcomes and labels must be of the same applicants: their lengths differ.")
    if not np.all((p >= 0) & (p <= 1)):
        raise DataError("A PD lies outside 0 to 1.")
    inside = ((name, grouping.code == number) for number, name in enumerate(grouping.groups))
    return tuple(_treated(name, members, y, p, approved, referred) for name, members in inside if members.any())


def _treated(group: str, members: Mask, y: Array, p: Array, approved: Mask, referred: Mask) -> GroupFairness:
    good = members & (y == 0)
    rows, n_approved = _count(members), _count(members & approved)
    bad, expected = _count(members & (y == 1)), float(np.sum(np.sort(p[members])))
    return GroupFairness(
        group=group,
        rows=rows,
        approved=n_approved,
        referred=_count(members & referred),
        bad=bad,
        expected=expected,
        approval_ratio=rate_ratio((n_approved, rows), (_count(approved) - n_approved, len(y) - rows)),
        good_approved=share(_count(good & approved), _count(good)),
        observed_to_expected=observed_to_expected(bad, expected),
    )


def rate_ratio(of: Sequence[int], to: Sequence[int]) -> Interval:
    """Ratio of two rates, each (cases, total), with its 95 % interval.

    NaN where the second rate has no case. The logarithm has no variance at a first rate of 0: its upper end is then the
    exact upper limit of that rate (Clopper & Pearson, 1934) over the second one, so that a group of which nobody is
    approved is never without a verdict.
    """
    (cases, total), (other_cases, other_total) = of, to
    if not total or not other_cases:
        return _UNKNOWN
    found = relative_risk(cases, total, other_cases, other_total)
    if not cases:
        highest = float(beta.ppf((1 + LEVEL) / 2, 1, total))
        return Interval(0.0, 0.0, highest * other_total / other_cases)
    limits = found.confidence_interval(LEVEL)
    return Interval(float(found.relative_risk), float(limits.low), float(limits.high))


def share(cases: int, total: int) -> Interval:
    """Share with its 95 % interval; NaN of nobody."""
    if not total:
        return _UNKNOWN
    limits = binomtest(cases, total).proportion_ci(LEVEL, method="wilson")
    return Interval(cases / total, float(limits.low), float(limits.high))


def observed_to_expected(observed: int, expected: float) -> Interval:
    """Observed count over the expected one, with its 95 % interval; NaN when nothing is expected."""
    if not expected > 0:
        return _UNKNOWN
    tail = (1 - LEVEL) / 2
    low = float(chi2.ppf(tail, 2 * observed)) / 2 if observed else 0.0
    high = float(chi2.ppf(1 - tail, 2 * (observed + 1))) / 2
    return Interval(observed / expected, low / expected, high / expected)


_UNKNOWN = Interval(float("nan"), float("nan"), float("nan"))


def _count(members: Mask) -> int:
    return int(np.count_nonzero(members))
