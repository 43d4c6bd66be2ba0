"""Applicants by bands of PD, as the bundle counts them: curves of ranking, cost and calibration without any person."""

from collections.abc import Sequence
from dataclasses import dataclass

from garant.reports.deck.figure import Figure
from garant.reports.deck.sources import BUNDLE
from garant.reports.deck.telling import Teller

GROUPS = 10
"""Groups of a calibration chart, about: neighbouring bands are joined until each holds a tenth of the difficulties."""


@dataclass(frozen=True, slots=True)
class Group:
    """Joined bands."""

    upper: float
    middle: float
    rows: int
    positives: int


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands of PD, lowest first.

    Parameters
    ----------
    uppers : tuple of float
        Upper end of each.
    rows, positives : tuple of int
        Applicants, and those with payment difficulties.
    source : str
        Where they were read.
    """

    uppers: tuple[float, ...]
    rows: tuple[int, ...]
    positives: tuple[int, ...]
    source: str

    def drawn(self, values: Sequence[float], what: str) -> tuple[Figure, ...]:
        """Values of a curve that is made of the bands; drawn, never written."""
        return tuple(Figure(value, "", f"{self.source}: {what}") for value in values)

    def refused_at(self, cutoff: float) -> tuple[float, float]:
        """Shares of applicants and of difficulties in the bands from `cutoff` up."""
        above = [at for at, lower in enumerate(self._lowers) if lower >= cutoff - 1e-12]
        return (
            sum(self.rows[at] for at in above) / sum(self.rows),
            sum(self.positives[at] for at in above) / max(sum(self.positives), 1),
        )

    def cost_at(self, cutoff: float, *, c_fn: float, c_fp: float) -> float:
        """Cost per applicant where every band from `cutoff` up is refused."""
        total = 0.0
        for lower, rows, bad in zip(self._lowers, self.rows, self.positives, strict=True):
            total += c_fp * (rows - bad) if lower >= cutoff - 1e-12 else c_fn * bad
        return total / sum(self.rows)

    def groups(self) -> list[Group]:
        """Neighbours joined until each group holds its part of the difficulties; what is left joins the last.

        The last band, up to a PD of 1, is left out: the middle of so wide a band says nothing of who is in it.
        """
        closed = [at for at, upper in enumerate(self.uppers) if upper < 1] or [0]
        wanted = max(sum(self.positives[at] for at in closed) / GROUPS, 1)
        parts: list[list[int]] = [[]]
        for at in closed:
            parts[-1].append(at)
            if sum(self.positives[i] for i in parts[-1]) >= wanted and at != closed[-1]:
                parts.append([])
        if len(parts) > 1 and sum(self.positives[i] for i in parts[-1]) < wanted / 2:
            last = parts.pop()
            parts[-1] += last
        return [self._joined(part) for part in parts]

    @property
    def _lowers(self) -> tuple[float, ...]:
        return (0.0, *self.uppers[:-1])

    def _joined(self, part: Sequence[int]) -> Group:
        rows = sum(self.rows[at] for at in part)
        middles = sum(self.rows[at] * (self._lowers[at] + self.uppers[at]) / 2 for at in part)
        return Group(self.uppers[part[-1]], middles / rows, rows, sum(self.positives[at] for at in part))


def bands_of(tell: Teller) -> Bands:
    """Bands of the bundle."""
    found = tell.sources.find(BUNDLE, "pd_bands")
    return Bands(
        uppers=tuple(band["upper"] for band in found.value),
        rows=tuple(band["rows"] for band in found.value),
        positives=tuple(band["positives"] for band in found.value),
        source=found.source,
    )
