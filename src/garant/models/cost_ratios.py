"""What the model costs if accepting a bad payer is dearer or cheaper than today's costs say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.metrics.cost import applicant_costs
from garant.models.cutoff import Costs, cutoff

RATIOS = tuple(range(5, 21))
"""Costs of accepting one bad payer, in refusals of one good payer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostAtRatio:
    """Mean cost per applicant under one ratio, in the cost of refusing one good payer.

    Parameters
    ----------
    ratio : float
        Cost of accepting a bad payer over that of refusing a good one.
    cutoff : float
        Cut-off that follows from the ratio.
    at_its_cutoff, at_todays_cutoff : float
        Cost there, and at the cut-off of today's costs.
    everybody, nobody : float
        Cost of accepting everybody, and nobody.
    """

    ratio: float
    cutoff: float
    at_its_cutoff: float
    at_todays_cutoff: float
    everybody: float
    nobody: float


def costs_by_ratio(
    label: npt.NDArray[np.int8],
    pd: npt.NDArray[np.float64],
    *,
    today: float | npt.NDArray[np.float64],
    ratios: Sequence[float] = RATIOS,
) -> tuple[CostAtRatio, ...]:
    """Cost of a sample under each ratio.

    Parameters
    ----------
    label : array of {0, 1}, shape (n,)
        1 = payment difficulties.
    pd : array of float64, shape (n,)
        PD of each applicant.
    today : float, or array of float64 of shape (n,)
        Cut-off that is used today, or each applicant's.
    ratios : sequence of float
        Ratios.
    """
    bad_rate = float(np.mean(label))
    found: list[CostAtRatio] = []
    for ratio in ratios:
        own = cutoff(Costs(1.0, ratio))
        found.append(
            CostAtRatio(
                ratio=ratio,
                cutoff=own,
                at_its_cutoff=float(np.mean(applicant_costs(label, pd, cutoff=own, c_fp=1.0, c_fn=ratio))),
                at_todays_cutoff=float(np.mean(applicant_costs(label, pd, cutoff=today, c_fp=1.0, c_fn=ratio))),
                everybody=ratio * bad_rate,
                nobody=1.0 - bad_rate,
            )
        )
    return tuple(found)
