"""How slides get their texts: sentences of the catalogue, filled with figures and nothing else."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from garant.reports.deck.figure import Figure, Said
from garant.reports.deck.sources import BUNDLE, SEPARATOR, Key, Sources
from garant.tables.synthetic.config import SYNTHETIC_LABEL
from garant.wording.catalogue import Wording

Shown = Callable[[float], str]
"""How a value is written in the language."""

_BEFORE_A_SIGN = re.compile(" (?=[:;!?%»])")
_NUMBER = re.compile(r"\d+")

GAP_TEXT = "deck.gap"

NOTHING = "\N{EN DASH}"
"""Stands in a sentence for a figure that is missing."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Makes figures out of sources, and sentences out of figures.

    Parameters
    ----------
    words : Wording
        The language, and the lender's own words.
    sources : Sources
        All that numbers come from.
    """

    words: Wording
    sources: Sources

    # ------------------------------------------------------------ how values are written

    def plain(self, decimals: int = 0, *, fixed: bool = False) -> Shown:
        """As a grouped number."""
        return lambda value: self.words.number(value, decimals=decimals, fixed=fixed)

    def share(self, decimals: int = 1, *, fixed: bool = False) -> Shown:
        """As a percentage."""
        return lambda value: self.words.percent(value, decimals=decimals, fixed=fixed)

    def scaled(self, factor: float, decimals: int = 0, *, fixed: bool = False) -> Shown:
        """As a number of another unit: millions, gigabytes."""
        return lambda value: self.words.number(value * factor, decimals=decimals, fixed=fixed)

    # ------------------------------------------------------------ figures

    def figure(self, document: str, *keys: Key, shown: Shown | None = None, said_by: str | None = None) -> Figure:
        """Number of a source; a gap where it is missing. `said_by` is whom the source has it from."""
        found = self.sources.find(document, *keys)
        if not isinstance(found.value, int | float) or isinstance(found.value, bool):
            return self.gap(found.source)
        source = f"{found.source} ({said_by})" if said_by else found.source
        return self.computed(float(found.value), shown=shown or self.plain(), source=source)

    def word(self, document: str, *keys: Key, shown: str | None = None) -> Figure:
        """Text of a source, such as a name or a digest, or other words for it; a gap where it is missing."""
        found = self.sources.find(document, *keys)
        if found.value is None:
            return self.gap(found.source)
        return Figure(str(found.value), str(found.value) if shown is None else shown, found.source)

    def count(self, document: str, *keys: Key) -> Figure:
        """How many entries a list or an object of a source has."""
        found = self.sources.find(document, *keys)
        if not isinstance(found.value, list | tuple | dict):
            return self.gap(found.source)
        return self.computed(len(found.value), shown=self.plain(), source=f"{found.source} (number of entries)")

    def foreign(self, document: str, *keys: Key) -> Figure:
        """Text of the lender's own, with the no-break spaces that French wants before its signs."""
        figure = self.word(document, *keys)
        if figure.is_gap or self.words.language != "fr":
            return figure
        return replace(figure, text=_BEFORE_A_SIGN.sub("\N{NO-BREAK SPACE}", figure.text))

    def name(self, text_id: str) -> Figure:
        """Words of the catalogue where a chart wants a category: no number, and no source of its own."""
        said = self.words.text(text_id)
        return Figure(said, said, "")

    def computed(self, value: float, *, shown: Shown, source: str) -> Figure:
        """Value that code has worked out of sources, which `source` names."""
        return Figure(value, shown(value), source)

    def derived(self, formula: str, compute: Callable[..., float], *of: Figure, shown: Shown) -> Figure:
        """Value worked out of other figures; a gap where one of them is."""
        missing = [figure for figure in of if figure.is_gap]
        if missing:
            return self.gap("; ".join(figure.source for figure in missing))
        terms = "; ".join(dict.fromkeys(figure.source for figure in of))
        value = compute(*(figure.drawn for figure in of))
        return self.computed(value, shown=shown, source=f"{formula} [{terms}]")

    def proper(self, name: str) -> Figure:
        """Name of a program, which no language changes, as a category."""
        return Figure(name, name, "")

    def in_words(self, document: str, place: int, *keys: Key) -> Figure:
        """Number `place` of those in a sentence of a source: "50000 rows, 300 columns"."""
        found = self.sources.find(document, *keys)
        numbers = _NUMBER.findall(str(found.value or ""))
        if place >= len(numbers):
            return self.gap(found.source)
        return self.computed(float(numbers[place]), shown=self.plain(), source=found.source)

    def signed(self, figure: Figure) -> Figure:
        """The figure with its sign before it, also where it is positive; a minus that is one."""
        if figure.is_gap:
            return figure
        sign = "+" if figure.drawn > 0 else "\N{MINUS SIGN}" if figure.drawn < 0 else ""
        return Figure(figure.value, sign + figure.text.lstrip("-\N{MINUS SIGN}"), figure.source)

    def gap(self, source: str) -> Figure:
        """What nobody has measured, or whose file is not there."""
        return Figure(None, self.words.text(GAP_TEXT), source)

    def nothing_in(self, source: str) -> Said:
        """Sentence in the place of a chart: the document that `source` leads to has nothing to draw."""
        name = source.partition(SEPARATOR)[0]
        return Said(self.words.text("deck.gap.chart", source=name), (Figure(None, name, source),))

    @property
    def is_synthetic(self) -> bool:
        """Whether the model learned from a made-up lender: nobody's values are a person's then."""
        return self.sources.find(BUNDLE, "label", "name").value == SYNTHETIC_LABEL

    # ------------------------------------------------------------ sentences

    def said(self, text_id: str, **figures: Figure) -> Said:
        """Sentence of the catalogue with its figures; where some are missing it says so at its end."""
        texts = {name: NOTHING if figure.is_gap else figure.text for name, figure in figures.items()}
        said = Said(self.words.text(text_id, **texts), tuple(figure for figure in figures.values() if figure.source))
        return replace(said, text=f"{said.text} ({self.words.text(GAP_TEXT)})") if said.has_gap else said

    def title(self, text_id: str, *, without: str, **figures: Figure) -> Said:
        """Text that states figures; where one is missing, the text `without` them instead."""
        said = self.said(text_id, **figures)
        return self.said(without) if said.has_gap else said

    def only(self, figure: Figure) -> Said:
        """The figure by itself."""
        return Said(figure.text, (figure,) if figure.source else ())
