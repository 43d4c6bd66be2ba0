"""Gains of a score: how many bad cases the riskiest tenth holds, and the next, and all of them so far.

Conventions: label 1 = payment difficulties, a higher score is riskier; groups go from the riskiest to the safest. Rows
of equal score never part, so there may be fewer than ten groups.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.metrics.sample import checked, rank_groups

GROUPS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """One group of applicants, and everybody at least as risky.

    Parameters
    ----------
    rows, positives : int
        Applicants of the group, and those with payment difficulties.
    cumulated_share, found, refused_good : float
        Share of all applicants, of all bad and of all good cases in this group and the riskier ones.
    lift, cumulated_lift : float
        Bad rate of the group, and of this group and the riskier ones, over that of everybody.
    """

    rows: int
    positives: int
    cumulated_share: float
    found: float
    refused_good: float
    lift: float
    cumulated_lift: float

    @property
    def ks(self) -> float:
        """Distance between the shares of bad and of good cases that are found so far."""
        return abs(self.found - self.refused_good)


def gains(label: npt.ArrayLike, score: npt.ArrayLike, *, groups: int = GROUPS) -> tuple[Gain, ...]:
    """Gains table of a sample with both outcomes, the riskiest group first.

    Parameters
    ----------
    label : array_like of {0, 1}, shape (n,)
        1 = payment difficulties; each value at least once.
    score : array_like of float, shape (n,)
        Higher is riskier.
    groups : int
        Groups of about equal size.
    """
    y, s, w = checked(label, score)
    group = rank_groups(-s, w, groups)
    rows = np.bincount(group)
    positives = np.bincount(group, weights=y)[rows > 0]
    rows = rows[rows > 0]
    n, bad = rows.sum(), positives.sum()
    so_far, found = np.cumsum(rows), np.cumsum(positives)
    return tuple(
        Gain(
            rows=int(rows[i]),
            positives=int(positives[i]),
            cumulated_share=float(so_far[i] / n),
            found=float(found[i] / bad),
            refused_good=float((so_far[i] - found[i]) / (n - bad)),
            lift=float(positives[i] / rows[i] / (bad / n)),
            cumulated_lift=float(found[i] / so_far[i] / (bad / n)),
        )
        for i in range(len(rows))
    )


@dataclass(frozen=True, slots=True, eq=False)
class Cumulated:
    """Shares of applicants, bad and good cases from the riskiest applicant on, arrays of one length from 0 to 1."""

    applicants: npt.NDArray[np.float64]
    bad: npt.NDArray[np.float64]
    good: npt.NDArray[np.float64]

    @property
    def widest(self) -> int:
        """Where bad and good lie furthest apart: their distance there is the KS."""
        return int(np.argmax(np.abs(self.bad - self.good)))


def cumulated(label: npt.ArrayLike, score: npt.ArrayLike) -> Cumulated:
    """Cumulated shares, one step per distinct score."""
    y, s, _ = checked(label, score)
    order = np.argsort(-s, kind="stable")
    y, s = y[order], s[order]
    last_of_score = np.append(np.flatnonzero(np.diff(s)), len(s) - 1)
    bad = np.append(0.0, np.cumsum(y)[last_of_score])
    everybody = np.append(0.0, last_of_score + 1.0)
    return Cumulated(everybody / len(y), bad / bad[-1], (everybody - bad) / (len(y) - bad[-1]))
