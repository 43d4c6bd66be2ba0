"""One pass over blocks of rows: counts, sums and cross products, from which means and correlations follow exactly.

A missing value counts as the mean of its column. With u = x - shift where x is known and 0 elsewhere, and p = 1 where x
is known, the centred value is d = u - p * (mean - shift), so that the cross products of d follow from those of u and p:
imputing and standardising need no second pass. The shift, rough means that every block shares, keeps the sums small.

Sums depend on their order in the last digits: whoever adds the same blocks in the same order gets the same digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from garant.exceptions import DataError

Floats = npt.NDArray[np.float64]

FAR_SHIFT = 1e3
"""Standard deviations between shift and mean from which a pass with a better shift is due.

The subtraction in `centred` loses twice their decimal digits of sixteen: six here, which leaves 1e-9 a margin.
"""


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
    low, high : array of float64, shape (f,)
        Least and largest known value; +inf and -inf where there is none.
    cross : array of float64, shape (f, f)
        d'd, the covariance times n (ddof = 0).
    """

    n: int
    known: Floats
    mean: Floats
    low: Floats
    high: Floats
    cross: Floats

    @property
    def constant(self) -> npt.NDArray[np.bool_]:
        """Columns with one known value or none, shape (f,): they have no direction."""
        # Values that differ in their last digits alone can leave no positive square after rounding.
        return ~((self.low < self.high) & (np.diag(self.cross) > 0))


def rough_means(block: Floats) -> Floats:
    """Shift that all blocks share: the means of one of them, 0 where it knows no value."""
    known = np.isfinite(block)
    count = known.sum(axis=0)
    sums = np.where(known, block, 0.0).sum(axis=0)
    return np.where(count > 0, sums / np.maximum(count, 1), 0.0)


def moments(
    block: Floats, shift: Floats, columns: Sequence[str], *, rows: npt.NDArray[np.int64] | None = None
) -> Moments:
    """Sums over the rows of one block.

    Parameters
    ----------
    block : array of float64, shape (n, f)
        Rows; NaN is unknown.
    shift : array of float64, shape (f,)
        The same for every block.
    columns : sequence of str, length f
        Names, for the error.
    rows : array of int64, shape (n,), optional
        Ids of the rows, for the error; their positions by default.

    Raises
    ------
    DataError
        When a value is infinite, or so large that its square is.
    """
    present = ~np.isnan(block)
    weight = present.astype(np.float64)
    # One thread: the sums, and so every digit of a component, must not depend on how many cores a machine has.
    with threadpool_limits(1), np.errstate(over="ignore", invalid="ignore"):
        shifted = np.where(present, block - shift, 0.0)
        square, mixed, both = shifted.T @ shifted, shifted.T @ weight, weight.T @ weight
    wrong = np.flatnonzero(~np.isfinite(np.diag(square)))
    if len(wrong):
        column = int(wrong[0])
        row = int(np.argmax(np.abs(shifted[:, column])))
        where = f"row {row if rows is None else rows[row]}, feature {columns[column]}"
        message = f"{where}: {block[row, column]:g} is infinite or too large to be squared. Correct it at the source."
        raise DataError(message)
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


def better_shift(found: Centred, shift: Floats) -> Floats | None:
    """Shift for a second pass where that of the first lay too far from a mean; None where every one was good enough.

    That happens when the rows that the shift was made of know nothing of a column, or something unlike the rest.
    """
    away = np.abs(found.mean - shift)
    scale = np.sqrt(np.maximum(np.diag(found.cross), 0.0) / max(found.n, 1))
    is_far = (found.low < found.high) & (away > FAR_SHIFT * scale)
    return np.where(is_far, found.mean, shift) if is_far.any() else None


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
        low=found.low,
        high=found.high,
        cross=cross,
    )
