"""Every refusal looks the same: ``application/problem+json`` (RFC 9457), made here and nowhere else.

A problem says what is wrong and where, as a JSON pointer or the name of a header. It never holds a value that came in,
a path of this machine or a stack. One table says which error of garant becomes which status.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from garant.exceptions import (
    ActError,
    AlteredRecordError,
    AsideError,
    BundleError,
    ConflictError,
    DataError,
    DecisionError,
    ErasedError,
    GarantError,
    InFlightError,
    InvariantError,
    KeyReusedError,
    NotPermittedError,
    Problem,
    ProviderError,
    RecordsError,
    StorageError,
    StoreError,
    UnknownDecisionError,
    UsageError,
    WrongStateError,
)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:garant:problem:"

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 400, 401, 403, 404
CONFLICT, GONE, UNPROCESSABLE, INTERNAL, UNAVAILABLE = 409, 410, 422, 500, 503

_RETRY = MappingProxyType({"Retry-After": "1"})
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a kind of problem always says.

    Parameters
    ----------
    status : int
        Status of HTTP.
    slug : str
        Last part of the problem's ``type``; stable, for programs.
    detail : str
        What is wrong and what to do, in English; for people.
    headers : mapping of str to str
        Headers that go with it.
    """

    status: int
    slug: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS)


class RefusedError(Exception):
    """A request that the API itself refuses, before any part of garant sees it.

    Parameters
    ----------
    kind : Kind
        What is told.
    errors : sequence of Problem
        What is wrong in detail, each with a JSON pointer.
    header : str or None
        Header that is wrong.
    headers : mapping of str to str or None
        Headers beside those of the kind.
    """

    def __init__(
        self,
        kind: Kind,
        *,
        errors: Sequence[Problem] = (),
        header: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind, self.errors, self.header = kind, tuple(errors), header
        self.headers = {**kind.headers, **(headers or {})}
        super().__init__(kind.slug)


RECORDS = Kind(
    status=UNPROCESSABLE,
    slug="records",
    detail="These records break rules, which `errors` lists. Nothing was decided and nothing recorded.",
)
FORM = Kind(
    status=BAD_REQUEST,
    slug="json",
    detail="The body is no JSON; `errors` says where. Nothing was decided and nothing recorded.",
)
INTERNAL_ERROR = Kind(
    status=INTERNAL,
    slug="internal",
    detail="garant found itself inconsistent and withholds the result. Report the id that `instance` holds.",
)

TABLE: Mapping[type[GarantError], Kind] = MappingProxyType(
    {
        RecordsError: RECORDS,
        ActError: Kind(
            status=UNPROCESSABLE,
            slug="records",
            detail="The body breaks rules, which `errors` lists. Nothing was changed.",
        ),
        DataError: Kind(
            status=UNPROCESSABLE, slug="data", detail="The data do not allow this. Nothing was decided or recorded."
        ),
        UsageError: Kind(
            status=UNPROCESSABLE, slug="request", detail="The request names something that this service does not know."
        ),
        UnknownDecisionError: Kind(
            status=NOT_FOUND, slug="unknown-decision", detail="There is no such decision, or none that this key sees."
        ),
        NotPermittedError: Kind(
            status=FORBIDDEN,
            slug="not-permitted",
            detail="This key may not do this, or another person than the one who acted before must do it.",
        ),
        InFlightError: Kind(
            status=CONFLICT,
            slug="in-flight",
            detail="The same request is being answered at this moment. Send it again, with the same key.",
            headers=_RETRY,
        ),
        ConflictError: Kind(
            status=CONFLICT,
            slug="conflict",
            detail="The decision is in a state that does not allow this, or somebody changed it meanwhile. Read it.",
        ),
        KeyReusedError: Kind(
            status=UNPROCESSABLE,
            slug="key-reused",
            detail="This Idempotency-Key came with another request before. Choose a new one.",
        ),
        ErasedError: Kind(
            status=GONE, slug="erased", detail="The person was erased; what was recorded can no longer be read."
        ),
        DecisionError: Kind(status=CONFLICT, slug="decision", detail="This cannot be done with the decision."),
        StoreError: Kind(
            status=UNAVAILABLE,
            slug="store",
            detail="The record store does not answer, so nothing is decided. Send the request again, same key.",
            headers=_RETRY,
        ),
        ProviderError: Kind(
            status=UNAVAILABLE,
            slug="provider",
            detail="The issuer of tokens does not answer, so no token is believed. Send the request again, same key.",
            headers=_RETRY,
        ),
        AlteredRecordError: Kind(
            status=UNAVAILABLE,
            slug="altered",
            detail="What is stored is not what was recorded. Report the id that `instance` holds.",
        ),
        StorageError: Kind(
            status=UNAVAILABLE, slug="storage", detail="A disk cannot be read or written.", headers=_RETRY
        ),
        AsideError: Kind(
            status=UNAVAILABLE,
            slug="aside",
            detail="The figures cannot be made at the moment. Decisions are not affected.",
            headers=_RETRY,
        ),
        BundleError: Kind(
            status=UNAVAILABLE, slug="bundle", detail="No trusted model can be used, so nothing is decided."
        ),
        InvariantError: INTERNAL_ERROR,
        GarantError: INTERNAL_ERROR,
    }
)
"""Which error becomes which problem: the nearest class above the error's own wins."""


_NO_JSON = frozenset({"json.empty", "json.bom", "json.encoding", "json.syntax"})
"""Codes that say that the body cannot be read at all."""


def kind_of(error: GarantError) -> Kind:
    """Kind of problem that `error` becomes."""
    if isinstance(error, RecordsError) and any(problem.code in _NO_JSON for problem in error.problems):
        return FORM
    if isinstance(error, WrongStateError):
        return replace(TABLE[ConflictError], detail=str(error))
    return next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)


