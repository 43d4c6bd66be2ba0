"""Principal components from centred cross products: directions, their share of the variance, and what was left out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from garant.exceptions import DataError, UsageError
from garant.projection.moments import Centred, Floats

ROUNDING = 1e-12
"""Share of the variance by which a target may be missed through rounding alone."""


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
    ratio : array of float64, shape (k,)
        Its share of the variance of all f columns.
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
    ratio: Floats
    rows: int
    dropped: dict[str, str]

    @property
    def k(self) -> int:
        """Number of components."""
        return len(self.variance)


def principal_components(
    found: Centred, columns: Sequence[str], *, n_components: int | None = None, variance: float | None = None
) -> Components:
    """Components of the correlations in `found`.

    Parameters
    ----------
    found : Centred
        Of all rows.
    columns : sequence of str
        Names of its columns.
    n_components : int or None
        How many components; None when `variance` decides.
    variance : float or None
        Share of the variance to reach with as few components as possible.

    Raises
    ------
    UsageError
        When not exactly one of the two is given, or the value cannot be met by these rows and columns.
    DataError
        When no column varies.
    """
    if (n_components is None) == (variance is None):
        raise UsageError("Say how many components (--components 10) or how much variance (--variance 0.95), not both.")
    kept = np.flatnonzero(~found.constant)
    dropped = {
        columns[i]: "unknown" if found.known[i] == 0 else "constant" for i in np.flatnonzero(found.constant).tolist()
    }
    if not len(kept):
        raise DataError(f"None of the {len(columns)} features varies over these {found.n} rows: there is no direction.")
    cross = found.cross[np.ix_(kept, kept)]
    scale = np.sqrt(np.diag(cross) / found.n)
    with threadpool_limits(1):
        values, vectors = np.linalg.eigh(cross / found.n / np.outer(scale, scale))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    ratio = values / values.sum()
    k = _number(n_components, variance, ratio, rows=found.n)
    return Components(
        columns=tuple(columns[i] for i in kept.tolist()),
        mean=found.mean[kept],
        scale=scale,
        loadings=_signed(vectors[:, :k]),
        variance=values[:k],
        ratio=ratio[:k],
        rows=found.n,
        dropped=dropped,
    )


def _number(n_components: int | None, variance: float | None, ratio: Floats, *, rows: int) -> int:
    largest = min(len(ratio), rows - 1)
    if n_components is not None:
        if not 1 <= n_components <= largest:
            raise UsageError(
                f"--components {n_components}: {rows} rows and {len(ratio)} features that vary give 1 to {largest}."
            )
        return n_components
    if variance is None or not 0 < variance <= 1:
        raise UsageError(f"--variance {variance}: expected a share above 0, at most 1, such as 0.95.")
    reached = np.flatnonzero(np.cumsum(ratio) >= variance - ROUNDING)
    k = int(reached[0]) + 1 if len(reached) else len(ratio)
    if k > largest:
        raise UsageError(
            f"--variance {variance:g} would need {k} components; {rows} rows and {len(ratio)} features that vary give "
            f"at most {largest}. Ask for less variance, or give more rows."
        )
    return k


def _signed(vectors: Floats) -> Floats:
    """Largest absolute loading positive, ties by the lowest index: the library's own signs mean nothing."""
    strongest = np.argmax(np.abs(vectors), axis=0)
    signs = np.sign(vectors[strongest, np.arange(vectors.shape[1])])
    return np.ascontiguousarray(vectors * np.where(signs == 0, 1.0, signs))
