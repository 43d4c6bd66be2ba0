"""What decisions at a cut-off cost: the price of refusing good payers and of accepting bad ones.

Conventions: ``PD >= cut-off`` is refused; `c_fp` is the cost of refusing one good payer, `c_fn` of accepting one who
gets into payment difficulties. Costs are means per applicant, in the unit of `c_fp` and `c_fn`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.metrics.sample import Array, checked


@dataclass(frozen=True, slots=True)
class CostCurve:
    """Cost and refusals over a grid of cut-offs.

    Parameters
    ----------
    cutoff, cost, refused_share : arrays of float64, one length
        Cut-off, mean cost per applicant there, share of applicants refused there.
    """

    cutoff: Array
    cost: Array
    refused_share: Array


def applicant_costs(
    label: npt.ArrayLike, pd: npt.ArrayLike, *, cutoff: npt.ArrayLike, c_fp: npt.ArrayLike, c_fn: npt.ArrayLike
) -> Array:
    """Cost of each applicant when ``PD >= cutoff`` is refused; cut-off and costs may differ by applicant."""
    y, p, _ = checked(label, pd)
    return np.where(p >= np.asarray(cutoff), np.asarray(c_fp) * (1 - y), np.asarray(c_fn) * y)


def cost(
    label: npt.ArrayLike,
    pd: npt.ArrayLike,
    *,
    cutoff: float,
    c_fp: float,
    c_fn: float,
    weight: npt.ArrayLike | None = None,
) -> float:
    """Mean cost per applicant when ``PD >= cutoff`` is refused."""
    _, _, w = checked(label, pd, weight)
    return float(np.sum(w * applicant_costs(label, pd, cutoff=cutoff, c_fp=c_fp, c_fn=c_fn)) / np.sum(w))


def cost_curve(
    label: npt.ArrayLike, pd: npt.ArrayLike, *, cutoffs: npt.ArrayLike, c_fp: float, c_fn: float
) -> CostCurve:
    """Cost and share of refusals at each of `cutoffs`, by one sort."""
    y, p, _ = checked(label, pd)
    grid = np.asarray(cutoffs, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    accepted = np.searchsorted(p[order], grid, side="left")
    bad_accepted = np.append(0.0, np.cumsum(y[order]))[accepted]
    good_refused = (len(y) - accepted) - (y.sum() - bad_accepted)
    return CostCurve(grid, (c_fp * good_refused + c_fn * bad_accepted) / len(y), 1 - accepted / len(y))


def best_cutoff(
    label: npt.ArrayLike, pd: npt.ArrayLike, *, c_fp: float, c_fn: float, weight: npt.ArrayLike | None = None
) -> float:
    """Cut-off with the lowest cost in this sample; 1 when refusing nobody is cheapest.

    For the report only: it is noise around ``c_fp / (c_fp + c_fn)`` (on 12,000 cases its bootstrap interval was 0.075
    to 0.124 around 0.091), so garant never decides by it. Of equal costs the highest cut-off is told.
    """
    y, p, w = checked(label, pd, weight)
    order = np.argsort(p, kind="stable")
    y, p, w = y[order], p[order], w[order]
    first_of_pd = np.append(0, np.flatnonzero(np.diff(p)) + 1)
    bad = np.append(0.0, np.cumsum(w * y))
    good = np.append(0.0, np.cumsum(w * (1 - y)))
    refused_from = np.append(first_of_pd, len(p))
    costs = c_fn * bad[refused_from] + c_fp * (good[-1] - good[refused_from])
    cheapest = len(costs) - 1 - int(np.argmin(costs[::-1]))
    return float(np.append(p[first_of_pd], 1.0)[cheapest])
