"""How a normal score or a uniform number becomes a value: quantiles, levels, probabilities, money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Category:
    """A column of words: `codes` point into `names`; the name "" means missing."""

    codes: Codes
    names: tuple[str, ...]

    def is_any(self, *names: str) -> Flags:
        """Tell where the value is one of `names`."""
        wanted = np.array([name in names for name in self.names], dtype=np.bool_)
        return wanted[self.codes]

    def __getitem__(self, rows: Flags | Ints | slice) -> "Category":
        """Select rows."""
        return Category(self.codes[rows], self.names)


@dataclass(frozen=True, slots=True)
class Quantiles:
    """A distribution as values at normal scores; between them it is linear."""

    scores: Floats
    values: Floats

    def at(self, score: Floats) -> Floats:
        """Map standard normal scores to values, monotonely."""
        return np.interp(score, self.scores, self.values)


@dataclass(frozen=True, slots=True)
class Levels:
    """Names with shares and tilts.

    The weight of a level for a client with latent risk z is ``weight * exp(tilt * z)``, with weights such that the
    overall shares come out as stated; the mean of z among the clients of a level is about its tilt.
    """

    names: tuple[str, ...]
    shares: Floats
    tilts: Floats
    weights: Floats

    @classmethod
    def of(cls, shares: Mapping[str, float], tilts: Mapping[str, float] | None = None) -> "Levels":
        """Build from name → share and name → tilt; shares are scaled to sum to 1, absent tilts are 0."""
        names = tuple(shares)
        wanted = np.array([shares[name] for name in names], dtype=np.float64)
        wanted /= wanted.sum()
        slopes = np.array([(tilts or {}).get(name, 0.0) for name in names])
        return cls(names, wanted, slopes, _balanced(wanted, slopes))

    def draw(self, uniform: Floats, z: Floats | None = None) -> Category:
        """Draw one level per row from uniform numbers; with `z` the tilts apply."""
        if z is None:
            cumulative = np.cumsum(self.shares)
            codes = np.searchsorted(cumulative[:-1], uniform, side="right")
            return Category(codes.astype(np.int8), self.names)
        weights = self.weights * np.exp(z[:, None] * self.tilts)
        cumulative = np.cumsum(weights, axis=1)
        codes = (cumulative[:, :-1] <= (uniform * cumulative[:, -1])[:, None]).sum(axis=1)
        return Category(codes.astype(np.int8), self.names)

    def at(self, score: Floats) -> Category:
        """Cut standard normal scores into the levels, in the order of the names."""
        cumulative = np.cumsum(self.shares)[:-1]
        cuts = np.array([NormalDist().inv_cdf(min(max(p, 1e-12), 1 - 1e-12)) for p in cumulative])
        return Category(np.searchsorted(cuts, score, side="right").astype(np.int8), self.names)


def draw_by_group(
    group: npt.NDArray[np.integer], levels: Sequence[Levels], uniform: Floats, z: Floats | None = None
) -> Category:
    """Draw a category whose levels depend on a group.

    Parameters
    ----------
    group : array of int, shape (n,)
        Index into `levels` per row.
    levels : sequence of Levels
        One per group; their names may differ.
    uniform, z : arrays, shape (n,)
        As for `Levels.draw`.
    """
    names = tuple(dict.fromkeys(name for level in levels for name in level.names))
    place = {name: code for code, name in enumerate(names)}
    codes = np.zeros(len(uniform), dtype=np.int8)
    for number, level in enumerate(levels):
        rows = np.flatnonzero(group == number)
        if len(rows):
            drawn = level.draw(uniform[rows], None if z is None else z[rows])
            codes[rows] = np.array([place[name] for name in level.names], dtype=np.int8)[drawn.codes]
    return Category(codes, names)


def choose(first: Flags, one: Category, other: Category) -> Category:
    """Take `one` where `first`, else `other`."""
    names = tuple(dict.fromkeys((*one.names, *other.names)))
    place = {name: code for code, name in enumerate(names)}
    left = np.array([place[name] for name in one.names], dtype=np.int8)[one.codes]
    right = np.array([place[name] for name in other.names], dtype=np.int8)[other.codes]
    return Category(np.where(first, left, right).astype(np.int8), names)


def at_by_group(group: npt.NDArray[np.integer], quantiles: Sequence[Quantiles | None], score: Floats) -> Floats:
    """Map scores to values with one distribution per group; NaN where the group has none."""
    values = np.full(len(score), np.nan)
    for number, quantile in enumerate(quantiles):
        rows = np.flatnonzero(group == number)
        if quantile is not None and len(rows):
            values[rows] = quantile.at(score[rows])
    return values


def logistic(margin: Floats) -> Floats:
    """Probability of a log-odds."""
    return 1.0 / (1.0 + np.exp(-margin))


def tilted(share: float | Floats, tilt: float, z: Floats) -> Floats:
    """Probability of a two-level event with overall `share` whose bearers have a mean z of about `tilt`."""
    other = -tilt * share / (1.0 - share)
    yes = share * np.exp(tilt * z - tilt**2 / 2)
    return yes / (yes + (1.0 - share) * np.exp(other * z - other**2 / 2))


def follow(share: float, slope: float, trace: Floats) -> Floats:
    """Probability whose log-odds rise by `slope` per unit of a standard normal `trace` and whose mean is `share`."""
    return logistic(_level(share, abs(slope)) + slope * trace)


def follow_each(shares: Sequence[float], slope: float, group: npt.NDArray[np.integer], trace: Floats) -> Floats:
    """Give the probability of `follow`, with one share per group."""
    levels = np.array([_level(share, abs(slope)) for share in shares])
    return logistic(levels[group] + slope * trace)


_NODES: Floats = np.linspace(-5.0, 5.0, 201)
_MASS: Floats = np.exp(-(_NODES**2) / 2) / np.exp(-(_NODES**2) / 2).sum()
"""A standard normal on a grid, to take means over it."""


@cache
def _level(share: float, slope: float) -> float:
    """Find the log-odds at trace 0 by bisection."""
    if not 0 < share < 1:
        return -np.inf if share <= 0 else np.inf
    low, high = -40.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if float(_MASS @ logistic(middle + slope * _NODES)) < share else (low, middle)
    return low


def _balanced(shares: Floats, tilts: Floats) -> Floats:
    """Find weights that give `shares` on average over a standard normal z, by iterative scaling."""
    weights = shares * np.exp(-(tilts**2) / 2)
    if not tilts.any():
        return weights
    lift = np.exp(_NODES[:, None] * tilts)
    for _ in range(40):
        drawn = weights * lift
        mean = _MASS @ (drawn / drawn.sum(axis=1, keepdims=True))
        weights = weights * np.divide(shares, mean, out=np.ones_like(shares), where=mean > 0)
    return weights


def mix(trace: Floats, loading: float, noise: Floats) -> Floats:
    """Standard normal score that correlates with the standard normal `trace` by `loading`."""
    return loading * trace + np.sqrt(1.0 - loading**2) * noise


def expand(counts: Ints) -> tuple[Ints, Ints]:
    """Give each parent its rows.

    Returns
    -------
    owner, position : arrays of int, shape (sum of counts,)
        Index of the parent, and number of the row within the parent from 0; parents in order.
    """
    owner = np.repeat(np.arange(len(counts)), counts)
    starts = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) - np.repeat(starts, counts)


def money(amount: Floats, step: int) -> Floats:
    """Round amounts to multiples of `step` thousandths of the currency unit.

    The raw amounts are multiples of 45 thousandths, most of them of 4,500 or more.
    """
    return np.rint(amount * (1000 / step)) * step / 1000


def whole(values: npt.NDArray[np.number]) -> Ints:
    """Round to int64."""
    return np.rint(values).astype(np.int64)


def with_missing(values: npt.NDArray[np.number | np.bool_], missing: Flags) -> Floats:
    """Return a float copy of `values` with NaN where `missing`."""
    return np.where(missing, np.nan, values)
