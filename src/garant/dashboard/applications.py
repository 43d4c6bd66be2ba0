"""A new application: typed, looked at as a proposal, submitted. What is wrong is told at its field."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from garant.api.live import live_of
from garant.dashboard.access import Lang, OwnForm, require
from garant.dashboard.application_draft import (
    CHECK_PARTS,
    FILE_NAME,
    PACKED,
    SOURCE,
    Draft,
    draft_of,
    field_of,
)
from garant.dashboard.application_fields import Control, Group, groups_of, in_order
from garant.dashboard.application_form import DATE, NONE, field_name
from garant.dashboard.application_words import said_of
from garant.dashboard.child_records import FILE, NO_ROWS, Source
from garant.dashboard.pages import TIME_ZONE, go_to, page, words_of
from garant.dashboard.problem_words import placed, said
from garant.dashboard.sessions import Session
from garant.decisions.access import Scope
from garant.decisions.ids import new_id
from garant.decisions.record import Language
from garant.exceptions import DataError, InFlightError, Problem, RecordsError
from garant.policy.external_checks import CheckResult
from garant.runs.deciding.answer import Answer
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.request import NOTICE
from garant.runs.deciding.service import Answered, DecisionService
from garant.wording.catalogue import Wording
from garant.wording.notice import NOTICE_ID, notice

router = APIRouter(include_in_schema=False)

Deciding = Annotated[Session, Depends(require(Scope.DECIDE))]

UNPROCESSABLE = 422

MOST_SHOWN = 10
"""Problems that are shown at one field; the rest of a bad file is counted."""

_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TRIES, _PAUSE = 40, 0.1
"""A form that is sent twice at once waits so long for the answer to the first."""


@router.get("/{lang}/applications/new")
async def ask(request: Request, lang: Lang, session: Deciding) -> Response:
    """Show the empty form."""
    today = datetime.now(TIME_ZONE).date()
    typed = {field_name(DATE): f"{today:%d/%m/%Y}", SOURCE: str(Source.TICKED)}
    return _form_page(request, lang, session, typed)


@router.post("/{lang}/applications/new")
async def take(request: Request, lang: Lang, session: Deciding, form: OwnForm) -> Response:
    """Show what would be decided, go back to the form, or decide."""
    live = live_of(request)
    service = live.parts.service
    typed = _typed(form, service.decider)
    upload = await _upload(form, typed)
    step = form.get("step")
    if step == "edit":
        return _form_page(request, lang, session, typed)
    today = datetime.now(TIME_ZONE).date()

    def read() -> tuple[Draft, Answer | None]:
        draft = draft_of(service, session.principal, typed, upload, language=lang, today=today)
        return _judged(service, session, draft, lang)

    draft, answer = await live.threads.run(read)
    if answer is None:
        return _form_page(request, lang, session, draft.typed, draft.problems)
    key = str(form.get("key", ""))
    is_sent = step == "submit" and bool(_KEY.fullmatch(key))
    if not is_sent or "notice_shown" not in form or typed.get(NOTICE) != NOTICE_ID:
        return _preview_page(request, lang, session, draft, answer, is_refused=step == "submit")
    try:
        done = await _decided(request, session, draft, key, lang)
    except RecordsError as error:
        refused = draft.with_problems(error.problems, service.decider)
        return _form_page(request, lang, session, refused.typed, refused.problems)
    return go_to(f"/{lang}/decisions/{json.loads(done.body)['id']}")


def _judged(
    service: DecisionService, session: Session, draft: Draft, language: Language
) -> tuple[Draft, Answer | None]:
    """The draft with what would be decided; without it when anything is wrong."""
    if draft.problems:
        return draft, None
    try:
        return draft, service.preview(session.principal, draft.body, language=language)
    except RecordsError as error:
        problems: Sequence[Problem] = error.problems
    except DataError:
        problems = [Problem("", "form.data", "these numbers cannot be computed exactly")]
    return draft.with_problems(problems, service.decider), None


async def _decided(request: Request, session: Session, draft: Draft, key: str, language: Language) -> Answered:
    """Decide; a form that was sent twice at once gets the one decision twice."""
    live = live_of(request)
    service = live.parts.service
    for _ in range(_TRIES):
        try:
            return await live.threads.run(
                lambda: service.decide(session.principal, draft.body, key=key, language=language)
            )
        except InFlightError:
            await asyncio.sleep(_PAUSE)
    raise InFlightError("The same form is being answered at this moment.")


def _typed(form: FormData, decider: Decider) -> dict[str, str]:
    """Texts of the fields that the form has; half characters, which no text of UTF-8 holds, replaced."""
    columns = [field_name(name) for name in decider.asked.by_name]
    known = {
        *columns,
        *(f"{name}.{NONE}" for name in columns),
        *(f"{NO_ROWS}.{name}" for name in decider.reader.names[1:]),
        *(f"check.{name}.{part}" for name in decider.policy.external_checks for part in CHECK_PARTS),
        *(SOURCE, PACKED, FILE_NAME, NOTICE),
    }
    return {
        name: value.encode("utf-8", "replace").decode()
        for name, value in form.multi_items()
        if name in known and isinstance(value, str)
    }


async def _upload(form: FormData, typed: dict[str, str]) -> bytes | None:
    """Bytes of a file that was chosen, whose name is kept with what was typed."""
    found = form.get(FILE)
    if not isinstance(found, UploadFile) or not found.filename:
        return None
    typed[FILE_NAME] = found.filename.encode("utf-8", "replace").decode()[-100:]
    return await found.read()


def _form_page(
    request: Request,
    language: Language,
    session: Session,
    typed: Mapping[str, str],
    problems: Sequence[Problem] = (),
) -> Response:
    service = live_of(request).parts.service
    decider, words = service.decider, words_of(request, language)
    told = _by_field(problems, decider, typed.get(SOURCE), words)
    groups, checks = groups_of(decider, words), _checks(decider, words)
    names = {each.name: each.label for group in groups for each in group.controls}
    names |= {each.name: f"{check.label} – {each.label}" for check in checks for each in check.fields.controls}
    names |= {FILE: words.text("page.apply.file"), SOURCE: words.text("page.apply.records")}
    names |= {f"{NO_ROWS}.{name}": _table(name, words) for name in decider.reader.names[1:]}
    return page(
        request,
        "application_new.html",
        language=language,
        title=words.text("page.apply.title"),
        session=session,
        status=UNPROCESSABLE if problems else 200,
        groups=[group.filled(typed, told) for group in groups],
        checks=[replace(check, fields=check.fields.filled(typed, told)) for check in checks],
        errors=[
            {"id": name.replace(".", "-"), "label": names.get(name, ""), "texts": texts} for name, texts in told.items()
        ],
        problems_at=lambda name: told.get(name, ()),
        typed=typed,
        tables=[(name, _table(name, words)) for name in decider.reader.names[1:]],
        sources=[each for each in Source if each is not Source.STORE or service.has_clients],
    )


def _preview_page(
    request: Request, language: Language, session: Session, draft: Draft, answer: Answer, *, is_refused: bool
) -> Response:
    decider, words = live_of(request).parts.service.decider, words_of(request, language)
    application = draft.application
    return page(
        request,
        "application_preview.html",
        alarms=live_of(request).parts.service.files.alarms(language),
        language=language,
        title=words.text("page.apply.preview"),
        session=session,
        status=UNPROCESSABLE if is_refused else 200,
        decision=answer,
        entries=list(said_of(in_order(decider), decider.config.money, words, application.row, application.days)),
        tables=[
            (_table(name, words), _rows(draft.records.tables.get(name), words)) for name in decider.reader.names[1:]
        ],
        typed={name: value for name, value in draft.typed.items() if name != NOTICE},
        notice=notice(language),
        key=new_id(),
        is_refused=is_refused,
    )


def _by_field(
    problems: Sequence[Problem], decider: Decider, source: str | None, words: Wording
) -> dict[str, list[str]]:
    """Sentences by field, those about the whole first, then in the order in which they were found."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        name = field_of(problem, decider, source)
        found.setdefault(name, []).append(
            placed(problem, words) if name in {FILE, SOURCE, ""} else said(problem, words)
        )
    for texts in found.values():
        more = len(texts) - MOST_SHOWN
        if more > 0:
            texts[MOST_SHOWN:] = [words.text("page.apply.more_problems", n=words.number(more))]
    return dict(sorted(found.items(), key=lambda item: item[0] != ""))


