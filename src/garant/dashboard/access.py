"""Who may see a page: the session, the role by the table of the API, and forms that only garant's own pages send."""

import hmac
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Path
from starlette.datastructures import FormData
from starlette.requests import Request

from garant.api.access import NO_SCOPE
from garant.api.live import live_of
from garant.api.problems import FORBIDDEN, Kind, RefusedError
from garant.dashboard.parts import sessions_of
from garant.dashboard.sessions import Session
from garant.decisions.access import Scope
from garant.decisions.record import Language

FOREIGN_FORM = Kind(
    status=FORBIDDEN,
    slug="foreign-form",
    detail="This form was not sent from a page of this session. Open the page again and send it from there.",
)
FORM_TOO_LARGE = Kind(status=413, slug="too-large", detail="The form is larger than garant accepts.")

MOST_FORM_BYTES = 512 * 1024
"""Of a form with a file of one application, which is at most 256 kB."""

CSRF_FIELD = "csrf"

Lang = Annotated[Language, Path(alias="lang")]


class NotLoggedInError(Exception):
    """Nobody is logged in; the page to log in comes next."""


def require(*scopes: Scope) -> Callable[[Request], Awaitable[Session]]:
    """Dependency that gives who is logged in, when their role has one of `scopes`; any role when there is none."""

    async def session(request: Request) -> Session:
        found = sessions_of(request).of(request)
        if found is None:
            raise NotLoggedInError
        request.scope["garant.principal"] = found.principal
        live_of(request).limit.take(found.principal.id)
        if scopes and not any(found.principal.may(scope) for scope in scopes):
            raise RefusedError(NO_SCOPE)
        return found

    return session


async def own_form(request: Request) -> AsyncGenerator[FormData]:
    """Fields of a form that a page of the same session sent.

    Raises
    ------
    RefusedError
        403 when it comes from elsewhere, 413 when it is too large.
    """
    session = sessions_of(request).of(request)
    if session is None:
        raise NotLoggedInError
    fields = await plain_form(request)
    try:
        token = fields.get(CSRF_FIELD)
        if not isinstance(token, str) or not hmac.compare_digest(token.encode(), session.csrf.encode()):
            raise RefusedError(FOREIGN_FORM)
        yield fields
    finally:
        # A file that was sent goes with the request.
        await fields.close()


async def plain_form(request: Request) -> FormData:
    """Fields of a form that this host's own pages sent, logged in or not; the browser says where it comes from."""
    if not _is_same_origin(request):
        raise RefusedError(FOREIGN_FORM)
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_FORM_BYTES:
        raise RefusedError(FORM_TOO_LARGE)
    return await request.form(max_files=1, max_fields=1_000, max_part_size=MOST_FORM_BYTES)


def _is_same_origin(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


OwnForm = Annotated[FormData, Depends(own_form)]
