"""Trying another loan or a corrected fact: computed again from the raw records, decided and kept nowhere."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from garant.api.live import live_of
from garant.api.problems import UNPROCESSABLE
from garant.dashboard.access import Lang, OwnForm
from garant.dashboard.client import ClientId, Decider
from garant.dashboard.fragments import part
from garant.dashboard.pages import words_of
from garant.dashboard.sessions import Session
from garant.dashboard.what_if_form import WhatIfForm, read_form
from garant.decisions.record import Language
from garant.exceptions import RecordsError
from garant.runs.deciding.answer import Answer
from garant.runs.deciding.service import DecisionService

router = APIRouter(include_in_schema=False)


@router.post("/{lang}/clients/{client}/what-if")
async def what_if(request: Request, lang: Lang, client: ClientId, session: Decider, form: OwnForm) -> Response:
    """Show the client before and after; problems stand at their field, with what was typed."""
    live = live_of(request)
    service, sent = live.parts.service, dict(form)
    shown, result = await live.threads.run(lambda: _tried(service, session, client, sent, lang))
    words = words_of(request, lang)
    return part(
        request,
        "_what_if.html",
        language=lang,
        title=words.text("what_if.title"),
        session=session,
        back=(f"/{lang}/clients/{client}", words.text("explain.title", id=str(client))),
        status=UNPROCESSABLE if shown.problems else 200,
        client=client,
        form=shown,
        result=result,
    )


def _tried(
    service: DecisionService, session: Session, client: int, sent: Mapping[str, Any], language: Language
) -> tuple[WhatIfForm, Answer | None]:
    offers = service.files.offers(session.principal, client, language=language)
    read = read_form(sent, offers, language)
    if read.form.problems:
        return read.form, None
    body = json.dumps({"client": client, "moves": read.moves}).encode()
    try:
        return read.form, service.preview(session.principal, body, language=language)["what_if"]
    except RecordsError as error:
        return read.refused(error), None
