"""How the cut-offs of a bundle treat the groups of protected attributes; nothing here is read by a model."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from garant.metrics.fairness import GroupFairness, Grouping, group_fairness
from garant.models.cutoff import Outcome
from garant.models.product_cutoffs import Cutoffs, RowCutoffs

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


def judge_fairness(
    label: npt.NDArray[np.int8],
    pd: npt.NDArray[np.float64],
    groupings: Mapping[str, Grouping | None],
    *,
    cutoffs: Cutoffs,
    rows: RowCutoffs,
) -> Fairness:
    """Judge the cut-off, which depends on the product at most, on applicants that the model has not seen.

    Whom the refer band sends to a person counts on the side of the cut-off that the PD is on, and is counted beside:
    what a person will decide is not known, and a wider band changes no verdict.

    Parameters
    ----------
    label : array of {0, 1}, shape (n,)
        1 = payment difficulties.
    pd : array of float64, shape (n,)
        PD by a model that has not seen the row.
    groupings : mapping of str to Grouping or None
        Group of each applicant by attribute; None for an attribute that the data do not have.
    cutoffs : Cutoffs
        What applicants are judged by.
    rows : RowCutoffs
        The same for each applicant.
    """
    approved, referred = pd < rows.cutoff, rows.outcomes(pd)[Outcome.REFER]
    return Fairness(
        cutoff=cutoffs.single.cutoff,
        product_cutoffs={product: terms.cutoff for product, terms in cutoffs.products.items()},
        attributes={
            name: group_fairness(grouping, label, pd, approved=approved, referred=referred)
            for name, grouping in groupings.items()
            if grouping is not None
        },
        unknown=tuple(name for name, grouping in groupings.items() if grouping is None),
    )
