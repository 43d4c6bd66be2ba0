"""What the speaker says, and where each figure of the slide comes from."""

from collections.abc import Iterator, Sequence

from pptx.slide import Slide as Drawn

from garant.exceptions import InvariantError
from garant.reports.deck.figure import Figure
from garant.reports.deck.slide import Slide
from garant.wording.catalogue import Wording

ARROW = " ← "
"""Between a figure and its source."""


def write_notes(drawn: Drawn, slide: Slide, words: Wording) -> None:
    """Write the notes of a slide."""
    lines = [slide.notes.text, ""]
    sources = list(source_lines(slide.figures, words))
    lines += [words.text("deck.notes.sources"), *sources] if sources else [words.text("deck.notes.no_sources")]
    frame = drawn.notes_slide.notes_text_frame
    if frame is None:
        raise InvariantError("The master of notes has no place for text.")
    frame.text = "\n".join(lines)


def source_lines(figures: Sequence[Figure], words: Wording) -> Iterator[str]:
    """One line for each source: what stands on the slide, and where it was read; points of a curve are counted."""
    by_source: dict[str, list[str]] = {}
    for figure in figures:
        by_source.setdefault(figure.source, []).append(figure.text)
    for source, texts in by_source.items():
        shown = list(dict.fromkeys(text for text in texts if text))
        counted = words.text("deck.notes.values", n=words.number(len(texts)))
        yield ("; ".join(shown) or counted) + ARROW + source