@dataclass(frozen=True, slots=True)
class _Check:
    """An external check that the policy names."""

    label: str
    days: str
    fields: Group


def _checks(decider: Decider, words: Wording) -> list[_Check]:
    """Fields of every check that the policy names; those that it requires are seen at once."""
    results = [(str(each), words.text(f"policy.check_result.{each}")) for each in CheckResult]
    day = words.text("page.apply.unit.day")

    def fields(name: str, *, is_open: bool) -> Group:
        asked = words.text("page.apply.check.date"), words.text("page.apply.check.result")
        return Group(
            name=name,
            controls=[
                Control(name=f"check.{name}.date", label=asked[0], hint=day, is_open=is_open),
                Control(name=f"check.{name}.result", label=asked[1], options=results, is_open=is_open),
                Control(
                    name=f"check.{name}.reference", label=words.text("page.apply.check.reference"), is_open=is_open
                ),
            ],
        )

    return [
        _Check(
            label=rule.name_fr if words.language == "fr" else rule.name_en,
            days=words.number(rule.max_age_days),
            fields=fields(name, is_open=rule.required),
        )
        for name, rule in decider.policy.external_checks.items()
    ]


def _table(name: str, words: Wording) -> str:
    return words.text(f"dictionary.table.{name}").removesuffix(".")


def _rows(rows: object, words: Wording) -> str:
    if rows is None:
        return words.text("page.apply.unknown")
    n = len(rows) if isinstance(rows, list) else 0
    return words.text("page.apply.rows", n=words.number(n)) if n else words.text("page.apply.no_rows")
