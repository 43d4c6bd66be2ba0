"""HTTP/1.1 of the server: a request that is none gets a problem like every other, and headers must come in time."""

import asyncio
import json
import uuid
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from garant.api.headers import ALWAYS
from garant.api.problems import BAD_REQUEST, MEDIA_TYPE, Kind, content

HEADER_SECONDS = 10.0
"""From the opening of a connection to the end of the first headers: who sends a byte now and then holds no place."""

NO_REQUEST = Kind(status=BAD_REQUEST, slug="no-request", detail="This is no valid request of HTTP/1.1.")


class Protocol(H11Protocol):
    """HTTP/1.1 by h11, which is strict: two lengths, or a length beside chunks, are refused."""

    _header_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Start the clock of the first headers."""
        super().connection_made(transport)
        self._header_timer = self.loop.call_later(HEADER_SECONDS, self._close_unless_asked)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        if self._header_timer:
            self._header_timer.cancel()
        super().connection_lost(exc)

    def _close_unless_asked(self) -> None:
        if self.cycle is None and not self.transport.is_closing():  # pyright: ignore[reportUnnecessaryComparison]
            self.transport.close()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the server's own words are not ours
        """Answer what is no request, unless an answer has begun."""
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE} or self.transport.is_closing():
            self.transport.close()
            return
        body = json.dumps(content(NO_REQUEST, instance=str(uuid.uuid4()))).encode()
        headers: list[tuple[str, str]] = [
            *ALWAYS.items(),
            ("Content-Type", MEDIA_TYPE),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
        ]
        events: tuple[Any, ...] = (
            h11.Response(status_code=BAD_REQUEST, headers=headers, reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        )
        for event in events:
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
