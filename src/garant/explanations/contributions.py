"""Exact contributions of every feature to the margin, in log-odds."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from garant.exceptions import InvariantError

if TYPE_CHECKING:
    import lightgbm

Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-9
"""Largest difference allowed between contributions + base value and the margin, in log-odds."""


def contributions(booster: "lightgbm.Booster", matrix: npt.NDArray[np.float32], *, threads: int = 1) -> Floats:
    """Path-dependent TreeSHAP values of each row.

    Returns
    -------
    array of float64, shape (n, features + 1)
        Log-odds per feature; the last column is the base value (the margin of nobody in particular).
    """
    if not len(matrix):
        return np.empty((0, booster.num_feature() + 1))
    return np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=threads), dtype=np.float64)


def check_additive(values: Floats, margin: Floats) -> None:
    """Raise InvariantError unless contributions + base value = margin to 1e-9 in every row."""
    gap = np.abs(values.sum(axis=1) - margin)
    if gap.size and not float(gap.max()) <= TOLERANCE:
        message = f"Contributions miss the margin by up to {gap.max():.3g} log-odds; the explanation is withheld."
        raise InvariantError(message)
