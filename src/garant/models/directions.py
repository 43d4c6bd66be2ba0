"""Directions: which way the PD must go when a feature rises, and the check that a model keeps to them.

A direction binds the champion: LightGBM makes no split whose leaves would go the other way, whatever the other features
are. It binds features, not raw facts: one fact can move several features, some of them without a direction.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from garant.features.encode import InputColumn
from garant.features.feature import Feature, Sign

Direction = Literal[-1, 1]
"""1: the PD rises with the feature, -1: it falls."""

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]
MarginOf = Callable[[Matrix], Floats]
"""Raw log-odds of each row of a matrix."""

ROUNDING = 1e-9
"""Log-odds below which a move is the rounding of a sum of trees, and no move."""

_DIRECTIONS: dict[Sign, Direction] = {Sign.RAISES: 1, Sign.LOWERS: -1}


def directions(features: Collection[Feature], *, own_only: bool = False) -> dict[str, Direction]:
    """Direction of each of `features` that has one.

    Parameters
    ----------
    features : collection of Feature
        Inputs of a model.
    own_only : bool
        Whether only those count that the lender declares of its own columns.
    """
    return {f.name: _DIRECTIONS[f.sign] for f in features if f.sign in _DIRECTIONS and (f.own or not own_only)}


@dataclass(frozen=True, slots=True)
class Moves:
    """What a margin did when something was changed that must not lower it.

    Parameters
    ----------
    rows : int
        Applicants for whom something changed.
    against : int
        Those of them whose margin fell.
    largest : float
        Largest fall, in log-odds; 0 when none fell.
    """

    rows: int
    against: int
    largest: float

    @classmethod
    def of(cls, before: Floats, after: Floats) -> "Moves":
        """Moves from `before` to `after`, each of shape (n,)."""
        fall = before - after
        fell = fall > ROUNDING
        return cls(rows=len(fall), against=int(fell.sum()), largest=float(fall[fell].max()) if fell.any() else 0.0)

    def __add__(self, other: "Moves") -> "Moves":
        """Both together."""
        return Moves(self.rows + other.rows, self.against + other.against, max(self.largest, other.largest))


def moves_of_features(
    margin_of: MarginOf, matrix: Matrix, columns: Sequence[InputColumn], bound: Mapping[str, Direction], *, seed: int
) -> dict[str, Moves]:
    """Raise each feature of `bound` in every row that states it, all else equal, and see where the margin goes.

    Parameters
    ----------
    margin_of : callable
        The model.
    matrix : array of float32, shape (n, f)
        Encoded applicants.
    columns : sequence of InputColumn
        The f columns.
    bound : mapping of str to int
        Directions by feature.
    seed : int
        Seed of the raised values, which are drawn from those of other applicants above one's own.

    Returns
    -------
    dict of str to Moves
        By feature. A row that states no value, or the highest of all, cannot be raised and does not count.
    """
    rng = np.random.default_rng(seed)
    at = {column.name: position for position, column in enumerate(columns)}
    before = margin_of(matrix)
    return {
        name: _moves(margin_of, matrix, before, at[name], direction, rng) for name, direction in sorted(bound.items())
    }


def _moves(
    margin_of: MarginOf, matrix: Matrix, before: Floats, position: int, direction: Direction, rng: np.random.Generator
) -> Moves:
    value = matrix[:, position]
    known = np.unique(value[~np.isnan(value)])
    above = np.searchsorted(known, value, side="right")
    rows = np.flatnonzero(~np.isnan(value) & (above < len(known)))
    if not len(rows):
        return Moves(0, 0, 0.0)
    raised = matrix[rows].copy()
    raised[:, position] = known[rng.integers(above[rows], len(known))]
    after = margin_of(raised)
    return Moves.of(direction * before[rows], direction * after)
