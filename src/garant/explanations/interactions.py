"""Which pairs of features act together, read off the contributions that are there already.

In a model that only adds up its features, the contribution of a feature follows from its own value. Where applicants
with one value of it have different contributions, and another feature tells which, the two act together: the vertical
spread of a dependence plot (Lundberg et al. 2020, Nature Machine Intelligence 2, "From local explanations to global
understanding with explainable AI for trees").

The spread is measured as in an analysis of variance: within bins of a feature's own value, the variance of its
contribution between groups of the other feature's value, less what groups of that size differ by anyway (the adjustment
of Kelley 1935, "An unbiased correlation ratio measure", PNAS 21). It is no SHAP interaction value, which would need a
run of its own per feature: where the other feature goes along with a third one, the third may be the cause.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from garant.explanations.importance import Effects
from garant.explanations.value_bins import FEWEST, NOWHERE, Bin, ValueBins, value_bins

OWN_BINS = 50
"""Bins of a feature's own value: what its value does inside a bin is at most some hundredths of what it does in all."""

ROWS_PER_OWN_BIN = 100
"""Applicants of such a bin, so that groups of it hold enough."""

GROUPS = 4
"""Groups of the other feature."""

SHOWN_BINS, SHOWN_GROUPS = 8, 3
"""Bins and groups of a picture."""

WORTH_SAYING = 0.01
"""Share of the variance of a contribution below which a pair is not listed: the rest of a trend inside a bin."""

BEYOND_CHANCE = 6.0
"""Standard deviations beyond what groups differ by anyway: a hundred pairs of skewed noise reach five."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PairCell:
    """Applicants of one bin of the first feature and one group of the second; `median` of the first's contribution."""

    bin: int
    group: int
    n: int
    median: float


@dataclass(frozen=True, slots=True)
class PairPicture:
    """Contribution of `feature` by bins of its value, for each group of the other feature.

    Parameters
    ----------
    feature, other : str
        Whose contribution it is, and whose values make the groups.
    bins, groups : tuple of Bin
        Values of both.
    cells : tuple of PairCell
        Only those of at least 20 applicants.
    """

    feature: str
    other: str
    bins: tuple[Bin, ...]
    groups: tuple[Bin, ...]
    cells: tuple[PairCell, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two features that act together.

    Parameters
    ----------
    first, second : str
        Their names; `first` is the one whose contribution depends more on the other.
    size : float
        Standard deviation, in log-odds, of what both contributions owe to the other feature's value.
    first_share, second_share : float
        Share of the variance of each contribution that the other's value explains at equal own value.
    """

    first: str
    second: str
    size: float
    first_share: float
    second_share: float


@dataclass(frozen=True, slots=True)
class _Moved:
    """What a second feature explains of a contribution: variance in log-odds squared, share, and whether it is sure."""

    variance: float
    share: float
    is_sure: bool


def interactions(
    names: Sequence[str], values: Effects, effects: Effects, *, is_category: Sequence[bool], most: int
) -> tuple[Pair, ...]:
    """Pairs that act together, the strongest first; none in a model that only adds up.

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
    most : int
        Most pairs to return.
    """
    own_bins = max(1, min(OWN_BINS, len(values) // ROWS_PER_OWN_BIN))
    kinds = list(enumerate(is_category))
    own = [value_bins(values[:, at], is_category=kind, most=own_bins) for at, kind in kinds]
    groups = [value_bins(values[:, at], is_category=kind, most=GROUPS) for at, kind in kinds]
    found: list[Pair] = []
    for a, b in combinations(range(len(names)), 2):
        of_a, of_b = (
            _moved(effects[:, one].astype(np.float64), own[one], groups[other]) for one, other in ((a, b), (b, a))
        )
        if not any(moved.is_sure and moved.share >= WORTH_SAYING for moved in (of_a, of_b)):
            continue
        size = float(np.sqrt(of_a.variance + of_b.variance))
        if of_a.variance >= of_b.variance:
            found.append(Pair(names[a], names[b], size, of_a.share, of_b.share))
        else:
            found.append(Pair(names[b], names[a], size, of_b.share, of_a.share))
    return tuple(sorted(found, key=lambda pair: -pair.size)[:most])


def pair_picture(
    names: tuple[str, str],
    values: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]],
    effect: npt.NDArray[np.float32],
    *,
    is_category: tuple[bool, bool],
) -> PairPicture:
    """Median contribution of the first feature by bins of its value and groups of the second's.

    Parameters
    ----------
    names : (str, str)
        The two features.
    values : two arrays of float32, shape (n,)
        Their encoded values.
    effect : array of float32, shape (n,)
        Contributions of the first.
    is_category : (bool, bool)
        Whose values are codes of levels.
    """
    bins = value_bins(values[0], is_category=is_category[0], most=SHOWN_BINS)
    groups = value_bins(values[1], is_category=is_category[1], most=SHOWN_GROUPS)
    cells: list[PairCell] = []
    for group in range(len(groups.bins)):
        for number in range(len(bins.bins)):
            inside = effect[(bins.position == number) & (groups.position == group)]
            if len(inside) >= FEWEST:
                cells.append(PairCell(number, group, len(inside), float(np.median(inside))))
    return PairPicture(*names, bins.bins, groups.bins, tuple(cells))


def _moved(effect: Floats, own: ValueBins, other: ValueBins) -> _Moved:
    """What groups of another feature explain of a contribution inside bins of its own value."""
    told = (own.position != NOWHERE) & (other.position != NOWHERE)
    effect, bins, groups = effect[told], own.position[told], other.position[told]
    n, n_groups = len(effect), len(other.bins)
    variance = float(effect.var()) if n else 0.0
    if not variance or n_groups < 2:  # noqa: PLR2004 - one group tells nobody apart
        return _Moved(0.0, 0.0, is_sure=False)
    effect = effect - effect.mean()
    cells = _sums(effect, bins * n_groups + groups)
    in_bins = _sums(effect, bins)
    between = _explained(*cells) - _explained(*in_bins)
    n_cells = int(np.count_nonzero(cells[0]))
    freedom, rest_freedom = n_cells - int(np.count_nonzero(in_bins[0])), n - n_cells
    if freedom < 1 or rest_freedom < 1:
        return _Moved(0.0, 0.0, is_sure=False)
    noise = max(float(effect @ effect) - _explained(*cells), 0.0) / rest_freedom
    excess = max(between - freedom * noise, 0.0)
    is_sure = excess > BEYOND_CHANCE * noise * float(np.sqrt(2 * freedom))
    return _Moved(excess / n, excess / n / variance, is_sure)


def _sums(effect: Floats, cell: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Rows and sum of each cell."""
    return np.bincount(cell).astype(np.float64), np.bincount(cell, weights=effect).astype(np.float64)


def _explained(rows: Floats, total: Floats) -> float:
    """Sum of squares between cells."""
    held = rows > 0
    return float(np.sum(total[held] ** 2 / rows[held]))
