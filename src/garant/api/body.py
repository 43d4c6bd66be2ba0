"""The body of a request: its form is checked and its bytes counted before anything reads them.

The framework's own reading is not used: it would take a body of any size, any encoding and any time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import Request

from garant.api.problems import BAD_REQUEST, Kind, RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLimit:
    """How much of a body is taken, and how long is waited for it.

    Parameters
    ----------
    size : int
        Bytes.
    seconds : float
        From the end of the headers to the last byte.
    """

    size: int
    seconds: float


ONE = BodyLimit(size=256 * 1024, seconds=5)
"""One application: of those of the synthetic lender 99 in 100 have at most 131 kB; the largest, 1,183 rows, 163 kB."""

MANY = BodyLimit(size=48 * 1024 * 1024, seconds=30)
"""A batch: a thousand applications of the synthetic lender have 38 MB."""

_DISCARDED = 64 * 1024 * 1024
"""Bytes beyond the limit that are read and thrown away: a client that still sends would not see the answer."""

_CLOSE = {"Connection": "close"}
TOO_LARGE = Kind(status=413, slug="too-large", detail="The body has more bytes than this route takes.")
TOO_SLOW = Kind(status=408, slug="too-slow", detail="The body did not arrive in time.", headers=_CLOSE)
NOT_JSON = Kind(
    status=415, slug="not-json", detail="The body must be JSON: send the header Content-Type: application/json."
)
ENCODED = Kind(
    status=415,
    slug="encoded",
    detail="The body must come as it is, without Content-Encoding.",
    headers={"Accept-Encoding": "identity"},
)
LENGTH = Kind(status=BAD_REQUEST, slug="length", detail="Content-Length is no number of bytes.", headers=_CLOSE)


def json_body(limit: BodyLimit) -> Callable[[Request], Awaitable[bytes]]:
    """Dependency that gives the bytes of a JSON body within `limit`."""

    async def body(request: Request) -> bytes:
        return await read_body(request, limit)

    return body


async def read_body(request: Request, limit: BodyLimit) -> bytes:
    """Read the body of `request`.

    Raises
    ------
    RefusedError
        415 when it is not plain JSON, 413 when it is longer than `limit`, 408 when it takes longer.
    """
    require_json(request.headers)
    declared = declared_length(request.headers)
    if declared is not None and declared > limit.size and _is_not_worth_reading(request.headers, declared):
        raise RefusedError(TOO_LARGE, headers=_CLOSE)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(limit.seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size <= limit.size:
                    chunks.append(chunk)
                else:
                    chunks.clear()
                if size > _DISCARDED:
                    raise RefusedError(TOO_LARGE, headers=_CLOSE)
    except TimeoutError:
        # Whoever sent too much and has not ended yet is told that, not that it was slow.
        raise RefusedError(TOO_SLOW if size <= limit.size else TOO_LARGE, headers=_CLOSE) from None
    if size > limit.size:
        raise RefusedError(TOO_LARGE)
    return b"".join(chunks)


def require_json(headers: Headers) -> None:
    """Refuse a body that is not declared to be plain JSON in UTF-8."""
    types = headers.getlist("content-type")
    if len(types) != 1:
        raise RefusedError(NOT_JSON, header="Content-Type")
    media, *parameters = [part.strip().lower() for part in types[0].split(";")]
    if media != "application/json" or any(
        part.replace('"', "") not in {"", "charset=utf-8", "charset=utf8"} for part in parameters
    ):
        raise RefusedError(NOT_JSON, header="Content-Type")
    if any(value.strip().lower() != "identity" for value in headers.getlist("content-encoding")):
        raise RefusedError(ENCODED, header="Content-Encoding")


def declared_length(headers: Headers) -> int | None:
    """Bytes that Content-Length promises; None when there is none."""
    values = headers.getlist("content-length")
    if not values:
        return None
    if len(values) > 1 or not (values[0].isascii() and values[0].isdigit()):
        raise RefusedError(LENGTH, header="Content-Length")
    # More digits than any length has: int() refuses several thousand.
    return int(values[0]) if len(values[0]) <= len(str(_DISCARDED)) else _DISCARDED + 1


def _is_not_worth_reading(headers: Headers, declared: int) -> bool:
    return declared > _DISCARDED or headers.get("expect", "").lower() == "100-continue"
