"""How the cut-offs of a bundle treat the groups of protected attributes; nothing here is read by a model."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from garant.metrics.fairness import GroupFairness

ATTRIBUTES: Mapping[str, str] = {
    "sex": "CODE_GENDER",
    "age": "DAYS_BIRTH",
    "family_status": "NAME_FAMILY_STATUS",
    "region": "REGION_RATING_CLIENT",
    "education": "NAME_EDUCATION_TYPE",
}
"""Column of the application that each attribute is read from, in the order of the report."""

NOT_STATED = "not stated"
"""Group of the applicants whose attribute is NULL."""

OTHER_LEVELS = "other levels"
"""Group of the levels that too few applicants have: such a level is not for others to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """Treatment of every group of every known attribute.

    Parameters
    ----------
    cutoff : float
        PD from which applicants count as refused, unless their product has its own.
    product_cutoffs : mapping of str to float
        Cut-offs of products that have their own.
    attributes : mapping of str to tuple of GroupFairness
        Groups by attribute, both in the order in which they are shown.
    unknown : tuple of str
        Attributes that the data do not have.
    """

    cutoff: float
    attributes: Mapping[str, tuple[GroupFairness, ...]]
    unknown: tuple[str, ...] = ()
    product_cutoffs: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def judged(self) -> tuple[tuple[str, GroupFairness], ...]:
        """Attribute and group of those that have enough applicants."""
        return tuple((name, group) for name, groups in self.attributes.items() for group in groups if group.is_judged)

    @property
    def waived(self) -> tuple[tuple[str, GroupFairness], ...]:
        """Attribute and group of those that need a waiver."""
        return tuple((name, group) for name, group in self.judged if group.faults)
