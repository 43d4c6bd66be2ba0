"""The whole deck: its slides in their order, as values and as a file."""

from datetime import datetime
from pathlib import Path

from garant.exceptions import MissingPartError
from garant.reports.deck.closing_slides import closing_slides
from garant.reports.deck.cloud_slides import cloud_slides
from garant.reports.deck.model_slides import model_slides
from garant.reports.deck.opening_slides import opening_slides
from garant.reports.deck.reasons_slides import reasons_slides
from garant.reports.deck.slide import Slide
from garant.reports.deck.sources import Sources
from garant.reports.deck.spark_slides import spark_slides
from garant.reports.deck.telling import Teller
from garant.wording.catalogue import Wording

GROUPS = (opening_slides, model_slides, reasons_slides, spark_slides, cloud_slides, closing_slides)
"""What each part of the talk shows."""


def deck_slides(sources: Sources, words: Wording) -> tuple[Slide, ...]:
    """All slides.

    Parameters
    ----------
    sources : Sources
        All that numbers come from; what is missing becomes a gap that is seen.
    words : Wording
        The language.
    """
    tell = Teller(words, sources)
    return tuple(slide for group in GROUPS for slide in group(tell))


def write_deck(path: Path, sources: Sources, words: Wording, *, made_on: datetime) -> tuple[Slide, ...]:
    """Write the deck to `path`; return its slides.

    Raises
    ------
    MissingPartError
        When python-pptx is not installed.
    """
    try:
        from garant.reports.deck.drawing import draw_deck  # noqa: PLC0415 - python-pptx is an extra
    except ModuleNotFoundError as error:
        raise MissingPartError(
            "The deck needs the extra `report` (python-pptx is missing). Install it: pip install 'garant[report]', or "
            "`make setup-all` in a clone."
        ) from error
    slides = deck_slides(sources, words)
    draw_deck(path, slides, words, made_on=made_on)
    return slides
