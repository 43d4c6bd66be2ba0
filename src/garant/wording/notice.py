"""The notice: what a person is told before an automated system has a part in the decision about their application.

A notice never changes: another text is another version with another id, and the id stands in every record.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from garant.wording.catalogue import LANGUAGES, Wording

NOTICE_ID = "notice-v1"
"""The notice that is in use."""

RIGHTS = ("explanation", "own_view", "human_review", "contest", "rectification", "erasure", "complaint")
"""Rights that every notice names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One version of the notice in one language.

    Parameters
    ----------
    id : str
        ``notice-v1``.
    language : str
        ``fr`` or ``en``.
    title : str
        Heading.
    paragraphs : tuple of str
        That automated processing is used, its logic in plain words, what may follow, which data are used.
    rights : mapping of str to str
        Sentence of each of `RIGHTS`.
    contact : str
        Whom to turn to.
    """

    id: str
    language: str
    title: str
    paragraphs: tuple[str, ...]
    rights: Mapping[str, str]
    contact: str

    @property
    def digest(self) -> str:
        """Sha256 of the whole text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def text(self) -> str:
        """The whole text, a paragraph a line."""
        return "\n".join((self.title, *self.paragraphs, *self.rights.values(), self.contact))


@cache
def notice(language: str, id_: str = NOTICE_ID) -> Notice:
    """Notice `id_` in `language`.

    Raises
    ------
    UnknownNameError
        When garant does not speak the language.
    KeyError
        When there is no such notice; see `NOTICES`.
    """
    if id_ not in NOTICES:
        raise KeyError(id_)
    words = Wording(language)
    return Notice(
        id=id_,
        language=language,
        title=words.text("notice.v1.title"),
        paragraphs=tuple(words.text(f"notice.v1.{part}") for part in ("use", "logic", "data", "consequences")),
        rights=MappingProxyType({right: words.text(f"notice.v1.right.{right}") for right in RIGHTS}),
        contact=words.text("notice.v1.contact"),
    )


def notice_digest(id_: str = NOTICE_ID) -> str:
    """Sha256 of a notice in all its languages."""
    return hashlib.sha256("\n".join(notice(language, id_).digest for language in LANGUAGES).encode()).hexdigest()


NOTICES = (NOTICE_ID,)
"""Every notice that a person may have been shown."""
