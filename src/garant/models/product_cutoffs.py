"""One cut-off for everybody, and at most one more per product: nobody's cut-off depends on who they are.

A product is a level of ``NAME_CONTRACT_TYPE``. There is no way to give any other column: a cut-off of its own for
women, for the young or for a region is refused by name.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from garant.exceptions import UsageError
from garant.metrics.cost import applicant_costs
from garant.models.cutoff import Costs, Outcome, ReferBand, cutoff, moved_band
from garant.tables.config import did_you_mean
from garant.tables.levels import CONTRACT_TYPES
from garant.tables.schema import TABLES

PRODUCT = "NAME_CONTRACT_TYPE"
"""Column of the application that says the product."""

PRODUCTS = CONTRACT_TYPES

Floats = npt.NDArray[np.float64]
Products = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class CutoffTerms:
    """Where accepting ends, and why there.

    Parameters
    ----------
    costs : Costs
        Give the cut-off.
    cutoff : float
        ``c_fp / (c_fp + c_fn)``.
    refer_band : ReferBand
        The two PDs around it.
    """

    costs: Costs
    cutoff: float
    refer_band: ReferBand


@dataclass(frozen=True, slots=True, eq=False)
class RowCutoffs:
    """What each applicant is judged by: arrays of float64, shape (n,).

    Parameters
    ----------
    cutoff, lower, upper
        Cut-off and the two PDs of the refer band.
    c_fp, c_fn
        The two costs.
    """

    cutoff: Floats
    lower: Floats
    upper: Floats
    c_fp: Floats
    c_fn: Floats

    def only(self, which: npt.NDArray[np.bool_]) -> "RowCutoffs":
        """Those of the applicants `which`."""
        return RowCutoffs(*(each[which] for each in (self.cutoff, self.lower, self.upper, self.c_fp, self.c_fn)))

    def outcomes(self, pd: Floats) -> dict[Outcome, npt.NDArray[np.bool_]]:
        """Which applicants have each outcome by their PD alone."""
        accepted, refused = pd < self.lower, pd >= self.upper
        return {Outcome.ACCEPT: accepted, Outcome.REFER: ~accepted & ~refused, Outcome.REFUSE: refused}

    def cost(self, label: npt.NDArray[np.int8], pd: Floats) -> Floats:
        """Cost of each applicant when ``PD >= cut-off`` is refused."""
        return applicant_costs(label, pd, cutoff=self.cutoff, c_fp=self.c_fp, c_fn=self.c_fn)


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """The cut-off of everybody, and those of products.

    Parameters
    ----------
    single : CutoffTerms
        For each product without its own, and where the product is not known.
    products : mapping of str to CutoffTerms
        By product.
    """

    single: CutoffTerms
    products: Mapping[str, CutoffTerms] = field(default_factory=dict)

    @classmethod
    def of(
        cls, costs: Costs, products: Mapping[str, Costs] | None = None, *, band: ReferBand | None = None
    ) -> "Cutoffs":
        """Cut-offs that follow from `costs`; `band` is that around the single one, empty when absent.

        The band of a product has the widths of `band` in log-odds: people near the border are as many retrainings away
        from it, whatever the product.
        """
        point = cutoff(costs)
        around = band or ReferBand.at(point)
        single = CutoffTerms(costs, point, around)
        return cls(
            single,
            {
                name: CutoffTerms(own, cutoff(own), moved_band(around, old_cutoff=point, new_cutoff=cutoff(own)))
                for name, own in (products or {}).items()
            },
        )

    def terms(self, product: str | None) -> CutoffTerms:
        """What an applicant for `product` is judged by."""
        return self.single if product is None else self.products.get(product, self.single)

    def rows(self, product: Products) -> RowCutoffs:
        """What each applicant is judged by.

        Parameters
        ----------
        product : array of str or None, shape (n,)
            Product asked for.
        """
        named = list(self.products)
        number = np.zeros(len(product), dtype=np.int64)
        for position, name in enumerate(named, start=1):
            number[product == name] = position
        terms = [self.single, *(self.products[name] for name in named)]

        def of_rows(values: Collection[float]) -> Floats:
            return np.array(list(values), dtype=np.float64)[number]

        return RowCutoffs(
            cutoff=of_rows([t.cutoff for t in terms]),
            lower=of_rows([t.refer_band.lower for t in terms]),
            upper=of_rows([t.refer_band.upper for t in terms]),
            c_fp=of_rows([t.costs.c_fp for t in terms]),
            c_fn=of_rows([t.costs.c_fn for t in terms]),
        )


def require_products(names: Collection[str], *, where: str) -> None:
    """Refuse what is no product, above all what tells persons apart.

    Raises
    ------
    UsageError
        Names the entry, why it gets no cut-off of its own, and what may be written.
    """
    for name in names:
        if name in PRODUCTS:
            continue
        allowed = " or ".join(f'"{product}"' for product in PRODUCTS)
        protected = _protected(name)
        if protected is not None:
            raise UsageError(
                f"{where} '{name}': {protected} describes the person, not the loan, and equal treatment keeps it out "
                f"of a decision: no group of persons has a cut-off of its own. Write a product, {allowed} ({PRODUCT})."
            )
        near = did_you_mean(name, PRODUCTS) or "."
        raise UsageError(f"{where} '{name}': no product{near} Write {allowed}, as {PRODUCT} says them.")


def _protected(name: str) -> str | None:
    """Column that describes the person and that `name` names, or is a value of."""
    folded = name.strip().casefold()
    for column in TABLES["application"].columns:
        values = column.levels if column.sensitive is not None else column.sensitive_levels
        if (column.sensitive is not None and folded == column.name.casefold()) or folded in map(str.casefold, values):
            return column.name
    return None
