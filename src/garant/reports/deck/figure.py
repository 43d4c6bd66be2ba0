"""A number on a slide, with where it comes from: no other way leads a number into the deck."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One value that a slide shows or draws.

    Parameters
    ----------
    value : float, str or None
        As its source holds it; None where the source is missing.
    text : str
        As a reader of the language reads it; of a gap the words that say so; empty for a point of a curve, which is
        drawn and not written.
    source : str
        File and key, or the formula with the sources of its terms.
    """

    value: float | str | None
    text: str
    source: str

    @property
    def is_gap(self) -> bool:
        """Whether nobody has measured it, or its file is not there."""
        return self.value is None

    @property
    def drawn(self) -> float:
        """The value as a number: what a chart draws."""
        return float(self.value or 0.0)


@dataclass(frozen=True, slots=True)
class Said:
    """A text of a slide, and the figures in it.

    Parameters
    ----------
    text : str
        As it is read.
    figures : tuple of Figure
        Everything in it that is not of the catalogue.
    """

    text: str
    figures: tuple[Figure, ...] = ()

    @property
    def has_gap(self) -> bool:
        """Whether a figure of it is missing."""
        return any(figure.is_gap for figure in self.figures)
