"""Finding a client: by the first digits of the id while one types, by a name-free reference when the form is sent."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from garant.api.live import live_of
from garant.dashboard.access import Lang, require
from garant.dashboard.fragments import is_part
from garant.dashboard.pages import page, words_of
from garant.dashboard.sessions import Session
from garant.decisions.access import Scope
from garant.decisions.record import Language
from garant.runs.deciding.answer import Answer
from garant.runs.deciding.id_prefix import MOST
from garant.runs.deciding.service import DecisionService

router = APIRouter(include_in_schema=False)

LONGEST = 200
"""Characters of a reference that are looked for."""


@dataclass(frozen=True, slots=True)
class Matches:
    """What was found.

    Parameters
    ----------
    asked : str
        What was typed.
    ids : tuple of int
        Clients of the store.
    decisions : tuple of dict
        Recorded decisions about a reference, the latest first.
    stored : frozenset of int
        Clients of these decisions whom the store has, so that they have a page.
    later : bool
        Whether a reference was typed that is looked for only when the form is sent: each look is recorded.
    """

    asked: str
    ids: tuple[int, ...] = ()
    decisions: tuple[Answer, ...] = ()
    stored: frozenset[int] = frozenset()
    later: bool = False

    @property
    def is_full(self) -> bool:
        """Whether there may be more than are shown."""
        return len(self.ids) == MOST or len(self.decisions) == MOST


@router.get("/{lang}/clients")
async def search(
    request: Request, lang: Lang, session: Annotated[Session, Depends(require(Scope.READ))], q: str = ""
) -> Response:
    """Show the form, and who was found."""
    asked, live = q.strip()[:LONGEST], live_of(request)
    service, typing = live.parts.service, is_part(request)
    found = await live.threads.run(lambda: _matches(service, session, asked, lang, typing=typing))
    return page(
        request,
        "_matches.html" if typing else "clients.html",
        language=lang,
        title=words_of(request, lang).text("page.clients.title"),
        session=session,
        headers={"Vary": "Cookie, HX-Request"},
        found=found,
        longest=LONGEST,
    )


def _matches(service: DecisionService, session: Session, asked: str, language: Language, *, typing: bool) -> Matches:
    who, files = session.principal, service.files
    ids = files.ids(who, asked)
    if ids or not asked:
        return Matches(asked, tuple(ids))
    if typing:
        return Matches(asked, later=True)
    known = [each for each in service.decisions_of(who, asked, language=language) if "client" in each]
    latest = tuple(reversed(known))[:MOST]
    return Matches(
        asked,
        decisions=latest,
        stored=frozenset(each["client"] for each in latest if files.has(who, each["client"])),
    )