def content(kind: Kind, *, instance: str, errors: Sequence[Mapping[str, str]] = ()) -> dict[str, Any]:
    """What the body of a problem says; `instance` is the id of the request."""
    return {
        "type": f"{TYPE_PREFIX}{kind.slug}",
        "title": HTTPStatus(kind.status).phrase,
        "status": kind.status,
        "detail": kind.detail,
        "instance": f"urn:uuid:{instance}",
        **({"errors": list(errors)} if errors else {}),
    }


def listed(problems: Sequence[Problem]) -> list[dict[str, str]]:
    """Entries of ``errors``: pointer (as a fragment, like those of RFC 9457), code and text of each problem."""
    return [{"pointer": f"#{problem.pointer}", "code": problem.code, "detail": problem.text} for problem in problems]


def response(
    kind: Kind,
    *,
    instance: str,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] = _NO_HEADERS,
) -> Response:
    """Answer that tells the problem."""
    body = json.dumps(content(kind, instance=instance, errors=errors), ensure_ascii=False).encode()
    return Response(body, kind.status, {"Content-Language": "en", **headers}, media_type=MEDIA_TYPE)


def request_id(request: Request) -> str:
    """Id of the request, which the log gave it."""
    return str(request.scope["garant.request_id"])


async def tell_refused(request: Request, error: Exception) -> Response:
    """Tell a `RefusedError`."""
    assert isinstance(error, RefusedError)  # noqa: S101 - what the handler is registered for
    errors = listed(error.errors)
    if error.header:
        errors.append({"header": error.header, "code": error.kind.slug, "detail": error.kind.detail})
    return _told(request, error.kind, errors, error.headers)


async def tell_error(request: Request, error: Exception) -> Response:
    """Tell an error of garant, by the table."""
    assert isinstance(error, GarantError)  # noqa: S101 - as above
    kind = kind_of(error)
    request.scope["garant.error"] = type(error).__name__
    problems = error.problems if isinstance(error, RecordsError) else ()
    return _told(request, kind, listed(problems), kind.headers)


async def tell_http(request: Request, error: Exception) -> Response:
    """Tell what routing found: no such route, or another method."""
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    details = {
        NOT_FOUND: "There is nothing here. The routes are in docs/openapi.json of garant.",
        405: "This route does not know the method; the header Allow says which it knows.",
    }
    slug = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    kind = Kind(status=error.status_code, slug=slug, detail=details.get(error.status_code, "The request is refused."))
    return _told(request, kind, (), error.headers or {})


def _told(request: Request, kind: Kind, errors: Sequence[Mapping[str, str]], headers: Mapping[str, str]) -> Response:
    request.scope["garant.problem"] = kind.slug
    return response(kind, instance=request_id(request), errors=errors, headers=headers)
