"""What wrong decisions cost, from one of two sources: a ratio, or the economics of loans."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from garant.exceptions import UsageError
from garant.models.bundle.economics import Economics
from garant.models.cutoff import Costs
from garant.models.economics_file import WRITE, parse_economics
from garant.models.product_cutoffs import Cutoffs, require_products
from garant.settings import Settings


@dataclass(frozen=True, slots=True)
class Pricing:
    """Costs of everybody and of products.

    Parameters
    ----------
    costs : Costs
        Of every product without its own.
    products : mapping of str to Costs
        By product.
    economics : Economics or None
        Where the costs come from when it has margins; where losses come from anyhow.
    """

    costs: Costs
    products: Mapping[str, Costs] = field(default_factory=dict)
    economics: Economics | None = None

    @property
    def cutoffs(self) -> Cutoffs:
        """Cut-offs that follow, with an empty refer band."""
        return Cutoffs.of(self.costs, self.products)


def pricing(
    *,
    costs: str | None,
    product_costs: Mapping[str, str] | None = None,
    economics: Economics | None = None,
    otherwise: str | None = None,
) -> Pricing:
    """Pricing from a ratio or from economics, never from both.

    Parameters
    ----------
    costs : str or None
        Ratio that was stated, ``"1:10"``.
    product_costs : mapping of str to str, optional
        Ratios of products.
    economics : Economics, optional
        With margins it gives the costs; without, `costs` does and it gives losses alone.
    otherwise : str or None
        Ratio that holds when nothing was stated.

    Raises
    ------
    UsageError
        When both or neither say the costs, a ratio is none, or a product is none.
    """
    ratios = dict(product_costs or {})
    require_products(ratios, where="product_costs")
    if economics is not None and economics.has_margin:
        stated = [name for name, said in (("costs", costs), ("product_costs", ratios)) if said]
        if stated:
            raise UsageError(
                f"{' and '.join(stated)} and the margin of [economics] both say what a wrong decision costs: keep one. "
                "Without margin, [economics] gives expected losses alone."
            )
        base = economics.default.costs
        products = {name: each.costs for name, each in economics.products.items()}
        if base is not None:
            return Pricing(base, {name: each for name, each in products.items() if each is not None}, economics)
    if economics is not None and costs is None:
        raise UsageError(
            f'[economics] margin is missing: write {WRITE["margin"]}; or state the costs as a ratio, costs = "1:10", '
            "and [economics] gives expected losses alone."
        )
    text = costs or otherwise
    if text is None:
        if ratios:
            raise UsageError(
                f"--product-costs says the costs of {', '.join(ratios)} alone; the general costs, of every other "
                "product, are missing: give --costs too, e.g. --costs 1:10."
            )
        raise UsageError("Nothing says what a wrong decision costs: give --costs 1:10 or --economics FILE.")
    return Pricing(Costs.parse(text), {name: Costs.parse(ratio) for name, ratio in ratios.items()}, economics)


def pricing_of(settings: Settings) -> Pricing:
    """Pricing that the settings say: ``[economics]``, or ``costs`` and ``[product_costs]``.

    Raises
    ------
    UsageError
        As `pricing` and `parse_economics`.
    """
    section = settings.economics
    return pricing(
        costs=settings.costs if "costs" in settings.model_fields_set else None,
        product_costs=settings.product_costs,
        economics=None if section is None else parse_economics(section, where="garant.toml"),
        otherwise=settings.costs,
    )
