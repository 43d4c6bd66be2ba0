"""What a letter says, in order: one object, of which the page on a screen and the PDF are made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from garant.decisions.record import Language
from garant.reports.client_letter.kinds import LetterKind
from garant.reports.section import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One entry of a list.

    Parameters
    ----------
    text : str
        A sentence; of a reason exactly the one that was recorded.
    notes : tuple of str
        What belongs to it: what the person can do about it, whom to ask.
    """

    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a letter under a heading; whatever is empty is left out.

    Parameters
    ----------
    name : str
        What it is about, for programs: ``reasons``.
    heading : str
        Its heading.
    paragraphs : tuple of str
        What is said first.
    items : tuple of Listed
        A list, numbered when `is_numbered`.
    tables : tuple of Table
        Facts.
    after : tuple of str
        What is said last.
    """

    name: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[Listed, ...] = ()
    is_numbered: bool = False
    tables: tuple[Table, ...] = ()
    after: tuple[str, ...] = ()

    def texts(self) -> Iterator[str]:
        """Every text in order, but those of tables."""
        yield self.heading
        yield from self.paragraphs
        for item in self.items:
            yield item.text
            yield from item.notes
        yield from self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter.

    Parameters
    ----------
    kind : LetterKind
        What it is for.
    possible : tuple of LetterKind
        Kinds that the decision allows.
    language : {"fr", "en"}
        Its language.
    decision : str
        Id of the decision.
    on : date
        Day that it is dated.
    title : str
        What it is about.
    sender : tuple of str
        Name and address of the lender.
    place : str
        To whom it goes; the record knows no name.
    dated : str
        Its date in words.
    references : tuple of pairs of str
        Label and value: number of the decision, of the application.
    mark : str or None
        That its text is a template which no lawyer has approved; None once the lender says that one has.
    parts : tuple of Part
        What it says.
    page : str
        Number of a page, with ``{page}`` and ``{pages}`` to be filled.
    missing : tuple of str
        Entries that the lender has not filled in, so that something in square brackets stands in the letter.
    """

    kind: LetterKind
    possible: tuple[LetterKind, ...]
    language: Language
    decision: str
    on: date
    title: str
    sender: tuple[str, ...]
    place: str
    dated: str
    references: tuple[tuple[str, str], ...]
    mark: str | None
    parts: tuple[Part, ...]
    page: str
    missing: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """Name of its file, which names nobody: kind, language, end of the decision's id."""
        return f"{self.kind}-{self.language}-{self.decision[-8:]}.pdf"
