"""What a model does with the values of one feature: its contributions by bins of the value."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.explanations.value_bins import Bin, Values, value_bins

MOST_BINS = 12
"""Bins of a picture that can still be labelled."""

MIDDLE = 0.8
"""Share of the applicants of a bin that the band around the median holds."""

Column = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class BinEffect:
    """Contributions of the applicants of one bin, in log-odds.

    Parameters
    ----------
    bin : Bin
        The values.
    median : float
        Median contribution.
    low, high : float
        Ends of the middle 80 % of the contributions.
    """

    bin: Bin
    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Dependence:
    """Contributions of one feature by its value.

    Parameters
    ----------
    feature : str
        Its name.
    is_category : bool
        Whether bins are levels.
    effects : tuple of BinEffect
        Numbers from low to high; levels from the one that raises the risk most; what is missing last.
    """

    feature: str
    is_category: bool
    effects: tuple[BinEffect, ...]


def dependence(feature: str, values: Values, effect: Column, *, is_category: bool) -> Dependence:
    """Median and middle 80 % of the contributions of a feature by bins of at least 20 applicants.

    Parameters
    ----------
    feature : str
        Its name.
    values : array of float32, shape (n,)
        Encoded values.
    effect : array of float32, shape (n,)
        Contributions.
    is_category : bool
        Whether values are codes of levels.
    """
    found = value_bins(values, is_category=is_category, most=MOST_BINS)
    ends = [0.5, (1 - MIDDLE) / 2, (1 + MIDDLE) / 2]
    effects = [
        BinEffect(part, *(float(q) for q in np.quantile(effect[found.position == number].astype(np.float64), ends)))
        for number, part in enumerate(found.bins)
    ]
    if is_category:
        effects.sort(key=lambda each: (each.bin.is_missing, -each.median))
    return Dependence(feature, is_category, tuple(effects))
