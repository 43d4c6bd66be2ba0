"""A model judged apart on each part of its applicants: by the values of one column."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from garant.metrics.intervals import Interval
from garant.models.evaluation import Evaluation, measured

FEW_ROWS = 100
"""Below so many applicants a segment is shown, and said to be too small to judge by."""

FEW_POSITIVES = 10
"""Below so many applicants with payment difficulties as well, however many others there are: ten tell a bad rate to
within 60 % of itself (1.96/√10, a Poisson count) and an AUC of 0.75 to within 0.18 (Hanley & McNeil 1982)."""

MOST_SEGMENTS = 20
"""Segments of their own; of a category with more levels the rarest are counted together."""

NUMBER_SEGMENTS = 5
"""Groups of about equal size that a number with many values is cut into."""

REPLICATES = 300
"""Bootstrap samples per segment: their ends are rougher than those of the whole sample, and twenty take seconds."""


_NEAR_CERTAIN = 1e-15
"""Log-odds of a PD nearer to 0 or 1 are those of this distance."""


@dataclass(frozen=True, slots=True)
class SegmentName:
    """What the applicants of a segment have in common.

    Parameters
    ----------
    kind : {"level", "value", "range", "others", "missing"}
        A level of a category, one number, numbers from `lower` to below `upper`, the rare levels together, no value.
    level : str
        The level.
    lower, upper : float or None
        The number itself is `lower`; None where a range has no such end.
    """

    kind: Literal["level", "value", "range", "others", "missing"]
    level: str = ""
    lower: float | None = None
    upper: float | None = None


OTHERS, MISSING = SegmentName("others"), SegmentName("missing")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segmented:
    """To which segment each applicant belongs.

    Parameters
    ----------
    column : str
        Column that parts them.
    names : tuple of SegmentName
        Segments in the order of a table.
    member : array of int64, shape (n,)
        Number of each applicant's segment.
    """

    column: str
    names: tuple[SegmentName, ...]
    member: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One segment.

    Parameters
    ----------
    name : SegmentName
        What its applicants have in common.
    rows, positives : int
        Applicants, and those with payment difficulties.
    mean_pd, observed : float
        Mean PD and bad rate.
    measures : mapping of str to Interval
        As those of an evaluation; NaN where the segment cannot tell them.
    """

    name: SegmentName
    rows: int
    positives: int
    mean_pd: float
    observed: float
    measures: Mapping[str, Interval]

    @property
    def is_small(self) -> bool:
        """Whether it has too few applicants, or too few with payment difficulties, to judge by."""
        return self.rows < FEW_ROWS or self.positives < FEW_POSITIVES


def segments_of_categories(column: str, values: Sequence[str | None]) -> Segmented:
    """Segments by level, the largest first; `MOST_SEGMENTS` of them at most, then those without a value."""
    counts = Counter(value for value in values if value is not None)
    levels = sorted(counts, key=lambda level: (-counts[level], level))
    kept = levels if len(levels) <= MOST_SEGMENTS else levels[: MOST_SEGMENTS - 1]
    number = {level: i for i, level in enumerate(kept)}
    others = len(kept)
    missing = others + (len(levels) > others)
    names = [*(SegmentName("level", level) for level in kept), *[OTHERS] * (missing - others), MISSING]
    member = [missing if value is None else number.get(value, others) for value in values]
    return Segmented(column=column, names=tuple(names), member=np.array(member, dtype=np.int64))


def segments_of_numbers(column: str, values: npt.NDArray[np.float64]) -> Segmented:
    """Segments by value where there are few values, else about equally large ones by size; NaN apart, last.

    Quantiles between two values and no extreme value, so that a range does not show the value of one person.
    """
    missing = np.isnan(values)
    known = values[~missing]
    distinct = np.unique(known)
    if len(distinct) <= MOST_SEGMENTS:
        names = [SegmentName("value", lower=float(value)) for value in distinct]
        member = np.searchsorted(distinct, values)
    else:
        cuts = np.unique(np.quantile(known, np.arange(1, NUMBER_SEGMENTS) / NUMBER_SEGMENTS))
        ends = [None, *cuts.tolist(), None]
        names = [SegmentName("range", lower=lower, upper=upper) for lower, upper in pairwise(ends)]
        member = np.searchsorted(cuts, values, side="right")
    member[missing] = len(names)
    return Segmented(column=column, names=(*names, MISSING), member=member.astype(np.int64))


def judged_by_segment(
    evaluation: Evaluation, label: npt.NDArray[np.int8], segmented: Segmented, *, seed: int
) -> tuple[Segment, ...]:
    """Every segment of an evaluated sample, judged by the cut-offs of all.

    Parameters
    ----------
    evaluation : Evaluation
        Margins and PDs of the sample.
    label : array of {0, 1}, shape (n,)
        Its outcomes, in the same order.
    segmented : Segmented
        Its segments, in the same order.
    seed : int
        Of the intervals.
    """
    pd = np.clip(evaluation.pd, _NEAR_CERTAIN, 1 - _NEAR_CERTAIN)
    log_odds = np.log(pd / (1 - pd))
    found: list[Segment] = []
    for number, name in enumerate(segmented.names):
        inside = segmented.member == number
        if not inside.any():
            continue
        y = label[inside]
        found.append(
            Segment(
                name=name,
                rows=len(y),
                positives=int(np.sum(y)),
                mean_pd=float(np.mean(evaluation.pd[inside])),
                observed=float(np.mean(y)),
                measures=measured(
                    y,
                    evaluation.margin[inside],
                    log_odds[inside],
                    costs=evaluation.costs,
                    rows=evaluation.rows_cutoffs.only(inside),
                    seed=seed,
                    replicates=REPLICATES,
                ),
            )
        )
    return tuple(found)
