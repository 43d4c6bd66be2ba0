"""Logging in and out. On this machine alone anybody may say who they are; elsewhere the identity provider says it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from garant.api.claimed_roles import OWNER
from garant.api.problems import FORBIDDEN, NOT_FOUND, UNAVAILABLE, Kind, RefusedError
from garant.dashboard.access import Lang, OwnForm, plain_form
from garant.dashboard.oidc import NAME
from garant.dashboard.pages import go_to, page, words_of
from garant.dashboard.parts import dashboard_of, sessions_of
from garant.dashboard.problems import language_of
from garant.dashboard.sessions import Session
from garant.decisions.access import Principal, Role

router = APIRouter(include_in_schema=False)

NO_LOCAL_LOGIN = Kind(
    status=NOT_FOUND, slug="no-local-login", detail="Here people log in with the identity provider of the lender."
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a login at the identity provider came to nothing.

    Parameters
    ----------
    text : str
        Id of what the page says.
    status : int
        Status of HTTP.
    """

    text: str
    status: int = FORBIDDEN


REFUSALS: Mapping[str, Refusal] = MappingProxyType(
    {
        "denied": Refusal("page.login.refused.denied"),
        "stale": Refusal("page.login.refused.stale"),
        "answer": Refusal("page.login.refused.answer"),
        "role": Refusal("page.login.refused.role"),
        "owner": Refusal("page.login.refused.owner"),
        "name": Refusal("page.login.refused.name"),
        "provider": Refusal("page.login.refused.provider", UNAVAILABLE),
    }
)
"""By the word in the address of the login page: nothing that a provider says is ever shown."""

_PATH = re.compile(r"/(fr|en)/[\w./%~-]*")


@router.get("/")
async def first(request: Request) -> Response:
    """Lead to the language that the browser wants."""
    return go_to(f"/{language_of(request)}/")


@router.get("/{lang}/login")
async def ask(request: Request, lang: Lang) -> Response:
    """Show how one logs in, and why a login came to nothing."""
    refusal = REFUSALS.get(request.query_params.get("refused", ""))
    if refusal is None:
        return _login_page(request, lang)
    return _login_page(request, lang, problem=refusal.text, status=refusal.status)


@router.post("/{lang}/login")
async def log_in(request: Request, lang: Lang, form: Annotated[FormData, Depends(plain_form)]) -> Response:
    """Begin the session of somebody of this machine, who says name, role and branch."""
    if not dashboard_of(request).options.local_login:
        raise RefusedError(NO_LOCAL_LOGIN)
    name, role, owner = (str(form.get(field, "")).strip() for field in ("name", "role", "owner"))
    if not NAME.fullmatch(name) or role not in set(Role) or not OWNER.fullmatch(owner):
        return _login_page(request, lang, problem="page.login.problem", name=name, role=role, owner=owner, status=422)
    principal = Principal(id=f"local:{name}", role=Role(role), owner=owner)
    response = go_to(page_of_here(str(form.get("next", "")), lang))
    sessions_of(request).begin(response, Session.new(principal, name))
    return response


@router.post("/{lang}/logout")
async def log_out(request: Request, lang: Lang, form: OwnForm) -> Response:  # noqa: ARG001 - a form of a page sent it
    """End the session."""
    response = go_to(f"/{lang}/login" if dashboard_of(request).oidc is None else f"/{lang}/logged-out")
    sessions_of(request).end(response)
    return response


def _login_page(
    request: Request,
    language: Lang,
    *,
    problem: str | None = None,
    name: str = "",
    role: str = "adviser",
    owner: str = "main",
    status: int = 200,
) -> Response:
    options = dashboard_of(request).options
    return page(
        request,
        "login.html",
        language=language,
        title=words_of(request, language).text("page.login.title"),
        status=status,
        is_local=options.local_login,
        has_provider=options.oidc is not None,
        back=page_of_here(request.query_params.get("next", ""), language),
        roles=[str(each) for each in Role],
        problem=problem,
        name=name,
        role=role,
        owner=owner,
    )


def page_of_here(path: str, language: Lang) -> str:
    """Where somebody wanted to go; only to a page of this host."""
    return path if _PATH.fullmatch(path) and "//" not in path else f"/{language}/"
