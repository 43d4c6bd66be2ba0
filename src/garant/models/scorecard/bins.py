"""Bins of one feature as data: which of them a value falls into, whatever the value is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from garant.exceptions import DataError
from garant.features.encode import OTHER

Index = npt.NDArray[np.intp]


class BinKind(StrEnum):
    """What a bin holds."""

    RANGE = "range"
    LEVELS = "levels"
    OTHER = "other"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class NumberBins:
    """Ranges of a number, each with its lower end and without its upper one, and a bin for NULL.

    Bin 0 holds what lies below ``edges[0]``, bin k what lies from ``edges[k - 1]`` on and below ``edges[k]``, the last
    range everything from the last edge on, infinity included; after the ranges comes the bin of NULL.

    Parameters
    ----------
    edges : tuple of float
        Finite and rising. They are compared as float32, as the matrix is: a value of 0.7 lies in the bin that begins
        at 0.7, although neither is exact.
    whole : bool
        Whether the feature takes whole numbers only; its bins can then be said with both ends.
    """

    edges: tuple[float, ...]
    whole: bool = False

    def __post_init__(self) -> None:
        """Raise DataError unless the edges are finite and rise as float32."""
        edges = np.asarray(self.edges, dtype=np.float32)
        if not np.all(np.isfinite(edges)) or np.any(np.diff(edges) <= 0):
            raise DataError(f"Edges of bins {self.edges}: expected finite numbers that rise.")

    @property
    def kinds(self) -> tuple[BinKind, ...]:
        """Kind of each bin."""
        return (*[BinKind.RANGE] * (len(self.edges) + 1), BinKind.MISSING)

    def index(self, values: npt.NDArray[np.float32]) -> Index:
        """Bin of each value; shape (n,) as `values`."""
        found = np.searchsorted(np.asarray(self.edges, dtype=np.float32), values, side="right")
        return np.where(np.isnan(values), len(self.edges) + 1, found)


@dataclass(frozen=True, slots=True)
class CategoryBins:
    """Groups of levels of a category, a bin for every other level, and a bin for NULL.

    Parameters
    ----------
    groups : tuple of tuple of str
        Levels of each bin; together all of `levels`.
    levels : tuple of str
        Frozen levels in the order of their codes 1, 2, …; every other code is another level.
    """

    groups: tuple[tuple[str, ...], ...]
    levels: tuple[str, ...]

    def __post_init__(self) -> None:
        """Raise DataError unless every level stands in one group."""
        grouped = [level for group in self.groups for level in group]
        if sorted(grouped) != sorted(self.levels) or len(set(grouped)) != len(grouped) or not all(self.groups):
            raise DataError(f"Groups {self.groups}: expected every one of {self.levels} in exactly one group.")

    @property
    def kinds(self) -> tuple[BinKind, ...]:
        """Kind of each bin."""
        return (*[BinKind.LEVELS] * len(self.groups), BinKind.OTHER, BinKind.MISSING)

    def index(self, values: npt.NDArray[np.float32]) -> Index:
        """Bin of each code; shape (n,) as `values`."""
        other, missing = len(self.groups), len(self.groups) + 1
        group_of = {level: number for number, group in enumerate(self.groups) for level in group}
        by_code = np.array([other, *(group_of[level] for level in self.levels)])
        is_code = (values > OTHER) & (values <= len(self.levels)) & (values == np.floor(values))
        codes = np.where(is_code, values, OTHER).astype(np.intp)
        return np.where(np.isnan(values), missing, by_code[codes])


Bins = NumberBins | CategoryBins


def grouped_codes(groups: Sequence[Sequence[int]], levels: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Groups of codes as groups of levels."""
    return tuple(tuple(levels[code - 1] for code in group) for group in groups)
