"""Cost and shares of outcomes at the cut-offs: means over applicants, so their intervals need no single one drawn."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from garant.metrics.intervals import LEVEL, REPLICATES, Interval
from garant.models.product_cutoffs import RowCutoffs

Floats = npt.NDArray[np.float64]


def decision_measures(
    label: npt.NDArray[np.int8], pd: Floats, rows: RowCutoffs, *, seed: int, replicates: int = REPLICATES
) -> dict[str, Interval]:
    """``cost`` per applicant and the shares ``accept``, ``refer``, ``refuse`` by PD alone, with 95 % intervals.

    Parameters
    ----------
    label : array of {0, 1}, shape (n,)
        1 = payment difficulties.
    pd : array of float64, shape (n,)
        Calibrated PD.
    rows : RowCutoffs
        What each applicant is judged by.
    seed : int
        Same seed and same applicants, in any order: same intervals.
    replicates : int
        Bootstrap samples.
    """
    values = {"cost": rows.cost(label, pd)}
    values |= {outcome.value: hit.astype(np.float64) for outcome, hit in rows.outcomes(pd).items()}
    cells, counts = np.unique(np.column_stack(list(values.values())), axis=0, return_counts=True)
    by_cell = dict(zip(values, cells.T, strict=True))
    return means_of_cells(counts.astype(np.float64), by_cell, seed=seed, replicates=replicates)


def means_of_cells(
    counts: Floats, values: Mapping[str, Floats], *, seed: int, replicates: int = REPLICATES
) -> dict[str, Interval]:
    """Mean of each of `values` over applicants counted by cell, with its 95 % percentile interval.

    Drawing applicants and counting them by cell is a multinomial draw, so the intervals are those of a bootstrap of
    applicants.
    """
    rows = int(np.sum(counts))
    drawn = np.random.default_rng(seed).multinomial(rows, counts / rows, size=replicates)
    samples = np.vstack([counts, drawn]) / rows
    return {name: _interval(samples @ each) for name, each in values.items()}


def _interval(values: Floats) -> Interval:
    low, high = np.quantile(values[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(values[0]), float(low), float(high))
