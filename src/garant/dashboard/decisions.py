"""The page of a recorded decision: what was decided and why, what happened since, and what the role may do about it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from garant.api.live import live_of
from garant.api.routes_records import Id
from garant.dashboard.access import Lang, OwnForm, require
from garant.dashboard.act_forms import Act, typed
from garant.dashboard.pages import go_to, page, words_of
from garant.dashboard.sessions import Session
from garant.decisions.access import Scope
from garant.decisions.record import EventKind
from garant.exceptions import ActError, Problem
from garant.runs.deciding.people import DECIDED, GROUNDS, MOST_TEXT
from garant.runs.deciding.reviewing import BEGUN
from garant.runs.subject_application import column_label, column_value

router = APIRouter(include_in_schema=False)

Reader = Annotated[Session, Depends(require(Scope.READ))]
Confirmer = Annotated[Session, Depends(require(Scope.CONFIRM))]
Contester = Annotated[Session, Depends(require(Scope.CONTEST))]


@router.get("/{lang}/decisions/{id}")  # noqa: FAST003 - a dependency reads it
async def decision(request: Request, lang: Lang, key: Id, session: Reader) -> Response:
    """Show a decision as it stands."""
    return await _shown(request, lang, key, session)


@router.post("/{lang}/decisions/{id}/confirm")  # noqa: FAST003 - as above
async def confirm(request: Request, lang: Lang, key: Id, session: Confirmer, form: OwnForm) -> Response:
    """Make a proposal final, in the name of whoever is logged in."""
    said = typed(form, "outcome", "ground", "comment")
    live = live_of(request)
    try:
        await live.threads.run(
            lambda: live.parts.service.confirm(
                session.principal,
                key,
                person=session.name,
                outcome=said["outcome"],
                ground=said["ground"],
                comment=said["comment"],
                language=lang,
            )
        )
    except ActError as error:
        return await _shown(request, lang, key, session, wrong=("confirm", said, error.problems))
    return go_to(f"/{lang}/decisions/{key}")


@router.post("/{lang}/decisions/{id}/contest")  # noqa: FAST003 - as above
async def contest(request: Request, lang: Lang, key: Id, session: Contester, form: OwnForm) -> Response:
    """Ask for a review in the words of the person whom it is about."""
    said = typed(form, "statement")
    live = live_of(request)
    try:
        await live.threads.run(
            lambda: live.parts.service.contest(session.principal, key, statement=said["statement"], language=lang)
        )
    except ActError as error:
        return await _shown(request, lang, key, session, wrong=("contest", said, error.problems))
    return go_to(f"/{lang}/decisions/{key}")


async def _shown(
    request: Request,
    language: Lang,
    key: str,
    session: Session,
    *,
    wrong: tuple[str, Mapping[str, str], Sequence[Problem]] | None = None,
) -> Response:
    live = live_of(request)
    found: Mapping[str, Any] = await live.threads.run(
        lambda: live.parts.service.decision(session.principal, key, language=language)
    )
    words = words_of(request, language)
    corrected = await live.threads.run(lambda: live.parts.service.corrected(session.principal, key))
    is_latest = found["superseded_by"] is None
    state, may = found["state"], session.principal.may
    waits = is_latest and (state == "contested" or (state == "proposed" and found["outcome"] == "refer"))
    name, said, problems = wrong or ("", {}, ())
    return page(
        request,
        "decision.html",
        language=language,
        title=words.text("page.decision.title", client=str(found["client"])),
        session=session,
        status=422 if wrong else 200,
        decision=found,
        withheld=found.get("withheld", False),
        corrected=[
            (column_label(name, words), *("" if each is None else column_value(each, name, words) for each in pair))
            for name, pair in corrected.items()
        ],
        alarms=live.parts.service.files.alarms(language),
        may_confirm=is_latest and state == "proposed" and may(Scope.CONFIRM) and not _has_begun(found),
        may_contest=is_latest and state in {"proposed", "final"} and may(Scope.CONTEST),
        may_correct=is_latest and may(Scope.CORRECT),
        may_export=may(Scope.EXPORT),
        may_review=waits and may(Scope.REVIEW),
        waits=waits,
        has_letter=is_latest and (state in {"final", "reviewed"} or _papers_asked(found)),
        outcomes=DECIDED,
        # There is nothing to agree with where the proposal is that a person decides.
        grounds=[each for each in GROUNDS if each != "agrees" or found["outcome"] != "refer"],
        most=MOST_TEXT,
        confirming=Act.of("confirm", name, said, problems, words),
        contesting=Act.of("contest", name, said, problems, words),
    )


def _has_begun(decision: Mapping[str, Any]) -> bool:
    """Whether a reviewer has begun with it, who then decides."""
    return any(event["kind"] in BEGUN for event in decision["events"])


def _papers_asked(decision: Mapping[str, Any]) -> bool:
    """Whether somebody who decides has asked for papers, which is told in a letter before anything is final."""
    return any(event["kind"] == EventKind.PAPERS_ASKED for event in decision["events"])
