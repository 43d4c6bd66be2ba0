"""The plane of two components as a grid: how many rows lie in each cell, and their mean of something else."""

from dataclasses import dataclass

import numpy as np

from garant.projection.moments import Floats

FEWEST = 5
"""Rows below which a cell is left out: what is drawn of fewer would be drawn of persons."""

OUTSIDE = 0.005
"""Share of the rows at either end of an axis beyond which the grid does not reach."""

ROWS_PER_CELL = 12
"""Aimed rows of one cell; decides how fine the grid is."""

COARSEST, FINEST = 6, 24
"""Fewest and most cells along the first axis; the second has two thirds of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Cells that hold enough rows, arrays of shape (m,).

    Parameters
    ----------
    x, y : array of float64
        Middle of each cell.
    n : array of float64
        Rows in it.
    mean : array of float64
        Mean of the value over the rows that have one; NaN where none has.
    shown : int
        Rows in all of these cells.
    """

    x: Floats
    y: Floats
    n: Floats
    mean: Floats
    shown: int


def cells(x: Floats, y: Floats, value: Floats) -> Cells:
    """Grid over the middle 99 % of both axes.

    Parameters
    ----------
    x, y : array of float64, shape (n,)
        Scores of two components.
    value : array of float64, shape (n,)
        What is averaged; NaN is unknown.
    """
    across = int(np.clip(np.sqrt(1.5 * len(x) / ROWS_PER_CELL), COARSEST, FINEST))
    x_edges, y_edges = _edges(x, across), _edges(y, max(across * 2 // 3, 1))
    known = ~np.isnan(value)
    count = _counted(x, y, x_edges, y_edges)
    with_value = _counted(x[known], y[known], x_edges, y_edges)
    total, _, _ = np.histogram2d(x[known], y[known], bins=(x_edges, y_edges), weights=value[known])
    chosen = count >= FEWEST
    at_x, at_y = np.nonzero(chosen)
    with np.errstate(invalid="ignore"):
        mean = total[chosen] / with_value[chosen]
    return Cells(
        x=(x_edges[:-1] + x_edges[1:])[at_x] / 2,
        y=(y_edges[:-1] + y_edges[1:])[at_y] / 2,
        n=count[chosen],
        mean=mean,
        shown=int(count[chosen].sum()),
    )


def _counted(x: Floats, y: Floats, x_edges: Floats, y_edges: Floats) -> Floats:
    return np.histogram2d(x, y, bins=(x_edges, y_edges))[0]


def _edges(values: Floats, number: int) -> Floats:
    low, high = np.quantile(values, [OUTSIDE, 1 - OUTSIDE]) if len(values) else (0.0, 1.0)
    return np.linspace(low, high if high > low else low + 1.0, number + 1)
