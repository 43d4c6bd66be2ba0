"""Letters about a decision: read on a page first, then taken as PDF; every look is recorded by the service."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from garant.api.live import live_of
from garant.api.problems import CONFLICT, UNAVAILABLE
from garant.dashboard.access import Lang, require
from garant.dashboard.pages import page, words_of
from garant.dashboard.sessions import Session
from garant.decisions.access import Scope
from garant.decisions.record import Language
from garant.exceptions import MissingPartError, NoLetterError
from garant.reports.client_letter import Letter, LetterKind, letter_pdf

router = APIRouter(include_in_schema=False)

Reader = Annotated[Session, Depends(require(Scope.READ))]
Kind = Annotated[LetterKind | None, Query()]
In = Annotated[Language | None, Query(alias="in")]


@router.get("/{lang}/decisions/{id_}/letter")
async def show(request: Request, lang: Lang, id_: str, session: Reader, kind: Kind = None, in_: In = None) -> Response:
    """Show a letter before it is sent, with the choice of its kind and language."""
    language = in_ or lang
    try:
        letter = await _letter(request, session, id_, kind=kind, language=language)
    except NoLetterError as error:
        return _none(request, lang, session, id_, error, language=language)
    return _page(request, lang, session, id_, letter=letter, kinds=letter.possible, letter_language=language)


@router.get("/{lang}/decisions/{id_}/letter.pdf")
async def download(
    request: Request, lang: Lang, id_: str, session: Reader, kind: Kind = None, in_: In = None
) -> Response:
    """Give a letter as PDF."""
    language = in_ or lang
    try:
        letter = await _letter(request, session, id_, kind=kind, language=language)
        content = await live_of(request).threads.run(letter_pdf, letter)
    except NoLetterError as error:
        return _none(request, lang, session, id_, error, language=language)
    except MissingPartError:
        return _page(request, lang, session, id_, problem="page.letter.none.no_pdf", status=UNAVAILABLE)
    headers = {
        "Content-Disposition": f'attachment; filename="{letter.file_name}"',
        "Content-Language": letter.language,
        "Vary": "Cookie",
    }
    return Response(content, headers=headers, media_type="application/pdf")


async def _letter(
    request: Request, session: Session, id_: str, *, kind: LetterKind | None, language: Language
) -> Letter:
    live = live_of(request)
    service = live.parts.service
    return await live.threads.run(lambda: service.letter(session.principal, id_, kind=kind, language=language))


def _none(
    request: Request, lang: Lang, session: Session, id_: str, error: NoLetterError, *, language: Language
) -> Response:
    """Say why there is no such letter, and offer those that there are."""
    kinds = tuple(LetterKind(each) for each in error.possible)
    problem = f"page.letter.none.{error.reason}"
    return _page(request, lang, session, id_, kinds=kinds, letter_language=language, problem=problem, status=CONFLICT)


def _page(
    request: Request,
    lang: Lang,
    session: Session,
    id_: str,
    *,
    letter: Letter | None = None,
    kinds: tuple[LetterKind, ...] = (),
    letter_language: Language | None = None,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    return page(
        request,
        "letter.html",
        language=lang,
        title=words_of(request, lang).text("page.letter.title"),
        session=session,
        status=status,
        id=id_,
        letter=letter,
        kinds=kinds,
        letter_language=letter_language or lang,
        languages={"fr": "Français", "en": "English"},
        problem=problem,
    )
