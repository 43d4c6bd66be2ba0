"""A model seen as a whole: what the contributions of many applicants say together, and of nobody alone.

Everything is an aggregate over at least 20 applicants, but for the dots of the beeswarm, which belong to nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.explanations.dependence import Dependence, dependence
from garant.explanations.importance import Effects, Importance, importances
from garant.explanations.interactions import Pair, PairPicture, interactions, pair_picture
from garant.explanations.swarm import Swarm, swarm
from garant.explanations.value_bins import FEWEST

SWARM_FEATURES, DEPENDENCE_FEATURES = 12, 6

PAIR_FEATURES = 15
"""Most important features whose pairs are looked at."""

MOST_PAIRS, PAIR_PICTURES = 10, 3


@dataclass(frozen=True, slots=True)
class GroupMean:
    """Mean contributions of a group of applicants.

    Parameters
    ----------
    name : str
        The group.
    n : int
        Its applicants.
    margin : float
        Their mean margin in log-odds: the base value and all families together.
    families : mapping of str to float
        Mean contribution of each family.
    """

    name: str
    n: int
    margin: float
    families: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalViews:
    """What a model does with everybody.

    Parameters
    ----------
    n : int
        Applicants.
    base_value : float
        Margin of nobody in particular, in log-odds.
    families, features : tuple of Importance
        The most important first.
    swarm : Swarm
        The most important features.
    dependence : tuple of Dependence
        The most important features.
    pairs : tuple of Pair
        Features that act together, the strongest first.
    pair_pictures : tuple of PairPicture
        The first pairs.
    groups : tuple of GroupMean
        Groups of at least 20 applicants.
    """

    n: int
    base_value: float
    families: tuple[Importance, ...]
    features: tuple[Importance, ...]
    swarm: Swarm
    dependence: tuple[Dependence, ...]
    pairs: tuple[Pair, ...]
    pair_pictures: tuple[PairPicture, ...]
    groups: tuple[GroupMean, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ExplainedRows:
    """Contributions of n applicants and what they are contributions of.

    Parameters
    ----------
    names, families : sequence of str, length m
        Feature and its family.
    is_category : sequence of bool, length m
        Whose values are codes of levels.
    values : array of float32, shape (n, m)
        Encoded values.
    effects : array of float32, shape (n, m)
        Contributions in log-odds.
    base_value : float
        What is added to them.
    groups : mapping of str to array of bool, shape (n,)
        Applicants that are told apart.
    """

    names: Sequence[str]
    families: Sequence[str]
    is_category: Sequence[bool]
    values: Effects
    effects: Effects
    base_value: float
    groups: Mapping[str, npt.NDArray[np.bool_]]


def global_views(rows: ExplainedRows, *, seed: int) -> GlobalViews:
    """All views of the same contributions; `seed` draws bootstrap samples and dots."""
    families = sorted(set(rows.families))
    of_family = np.zeros((len(rows.effects), len(families)), dtype=np.float32)
    for at, family in enumerate(rows.families):
        of_family[:, families.index(family)] += rows.effects[:, at]
    features = importances(rows.names, rows.effects, seed=seed)
    position = {name: at for at, name in enumerate(rows.names)}
    used = [position[each.name] for each in features if each.size.value > 0]
    pairs = _pairs(rows, used[:PAIR_FEATURES])
    return GlobalViews(
        n=len(rows.effects),
        base_value=rows.base_value,
        families=importances(families, of_family, seed=seed),
        features=features,
        swarm=swarm(*_only(rows, used[:SWARM_FEATURES]), is_category=_kinds(rows, used[:SWARM_FEATURES]), seed=seed),
        dependence=tuple(
            dependence(rows.names[at], rows.values[:, at], rows.effects[:, at], is_category=rows.is_category[at])
            for at in used[:DEPENDENCE_FEATURES]
        ),
        pairs=pairs,
        pair_pictures=tuple(_picture(rows, pair, position) for pair in pairs[:PAIR_PICTURES]),
        groups=tuple(
            _group_mean(name, mask, of_family, families, rows.base_value)
            for name, mask in rows.groups.items()
            if np.count_nonzero(mask) >= FEWEST
        ),
    )


def _only(rows: ExplainedRows, chosen: Sequence[int]) -> tuple[list[str], Effects, Effects]:
    return [rows.names[at] for at in chosen], rows.values[:, chosen], rows.effects[:, chosen]


def _kinds(rows: ExplainedRows, chosen: Sequence[int]) -> list[bool]:
    return [rows.is_category[at] for at in chosen]


def _pairs(rows: ExplainedRows, chosen: Sequence[int]) -> tuple[Pair, ...]:
    return interactions(*_only(rows, chosen), is_category=_kinds(rows, chosen), most=MOST_PAIRS)


def _picture(rows: ExplainedRows, pair: Pair, position: Mapping[str, int]) -> PairPicture:
    """Picture of the contribution that depends more on the other; of the number where one of the two is none."""
    first, second = position[pair.first], position[pair.second]
    if rows.is_category[first] and not rows.is_category[second]:
        first, second = second, first
    return pair_picture(
        (rows.names[first], rows.names[second]),
        (rows.values[:, first], rows.values[:, second]),
        rows.effects[:, first],
        is_category=(rows.is_category[first], rows.is_category[second]),
    )


def _group_mean(
    name: str, mask: npt.NDArray[np.bool_], of_family: Effects, families: Sequence[str], base_value: float
) -> GroupMean:
    means = of_family[mask].mean(axis=0, dtype=np.float64)
    margin = base_value + float(means.sum())
    return GroupMean(
        name, int(np.count_nonzero(mask)), margin, dict(zip(families, (float(mean) for mean in means), strict=True))
    )
