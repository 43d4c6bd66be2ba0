"""A section of a report: sentences, tables and figures under one heading, in the report's language."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from garant.reports.figure import Cells, Figure
from garant.wording.catalogue import Wording


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a section.

    Parameters
    ----------
    caption : str
        What it shows.
    columns : tuple of str
        Its header.
    rows : tuple of tuple of str
        Its cells; the first of a row is the row's header.
    kind : {"numbers", "words"}
        How cells are aligned.
    """

    caption: str
    columns: Cells
    rows: tuple[Cells, ...]
    kind: Literal["numbers", "words"] = "numbers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section; whatever is empty is left out.

    Parameters
    ----------
    name : str
        Anchor in the page.
    heading : str
        Title.
    paragraphs : tuple of str
        What is said.
    alarms : tuple of str
        What a reader must not miss.
    tables : tuple of Table
        Numbers.
    figures : tuple of Figure
        Pictures, each with its numbers.
    """

    name: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()


SectionMaker = Callable[[Wording], Section]
"""Makes a section in a language."""
