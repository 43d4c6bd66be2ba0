"""Everything that is recorded about the person of a decision, as a file for that person."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from garant.api.live import live_of
from garant.api.routes_records import Id
from garant.dashboard.access import Lang, OwnForm, require
from garant.dashboard.sessions import Session
from garant.decisions.access import Scope

router = APIRouter(include_in_schema=False)

Exporter = Annotated[Session, Depends(require(Scope.EXPORT))]


@router.post("/{lang}/decisions/{id}/export")  # noqa: FAST003 - a dependency reads it
async def export(request: Request, lang: Lang, key: Id, session: Exporter, form: OwnForm) -> Response:  # noqa: ARG001 - a form of a page sent it
    """Give the file; a form asks for it, so that no link and no browser that looks ahead does."""
    live = live_of(request)
    packed = await live.threads.run(lambda: live.parts.service.export(session.principal, key))
    name = f'attachment; filename="person-{key[-8:]}.zip"'
    return Response(packed, headers={"Content-Disposition": name}, media_type="application/zip")
