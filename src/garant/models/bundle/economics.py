"""What a loan earns and what it loses: the two costs of a cut-off, and the loss that a PD makes one expect."""

import math
from typing import Self

from pydantic import Field, model_validator

from garant.exceptions import UsageError
from garant.models.bundle.part import Part
from garant.models.cutoff import Costs, cutoff, moved_band
from garant.models.product_cutoffs import Cutoffs, require_products


class LoanEconomics(Part):
    """Economics of one loan of a product.

    Parameters
    ----------
    margin : float or None
        Share of the credit that the lender earns on a loan that is repaid, over its life, after funding. None where
        the costs are stated as a ratio and only losses are computed.
    lgd : float
        Loss given default: share of the exposure that is lost on a loan that is not repaid, after recoveries.
    ead_share : float
        Exposure at default as a share of the credit asked for (``AMT_CREDIT``): 1 is the whole credit; below 1 where
        part is repaid or undrawn by then, above 1 where interest is added.
    fixed_cost : float
        Cost of granting and handling one loan, repaid or not, in currency units.
    average_credit : float or None
        Average credit in currency units; without it, costs are per unit of credit and nothing fixed can be counted.
    """

    margin: float | None = Field(default=None, gt=0, le=2)
    lgd: float = Field(gt=0, le=1)
    ead_share: float = Field(default=1.0, gt=0, le=2)
    fixed_cost: float = Field(default=0.0, ge=0)
    average_credit: float | None = Field(default=None, gt=0)

    @property
    def costs(self) -> Costs | None:
        """What the two wrong decisions cost per loan; None without a margin.

        Refusing a good payer forgoes the profit, ``c_fp = margin * credit - fixed_cost``. Accepting one who does not
        repay loses ``c_fn = lgd * ead_share * credit + fixed_cost``. The costs of Verbraken, Bravo, Weber & Baesens
        (2014), Development and application of consumer credit scoring models using profit-based classification
        measures, EJOR 238, with a margin for their return on investment, and a fixed cost.

        Raises
        ------
        UsageError
            When a repaid loan earns nothing, so that nobody should be accepted; or a fixed cost has no credit to be
            counted against.
        """
        if self.margin is None:
            return None
        if self.fixed_cost and self.average_credit is None:
            raise UsageError(
                f"fixed_cost = {self.fixed_cost:g} needs the size of a loan: write average_credit in the same "
                "currency, e.g. average_credit = 600000."
            )
        credit = self.average_credit or 1.0
        earned = self.margin * credit - self.fixed_cost
        if earned <= 0:
            raise UsageError(
                f"a repaid loan earns margin * average_credit - fixed_cost = {earned:g}, so nobody should be accepted: "
                "write a higher margin or average_credit, or a lower fixed_cost."
            )
        return Costs(earned, self.lgd * self.ead_share * credit + self.fixed_cost)


class Economics(Part):
    """Economics of every product.

    Parameters
    ----------
    default : LoanEconomics
        Of each product that is not named.
    products : dict of str to LoanEconomics
        Of those that are, by the level of ``NAME_CONTRACT_TYPE``.
    """

    default: LoanEconomics
    products: dict[str, LoanEconomics] = Field(default_factory=dict)

    @property
    def has_margin(self) -> bool:
        """Whether the costs, and so the cut-offs, follow from it."""
        return self.default.margin is not None

    def of(self, product: str | None) -> LoanEconomics:
        """Economics of a loan of `product`."""
        return self.default if product is None else self.products.get(product, self.default)

    def of_losses(self) -> "Economics":
        """What is left for expected losses where the costs are stated otherwise."""
        none = {"margin": None, "fixed_cost": 0.0, "average_credit": None}
        return Economics(
            default=self.default.model_copy(update=none),
            products={name: each.model_copy(update=none) for name, each in self.products.items()},
        )

    @model_validator(mode="after")
    def _is_in_one_unit(self) -> Self:
        everything = (self.default, *self.products.values())
        if len({each.margin is None for each in everything}) > 1:
            raise ValueError("margin is stated for some products only: write it under [economics], or nowhere")
        if len({each.average_credit is None for each in everything}) > 1:
            raise ValueError(
                "average_credit is stated for some products only, so their costs have no common unit: write it under "
                "[economics], or under each product"
            )
        return self


def check_cutoffs(cutoffs: Cutoffs, economics: Economics | None) -> None:
    """Refuse cut-offs that are not those of their costs, costs that are not those of the economics, groups of persons.

    Raises
    ------
    ValueError, UsageError
        Names the section that does not fit.
    """
    require_products([*cutoffs.products, *(economics.products if economics else ())], where="product")
    if economics and economics.has_margin and set(economics.products) != set(cutoffs.products):
        raise ValueError("product_cutoffs: not the products of the economics, which have margins")
    single = cutoffs.single
    for name, terms in {"": single, **cutoffs.products}.items():
        where = f"product_cutoffs.{name}: " if name else ""
        if not math.isclose(terms.cutoff, cutoff(terms.costs), rel_tol=1e-12):
            raise ValueError(
                f"{where}cutoff {terms.cutoff} is not the one of costs {terms.costs} ({cutoff(terms.costs)})"
            )
        band = terms.refer_band
        if not band.lower <= terms.cutoff <= band.upper:
            raise ValueError(f"{where}refer_band: the cut-off {terms.cutoff} lies outside")
        moved = moved_band(single.refer_band, old_cutoff=single.cutoff, new_cutoff=terms.cutoff)
        if not (math.isclose(band.lower, moved.lower) and math.isclose(band.upper, moved.upper)):
            raise ValueError(f"{where}refer_band has not the widths of that around the single cut-off")
        stated = economics.of(name).costs if economics and economics.has_margin else None
        if stated is not None and not math.isclose(stated.ratio, terms.costs.ratio, rel_tol=1e-9):
            raise ValueError(f"{where}costs {terms.costs} are not those of the economics ({stated})")
