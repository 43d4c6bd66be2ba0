"""The deck that tells the project: slides whose every number carries its source."""

from garant.reports.deck.deck import deck_slides, write_deck
from garant.reports.deck.figure import Figure, Said
from garant.reports.deck.slide import Slide
from garant.reports.deck.sources import Sources

__all__ = ["Figure", "Said", "Slide", "Sources", "deck_slides", "write_deck"]
