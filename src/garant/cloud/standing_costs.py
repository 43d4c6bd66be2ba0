"""What a month costs of what stands in the account; a price without a source is never made up."""

from collections.abc import Iterable
from dataclasses import dataclass

from garant.cloud.prices import Price, names_of_prices, price_of
from garant.cloud.standing.thing import Standing


@dataclass(frozen=True)
class MonthlyCost:
    """One thing and what a month of it costs, as it is now.

    Attributes
    ----------
    thing : Standing
        What it is.
    usd : float or None
        US dollars without tax; None when a price has no source for the region, or it is only paid while it works.
    prices : tuple of Price
        What it was reckoned with.
    missing : tuple of str
        Names of prices that have no source.
    """

    thing: Standing
    usd: float | None
    prices: tuple[Price, ...]
    missing: tuple[str, ...]

    @property
    def is_known(self) -> bool:
        """Whether there is an amount."""
        return self.usd is not None


@dataclass(frozen=True)
class Totals:
    """Sums of a month.

    Attributes
    ----------
    at_rest_usd, other_usd : float
        What is known: of what only keeps something, and of everything else.
    unknown : tuple of str
        Kinds of things for which no price was found; their cost comes on top.
    works : tuple of str
        Kinds of things beyond storage and keys: what a platform at rest does not have.
    """

    at_rest_usd: float
    other_usd: float
    unknown: tuple[str, ...]
    works: tuple[str, ...]


def monthly_cost(thing: Standing, region: str) -> MonthlyCost:
    """Price of a month, if each part of it has a source."""
    # Nothing of something costs nothing, whatever its price.
    billed = [part for part in thing.billed if part.units]
    found = [(part, _price(part.price, region)) for part in billed]
    missing = tuple(part.price for part, price in found if price is None)
    prices = tuple(price for _, price in found if price is not None)
    usd = (
        None
        if missing or not thing.billed
        else sum(part.units * price.usd for part, price in found if price is not None)
    )
    return MonthlyCost(thing, usd, prices, missing)


def totals(costs: Iterable[MonthlyCost]) -> Totals:
    """Known sums, and apart from them what has no price."""
    listed = list(costs)
    known = [(cost.thing.is_at_rest, cost.usd) for cost in listed if cost.usd is not None]
    return Totals(
        at_rest_usd=sum(usd for is_at_rest, usd in known if is_at_rest),
        other_usd=sum(usd for is_at_rest, usd in known if not is_at_rest),
        unknown=tuple(dict.fromkeys(cost.thing.kind for cost in listed if cost.missing)),
        works=tuple(dict.fromkeys(cost.thing.kind for cost in listed if not cost.thing.is_at_rest)),
    )


def _price(name: str, region: str) -> Price | None:
    # A machine of a database that is not on the list has no price either.
    return price_of(name, region) if name in names_of_prices() else None
