"""What the cut-offs do to the applicants of each product."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.models.cutoff import Outcome
from garant.models.loans import Loans, product_groups
from garant.models.product_cutoffs import PRODUCTS, RowCutoffs

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ProductResult:
    """Applicants of one product.

    Parameters
    ----------
    product : str or None
        The product; None for the applicants of no product that is told apart.
    which : array of bool, shape (n,)
        Who they are.
    bad_rate, mean_credit : float
        Observed rate of label 1; mean amount in currency units.
    cutoff, ratio : float
        Their cut-off and ``c_fn / c_fp``; NaN where they have several.
    shares : mapping of Outcome to float
        Share with each outcome, by PD alone.
    cost : float
        Mean cost per applicant.
    """

    product: str | None
    which: npt.NDArray[np.bool_]
    bad_rate: float
    mean_credit: float
    cutoff: float
    ratio: float
    shares: Mapping[Outcome, float]
    cost: float

    @property
    def rows(self) -> int:
        """How many they are."""
        return int(np.count_nonzero(self.which))


def product_results(
    label: npt.NDArray[np.int8], pd: Floats, loans: Loans, rows: RowCutoffs
) -> tuple[ProductResult, ...]:
    """Results by product, the others last; no product with fewer than 20 applicants is told apart."""
    outcomes, cost = rows.outcomes(pd), rows.cost(label, pd)
    return tuple(
        ProductResult(
            product=product,
            which=which,
            bad_rate=float(np.mean(label[which])),
            mean_credit=float(np.nanmean(loans.credit[which])),
            cutoff=_only(rows.cutoff[which]),
            ratio=_only(rows.c_fn[which] / rows.c_fp[which]),
            shares={outcome: float(np.mean(hit[which])) for outcome, hit in outcomes.items()},
            cost=float(np.mean(cost[which])),
        )
        for product, which in product_groups(loans.product, PRODUCTS)
    )


def _only(values: Floats) -> float:
    return float(values[0]) if np.all(values == values[0]) else float("nan")
