"""Unit prices of AWS as data: each with its region, its source and when it was read; none is derived or guessed.

Where two sources state a price of one region the dearer one counts: what is told in advance is not to be exceeded.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from garant.exceptions import UnknownNameError
from garant.settings import EU_REGIONS

EVERYWHERE: Final = "*"
"""Region of a price that is the same in all of them."""

HOURS_PER_MONTH: Final = 730
"""As AWS counts a month."""


class Source(BaseModel):
    """Where a price was read.

    Parameters
    ----------
    title, address : str
        What it is and where it stands.
    published : date or None
        When it was written, where it says so.
    read : date
        When it was read for garant.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    address: str = Field(pattern="^https://")
    published: date | None = None
    read: date


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit costs.

    Parameters
    ----------
    name : str
        Of the list of prices: ``emr_vcpu``.
    what, unit : str
        What is paid for, and by what.
    region : str
        Where it holds; `EVERYWHERE` for a price that is the same in all regions.
    usd : float
        US dollars per unit.
    source : Source
        Where it was read.
    asked : str
        Region that was asked about.
    """

    name: str
    what: str
    unit: str
    region: str
    usd: float
    source: Source
    asked: str

    @property
    def is_foreign(self) -> bool:
        """Whether it holds in another region than the one that was asked about: no price, only a hint."""
        return self.region not in {self.asked, EVERYWHERE}

    @property
    def origin(self) -> str:
        """Where it comes from, in one line."""
        dated = f"of {self.source.published}, " if self.source.published is not None else ""
        where = "" if self.region == EVERYWHERE else f"{self.region}: "
        return f"{where}{self.usd:g} USD per {self.unit} ({self.source.title}; {dated}read {self.source.read})"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str = Field(pattern=r"^(\*|[a-z]{2,4}(-[a-z]+)+-\d)$")
    usd: float = Field(gt=0)
    source: str


class _Item(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    unit: str
    of: tuple[_Entry, ...]


class _List(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: dict[str, Source]
    prices: dict[str, _Item]


def price_of(name: str, region: str) -> Price | None:
    """Price in a region; None where none was found.

    Raises
    ------
    UnknownNameError
        When nothing of that name is on the list.
    """
    here = [price for price in _stated(name, region) if not price.is_foreign]
    return max(here, key=lambda price: price.usd, default=None)


def price_or_hint(name: str, region: str) -> Price | None:
    """Price in a region, else the dearest of another one: of the European Union where there is one.

    `Price.is_foreign` tells the two apart, and whoever shows a foreign price says whose it is.
    """
    here = price_of(name, region)
    if here is not None:
        return here
    stated = _stated(name, region)
    near = [price for price in stated if price.region in EU_REGIONS]
    return max(near or stated, key=lambda price: price.usd, default=None)


def names_of_prices() -> tuple[str, ...]:
    """Names of all that the list knows, also of what it has no price for."""
    return tuple(_list().prices)


def unit_of(name: str) -> str:
    """By what something is paid."""
    return _item(name).unit


def remarks(prices: Iterable[Price]) -> list[str]:
    """What must stand beside a sum of these prices: where they come from, and which are of another region."""
    listed = list(prices)
    origins = dict.fromkeys(price.origin for price in listed)
    foreign = [price for price in listed if price.is_foreign]
    return [*(_foreign_text(foreign) if foreign else ()), *(f"Price: {origin}." for origin in origins)]


def _foreign_text(foreign: Sequence[Price]) -> list[str]:
    whose = ", ".join(sorted({price.region for price in foreign}))
    asked = foreign[0].asked
    return [f"No price was found for {asked}: reckoned with that of {whose} instead, which is NOT the price there."]


def _stated(name: str, region: str) -> list[Price]:
    item = _item(name)
    sources = _list().sources
    return [
        Price(name, item.what, item.unit, entry.region, entry.usd, sources[entry.source], region) for entry in item.of
    ]


def _item(name: str) -> _Item:
    known = _list().prices
    if name not in known:
        raise UnknownNameError("price", name, known, f"Known are {', '.join(known)}.")
    return known[name]


@cache
def _list() -> _List:
    text = files("garant.cloud").joinpath("prices.toml").read_text(encoding="utf-8")
    return _List.model_validate(tomllib.loads(text))
