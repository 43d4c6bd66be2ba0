"""A beeswarm without persons: how many of a drawn few lie at each rounded contribution, by low and high values.

Every feature has a draw of its own and a dot knows a rounded position and a third of the values alone, so no dot can be
followed from one feature to the next and no row be put together again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from garant.explanations.importance import Effects
from garant.explanations.value_bins import FEWEST

DRAWN = 300
"""Applicants drawn per feature."""

POSITIONS = 100
"""Steps of the axis that contributions are rounded to."""

OUTSIDE = 0.005
"""Share of a feature's contributions at either end that may lie beyond the axis; they are drawn at its end."""


class Rank(StrEnum):
    """Third of the known values of a number, no value, or the value of a category."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"
    MISSING = "missing"
    LEVEL = "level"


RANKS = tuple(Rank)


@dataclass(frozen=True, slots=True)
class SwarmDots:
    """`n` of the drawn applicants of one `rank` whose contribution rounds to `effect`."""

    effect: float
    rank: Rank
    n: int


@dataclass(frozen=True, slots=True)
class SwarmRow:
    """One feature of a beeswarm.

    Parameters
    ----------
    feature : str
        Its name.
    dots : tuple of SwarmDots
        In the order of effect and rank.
    medians : mapping of rank to float
        Median contribution of all applicants of a rank; ranks of fewer than 20 are left out.
    """

    feature: str
    dots: tuple[SwarmDots, ...]
    medians: dict[Rank, float]


@dataclass(frozen=True, slots=True)
class Swarm:
    """Rows of a beeswarm, and how many applicants were drawn for each."""

    rows: tuple[SwarmRow, ...]
    drawn: int


def swarm(names: Sequence[str], values: Effects, effects: Effects, *, is_category: Sequence[bool], seed: int) -> Swarm:
    """Rows of a beeswarm in the order of `names`.

    Parameters
    ----------
    names : sequence of str, length m
        Features.
    values : array of float32, shape (n, m)
        Their encoded values.
    effects : array of float32, shape (n, m)
        Their contributions.
    is_category : sequence of bool, length m
        Whose values are codes of levels.
    seed : int
        Seed of the draws.
    """
    if not len(names):
        return Swarm((), 0)
    rng = np.random.default_rng(seed)
    ends = np.quantile(effects.astype(np.float64), [OUTSIDE, 1 - OUTSIDE], axis=0)
    low, high = float(ends[0].min()), float(ends[1].max())
    step = max((high - low) / POSITIONS, 1e-9)
    drawn = min(DRAWN, len(values))
    rows: list[SwarmRow] = []
    for at, name in enumerate(names):
        ranks = _ranks(values[:, at], is_category=is_category[at])
        chosen = rng.choice(len(values), drawn, replace=False)
        places = np.rint(np.clip(effects[chosen, at], low, high) / step).astype(np.int64)
        counted = np.unique(np.column_stack([places, ranks[chosen]]), axis=0, return_counts=True)
        dots = tuple(
            SwarmDots(float(place * step), RANKS[int(rank)], int(n)) for (place, rank), n in zip(*counted, strict=True)
        )
        rows.append(SwarmRow(name, dots, _medians(ranks, effects[:, at])))
    return Swarm(tuple(rows), drawn)


def _ranks(values: npt.NDArray[np.float32], *, is_category: bool) -> npt.NDArray[np.int64]:
    """Position in `RANKS` of each applicant."""
    known = ~np.isnan(values)
    ranks = np.full(len(values), RANKS.index(Rank.MISSING), dtype=np.int64)
    if is_category:
        ranks[known] = RANKS.index(Rank.LEVEL)
    elif known.any():
        ranks[known] = np.searchsorted(_thirds(values[known]), values[known], side="left")
    return ranks


def _thirds(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Highest low and highest middle value; of a number with two values one is low and the other high."""
    low, middle = np.quantile(values, [1 / 3, 2 / 3], method="inverted_cdf")
    below = values[values < values.max()]
    middle = min(middle, below.max()) if len(below) else middle
    return np.array([min(low, middle), middle], dtype=np.float32)


def _medians(ranks: npt.NDArray[np.int64], effect: npt.NDArray[np.float32]) -> dict[Rank, float]:
    groups: dict[Rank, npt.NDArray[np.float32]] = {rank: effect[ranks == number] for number, rank in enumerate(RANKS)}
    return {rank: float(np.median(group)) for rank, group in groups.items() if len(group) >= FEWEST}
