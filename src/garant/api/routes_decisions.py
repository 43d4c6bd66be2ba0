"""Routes that decide: one application, many, what would be, why, and again after a correction."""

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from garant.api import operations
from garant.api.access import idempotency_key, require
from garant.api.body import MANY, ONE, json_body
from garant.api.languages import asked_language
from garant.api.live import live_of
from garant.api.replies import reply, reply_decided
from garant.decisions.access import Principal, Scope
from garant.decisions.record import Language

router = APIRouter(prefix="/v1", tags=["decisions"])


async def batch_place(request: Request) -> AsyncGenerator[None]:
    """Hold a place for a batch until it is answered."""
    with live_of(request).batches.one():
        yield


# In this order: who may not ask is not read, and what has no key is not read either.
Decider = Annotated[Principal, Depends(require(Scope.DECIDE))]
Corrector = Annotated[Principal, Depends(require(Scope.CORRECT))]
Key = Annotated[str, Depends(idempotency_key)]
Body = Annotated[bytes, Depends(json_body(ONE))]
Place = Annotated[None, Depends(batch_place)]
Bodies = Annotated[bytes, Depends(json_body(MANY))]
Asked = Annotated[Language, Depends(asked_language)]


@router.post("/decisions", **operations.DECIDE)
async def decide(request: Request, who: Decider, key: Key, body: Body, language: Asked) -> Response:
    """Decide about one application; the answer leaves after it is recorded."""
    service = live_of(request).parts.service
    return await reply_decided(request, language, lambda: service.decide(who, body, key=key, language=language))


@router.post("/decisions/batch", **operations.DECIDE_BATCH)
async def decide_batch(
    request: Request,
    who: Decider,
    key: Key,
    place: Place,  # noqa: ARG001 - held until the answer
    body: Bodies,
    language: Asked,
) -> Response:
    """Decide about at most a thousand applications; each has an answer or a problem of its own."""
    live = live_of(request)
    service = live.parts.service
    return await reply_decided(
        request, language, lambda: service.decide_batch(who, body, key=key, language=language), threads=live.batch
    )


@router.post("/decisions/preview", **operations.PREVIEW)
async def preview(request: Request, who: Decider, body: Body, language: Asked) -> Response:
    """Say what would be decided, also after named moves; nothing is decided and no value stored."""
    service = live_of(request).parts.service
    return await reply(request, language, lambda: service.preview(who, body, language=language))


@router.post("/explanations", **operations.EXPLAIN)
async def explain(request: Request, who: Decider, body: Body, language: Asked) -> Response:
    """Explain one application: all contributions, what would change the result, comparison."""
    service = live_of(request).parts.service
    return await reply(request, language, lambda: service.explanation(who, body, language=language))


@router.post("/corrections", **operations.CORRECT)
async def correct(request: Request, who: Corrector, key: Key, body: Body, language: Asked) -> Response:
    """Decide again with corrected records: a new decision that is linked to the old one."""
    service = live_of(request).parts.service
    return await reply_decided(request, language, lambda: service.correct(who, body, key=key, language=language))
