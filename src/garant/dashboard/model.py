"""The model that decides: what it was made of, how good it is, whom it treats how, and what changed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from garant.api.live import live_of
from garant.dashboard.access import Lang, require
from garant.dashboard.pages import page, words_of
from garant.dashboard.parts import dashboard_of
from garant.dashboard.sessions import Session
from garant.decisions.access import Scope
from garant.exceptions import AsideError

router = APIRouter(include_in_schema=False)


@router.get("/{lang}/model")
async def model(request: Request, lang: Lang, session: Annotated[Session, Depends(require(Scope.MODEL))]) -> Response:
    """Show the model; when its charts cannot be made, its card alone."""
    live = live_of(request)
    service = live.parts.service
    card, sections, promoted = None, [], None
    try:
        found = await dashboard_of(request).aside.run(service.model_sections, session.principal, language=lang)
        card, sections, promoted = found["card"], found["sections"], found["promoted"]
    except AsideError as error:
        live.log.warning("model", result=error.kind, says=str(error)[:500])
        card = await live.threads.run(service.model, session.principal, language=lang)
    return page(
        request,
        "model.html",
        language=lang,
        title=words_of(request, lang).text("page.model.title"),
        session=session,
        card=card,
        sections=sections,
        promoted=promoted,
        development=service.decider.bundle.signature.development,
        key=service.decider.bundle.signature.key.id,
    )
