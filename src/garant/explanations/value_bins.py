"""Values of a feature put into bins of enough people to show what the model does with them, and nobody's row."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.features.encode import OTHER

FEWEST = 20
"""Applicants below whom nothing is said of a bin: it joins a neighbour or is left out."""

NOWHERE = -1
"""Bin of an applicant who is in none."""

Values = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Bin:
    """Values that are told together.

    Parameters
    ----------
    n : int
        Applicants.
    low, high : float or None
        Values above `low` and up to `high`; None for the first bin's lower and the last bin's upper end, which would
        be one person's value, and for whatever is no number.
    middle : float or None
        Median of a number.
    is_one_value : bool
        Whether all have the value `middle`.
    code : int or None
        Code of a level; `OTHER` for levels that are told together.
    """

    n: int
    low: float | None = None
    high: float | None = None
    middle: float | None = None
    is_one_value: bool = False
    code: int | None = None

    @property
    def is_missing(self) -> bool:
        """Whether these are the applicants without a value."""
        return self.middle is None and self.code is None


@dataclass(frozen=True, slots=True, eq=False)
class ValueBins:
    """Bins of a feature.

    Parameters
    ----------
    bins : tuple of Bin
        Numbers from low to high, or levels from frequent to rare; what is missing comes last.
    position : array of int64, shape (n,)
        Bin of each applicant; `NOWHERE` for too few people to be told.
    """

    bins: tuple[Bin, ...]
    position: npt.NDArray[np.int64]


def value_bins(values: Values, *, is_category: bool, most: int, fewest: int = FEWEST) -> ValueBins:
    """Bins of `fewest` applicants or more.

    Parameters
    ----------
    values : array of float32, shape (n,)
        Encoded values, NaN where there is none.
    is_category : bool
        Whether they are codes of levels.
    most : int
        Most bins besides that of missing values.
    fewest : int
        Fewest applicants of a bin.
    """
    known = np.flatnonzero(~np.isnan(values))
    position = np.full(len(values), NOWHERE, dtype=np.int64)
    make = _level_bins if is_category else _number_bins
    bins, position[known] = make(values[known], most, fewest)
    missing = len(values) - len(known)
    if missing >= fewest:
        position[np.isnan(values)] = len(bins)
        bins = [*bins, Bin(missing)]
    return ValueBins(tuple(bins), position)


def _number_bins(values: Values, most: int, fewest: int) -> tuple[list[Bin], npt.NDArray[np.int64]]:
    """Bins between quantiles; a value that many have is a bin by itself."""
    n_bins = min(most, len(values) // fewest)
    if n_bins < 1:
        return [], np.full(len(values), NOWHERE, dtype=np.int64)
    steps = np.arange(1, n_bins + 1) / n_bins
    uppers = np.unique(np.quantile(values, steps, method="inverted_cdf"))
    fine = np.searchsorted(uppers, values, side="left")
    # What is left between a value that many have and the next quantile would be a bin of a few beside large ones.
    joined = _joined(np.bincount(fine, minlength=len(uppers)), max(fewest, len(values) // (2 * n_bins)))
    position = joined[fine]
    order = np.argsort(position, kind="stable")
    parts = np.split(values[order].astype(np.float64), np.flatnonzero(np.diff(position[order])) + 1)
    bins: list[Bin] = []
    for number, part in enumerate(parts):
        bins.append(
            Bin(
                n=len(part),
                low=float(parts[number - 1].max()) if number else None,
                high=float(part.max()) if number < len(parts) - 1 else None,
                middle=float(np.quantile(part, 0.5, method="inverted_cdf")),
                is_one_value=bool(part.min() == part.max()),
            )
        )
    return bins, position


def _joined(counts: npt.NDArray[np.intp], fewest: int) -> npt.NDArray[np.int64]:
    """New number of each bin, so that each holds enough; a rest at the end joins the last one."""
    numbers = np.empty(len(counts), dtype=np.int64)
    number, held = 0, 0
    for at, count in enumerate(counts):
        numbers[at] = number
        held += int(count)
        if held >= fewest:
            number, held = number + 1, 0
    return np.minimum(numbers, max(number - 1, 0))


def _level_bins(codes: Values, most: int, fewest: int) -> tuple[list[Bin], npt.NDArray[np.int64]]:
    """A bin per frequent level; the others are told together where they are enough."""
    levels, found, counts = np.unique(codes.astype(np.int64), return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    alone = [at for at in order if counts[at] >= fewest and levels[at] != OTHER]
    if len(alone) > most:
        alone = alone[: most - 1]
    number = np.full(len(levels), NOWHERE, dtype=np.int64)
    number[alone] = np.arange(len(alone))
    bins = [Bin(int(counts[at]), code=int(levels[at])) for at in alone]
    rest = int(counts.sum() - counts[alone].sum())
    if rest >= fewest:
        number[number == NOWHERE] = len(alone)
        bins.append(Bin(rest, code=OTHER))
    return bins, number[found]
