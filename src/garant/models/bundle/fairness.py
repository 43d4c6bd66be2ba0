"""Section ``fairness`` of ``bundle.json``: how the cut-off treats groups, for the gate and for whoever reads it."""

import math
from typing import Literal, Self

from pydantic import Field, model_validator

from garant.metrics.fairness import Fault, GroupFairness, faults
from garant.metrics.intervals import Interval
from garant.models.bundle.part import Part
from garant.models.fairness import Fairness

MIN_SHOWN_ROWS = 20
"""A group with fewer applicants is named and nothing is told of it."""


class GroupEntry(Part):
    """One group; null where the sample cannot tell, and all null below `MIN_SHOWN_ROWS` applicants.

    Parameters
    ----------
    group : str
        Its name: a level of the raw column, or a band of age.
    rows, approved, referred : int or None
        Applicants, and how many of them are approved by PD or sent to a person.
    approval_ratio, good_approved, observed_to_expected : Interval or None
        See `GroupFairness`.
    verdict : str
        ``passed``, ``needs_waiver``, or ``not_judged`` for too few applicants.
    """

    group: str
    rows: int | None = Field(ge=MIN_SHOWN_ROWS)
    approved: int | None
    referred: int | None
    approval_ratio: Interval | None
    good_approved: Interval | None
    observed_to_expected: Interval | None
    verdict: Literal["passed", "needs_waiver", "not_judged"]

    @classmethod
    def of(cls, group: GroupFairness) -> "GroupEntry":
        """The entry of a group."""
        shown = group.rows >= MIN_SHOWN_ROWS
        return cls(
            group=group.group,
            rows=group.rows if shown else None,
            approved=group.approved if shown else None,
            referred=group.referred if shown else None,
            approval_ratio=_known(group.approval_ratio) if shown else None,
            good_approved=_known(group.good_approved) if shown else None,
            observed_to_expected=_known(group.observed_to_expected) if shown else None,
            verdict=("needs_waiver" if group.faults else "passed") if group.is_judged else "not_judged",
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What a waiver is needed for, by the figures and the limits of this garant."""
        return () if self.verdict == "not_judged" else faults(self.approval_ratio, self.observed_to_expected)


class FairnessEntry(Part):
    """Groups by attribute, judged on out-of-fold PDs.

    Parameters
    ----------
    cutoff : float
        PD from which applicants counted as refused, unless their product had its own.
    product_cutoffs : dict of str to float, or None
        Cut-offs of products that had their own.
    attributes : dict of str to tuple of GroupEntry
        Groups by attribute.
    unknown : tuple of str
        Attributes that the data did not have.
    """

    cutoff: float = Field(gt=0, lt=1)
    attributes: dict[str, tuple[GroupEntry, ...]]
    unknown: tuple[str, ...] = ()
    product_cutoffs: dict[str, float] | None = None

    @classmethod
    def of(cls, fairness: Fairness) -> "FairnessEntry":
        """The section of a judgement."""
        return cls(
            cutoff=fairness.cutoff,
            attributes={name: tuple(map(GroupEntry.of, groups)) for name, groups in fairness.attributes.items()},
            unknown=fairness.unknown,
            product_cutoffs=dict(fairness.product_cutoffs) or None,
        )

    @property
    def is_judged(self) -> bool:
        """Whether any group was large enough."""
        return any(group.verdict != "not_judged" for groups in self.attributes.values() for group in groups)

    @model_validator(mode="after")
    def _an_attribute_is_known_or_not(self) -> Self:
        if both := sorted(set(self.unknown) & set(self.attributes)):
            raise ValueError(f"fairness: {', '.join(both)} is said to be unknown and has groups")
        return self


def _known(interval: Interval) -> Interval | None:
    return None if math.isnan(interval.value) else interval
