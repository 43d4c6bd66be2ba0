"""Letters about a decision: read on a page first, then taken as PDF; every look is recorded by the service."""

from dataclasses import dataclass
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
    asked = _Asked(request, session, lang, id_, in_ or lang)
    try:
        letter = await asked.letter(kind)
    except NoLetterError as error:
        return asked.none(error)
    return asked.page(letter=letter, kinds=letter.possible)


@router.get("/{lang}/decisions/{id_}/letter.pdf")
async def download(
    request: Request, lang: Lang, id_: str, session: Reader, kind: Kind = None, in_: In = None
) -> Response:
    """Give a letter as PDF."""
    asked = _Asked(request, session, lang, id_, in_ or lang)
    try:
        letter = await asked.letter(kind)
        content = await live_of(request).threads.run(letter_pdf, letter)
    except NoLetterError as error:
        return asked.none(error)
    except MissingPartError:
        return asked.page(problem="page.letter.none.no_pdf", status=UNAVAILABLE)
    headers = {
        "Content-Disposition": f'attachment; filename="{letter.file_name}"',
        "Content-Language": letter.language,
        "Vary": "Cookie",
    }
    return Response(content, headers=headers, media_type="application/pdf")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A letter that somebody asks for, on a page in one language, itself in the same or the other one."""

    request: Request
    session: Session
    lang: Language
    id: str
    language: Language

    async def letter(self, kind: LetterKind | None) -> Letter:
        live = live_of(self.request)
        service, principal = live.parts.service, self.session.principal
        return await live.threads.run(lambda: service.letter(principal, self.id, kind=kind, language=self.language))

    def none(self, error: NoLetterError) -> Response:
        """Say why there is no such letter, and offer those that there are."""
        kinds = tuple(LetterKind(each) for each in error.possible)
        return self.page(kinds=kinds, problem=f"page.letter.none.{error.reason}", status=CONFLICT)

    def page(
        self,
        *,
        letter: Letter | None = None,
        kinds: tuple[LetterKind, ...] = (),
        problem: str | None = None,
        status: int = 200,
    ) -> Response:
        return page(
            self.request,
            "letter.html",
            language=self.lang,
            title=words_of(self.request, self.lang).text("page.letter.title"),
            session=self.session,
            status=status,
            id=self.id,
            letter=letter,
            kinds=kinds,
            letter_language=self.language,
            languages={"fr": "Français", "en": "English"},
            problem=problem,
        )
