"""The way to the lender's identity provider and back: routes around `garant.dashboard.oidc`."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from garant.api.live import live_of
from garant.api.problems import NOT_FOUND, Kind, RefusedError
from garant.api.signed_tokens import WrongTokenError
from garant.dashboard.access import Lang
from garant.dashboard.begun_logins import BegunLogin
from garant.dashboard.login import REFUSALS, page_of_here
from garant.dashboard.oidc import RETURN, OidcLogin
from garant.dashboard.pages import go_to, page, words_of
from garant.dashboard.parts import begun_logins_of, dashboard_of, sessions_of
from garant.dashboard.problems import language_of
from garant.dashboard.sessions import Session
from garant.decisions.record import Language
from garant.exceptions import ProviderError

router = APIRouter(include_in_schema=False)

NO_PROVIDER = Kind(status=NOT_FOUND, slug="no-provider", detail="No identity provider is set up here.")


@router.get("/{lang}/login/provider")
async def leave(request: Request, lang: Lang) -> Response:
    """Send somebody to the provider."""
    oidc = _oidc(request)
    login = BegunLogin.new(page_of_here(request.query_params.get("next", ""), lang), lang)
    try:
        response = go_to(await live_of(request).outside.run(oidc.address, login, _here(request, oidc) + RETURN))
    except ProviderError:
        return _refused(request, "provider", language=lang, back=login.back)
    begun_logins_of(request).begin(response, login)
    return response


@router.get(RETURN)
async def come_back(request: Request) -> Response:
    """Begin the session of whoever the provider sends back."""
    oidc, begun = _oidc(request), begun_logins_of(request)
    login, answer = begun.of(request), _answer(request)
    if login is None or answer is None or not login.began(answer.get("state", "")):
        # Where a login is on its way it goes on: this answer is none to it.
        language = language_of(request) if login is None else login.language
        return _refused(request, "stale", language=language, back=f"/{language}/")
    try:
        person = await live_of(request).outside.run(oidc.person, answer, login, _here(request, oidc) + RETURN)
    except WrongTokenError as error:
        request.scope["garant.error"] = f"login:{error.reason}"
        known = error.reason if error.reason in REFUSALS else "answer"
        response = _refused(request, known, language=login.language, back=login.back)
    except ProviderError:
        response = _refused(request, "provider", language=login.language, back=login.back)
    else:
        request.scope["garant.principal"] = person.principal
        response = go_to(login.back)
        sessions_of(request).begin(response, Session.new(person.principal, person.name))
    begun.end(response)
    return response


@router.get("/{lang}/logged-out")
async def logged_out(request: Request, lang: Lang) -> Response:
    """Say that the session here has ended, and how that at the provider ends too."""
    oidc = _oidc(request)
    # A page may send forms to this host alone, redirects included, so the way to the provider is a link.
    elsewhere = await live_of(request).outside.run(oidc.logout_address, f"{_here(request, oidc)}/", lang)
    title = words_of(request, lang).text("page.logged-out.title")
    return page(request, "logged_out.html", language=lang, title=title, elsewhere=elsewhere)


def _oidc(request: Request) -> OidcLogin:
    found = dashboard_of(request).oidc
    if found is None:
        raise RefusedError(NO_PROVIDER)
    return found


def _here(request: Request, oidc: OidcLogin) -> str:
    """Where browsers reach the pages."""
    return oidc.options.public_url or str(request.base_url).rstrip("/")


def _answer(request: Request) -> dict[str, str] | None:
    """Parameters of the address; None where one stands there twice."""
    pairs = request.query_params.multi_items()
    return dict(pairs) if len(dict(pairs)) == len(pairs) else None


def _refused(request: Request, reason: str, *, language: Language, back: str) -> Response:
    """Lead to the login page, which says why: an address with a code in it is not one to stay at."""
    request.scope["garant.problem"] = f"login-{reason}"
    return go_to(f"/{language}/login?refused={reason}&next={quote(back)}")
