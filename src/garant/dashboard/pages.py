"""From values to a page: templates, the words of one language, and the headers of every page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Match

from garant import __version__
from garant.api.live import live_of
from garant.dashboard.navigation import entries_for
from garant.dashboard.sessions import Session
from garant.dashboard.static_files import address_of
from garant.decisions.record import Language
from garant.wording.catalogue import Wording

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing evaluated, nothing from another host."""

TIME_ZONE = ZoneInfo("Europe/Paris")
"""Zone of times on pages; records keep UTC."""


@dataclass(frozen=True, slots=True)
class Words:
    """What templates write with: texts and numbers of one language."""

    wording: Wording

    def time(self, at: str) -> str:
        """Date and time of an ISO text in UTC, as a person reads it."""
        when = datetime.fromisoformat(at).astimezone(TIME_ZONE)
        return format_datetime(when, "d MMM y HH:mm", locale=self.wording.locale)


def page(
    request: Request,
    template: str,
    *,
    language: Language,
    title: str,
    session: Session | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> Response:
    """Answer with the page that `template` makes of `values`.

    Parameters
    ----------
    request : Request
        What is answered.
    template : str
        File name inside ``templates``; one whose name begins with ``_`` is a part of a page.
    language : {"fr", "en"}
        Language of the page.
    title : str
        Of the document.
    session : Session or None
        Who is logged in.
    status : int
        Status of HTTP.
    headers : mapping of str to str or None
        Headers beside those of every page.
    values : object
        What the template shows; whatever is no markup of the template is escaped.
    """
    words = words_of(request, language)
    text = (
        _environment()
        .get_template(template)
        .render(
            language=language,
            title=title,
            session=session,
            navigation=entries_for(session),
            other_language=other_language_address(request, language),
            version=__version__,
            asset=address_of,
            words=words,
            text=words.text,
            time=Words(words).time,
            **values,
        )
    )
    return HTMLResponse(
        text,
        status,
        {
            "Content-Security-Policy": CONTENT_SECURITY_POLICY,
            "Content-Language": language,
            "Vary": "Cookie",
            **(headers or {}),
        },
    )


def words_of(request: Request, language: Language) -> Wording:
    """Words of `language`, with the currency of the lender and the texts of its own columns."""
    decider = live_of(request).parts.service.decider
    return decider.words(language)


def go_to(address: str) -> Response:
    """Answer to a form: the browser asks for `address` next."""
    return RedirectResponse(address, 303)


def other_language_address(request: Request, language: Language) -> str:
    """The same page in the other language."""
    other = "en" if language == "fr" else "fr"
    path = request.url.path
    if request.method == "POST":
        path = _readable(request, path)
    rest = path[len(language) + 1 :] if path.startswith(f"/{language}/") else "/"
    query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""
    return f"/{other}{rest}{query}"


def _readable(request: Request, path: str) -> str:
    """Address of the page that a form was sent from: the nearest one above `path` that can be looked at."""
    routes = request.app.routes
    while path.count("/") > 1:
        scope = {**request.scope, "method": "GET", "path": path, "root_path": ""}
        if any(route.matches(scope)[0] is Match.FULL for route in routes):
            return path
        path = path.rpartition("/")[0]
    return path


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("garant.dashboard"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
