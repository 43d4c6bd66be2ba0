"""Judging how the cut-offs of a model treat groups, on applicants that the model has not seen."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from garant.metrics.fairness import Grouping
from garant.metrics.group_treatment import group_fairness
from garant.models.cutoff import Outcome
from garant.models.fairness import Fairness
from garant.models.product_cutoffs import Cutoffs, RowCutoffs


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
