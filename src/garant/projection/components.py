"""Principal components from centred cross products: directions, their share of the variance, and what was left out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from garant.exceptions import DataError, UsageError
from garant.projection.moments import Centred, Floats

ROUNDING = 1e-12
"""Share of the variance by which a target may be missed through rounding alone."""

TIE = 1e-9
"""Relative difference below which two loadings are equally strong: rounding must not choose between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How many components: a number of them, or as few as hold a share of the variance.

    Parameters
    ----------
    number : int or None
        How many.
    variance : float or None
        Share to reach, above 0 and at most 1; used where there is no number.

    Raises
    ------
    UsageError
        When not exactly one of the two is given, or it cannot be met by any rows.
    """

    number: int | None = None
    variance: float | None = None

    def __post_init__(self) -> None:
        if (self.number is None) == (self.variance is None):
            message = "Say how many components (--components 10) or how much variance (--variance 0.95), one of them."
            raise UsageError(message)
        if self.number is not None and self.number < 1:
            raise UsageError(f"--components {self.number}: expected 1 or more.")
        if self.variance is not None and not 0 < self.variance <= 1:
            raise UsageError(f"--variance {self.variance:g}: expected a share above 0, at most 1, such as 0.95.")

    def require(self, *, rows: int, columns: int) -> None:
        """Refuse a number of components that so many rows and columns cannot have, whatever they hold.

        A share of the variance, up to all of it, is always held by one component fewer than there are rows.

        Raises
        ------
        UsageError
            When there are too few.
        """
        largest = min(columns, rows - 1)
        if self.number is not None and self.number > largest:
            raise UsageError(
                f"--components {self.number}: {rows} rows and {columns} features that vary have at most {largest}. "
                "Ask for fewer, or give more rows."
            )

    def reached(self, ratio: Floats) -> int:
        """How many components that is, when each explains `ratio` of the variance; falling."""
        if self.number is not None:
            return self.number
        enough = np.flatnonzero(np.cumsum(ratio) >= (self.variance or 1.0) - ROUNDING)
        return int(enough[0]) + 1 if len(enough) else len(ratio)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Components:
    """Components of f standardised columns.

    Parameters
    ----------
    columns : tuple of str, length f
        Columns that the components are made of.
    mean, scale : array of float64, shape (f,)
        Mean, which stands for an unknown value, and standard deviation with ddof = 0 after that.
    loadings : array of float64, shape (f, k)
        One unit vector per component; its largest loading is positive.
    variance : array of float64, shape (k,)
        Variance of the scores (ddof = 0), falling.
    spectrum : array of float64, shape (f,)
        Share of the variance of all f columns that each of all f components explains, falling.
    rows : int
        Rows that were learned from.
    dropped : dict of str to str
        Column → why it was left out: ``constant`` or ``unknown``.
    """

    columns: tuple[str, ...]
    mean: Floats
    scale: Floats
    loadings: Floats
    variance: Floats
    spectrum: Floats
    rows: int
    dropped: dict[str, str]

    @property
    def k(self) -> int:
        """Number of components."""
        return len(self.variance)

    @property
    def ratio(self) -> Floats:
        """Share of the variance that each of the k components explains, shape (k,)."""
        return self.spectrum[: self.k]

    @property
    def names(self) -> tuple[str, ...]:
        """``PC1`` to ``PCk``."""
        return tuple(f"PC{number}" for number in range(1, self.k + 1))


def principal_components(found: Centred, columns: Sequence[str], extent: Extent) -> Components:
    """Components of the correlations in `found`.

    Parameters
    ----------
    found : Centred
        Of all rows.
    columns : sequence of str
        Names of its columns.
    extent : Extent
        How many components.

    Raises
    ------
    UsageError
        When these rows and columns have fewer components than `extent` needs.
    DataError
        When no column varies.
    """
    kept = np.flatnonzero(~found.constant)
    dropped = {
        columns[i]: "unknown" if found.known[i] == 0 else "constant" for i in np.flatnonzero(found.constant).tolist()
    }
    if not len(kept):
        raise DataError(f"None of the {len(columns)} features varies over these {found.n} rows: there is no direction.")
    extent.require(rows=found.n, columns=len(kept))
    cross = found.cross[np.ix_(kept, kept)]
    scale = np.sqrt(np.diag(cross) / found.n)
    with threadpool_limits(1):
        values, vectors = np.linalg.eigh(cross / found.n / np.outer(scale, scale))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    spectrum = values / values.sum()
    k = extent.reached(spectrum)
    return Components(
        columns=tuple(columns[i] for i in kept.tolist()),
        mean=found.mean[kept],
        scale=scale,
        loadings=_signed(vectors[:, :k]),
        variance=values[:k],
        spectrum=spectrum,
        rows=found.n,
        dropped=dropped,
    )


def _signed(vectors: Floats) -> Floats:
    """Largest absolute loading positive, ties by the lowest index: the library's own signs mean nothing."""
    size = np.abs(vectors)
    strongest = np.argmax(size >= size.max(axis=0) * (1 - TIE), axis=0)
    signs = np.sign(vectors[strongest, np.arange(vectors.shape[1])])
    return np.ascontiguousarray(vectors * signs)
