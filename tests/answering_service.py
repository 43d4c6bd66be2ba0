"""A real HTTP server that answers what a test tells it to."""

import json
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DECISION: dict[str, Any] = {
    "id": "01900000-0000-7000-8000-000000000001",
    "state": "proposed",
    "at": "2026-11-29T10:00:00Z",
    "mode": "assisted",
    "outcome": "refer",
    "language": "en",
    "pd": 0.0912,
    "points": 541.0,
    "cutoff": 0.0909,
    "refer_band": [0.08, 0.1],
    "reasons": [{"code": "R1", "text": "One instalment was paid 42 days late.", "kind": "act"}],
    "rules": [],
    "warnings": [],
    "digests": {"bundle": "b", "features": "f", "policy": "p", "wording": "w"},
    "notice_id": "v1",
    "timings": {"features": 1.5},
    "something_new": 1,
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server does with one request: answers, or closes the connection without a word."""

    status: int = 200
    body: bytes = json.dumps(DECISION).encode()
    headers: dict[str, str] = field(default_factory=dict[str, str])
    hangs_up: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Service:
    """The server: `replies` are given in order, the last one for ever."""

    url: str
    replies: list[Reply] = field(default_factory=lambda: [Reply()])
    received: list[Received] = field(default_factory=list[Received])

    def next(self, request: Received) -> Reply:
        """Note the request and take its reply."""
        self.received.append(request)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def problem(status: int, kind: str, **more: object) -> Reply:
    """Answer of a service that says no (RFC 9457)."""
    said = {"type": f"urn:garant:problem:{kind}", "title": "No", "status": status, "instance": "urn:uuid:r-7", **more}
    return Reply(status, json.dumps(said).encode(), {"content-type": "application/problem+json"})


@contextmanager
def answering_service(tls: ssl.SSLContext | None = None) -> Generator[Service]:
    """A server on this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

        def do_GET(self) -> None:
            self._reply(b"")

        def do_POST(self) -> None:
            self._reply(self.rfile.read(int(self.headers["content-length"])))

        def _reply(self, body: bytes) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = found.next(Received(self.command, self.path, headers, body))
            if reply.hangs_up:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in {"content-length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    found = Service(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
