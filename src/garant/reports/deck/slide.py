"""What a slide is before it is drawn: a title that says its message, parts in their places, words for the speaker."""

from collections.abc import Iterator
from dataclasses import dataclass

from garant.reports.deck.figure import Figure, Said
from garant.reports.deck.parts import Bars, Part, Plane


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide.

    Parameters
    ----------
    name : str
        Word that tests and tables of contents know it by.
    section : Said
        Where in the talk it stands.
    title : Said
        Its message, as a sentence.
    parts : tuple of Part
        What is drawn below.
    notes : Said
        What the speaker says.
    remark : Said or None
        What nobody may miss, beside the section: that a cloud was never tried.
    is_cover : bool
        Whether it is the first one.
    """

    name: str
    section: Said
    title: Said
    parts: tuple[Part, ...]
    notes: Said
    remark: Said | None = None
    is_cover: bool = False

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures of the slide, once each, in the order in which they are met."""
        return tuple(dict.fromkeys(figure for figure in self._figures() if figure.source))

    def _figures(self) -> Iterator[Figure]:
        yield from self.title.figures
        for part in self.parts:
            for said in part.texts:
                yield from said.figures
            if isinstance(part, Bars | Plane):
                yield from part.drawn
        yield from self.notes.figures
        if self.remark is not None:
            yield from self.remark.figures
