"""Parts of pages: by themselves where a script asks for them, else as whole pages, so that each works without one."""

from starlette.requests import Request
from starlette.responses import Response

from garant.dashboard.pages import page
from garant.dashboard.sessions import Session
from garant.decisions.record import Language


def is_part(request: Request) -> bool:
    """Whether a script asks for a part of a page that is shown already."""
    return "hx-request" in request.headers


def part(
    request: Request,
    template: str,
    *,
    language: Language,
    title: str,
    session: Session,
    back: tuple[str, str],
    status: int = 200,
    **values: object,
) -> Response:
    """Answer with a part, or with a page of its own that holds it.

    Parameters
    ----------
    request, language, title, session, status, values
        As those of `page`.
    template : str
        File name of the part.
    back : (str, str)
        Address and name of the page that the part belongs to.
    """
    shown = template if is_part(request) else "part.html"
    return page(
        request,
        shown,
        language=language,
        title=title,
        session=session,
        status=status,
        # One address has two answers.
        headers={"Vary": "Cookie, HX-Request"},
        part=template,
        back=back,
        **values,
    )
