"""A page that is a title, a few facts and sections."""

from collections.abc import Sequence
from pathlib import Path

from garant.reports.page import render_page, write_page
from garant.reports.section import Section
from garant.wording.catalogue import Wording

TEMPLATE = "sections.html"


def write_sections_page(
    path: Path,
    *,
    title: str,
    facts: Sequence[tuple[str, str]],
    sections: Sequence[Section],
    wording: Wording,
    private: bool = False,
) -> None:
    """Write the page to `path`, whole or not at all.

    Parameters
    ----------
    path : Path
        HTML file to write or replace.
    title : str
        Title in the language of `wording`.
    facts : sequence of (name, value)
        What the page is about.
    sections : sequence of Section
        What it says, in order.
    wording : Wording
        Language of the page.
    private : bool
        Whether nobody but the owner may read it: for pages of a person.
    """
    write_page(path, render_page(TEMPLATE, wording, title=title, facts=facts, sections=sections), private=private)
