"""Who asks: the API key or the signed token of the request, and whether its role may use the route."""

import re
import time
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from garant.api.live import live_of
from garant.api.logs import stage
from garant.api.machine_tokens import MOST_CHARACTERS, MachineTokens
from garant.api.problems import BAD_REQUEST, FORBIDDEN, UNAUTHORIZED, Kind, RefusedError, response
from garant.api.signed_tokens import WrongTokenError
from garant.decisions.access import Principal
from garant.decisions.access import Scope as Permission

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="garant"'}
_INVALID = {"WWW-Authenticate": 'Bearer realm="garant", error="invalid_token"'}
NO_KEY = Kind(
    status=UNAUTHORIZED,
    slug="no-key",
    detail="Send the header Authorization: Bearer KEY, once.",
    headers=_CHALLENGE,
)
WRONG_KEY = Kind(
    status=UNAUTHORIZED,
    slug="wrong-key",
    detail="This API key is unknown, expired or revoked.",
    headers=_INVALID,
)
WRONG_TOKEN = Kind(
    status=UNAUTHORIZED,
    slug="wrong-token",
    detail="This token opens nothing here. The log of the service says why, under the id that `instance` holds.",
    headers=_INVALID,
)
KEY_IN_ADDRESS = Kind(
    status=UNAUTHORIZED,
    slug="key-in-address",
    detail="An API key in an address ends in logs of others: revoke it, and send the new one in Authorization.",
    headers=_CHALLENGE,
)
NO_SCOPE = Kind(status=FORBIDDEN, slug="no-scope", detail="The role of this API key may not use this route.")
NO_QUERY = Kind(status=BAD_REQUEST, slug="query", detail="No route takes parameters in its address.")
NO_IDEMPOTENCY_KEY = Kind(
    status=BAD_REQUEST,
    slug="idempotency-key",
    detail="Send the header Idempotency-Key once: 1 to 255 visible ASCII characters, new for each new request.",
)

_BEARER = re.compile(rf"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/=-]{{1,{MOST_CHARACTERS}}})")
_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")
_KEY_LIKE = re.compile(rb"garant_[0-9a-f]{12}_|(?:^|[&?])(?:access_token|api_?key|authorization)=", re.IGNORECASE)


def require(scope: Permission) -> Callable[[Request], Awaitable[Principal]]:
    """Dependency that gives who asks, when they have `scope` and do not ask too often."""

    async def principal(request: Request) -> Principal:
        who = await authenticated(request)
        if not who.may(scope):
            raise RefusedError(NO_SCOPE)
        return who

    return principal


async def authenticated(request: Request) -> Principal:
    """Whoever the API key of the request belongs to, or whoever its token names.

    Raises
    ------
    RefusedError
        401 without a key or token that is good, 429 when it comes too often.
    ProviderError
        When the issuer of the token cannot be asked for its keys.
    """
    since = time.perf_counter()
    live = live_of(request)
    values = request.headers.getlist("authorization")
    found = _BEARER.fullmatch(values[0]) if len(values) == 1 else None
    if found is None:
        raise RefusedError(NO_KEY, header="Authorization")
    keys, tokens = live.parts.keys, live.parts.tokens
    # A token has dots between its parts, and no key has any.
    if tokens is not None and "." in found[1]:
        who = await _named_by_token(request, tokens, found[1])
    else:
        # A thread for what needs none would wait behind those that decide.
        who = keys.recognised(found[1]) or await live.threads.run(keys.authenticate, found[1])
    if who is None:
        raise RefusedError(WRONG_KEY, header="Authorization")
    request.scope["garant.principal"] = who
    live.limit.take(who.id)
    stage(request, "access", since)
    return who


async def _named_by_token(request: Request, tokens: MachineTokens, text: str) -> Principal:
    try:
        return tokens.recognised(text) or await live_of(request).outside.run(tokens.authenticate, text)
    except WrongTokenError as error:
        request.scope["garant.error"] = f"token:{error.reason}"
        raise RefusedError(WRONG_TOKEN, header="Authorization") from error


async def idempotency_key(request: Request) -> str:
    """Key that makes a repeated request the same request.

    Raises
    ------
    RefusedError
        400 when there is none, several, or one that is no visible ASCII.
    """
    values = request.headers.getlist("idempotency-key")
    if len(values) != 1 or not _VISIBLE.fullmatch(values[0]):
        raise RefusedError(NO_IDEMPOTENCY_KEY, header="Idempotency-Key")
    return values[0]


class PlainAddresses:
    """Refuse addresses with a key or with parameters: what stands in an address ends in logs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        kind = _wrong_address(scope) if scope["type"] == "http" else None
        if kind is None:
            await self._app(scope, receive, send)
            return
        scope["garant.problem"] = kind.slug
        await response(kind, instance=scope["garant.request_id"], headers=kind.headers)(scope, receive, send)


def _wrong_address(scope: Scope) -> Kind | None:
    query = scope["query_string"]
    if _KEY_LIKE.search(query) or b"garant_" in scope.get("raw_path", b"").lower():
        return KEY_IN_ADDRESS
    return NO_QUERY if query and scope["path"].startswith("/v1/") else None
