"""The route that says which model decides."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from garant.api import operations
from garant.api.access import require
from garant.api.languages import asked_language
from garant.api.live import live_of
from garant.api.replies import reply
from garant.decisions.access import Principal, Scope
from garant.decisions.record import Language

router = APIRouter(prefix="/v1", tags=["models"])


@router.get("/models/current", **operations.MODEL)
async def current_model(
    request: Request,
    who: Annotated[Principal, Depends(require(Scope.MODEL))],
    language: Annotated[Language, Depends(asked_language)],
) -> Response:
    """Tell the card of the model that decides: what it learned from, how well it does, what it looks at."""
    service = live_of(request).parts.service
    return await reply(request, language, lambda: service.model(who, language=language))
