"""Equal treatment by group: approval ratios, good payers approved, observed against expected payment difficulties.

A group is compared with all other applicants, never with itself: the two samples are disjoint, no group is exempt from
judgement by being the yardstick, and no yardstick is the best of many noisy rates. The reader who wants the rate of the
best group finds all rates beside each other.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from garant.metrics.intervals import Interval

LOWEST_APPROVAL_RATIO = 0.80
"""Four-fifths rule of the US Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4 (D), taken as a
yardstick because European law names none."""

OBSERVED_TO_EXPECTED = (0.80, 1.25)
"""Defaults per expected default that a group may show: one fifth fewer, or as many times more (1 / 0.80)."""

MIN_GROUP_ROWS = 100
"""A group with fewer applicants is shown and not judged: its intervals hold nearly everything."""

Fault = Literal["approval_ratio", "observed_to_expected"]
"""What a waiver is needed for."""


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Applicants by group.

    Parameters
    ----------
    groups : tuple of str
        Names of the groups, in the order in which they are shown.
    code : array of int, shape (n,)
        Position in `groups` of each applicant.
    """

    groups: tuple[str, ...]
    code: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFairness:
    """How one group is treated.

    Parameters
    ----------
    group : str
        Its name.
    rows, approved, referred : int
        Applicants, those approved, and those that a person looks at, whatever side of the cut-off they are on.
    bad : int
        Applicants with payment difficulties.
    expected : float
        Sum of their PDs.
    approval_ratio : Interval
        Approval rate of the group over that of all other applicants; NaN where no other is approved or there is none.
    good_approved : Interval
        Share of the good payers that is approved (equal opportunity); NaN without any good payer.
    observed_to_expected : Interval
        Payment difficulties over the sum of PDs.
    """

    group: str
    rows: int
    approved: int
    referred: int
    bad: int
    expected: float
    approval_ratio: Interval
    good_approved: Interval
    observed_to_expected: Interval

    @property
    def approval_rate(self) -> float:
        """Share of the group that is approved."""
        return self.approved / self.rows

    @property
    def is_judged(self) -> bool:
        """Whether there are enough applicants."""
        return self.rows >= MIN_GROUP_ROWS

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What a waiver is needed for; nothing for a group that is not judged."""
        return faults(self.approval_ratio, self.observed_to_expected) if self.is_judged else ()


def faults(approval_ratio: Interval | None, observed_to_expected: Interval | None) -> tuple[Fault, ...]:
    """What is certainly outside the limits, at the level of the intervals; what is unknown is not.

    An interval that merely touches a limit is inside.
    """
    found: list[Fault] = []
    if approval_ratio is not None and approval_ratio.high < LOWEST_APPROVAL_RATIO:
        found.append("approval_ratio")
    if observed_to_expected is not None and (
        observed_to_expected.high < OBSERVED_TO_EXPECTED[0] or observed_to_expected.low > OBSERVED_TO_EXPECTED[1]
    ):
        found.append("observed_to_expected")
    return tuple(found)
