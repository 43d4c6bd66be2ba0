"""Wrong data reported: single columns of the application are changed, and a new decision takes the old one's place."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from garant.api.live import live_of
from garant.api.routes_records import Id
from garant.dashboard.access import Lang, OwnForm, require
from garant.dashboard.act_forms import typed
from garant.dashboard.application_form import DATE, days_between
from garant.dashboard.application_words import options_of
from garant.dashboard.pages import go_to, page, words_of
from garant.dashboard.sessions import Session
from garant.dashboard.typed_values import Fault, day, number
from garant.decisions.access import Scope
from garant.decisions.ids import new_id
from garant.exceptions import Problem, RecordsError
from garant.runs.deciding.asked_columns import AskedColumn
from garant.runs.subject_application import column_label, column_value
from garant.tables.columns import Column, Kind
from garant.tables.rules import rule_of
from garant.tables.schema import TABLES
from garant.wording.catalogue import Wording

router = APIRouter(include_in_schema=False)

Corrector = Annotated[Session, Depends(require(Scope.CORRECT))]

MOST_SAID = 12
"""Values that a message names of those that a column has."""

LINES = 3
"""Columns that one form changes."""

MOST_REASON = 1_000
"""As every text in a request that is decided."""

_COLUMNS: Mapping[str, Column] = {column.name: column for column in TABLES["application"].columns}
_FIXED = frozenset({"SK_ID_CURR", "subject_ref", "TARGET"})
"""Who and which application it is; and what nobody knows yet."""

_TEXTS = (Kind.CATEGORY, Kind.DATE)
_KEY = re.compile(r"[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    column: str
    value: str
    is_unknown: bool = False
    wrong: str = ""


class _NoValueError(ValueError):
    """What was typed is none; says why in the words of the page."""


@router.get("/{lang}/decisions/{id}/correction")  # noqa: FAST003 - a dependency reads it
async def ask(request: Request, lang: Lang, key: Id, session: Corrector) -> Response:
    """Show what was recorded of the application, and fields for what is right."""
    return await _shown(request, lang, key, session)


@router.post("/{lang}/decisions/{id}/correction")  # noqa: FAST003 - as above
async def correct(request: Request, lang: Lang, key: Id, session: Corrector, form: OwnForm) -> Response:
    """Decide anew with what is right, and show the new decision."""
    parts = (f"{part}{n}" for n in range(LINES) for part in ("column", "value", "unknown"))
    said = typed(form, "reason", "key", "applied", *parts)
    words = words_of(request, lang)
    lines = [
        _Line(column=said[f"column{n}"], value=said[f"value{n}"].strip(), is_unknown=bool(said[f"unknown{n}"]))
        for n in range(LINES)
    ]
    changes: dict[str, Any] = {}
    applied = _iso_day(said["applied"])
    asked = live_of(request).parts.service.decider.asked.by_name
    checked = [replace(line, wrong=_added(changes, line, applied, asked.get(line.column), words)) for line in lines]
    reason = " ".join(said["reason"].split())
    general = [] if changes or any(line.wrong for line in checked) else [words.text("page.correction.wrong.nothing")]
    if not reason or len(reason) > MOST_REASON:
        general.append(words.text("page.correction.wrong.reason"))
    if general or any(line.wrong for line in checked):
        return await _shown(request, lang, key, session, lines=checked, said=said, general=general)
    body = json.dumps({"decision": key, "reason": reason, "changes": {"application": changes}}).encode()
    request_key = said["key"] if _KEY.fullmatch(said["key"]) else new_id()
    live = live_of(request)
    try:
        answered = await live.threads.run(
            lambda: live.parts.service.correct(session.principal, body, key=request_key, language=lang)
        )
    except RecordsError as error:
        checked, general = _placed(checked, error.problems, words)
        return await _shown(request, lang, key, session, lines=checked, said=said, general=general)
    return go_to(f"/{lang}/decisions/{json.loads(answered.body)['id']}")


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _added(
    changes: dict[str, Any], line: _Line, applied: date | None, asked: AskedColumn | None, words: Wording
) -> str:
    """Add the change of a line; what is wrong with it, empty where nothing is."""
    if not line.column:
        return words.text("page.correction.wrong.column") if line.value or line.is_unknown else ""
    if line.column in _FIXED or line.column in changes:
        return words.text("page.correction.wrong.twice")
    if bool(line.value) == line.is_unknown:
        return words.text("page.correction.wrong.value")
    try:
        changes[line.column] = None if line.is_unknown else _value(line, applied, asked, words)
    except _NoValueError as error:
        return str(error)
    return ""


def _value(line: _Line, applied: date | None, asked: AskedColumn | None, words: Wording) -> str | int | float:
    """What was typed as a value of JSON; a day becomes days before the day of the application, where that is known."""
    if asked is not None and (options := options_of(asked, words)):
        return _level(line.value.casefold(), asked.column.kind, options, words)
    column = _COLUMNS.get(line.column)
    if column is not None and column.kind in _TEXTS:
        return line.value
    found = number(line.value, "fr" if words.language == "fr" else "en")
    if isinstance(found, Decimal):
        return int(found) if found == found.to_integral_value() else float(found)
    if column is None and found is not Fault.AMBIGUOUS:
        return line.value
    when = day(line.value)
    if column is not None and column.kind is Kind.DAYS and applied is not None and isinstance(when, date):
        return days_between(applied, when)
    raise _NoValueError(words.text("page.correction.wrong.number"))


def _level(typed: str, kind: Kind, options: Sequence[tuple[str, str]], words: Wording) -> str | int:
    """One of the values that there are, by its code or as the page says it."""
    for level, said in options:
        if typed in {level.casefold(), said.casefold()}:
            return int(level) if kind is Kind.FLAG else level
    known = ", ".join(said for _, said in options[:MOST_SAID]) + (" …" if len(options) > MOST_SAID else "")
    raise _NoValueError(words.text("page.correction.wrong.level", known=known))


def _placed(lines: list[_Line], problems: tuple[Problem, ...], words: Wording) -> tuple[list[_Line], list[str]]:
    """Problems at the line whose column they are about; the others above the form."""
    by_column = {problem.pointer.rpartition("/")[2]: _sentence(problem, words) for problem in problems}
    placed = [replace(line, wrong=by_column.pop(line.column, "") if line.column else "") for line in lines]
    return placed, list(dict.fromkeys(by_column.values()))


def _sentence(problem: Problem, words: Wording) -> str:
    try:
        text = rule_of(problem.code).text
    except KeyError:
        return words.text("page.correction.wrong.other")
    return text.fr if words.language == "fr" else text.en


async def _shown(
    request: Request,
    language: Lang,
    key: str,
    session: Session,
    *,
    lines: list[_Line] | None = None,
    said: Mapping[str, str] | None = None,
    general: list[str] | None = None,
) -> Response:
    live = live_of(request)
    sent = await live.threads.run(lambda: live.parts.service.application(session.principal, key))
    words = words_of(request, language)
    known = {name: value for name, value in sent.items() if name not in _FIXED}
    recorded = sorted(
        (column_label(name, words), name, "" if value is None else column_value(value, name, words), _raw(value))
        for name, value in known.items()
    )
    absent = sorted((column_label(name, words), name) for name in _COLUMNS if name not in sent and name not in _FIXED)
    return page(
        request,
        "correction.html",
        language=language,
        title=words.text("page.correction.title"),
        session=session,
        status=200 if lines is None else 422,
        id=key,
        recorded=recorded,
        absent=absent,
        lines=lines or [_Line(column="", value="")] * LINES,
        reason=(said or {}).get("reason", ""),
        key=(said or {}).get("key", "") or new_id(),
        applied=sent.get(DATE) or "",
        general=general or [],
        most=MOST_REASON,
    )


def _raw(value: object) -> str:
    return "" if value is None else str(value)
