"""The links at the head of every page: what the role may see, and nothing else."""

from dataclasses import dataclass

from garant.dashboard.sessions import Session
from garant.decisions.access import Scope


@dataclass(frozen=True, slots=True)
class Entry:
    """One link.

    Parameters
    ----------
    path : str
        Behind the language.
    text : str
        Id of its text.
    """

    path: str
    text: str


_ENTRIES: tuple[tuple[Entry, tuple[Scope, ...]], ...] = (
    (Entry("clients", "page.nav.clients"), (Scope.READ,)),
    (Entry("applications/new", "page.nav.new"), (Scope.DECIDE,)),
    (Entry("reviews", "page.nav.reviews"), (Scope.READ,)),
    (Entry("portfolio", "page.nav.portfolio"), (Scope.READ_ALL,)),
    (Entry("model", "page.nav.model"), (Scope.MODEL,)),
)
"""Every page that the head leads to, with the scopes of which one is needed."""


def entries_for(session: Session | None) -> tuple[Entry, ...]:
    """Links for whoever is logged in."""
    if session is None:
        return ()
    return tuple(entry for entry, scopes in _ENTRIES if any(session.principal.may(scope) for scope in scopes))
