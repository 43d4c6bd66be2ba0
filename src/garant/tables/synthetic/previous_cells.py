"""Kinds of earlier applications: type of contract and outcome, with the figures of each pair."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from garant.tables.synthetic.draws import Flags, Floats, Ints, Levels, Quantiles, at_by_group
from garant.tables.synthetic.reference import figures, levels, quantiles_or_none

TYPES = ("Cash loans", "Consumer loans", "Revolving loans", "XNA")
CASH, CONSUMER, REVOLVING = 0, 1, 2

APPROVED_CONSUMER = "Consumer loans | Approved"
APPROVED_REVOLVING = "Revolving loans | Approved"


@dataclass(frozen=True, slots=True)
class Cells:
    """The pairs of type and outcome.

    Parameters
    ----------
    names : tuple of str
        ``"Cash loans | Refused"`` and the like; an application's cell is an index into it.
    entries : tuple of mapping
        Figures of each cell.
    """

    names: tuple[str, ...]
    entries: tuple[Mapping[str, Any], ...]

    @property
    def types(self) -> Ints:
        """Index into `TYPES` of each cell."""
        return np.array([TYPES.index(name.split(" | ")[0]) for name in self.names])

    @property
    def statuses(self) -> tuple[str, ...]:
        """Outcome of each cell."""
        return tuple(name.split(" | ")[1] for name in self.names)

    def shares(self, name: str, cell: Ints) -> Floats:
        """Give a share of the cell's figures for each row; 0 where the cell has none."""
        return np.array([entry.get(name, 0.0) for entry in self.entries])[cell]

    def is_hit(self, name: str, cell: Ints, uniform: Floats) -> Flags:
        """Draw an event whose probability is such a share."""
        return uniform < self.shares(name, cell)

    def at(self, name: str, cell: Ints, score: Floats, *, absent: float = 0.0) -> Floats:
        """Map scores to values by the cell's distribution; `absent` where the cell has none."""
        values = at_by_group(cell, _quantiles(self, name), score)
        return np.nan_to_num(values, nan=absent)

    def words(self, name: str) -> list[Levels]:
        """Levels of a categorical column for each cell; the missing word where the cell has none."""
        return _words(name)


@cache
def cells() -> Cells:
    """Return all cells."""
    found = figures("previous_application")["cells"]
    return Cells(tuple(found), tuple(found.values()))


def _quantiles(found: Cells, name: str) -> list[Quantiles | None]:
    return [quantiles_or_none(entry.get(name, [])) for entry in found.entries]


@cache
def _words(name: str) -> list[Levels]:
    return [levels(entry["levels"].get(name, {"": 1.0})) for entry in cells().entries]
