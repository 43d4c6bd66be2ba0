"""What a page says when it cannot show what was asked for: in words of the language, with the id in the log."""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from garant.api.languages import chosen_language
from garant.api.live import live_of
from garant.api.problems import NOT_FOUND, RefusedError, kind_of, request_id
from garant.dashboard.fragments import is_part
from garant.dashboard.pages import go_to, page, words_of
from garant.dashboard.parts import sessions_of
from garant.decisions.record import Language
from garant.exceptions import GarantError


async def tell_refused(request: Request, error: Exception) -> Response:
    """Tell a refusal of the pages themselves."""
    assert isinstance(error, RefusedError)  # noqa: S101 - what the handler is registered for
    request.scope["garant.problem"] = error.kind.slug
    return problem_page(request, error.kind.status, slug=error.kind.slug, headers=error.headers)


async def tell_error(request: Request, error: Exception) -> Response:
    """Tell an error of garant, by the table of the API."""
    assert isinstance(error, GarantError)  # noqa: S101 - as above
    kind = kind_of(error)
    request.scope["garant.problem"], request.scope["garant.error"] = kind.slug, type(error).__name__
    return problem_page(request, kind.status, slug=kind.slug, headers=kind.headers)


async def tell_http(request: Request, error: Exception) -> Response:
    """Tell what routing found: no such page, or another method."""
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    return problem_page(request, error.status_code, slug="http")


async def tell_wrong_address(request: Request, error: Exception) -> Response:  # noqa: ARG001 - a handler's signature
    """Tell that an address holds what no page has."""
    return problem_page(request, NOT_FOUND, slug="http")


async def ask_to_log_in(request: Request, error: Exception) -> Response:  # noqa: ARG001 - as above
    """Lead to the page where one logs in, and back afterwards."""
    language = language_of(request)
    back = f"?next={quote(request.url.path)}" if request.method == "GET" else ""
    address = f"/{language}/login{back}"
    if is_part(request):
        # A part of a page was asked for: the whole page goes there, and comes back to what it showed.
        shown = shown_address(request)
        back = f"?next={quote(shown)}" if shown else ""
        return Response(status_code=200, headers={"HX-Redirect": f"/{language}/login{back}"})
    return go_to(address)


def problem_page(request: Request, status: int, *, slug: str, headers: Mapping[str, str] | None = None) -> Response:
    """Page that says what is wrong."""
    language = language_of(request)
    words = words_of(request, language)
    key = next(
        (each for each in (f"page.problem.{slug}", f"page.problem.{status}") if words.has(each)), "page.problem.other"
    )
    shown = "_problem.html" if is_part(request) else "problem.html"
    return page(
        request,
        shown,
        language=language,
        title=words.text("page.problem.title"),
        session=sessions_of(request).of(request),
        status=status,
        headers=headers,
        said=words.text(key),
        again=shown_address(request) or f"/{language}/",
        log_id=request_id(request),
    )


def shown_address(request: Request) -> str:
    """Path of the page that a script asked from; empty where it does not say."""
    return urlsplit(request.headers.get("hx-current-url", "")).path


def language_of(request: Request) -> Language:
    """Language of the address, else the one that the browser wants."""
    first = request.url.path.split("/")[1]
    if first == "fr":
        return "fr"
    if first == "en":
        return "en"
    return chosen_language(request.headers.getlist("accept-language"), live_of(request).options.language)
