"""Population stability index: how far the distribution of a value in one sample lies from that in another.

``PSI = Σ (a_i - e_i) ln(a_i / e_i)`` over bins, where ``e_i`` and ``a_i`` are the shares of the expected and of the
actual sample (Siddiqi 2006, Credit Risk Scorecards). It is symmetric and at least 0.

The familiar marks 0.10 and 0.25 say nothing about chance: two samples of one population reach them when they are small.
Without any change ``PSI ~ χ²(B - 1) · (1/n + 1/m)`` for B bins and samples of n and m (Yurdakul & Naranjo 2020,
Statistical properties of the population stability index, Journal of Risk Model Validation 14(4), 89-100), so a change
is shown only by a PSI above a quantile of that distribution.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import special

from garant.exceptions import InvariantError

BINS = 10
"""Bins of a number: tenths of the expected sample, and one more for what is missing."""

LEVEL = 0.999
"""Chance of a PSI below the limit without any change: of several hundred features less than one is named by chance."""

MODERATE, LARGE = 0.10, 0.25
"""Marks of the trade for a change that matters; a PSI of exactly 0.10 is moderate, one of exactly 0.25 large."""

_EMPTY = 0.5
"""Added to the count of every bin: the logarithm of an empty bin is infinite. It moves a bin of 50 rows by 1 %."""


class Change(StrEnum):
    """What a PSI says: ``none`` up to the limit of chance, above it ``small``, ``moderate``, ``large`` by the marks."""

    NONE = "none"
    SMALL = "small"
    MODERATE = "moderate"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class Stability:
    """A PSI with what chance alone reaches.

    Parameters
    ----------
    psi : float
        The index.
    limit : float
        What it stays below without any change, with the chance `LEVEL`; 0 where there is only one bin.
    bins : int
        Bins that hold any row.
    n_expected, n_actual : int
        Rows of the two samples.
    """

    psi: float
    limit: float
    bins: int
    n_expected: int
    n_actual: int

    @property
    def change(self) -> Change:
        """What the index says."""
        if self.psi <= self.limit:
            return Change.NONE
        if self.psi < MODERATE:
            return Change.SMALL
        return Change.MODERATE if self.psi < LARGE else Change.LARGE


def psi(expected: npt.ArrayLike, actual: npt.ArrayLike) -> float:
    """Population stability index of two samples that are counted in the same bins.

    Parameters
    ----------
    expected, actual : array of int, shape (bins,)
        Rows per bin; bins that are empty in both are passed over.

    Raises
    ------
    InvariantError
        When the bins differ in number, or a sample has no row.
    """
    return stability(expected, actual).psi


def psi_limit(bins: int, n_expected: int, n_actual: int, *, level: float = LEVEL) -> float:
    """PSI that two samples of one population stay below with the chance `level` (Yurdakul & Naranjo 2020).

    Parameters
    ----------
    bins : int
        Bins that hold any row.
    n_expected, n_actual : int
        Rows of the two samples.
    level : float
        Chance, between 0 and 1.
    """
    if bins < 2:  # noqa: PLR2004 - one bin holds every row of both
        return 0.0
    return float(special.chdtri(bins - 1, 1 - level)) * (1 / n_expected + 1 / n_actual)


def stability(expected: npt.ArrayLike, actual: npt.ArrayLike, *, level: float = LEVEL) -> Stability:
    """PSI and its limit of two samples that are counted in the same bins; parameters as of `psi` and `psi_limit`."""
    e, a = np.asarray(expected, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    if e.shape != a.shape or e.ndim != 1:
        raise InvariantError(f"PSI: the samples were counted in bins of shape {e.shape} and {a.shape}.")
    n, m = int(e.sum()), int(a.sum())
    if not n or not m:
        raise InvariantError(f"PSI: samples of {n} and {m} rows; both must have some.")
    filled = (e > 0) | (a > 0)
    e, a = e[filled] + _EMPTY, a[filled] + _EMPTY
    e, a = e / e.sum(), a / a.sum()
    index = float(np.sum((a - e) * np.log(a / e)))
    return Stability(index, psi_limit(len(e), n, m, level=level), len(e), n, m)


def stability_of_numbers(expected: npt.ArrayLike, actual: npt.ArrayLike, *, level: float = LEVEL) -> Stability:
    """PSI of a number, by tenths of the expected sample and a bin of what is missing.

    Parameters
    ----------
    expected, actual : array of float, shape (n,) and (m,)
        Values; NaN is missing. A value that many rows share makes the tenths that it fills one bin.
    level : float
        As of `psi_limit`.
    """
    e, a = np.asarray(expected, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    edges = _edges(e[~np.isnan(e)])
    return stability(_counts(e, edges), _counts(a, edges), level=level)


def stability_of_codes(expected: npt.ArrayLike, actual: npt.ArrayLike, *, level: float = LEVEL) -> Stability:
    """PSI of a category by its codes 0, 1, 2, …; NaN is missing and a bin of its own."""
    e, a = np.asarray(expected, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    codes = np.concatenate([e, a])
    codes = codes[~np.isnan(codes)]
    edges = np.arange(1, int(codes.max(initial=0)) + 1, dtype=np.float64) - 0.5
    return stability(_counts(e, edges), _counts(a, edges), level=level)


def _edges(known: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Lower ends of all bins but the first: each bin takes values until it holds a tenth of the rows.

    Plain deciles would put the rare values beside a value that nine tenths of the rows share into its bin.
    """
    values, counts = np.unique(known, return_counts=True)
    up_to = np.cumsum(counts)
    edges: list[float] = []
    taken = 0
    while True:
        last = int(np.searchsorted(up_to, taken + len(known) / BINS)) if len(values) else 0
        if last + 1 >= len(values):
            return np.array(edges, dtype=np.float64)
        edges.append(float(values[last + 1]))
        taken = int(up_to[last])


def _counts(values: npt.NDArray[np.float64], edges: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Rows below the first edge, from it on, …, from the last on, and rows without a value."""
    missing = np.isnan(values)
    places = np.searchsorted(edges, values[~missing], side="right")
    return np.append(np.bincount(places, minlength=len(edges) + 1), missing.sum())
