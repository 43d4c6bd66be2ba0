"""The page of one client: the proposal computed now and why, others beside it, what was paid, what was decided."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from garant.api.live import live_of
from garant.api.problems import NOT_FOUND, Kind, RefusedError
from garant.dashboard.access import Lang, OwnForm, require
from garant.dashboard.fragments import part
from garant.dashboard.pages import go_to, page, words_of
from garant.dashboard.sessions import Session
from garant.dashboard.timeline import Timeline
from garant.dashboard.what_if_form import WhatIfForm
from garant.decisions.access import Scope
from garant.decisions.ids import new_id
from garant.decisions.record import Language
from garant.exceptions import RecordsError, UnknownNameError
from garant.runs.deciding.answer import Answer
from garant.runs.deciding.client_files import ClientFile
from garant.runs.deciding.service import DecisionService

router = APIRouter(include_in_schema=False)

ClientId = Annotated[int, Path(alias="client", ge=1, le=2**63 - 1)]
Reader = Annotated[Session, Depends(require(Scope.READ))]
Decider = Annotated[Session, Depends(require(Scope.DECIDE))]

CREDITS_SHOWN = 20
"""Of the timeline on the page of a client; all of them have a page of their own."""

INPUTS_SHOWN = 50
"""Of the inputs of the model, the strongest first; on request all of them, which is a page of several hundred rows."""

_KEY = re.compile(r"[\w-]{8,64}")

UNKNOWN_CLIENT = Kind(
    status=NOT_FOUND,
    slug="unknown-client",
    detail="No client of the tables has this id, and no decision about one is recorded that you may see.",
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What there is of a client for whoever asks: without a file the recorded decisions alone."""

    file: ClientFile | None
    history: list[Answer]


@router.get("/{lang}/clients/{client}")
async def show(request: Request, lang: Lang, client: ClientId, session: Reader) -> Response:
    """Show the client."""
    live = live_of(request)
    service = live.parts.service
    seen = await live.threads.run(lambda: _seen(service, session, client, lang))
    file, words = seen.file, words_of(request, lang)
    title = words.text("explain.title", id=str(client))
    if file is not None:
        outcome = file.decision["outcome"]
        title = f"{title} – {words.text(f'page.banner.proposed.{outcome}')}"
    return page(
        request,
        "client.html",
        language=lang,
        title=title,
        session=session,
        client=client,
        file=file,
        may_decide=session.principal.may(Scope.DECIDE),
        data_date="" if file is None else words.date(file.data_date),
        timeline=None if file is None else Timeline(file.payments, words, most=CREDITS_SHOWN),
        form=None if file is None else WhatIfForm(file.offers),
        result=None,
        history=seen.history[::-1],
        standing=standing(seen.history),
        key=new_id(),
    )


@router.post("/{lang}/clients/{client}/decide")
async def decide(request: Request, lang: Lang, client: ClientId, session: Decider, form: OwnForm) -> Response:
    """Propose by the store's records, and record the decision; the same form sent again makes no second one.

    Where one stands already, whoever asks for another says so: the page tells which one it is.
    """
    key, live = form.get("key"), live_of(request)
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        return go_to(f"/{lang}/clients/{client}")
    service, body = live.parts.service, json.dumps({"client": client}).encode()
    if form.get("again") != "yes":
        history = await live.threads.run(lambda: service.files.history(session.principal, client, language=lang))
        if standing(history) is not None:
            return go_to(f"/{lang}/clients/{client}#decide")
    answered = await live.threads.run(lambda: service.decide(session.principal, body, key=key, language=lang))
    return go_to(f"/{lang}/decisions/{json.loads(answered.body)['id']}")


@router.get("/{lang}/clients/{client}/changes")
async def changes(request: Request, lang: Lang, client: ClientId, session: Decider) -> Response:
    """What would have changed the result: searched when the page is there already."""
    live = live_of(request)
    files = live.parts.service.files
    found = await live.threads.run(lambda: files.changes(session.principal, client, language=lang))
    return part(
        request,
        "_changes.html",
        language=lang,
        title=words_of(request, lang).text("counterfactual.title"),
        session=session,
        back=_back(request, lang, client),
        changes=found,
    )


@router.get("/{lang}/clients/{client}/contributions")
async def contributions(
    request: Request, lang: Lang, client: ClientId, session: Decider, *, every: bool = False
) -> Response:
    """Inputs of the model, each with its definition, value and effect: the strongest, or `every` one."""
    live = live_of(request)
    files = live.parts.service.files
    found = await live.threads.run(lambda: files.effects(session.principal, client, language=lang))
    return part(
        request,
        "_contributions.html",
        language=lang,
        title=words_of(request, lang).text("page.client.contributions"),
        session=session,
        back=_back(request, lang, client),
        client=client,
        inputs=found if every else found[:INPUTS_SHOWN],
        total=len(found),
        strongest=max((abs(each.told.effect) for each in found), default=1.0) or 1.0,
    )


@router.get("/{lang}/clients/{client}/facts/{name}")
async def fact(request: Request, lang: Lang, client: ClientId, name: str, session: Decider) -> Response:
    """One input, and the raw rows behind its value."""
    live = live_of(request)
    files = live.parts.service.files
    try:
        found = await live.threads.run(lambda: files.fact(session.principal, client, name, language=lang))
    except UnknownNameError as error:
        raise HTTPException(NOT_FOUND) from error
    words = words_of(request, lang)
    return part(
        request,
        "_fact.html",
        language=lang,
        title=words.label(found.feature.text, window=str(found.feature.window)),
        session=session,
        back=_back(request, lang, client),
        fact=found,
    )


@router.get("/{lang}/clients/{client}/payments")
async def payments(request: Request, lang: Lang, client: ClientId, session: Decider) -> Response:
    """Every credit and every year of payments."""
    live = live_of(request)
    files, words = live.parts.service.files, words_of(request, lang)
    found = await live.threads.run(lambda: files.payments(session.principal, client, language=lang))
    return part(
        request,
        "_timeline.html",
        language=lang,
        title=words.text("page.client.timeline"),
        session=session,
        back=_back(request, lang, client),
        client=client,
        timeline=Timeline(found, words),
    )


def _seen(service: DecisionService, session: Session, client: int, language: Language) -> _Seen:
    files, who = service.files, session.principal
    if who.may(Scope.DECIDE):
        try:
            file = files.look(who, client, language=language)
            return _Seen(file, file.history)
        except RecordsError:
            # Not in the store: what was decided by records that were sent is there all the same.
            pass
    history = files.history(who, client, language=language)
    if not history and not files.has(who, client):
        raise RefusedError(UNKNOWN_CLIENT)
    return _Seen(None, history)


def standing(history: Sequence[Answer]) -> Answer | None:
    """Latest decision about a person that none took the place of, if there is one that was not erased."""
    found = [each for each in history if not each.get("superseded_by") and not each.get("erased")]
    return max(found, key=lambda each: str(each["at"]), default=None)


def _back(request: Request, language: Language, client: int) -> tuple[str, str]:
    return f"/{language}/clients/{client}", words_of(request, language).text("explain.title", id=str(client))
