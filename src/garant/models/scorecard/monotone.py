"""Edges that a person can read, over bins whose bad rate goes one way."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from garant.models.scorecard.inputs import Direction
from garant.models.scorecard.woe import BinCounts, count_bins, weights_of_evidence
from garant.wording.formats import readable


def monotone_edges(
    splits: Sequence[float],
    values: npt.NDArray[np.float32],
    label: npt.NDArray[np.int8],
    *,
    unit: str,
    direction: Direction,
    min_rows: int,
) -> tuple[float, ...]:
    """Splits as readable edges; neighbours are joined until every bin is large enough and the trend holds.

    Rounding moves rows between bins, so what held for the splits is made to hold again for the edges.

    Parameters
    ----------
    splits : sequence of float
        Where the feature is parted.
    values : array of float32, shape (n,)
        The feature, without NaN.
    label : array of {0, 1}, shape (n,)
        1 = payment difficulties.
    unit : str
        Unit of the feature.
    direction : {-1, 0, 1}
        1: the risk rises with the feature, -1: it falls, 0: whichever the outer bins show.
    min_rows : int
        Fewest rows of a bin.

    Returns
    -------
    tuple of float
        Rising edges; empty when one bin is left.
    """
    is_whole = bool(np.all(values == np.floor(values)))
    edges = sorted({_edge(split, unit, is_whole=is_whole) for split in splits})
    edges = [edge for edge in edges if np.min(values) < np.float32(edge) <= np.max(values)]
    while edges:
        counts = _counts(edges, values, label)
        joined = _smallest(counts, min_rows)
        if joined is None:
            joined = _worst_step(counts, direction)
        if joined is None:
            break
        del edges[joined]
    return tuple(edges)


def _edge(split: float, unit: str, *, is_whole: bool) -> float:
    # Between 1 and 2 there is no whole number: from 1.5 on and from 2 on are the same people.
    edge = readable(float(np.ceil(split)) if is_whole else split, unit)
    return float(np.ceil(edge)) if is_whole and unit != "days" else edge


def _counts(edges: Sequence[float], values: npt.NDArray[np.float32], label: npt.NDArray[np.int8]) -> BinCounts:
    index = np.searchsorted(np.asarray(edges, dtype=np.float32), values, side="right")
    return count_bins(index, label, len(edges) + 1)


def _smallest(counts: BinCounts, min_rows: int) -> int | None:
    """Edge between the smallest bin, when it is too small, and its smaller neighbour."""
    small = int(np.argmin(counts.rows))
    if counts.rows[small] >= min_rows:
        return None
    last = len(counts.rows) - 1
    if small == 0 or (small < last and counts.rows[small + 1] < counts.rows[small - 1]):
        return small
    return small - 1


def _worst_step(counts: BinCounts, direction: Direction) -> int | None:
    """Edge of the step that goes most against the trend; None when every step goes with it."""
    risk = -weights_of_evidence(counts)
    trend = direction or (1 if risk[-1] >= risk[0] else -1)
    steps = trend * np.diff(risk)
    worst = int(np.argmin(steps))
    return worst if steps[worst] <= 0 else None
