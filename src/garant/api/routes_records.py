"""Routes that read what was decided, and add what people say about it."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from garant.api import operations
from garant.api.access import require
from garant.api.acts import read_act
from garant.api.body import ONE, json_body
from garant.api.languages import asked_language
from garant.api.live import live_of
from garant.api.replies import reply
from garant.decisions.access import Principal, Scope
from garant.decisions.record import Language
from garant.exceptions import UnknownDecisionError

router = APIRouter(prefix="/v1", tags=["records"])

Reader = Annotated[Principal, Depends(require(Scope.READ))]
Confirmer = Annotated[Principal, Depends(require(Scope.CONFIRM))]
Contester = Annotated[Principal, Depends(require(Scope.CONTEST))]
Reviewer = Annotated[Principal, Depends(require(Scope.REVIEW))]
Body = Annotated[bytes, Depends(json_body(ONE))]
Asked = Annotated[Language, Depends(asked_language)]

_ID = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_REF = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]{1,200}")


async def decision_id(request: Request) -> str:
    """Id in the address; what is no id is no decision, and no store is asked."""
    text = str(request.path_params["id"])
    if not _ID.fullmatch(text):
        raise UnknownDecisionError("What stands in the address is no id of a decision.")
    return text.lower()


async def subject_ref(request: Request) -> str:
    """Reference of a person in the address."""
    text = str(request.path_params["ref"])
    if not _REF.fullmatch(text):
        raise UnknownDecisionError("What stands in the address is no reference of a person.")
    return text


Id = Annotated[str, Depends(decision_id)]
Ref = Annotated[str, Depends(subject_ref)]


@router.get("/decisions/{id}", **operations.READ)  # noqa: FAST003 - a dependency reads it
async def decision(request: Request, who: Reader, key: Id, language: Asked) -> Response:
    """Tell one decision, and what happened to it since."""
    service = live_of(request).parts.service
    return await reply(request, language, lambda: service.decision(who, key, language=language))


@router.get("/clients/{ref:path}/decisions", **operations.READ_OF)
async def decisions_of(request: Request, who: Reader, ref: Ref, language: Asked) -> Response:
    """Tell the decisions about one person."""
    service = live_of(request).parts.service
    return await reply(request, language, lambda: service.decisions_of(who, ref, language=language))


@router.post("/decisions/{id}/confirm", **operations.CONFIRM)  # noqa: FAST003 - a dependency reads it
async def confirm(request: Request, who: Confirmer, key: Id, body: Body, language: Asked) -> Response:
    """Make a proposal final: a named person decides, for a ground."""
    person, outcome, ground, comment = read_act("Confirmation", body)
    service = live_of(request).parts.service
    return await reply(
        request,
        language,
        lambda: service.confirm(
            who, key, person=person, outcome=outcome, ground=ground, comment=comment, language=language
        ),
    )


@router.post("/decisions/{id}/contest", **operations.CONTEST)  # noqa: FAST003 - a dependency reads it
async def contest(request: Request, who: Contester, key: Id, body: Body, language: Asked) -> Response:
    """Note that the person contests the decision."""
    (statement,) = read_act("Contest", body)
    service = live_of(request).parts.service
    return await reply(request, language, lambda: service.contest(who, key, statement=statement, language=language))


@router.post("/decisions/{id}/view", **operations.VIEW)  # noqa: FAST003 - a dependency reads it
async def view(request: Request, who: Reviewer, key: Id, body: Body, language: Asked) -> Response:
    """Note what a reviewer thinks of the file, before they are shown what was proposed."""
    own, note, person = read_act("View", body)
    service = live_of(request).parts.service
    return await reply(
        request,
        language,
        lambda: service.note_view(who, key, view=own, note=note, person=person, language=language),
    )


@router.post("/decisions/{id}/papers", **operations.PAPERS)  # noqa: FAST003 - a dependency reads it
async def papers(request: Request, who: Reviewer, key: Id, body: Body, language: Asked) -> Response:
    """Note that papers are needed before a reviewer can decide."""
    ground, comment, person = read_act("PapersRequest", body)
    service = live_of(request).parts.service
    return await reply(
        request,
        language,
        lambda: service.ask_for_papers(who, key, ground=ground, comment=comment, person=person, language=language),
    )


@router.post("/decisions/{id}/review", **operations.REVIEW)  # noqa: FAST003 - a dependency reads it
async def review(request: Request, who: Reviewer, key: Id, body: Body, language: Asked) -> Response:
    """Note what a reviewer decides, who neither made nor confirmed it and has noted an own view."""
    outcome, ground, comment, person = read_act("Review", body)
    service = live_of(request).parts.service
    return await reply(
        request,
        language,
        lambda: service.review(
            who, key, outcome=outcome, ground=ground, comment=comment, person=person, language=language
        ),
    )
