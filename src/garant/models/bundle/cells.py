"""Cells of similar applicants, fixed at training: nobody is looked up in the sample to find who is similar."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from pydantic import Field

from garant.exceptions import InvariantError
from garant.features.encode import InputColumn
from garant.models.bundle.groups import rounded
from garant.models.bundle.part import Part

MIN_CELL_ROWS = 200
"""A cell with fewer applicants joins its neighbour: the tenth of it beyond a quantile are still 20."""

PARTS = (1 / 3, 2 / 3)
"""Quantiles at which a feature parts the applicants."""

Rows = npt.NDArray[np.intp]


class Bound(Part):
    """Values of one feature that applicants of a cell have.

    Parameters
    ----------
    feature : str
        Its name.
    at_least, below : float or None
        Limits; None for none.
    missing : bool
        Whether those without a value are in the cell, too.
    valued : bool
        Whether those with a value are.
    """

    feature: str
    at_least: float | None = None
    below: float | None = None
    missing: bool = False
    valued: bool = True

    def holds(self, value: float | None) -> bool:
        """Whether the value is one of them; None is no value."""
        if value is None or np.isnan(value):
            return self.missing
        return (
            self.valued
            and (self.at_least is None or value >= self.at_least)
            and (self.below is None or value < self.below)
        )


class Cell(Part):
    """One cell: its applicants in training, and what they have in common."""

    rows: int = Field(gt=0)
    bounds: tuple[Bound, ...]


class CellsEntry(Part):
    """Section ``cells`` of ``bundle.json``.

    Parameters
    ----------
    features : tuple of str
        What applicants are alike in.
    cells : tuple of Cell
        Every applicant is in one of them.
    """

    features: tuple[str, ...]
    cells: tuple[Cell, ...] = Field(min_length=1)

    def number_of(self, values: Mapping[str, float | str | None]) -> int:
        """Number of the cell of an applicant, from 0 on.

        Parameters
        ----------
        values : mapping of str to float, str or None
            The applicant's features by name, before the float32 cast; `features` among them.
        """
        # Cells were made of encoded rows: a value on a border must fall where it fell then.
        own = {name: None if (v := values[name]) is None else float(np.float32(v)) for name in self.features}
        for number, cell in enumerate(self.cells):
            if all(bound.holds(own[bound.feature]) for bound in cell.bounds):
                return number
        raise InvariantError(f"No cell of similar applicants holds {own}.")


def grow_cells(
    matrix: npt.NDArray[np.float32], columns: Sequence[InputColumn], by: Sequence[int]
) -> tuple[CellsEntry, tuple[Rows, ...]] | None:
    """Part the sample by the columns `by`, the first first, and give the rows of each cell; None for a tiny sample.

    Parameters
    ----------
    matrix : array of float32, shape (n, f)
        Encoded training sample.
    columns : sequence of InputColumn
        Its f columns.
    by : sequence of int
        Numbers of columns of numbers.
    """
    if len(matrix) < MIN_CELL_ROWS:
        return None
    leaves = list(_leaves(matrix, columns, np.arange(len(matrix)), tuple(by), ()))
    cells = tuple(Cell(rows=len(rows), bounds=bounds) for bounds, rows in leaves)
    return CellsEntry(features=tuple(columns[n].name for n in by), cells=cells), tuple(rows for _, rows in leaves)


def _leaves(
    matrix: npt.NDArray[np.float32],
    columns: Sequence[InputColumn],
    rows: Rows,
    by: tuple[int, ...],
    bounds: tuple[Bound, ...],
) -> Iterator[tuple[tuple[Bound, ...], Rows]]:
    if not by:
        yield bounds, rows
        return
    number, *rest = by
    for bound, inside in _parts(columns[number].name, matrix[rows, number].astype(np.float64)):
        more = bounds if bound is None else (*bounds, bound)
        yield from _leaves(matrix, columns, rows[inside], tuple(rest), more)


def _parts(feature: str, values: npt.NDArray[np.float64]) -> Iterator[tuple[Bound | None, npt.NDArray[np.bool_]]]:
    """Parts of at least `MIN_CELL_ROWS` of the rows, with their bound; one without a bound where they cannot be."""
    missing = np.isnan(values)
    apart = int(missing.sum()) >= MIN_CELL_ROWS
    known = np.sort(values[~missing])
    least = MIN_CELL_ROWS if len(known) >= MIN_CELL_ROWS else len(values) + 1
    edges = _edges(known, least)
    if least > len(values) or (not edges and not (apart and len(known))):
        yield None, np.ones(len(values), dtype=bool)
        return
    limits = [None, *edges, None]
    for place, (low, high) in enumerate(pairwise(limits)):
        above = values >= (-np.inf if low is None else low)
        inside = ~missing & above & (values < (np.inf if high is None else high))
        with_missing = place == 0 and not apart
        yield (
            Bound(feature=feature, at_least=low, below=high, missing=with_missing),
            inside | missing if with_missing else inside,
        )
    if apart:
        yield Bound(feature=feature, missing=True, valued=False), missing


def _edges(known: npt.NDArray[np.float64], least: int) -> list[float]:
    """Rounded edges between parts of at least `least` values each."""
    if not len(known):
        return []
    edges = sorted({rounded(q) for q in np.quantile(known, PARTS, method="inverted_cdf")})
    while edges:
        counts = np.diff([0, *np.searchsorted(known, edges, side="left"), len(known)])
        if counts.min() >= least:
            break
        edges.pop(min(int(np.argmin(counts)), len(edges) - 1))
    return edges
