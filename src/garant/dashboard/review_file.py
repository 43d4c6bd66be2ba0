"""The page on which a reviewer decides: the file first, then an own view, then what was proposed, then the decision."""

from collections.abc import Callable, Mapping, Sequence
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
from garant.exceptions import ActError, Problem
from garant.runs.deciding.people import DECIDED, LEAST_COMMENT, MOST_TEXT
from garant.runs.deciding.reviewing import PAPERS_GROUNDS, REVIEW_GROUNDS, VIEWS
from garant.runs.subject_application import column_label, column_value
from garant.wording.catalogue import Wording

router = APIRouter(include_in_schema=False)

Reviewer = Annotated[Session, Depends(require(Scope.REVIEW))]

FEW_ROWS = 30
"""Rows of a table that the page shows at first; all of them on demand."""


@router.get("/{lang}/reviews/{id}")  # noqa: FAST003 - a dependency reads it
async def review_file(request: Request, lang: Lang, key: Id, session: Reviewer) -> Response:
    """Show the file, and what the reviewer may see and say at this point."""
    return await _shown(request, lang, key, session)


@router.post("/{lang}/reviews/{id}/view")  # noqa: FAST003 - as above
async def note_view(request: Request, lang: Lang, key: Id, session: Reviewer, form: OwnForm) -> Response:
    """Note an own view of the file."""
    said = typed(form, "view", "note")
    service = live_of(request).parts.service
    return await _acted(
        request,
        lang,
        key,
        session,
        ("view", said),
        lambda: service.note_view(
            session.principal, key, view=said["view"], note=said["note"], person=session.name, language=lang
        ),
        f"/{lang}/reviews/{key}#proposal",
    )


@router.post("/{lang}/reviews/{id}/papers")  # noqa: FAST003 - as above
async def ask_for_papers(request: Request, lang: Lang, key: Id, session: Reviewer, form: OwnForm) -> Response:
    """Ask for papers before deciding."""
    said = typed(form, "ground", "comment")
    service = live_of(request).parts.service
    return await _acted(
        request,
        lang,
        key,
        session,
        ("papers", said),
        lambda: service.ask_for_papers(
            session.principal, key, ground=said["ground"], comment=said["comment"], person=session.name, language=lang
        ),
        f"/{lang}/reviews/{key}#history",
    )


@router.post("/{lang}/reviews/{id}/decide")  # noqa: FAST003 - as above
async def decide(request: Request, lang: Lang, key: Id, session: Reviewer, form: OwnForm) -> Response:
    """Decide; it is final then, or waits for a second reviewer."""
    said = typed(form, "outcome", "ground", "comment")
    service = live_of(request).parts.service
    return await _acted(
        request,
        lang,
        key,
        session,
        ("decide", said),
        lambda: service.review(
            session.principal,
            key,
            outcome=said["outcome"],
            ground=said["ground"],
            comment=said["comment"],
            person=session.name,
            language=lang,
        ),
        f"/{lang}/decisions/{key}",
    )


async def _acted(
    request: Request,
    language: Lang,
    key: str,
    session: Session,
    sent: tuple[str, Mapping[str, str]],
    act: Callable[[], object],
    next_: str,
) -> Response:
    try:
        await live_of(request).threads.run(act)
    except ActError as error:
        return await _shown(request, language, key, session, wrong=(*sent, error.problems))
    return go_to(next_)


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
        lambda: live.parts.service.review_file(session.principal, key, language=language)
    )
    words = words_of(request, language)
    name, said, problems = wrong or ("", {}, ())
    shows_all = request.query_params.get("rows") == "all"
    return page(
        request,
        "review.html",
        language=language,
        title=words.text("page.review.title", client=str(found["decision"]["client"])),
        session=session,
        status=422 if wrong else 200,
        case=found,
        alarms=live.parts.service.files.alarms(language),
        decision=found["decision"],
        tables=[_table(each, rows, words, None if shows_all else FEW_ROWS) for each, rows in found["rows"].items()],
        shows_all=shows_all,
        strongest=max((abs(each["effect"]) for each in found["contributions"] or ()), default=1.0),
        views=VIEWS,
        outcomes=DECIDED,
        grounds=REVIEW_GROUNDS,
        papers_grounds=PAPERS_GROUNDS,
        least=words.number(LEAST_COMMENT),
        most=MOST_TEXT,
        viewing=Act.of("view", name, said, problems, words),
        deciding=Act.of("decide", name, said, problems, words),
        asking=Act.of("papers", name, said, problems, words),
    )


def _table(name: str, rows: Sequence[Mapping[str, Any]], words: Wording, most: int | None) -> Mapping[str, Any]:
    """Rows of a table as text; columns that are empty in all of them are left out."""
    columns = list(dict.fromkeys(column for row in rows for column, value in row.items() if value is not None))
    return {
        "name": name,
        "caption": words.text(f"dictionary.table.{name}"),
        "columns": [column_label(column, words, table=name) for column in columns],
        "rows": [[_cell(row.get(column), column, name, words) for column in columns] for row in rows[:most]],
        "n": words.number(len(rows)),
        "shown": words.number(len(rows[:most])),
        "is_cut": most is not None and len(rows) > most,
    }


def _cell(value: object, column: str, table: str, words: Wording) -> str:
    return "" if value is None else column_value(value, column, words, table=table)
