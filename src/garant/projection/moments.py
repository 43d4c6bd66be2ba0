"""One pass over blocks of rows: counts, sums and cross products, from which means and correlations follow exactly.

A missing value counts as the mean of its column. With u = x - shift where x is known and 0 elsewhere, and p = 1 where x
is known, the centred value is d = u - p * (mean - shift), so that the cross products of d follow from those of u and p:
imputing and standardising need no second pass. The shift, rough means that every block shares, keeps the sums small.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from garant.exceptions import DataError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """Sums over n rows of f columns; adding two gives those of all their rows.

    Parameters
    ----------
    n : int
        Rows.
    known : array of float64, shape (f,)
        Rows that state the column.
    low, high : array of float64, shape (f,)
        Least and largest known value; +inf and -inf where there is none.
    total : array of float64, shape (f,)
        Sum of u.
    square, mixed, both : array of float64, shape (f, f)
        u'u, u'p and p'p.
    """

    n: int
    known: Floats
    low: Floats
    high: Floats
    total: Floats
    square: Floats
    mixed: Floats
    both: Floats

    def __add__(self, other: "Moments") -> "Moments":
        """Moments of the rows of both."""
        return Moments(
            n=self.n + other.n,
            known=self.known + other.known,
            low=np.minimum(self.low, other.low),
            high=np.maximum(self.high, other.high),
            total=self.total + other.total,
            square=self.square + other.square,
            mixed=self.mixed + other.mixed,
            both=self.both + other.both,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Centred:
    """Means and centred cross products of columns whose missing values are their means.

    Parameters
    ----------
    n : int
        Rows.
    known : array of float64, shape (f,)
        Rows that state the column.
    mean : array of float64, shape (f,)
        Mean of the known values; NaN where there is none.
    constant : array of bool, shape (f,)
        Columns with one known value or none: they have no direction.
    cross : array of float64, shape (f, f)
        d'd, the covariance times n (ddof = 0).
    """

    n: int
    known: Floats
    mean: Floats
    constant: npt.NDArray[np.bool_]
    cross: Floats


def rough_means(block: Floats) -> Floats:
    """Shift that all blocks share: the means of one of them, 0 where it knows no value."""
    known = np.isfinite(block)
    count = known.sum(axis=0)
    sums = np.where(known, block, 0.0).sum(axis=0)
    return np.where(count > 0, sums / np.maximum(count, 1), 0.0)


def moments(block: Floats, shift: Floats, columns: Sequence[str]) -> Moments:
    """Sums over the rows of one block.

    Parameters
    ----------
    block : array of float64, shape (n, f)
        Rows; NaN is unknown.
    shift : array of float64, shape (f,)
        The same for every block.
    columns : sequence of str, length f
        Names, for the error.

    Raises
    ------
    DataError
        When a value is infinite, or so large that its square is.
    """
    present = ~np.isnan(block)
    shifted = np.where(present, block - shift, 0.0)
    weight = present.astype(np.float64)
    # One thread: the sums, and so every digit of a component, must not depend on how many cores a machine has.
    with threadpool_limits(1), np.errstate(over="ignore", invalid="ignore"):
        square, mixed, both = shifted.T @ shifted, shifted.T @ weight, weight.T @ weight
    wrong = np.flatnonzero(~np.isfinite(np.diag(square)))
    if len(wrong):
        raise DataError(f"Feature {columns[int(wrong[0])]} holds a value that is infinite or too large to be squared.")
    return Moments(
        n=len(block),
        known=weight.sum(axis=0),
        low=np.min(np.where(present, block, np.inf), axis=0, initial=np.inf),
        high=np.max(np.where(present, block, -np.inf), axis=0, initial=-np.inf),
        total=shifted.sum(axis=0),
        square=square,
        mixed=mixed,
        both=both,
    )


def centred(found: Moments, shift: Floats) -> Centred:
    """Means and centred cross products of all rows."""
    with np.errstate(invalid="ignore"):
        above_shift = found.total / found.known
    delta = np.nan_to_num(above_shift)
    half = found.mixed * delta
    cross = found.square - half - half.T + delta[:, None] * found.both * delta
    return Centred(
        n=found.n,
        known=found.known,
        mean=shift + above_shift,
        # Values that differ in their last digits alone can leave no positive square after rounding.
        constant=~((found.low < found.high) & (np.diag(cross) > 0)),
        cross=cross,
    )
