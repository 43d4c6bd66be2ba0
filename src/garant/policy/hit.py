"""A rule outside the model that was hit, with its sentence in every language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from garant.models.cutoff import Outcome
from garant.wording.catalogue import Wording

Texts = Mapping[Literal["fr", "en"], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule that was hit.

    Parameters
    ----------
    code : str
        ``STOPPED``, ``INSUFFICIENT_INFORMATION``, ``UNDER_AGE``, ``DEBT_SERVICE_RATIO``, ``EXTERNAL_CHECK_LISTED``,
        ``_MISSING``, ``_UNKNOWN``, ``_TOO_OLD``, ``_FUTURE``.
    outcome : Outcome
        What it asks for: refer or refuse.
    incomplete : bool
        Whether something that must be known is not: then nobody is accepted or refused, whatever other rules say.
    texts : mapping of str to str
        Its sentence by language.
    fields : tuple of str
        What it is about: ``external_checks.national_register``, ``bureau``.
    """

    code: str
    outcome: Outcome
    incomplete: bool
    texts: Texts
    fields: tuple[str, ...] = ()


def in_every_language(text: Callable[[Wording], str]) -> Texts:
    """What `text` says in every language."""
    return MappingProxyType({"fr": text(Wording("fr")), "en": text(Wording("en"))})
