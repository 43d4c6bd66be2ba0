"""The first page after logging in: the one that the role works with."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from garant.dashboard.access import Lang, require
from garant.dashboard.navigation import entries_for
from garant.dashboard.pages import go_to
from garant.dashboard.sessions import Session
from garant.decisions.access import Role

router = APIRouter(include_in_schema=False)

_FIRST = {Role.REVIEWER: "reviews", Role.RISK: "portfolio", Role.ADMIN: "model"}


@router.get("/{lang}")
@router.get("/{lang}/")
async def home(lang: Lang, session: Annotated[Session, Depends(require())]) -> Response:
    """Lead to the page that the role works with."""
    first = _FIRST.get(session.principal.role, entries_for(session)[0].path)
    return go_to(f"/{lang}/{first}")
