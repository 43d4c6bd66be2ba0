"""An application as it is typed: the request that it makes of the service, or what is wrong with it, by field."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from garant.dashboard.application_form import Application, read_application
from garant.dashboard.child_records import (
    FILE,
    NO_ROWS,
    ChildRecords,
    Source,
    packed,
    read_file,
    unpacked,
    with_ticks,
)
from garant.dashboard.typed_values import Fault, day
from garant.decisions.access import Principal
from garant.decisions.record import Language
from garant.exceptions import Problem, RecordsError
from garant.policy.external_checks import FIELD as CHECKS
from garant.runs.deciding.asked_columns import APPLICATION
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.request import NOTICE
from garant.runs.deciding.service import DecisionService

SOURCE, PACKED, FILE_NAME = "source", "packed", "file_name"

CHECK_PARTS = ("date", "result", "reference")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a form holds.

    Parameters
    ----------
    typed : mapping of str to str
        Texts by field, as they are shown again.
    application : Application
        What the fields of the application say.
    records : ChildRecords
        What hangs on it.
    body : bytes
        Request for the service.
    problems : sequence of Problem
        Everything that is wrong; then `body` is not to be sent.
    """

    typed: Mapping[str, str]
    application: Application
    records: ChildRecords = field(default_factory=ChildRecords)
    body: bytes = field(default=b"", repr=False)
    problems: Sequence[Problem] = ()

    def with_problems(self, problems: Sequence[Problem], decider: Decider) -> "Draft":
        """The same with what is wrong; a file that is wrong is not kept."""
        source = self.typed.get(SOURCE)
        is_wrong = any(field_of(problem, decider, source) == FILE for problem in problems)
        typed = {**self.typed, PACKED: ""} if is_wrong else self.typed
        return replace(self, typed=typed, problems=problems)


def draft_of(
    service: DecisionService,
    principal: Principal,
    typed: Mapping[str, str],
    upload: bytes | None,
    *,
    language: Language,
    today: date,
) -> Draft:
    """Read a form; asks the service for everything that its rules find wrong.

    Parameters
    ----------
    service : DecisionService
        Whose rules count; reads the store of clients where the form asks for it.
    principal : Principal
        Who typed.
    typed : mapping of str to str
        Texts by field.
    upload : bytes or None
        A file that was chosen.
    language : {"fr", "en"}
        How numbers are written.
    today : date
        No application was made later.
    """
    decider = service.decider
    application = read_application(decider.asked, typed, language, today)
    records = _records(service, principal, typed, upload, application.client)
    records = with_ticks(records, _ticked(decider, typed))
    checks, of_checks = _checks(decider, typed)
    body = _body(application, records, checks, typed.get(NOTICE))
    problems = [*application.problems, *records.problems, *of_checks]
    if problems:
        # What could not be read is missing in the body, which the rules would tell a second time.
        known = {problem.pointer for problem in problems}
        more = service.problems_of(principal, body)
        problems += [each for each in more if each.pointer not in known]
    is_file = typed.get(SOURCE) == Source.FILE or bool(upload)
    source = {SOURCE: str(Source.FILE)} if is_file and not _is_both(typed, upload) else {}
    draft = Draft(
        typed={**typed, **source, PACKED: packed(records.tables) if is_file and records.tables else ""},
        application=application,
        records=records,
        body=body,
    )
    return draft.with_problems(problems, decider)


def _is_both(typed: Mapping[str, str], upload: bytes | None) -> bool:
    return typed.get(SOURCE) == Source.STORE and bool(upload)


def _records(
    service: DecisionService,
    principal: Principal,
    typed: Mapping[str, str],
    upload: bytes | None,
    client: int | None,
) -> ChildRecords:
    source = typed.get(SOURCE)
    if _is_both(typed, upload):
        text = "a file was chosen, and the records of the store were asked for"
        return ChildRecords(problems=[Problem(f"/{SOURCE}", "form.file_and_store", text)])
    if source == Source.STORE:
        return _of_store(service, principal, client)
    if upload:
        return read_file(upload, client)
    if source == Source.FILE:
        return read_file(unpacked(typed.get(PACKED, "")), client)
    return ChildRecords()


def _of_store(service: DecisionService, principal: Principal, client: int | None) -> ChildRecords:
    if client is None:
        # The number of the application is missing or wrong, and told to be.
        return ChildRecords()
    try:
        return ChildRecords(tables=service.kept_records(principal, client))
    except RecordsError as error:
        return ChildRecords(problems=[Problem(f"/{SOURCE}", each.code, each.text) for each in error.problems])


def _ticked(decider: Decider, typed: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in decider.reader.names[1:] if f"{NO_ROWS}.{name}" in typed)


def _checks(decider: Decider, typed: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """External checks of which anything was typed."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in decider.policy.external_checks:
        said = {part: typed.get(f"check.{name}.{part}", "").strip() for part in CHECK_PARTS}
        check: dict[str, Any] = {part: text for part, text in said.items() if text}
        if not check:
            continue
        if "date" in check:
            when = day(said["date"])
            if isinstance(when, Fault):
                del check["date"]
                problems.append(Problem(f"/{CHECKS}/{name}/date", f"form.{when}", "no day"))
            else:
                check["date"] = when.isoformat()
        found[name] = check
    return found, problems


def _body(application: Application, records: ChildRecords, checks: Mapping[str, Any], notice: str | None) -> bytes:
    sent: dict[str, Any] = {**records.tables, APPLICATION: application.row}
    if checks:
        sent[CHECKS] = checks
    if notice:
        sent[NOTICE] = notice
    return json.dumps(sent).encode()


def field_of(problem: Problem, decider: Decider, source: str | None) -> str:
    """Name of the field that a problem is shown at; empty where it is about the whole."""
    first, *rest = problem.pointer.split("/")[1:] or [""]
    if first == APPLICATION:
        return f"{APPLICATION}.{rest[0]}" if rest and rest[0] in decider.asked.by_name else ""
    if first == CHECKS:
        name, part = [*rest, "", ""][:2]
        known = name in decider.policy.external_checks
        return f"check.{name}.{part if part in CHECK_PARTS else 'result'}" if known else ""
    if first == NO_ROWS:
        return f"{NO_ROWS}.{rest[0]}"
    if first in {"client", SOURCE}:
        return SOURCE
    if first in {"", NOTICE}:
        return ""
    return SOURCE if source == Source.STORE and first != FILE else FILE
