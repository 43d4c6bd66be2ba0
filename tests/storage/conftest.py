"""A bucket of the real server, reached directly or through a proxy that plays faults."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import unquote, urlsplit

import pytest

from garant.settings import Settings, load_settings

Play = Literal["slow down", "denied", "unknown", "cut", "reset", "lost", "pass"]

Server = Any
"""The running server, as the fixture gives it."""


@dataclass(slots=True)
class Fault:
    """What the proxy does to the next `times` requests of `method` whose path contains `path`."""

    method: str
    path: str
    play: Play
    times: int = 1000
    first: Callable[[], object] = lambda: None
    """Done before the request is passed on."""


@dataclass(slots=True)
class Proxy:
    """A proxy between client and server."""

    endpoint: str = ""
    faults: list[Fault] = field(default_factory=list[Fault])
    requests: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    lock: Any = field(default_factory=threading.Lock)

    def play(self, method: str, path: str) -> Fault | None:
        """Next fault for a request, noted."""
        with self.lock:
            self.requests.append((method, unquote(path)))
            for fault in self.faults:
                if fault.times and fault.method == method and fault.path in unquote(path):
                    fault.times -= 1
                    return fault
        return None

    def count(self, method: str, path: str) -> int:
        """How many requests came."""
        return sum(m == method and path in p for m, p in self.requests)


ANSWERS = {"slow down": ("SlowDown", 503), "denied": ("AccessDenied", 403), "unknown": ("NotImplemented", 501)}

ERROR = '<?xml version="1.0"?><Error><Code>{}</Code><Message>said by the proxy</Message></Error>'


class Handler(BaseHTTPRequestHandler):
    """Passes each request on, unless a fault is to be played."""

    protocol_version = "HTTP/1.1"
    proxy: ClassVar[Proxy]
    server_at: ClassVar[str]

    def handle_any(self) -> None:
        """Answer one request."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.proxy.play(self.command, self.path)
        play = "pass" if fault is None else fault.play
        if fault is not None:
            fault.first()
        if play in ANSWERS:
            code, status = ANSWERS[play]
            self.reply(status, {"Content-Type": "application/xml"}, ERROR.format(code).encode())
        elif play == "reset":
            self.close_connection = True
        else:
            status, headers, content = self.passed_on(body)
            if play == "lost":
                self.close_connection = True
            else:
                self.reply(status, headers, content, cut=play == "cut")

    def passed_on(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Answer of the server."""
        with closing(http.client.HTTPConnection(self.server_at)) as connection:
            headers = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
            connection.request(self.command, self.path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def reply(self, status: int, headers: dict[str, str], content: bytes, *, cut: bool = False) -> None:
        """Send an answer, or only its first half."""
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in {"transfer-encoding", "connection", "date", "server"}:
                self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[: len(content) // 2] if cut else content)
        self.close_connection = self.close_connection or cut

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


for _method in ("GET", "PUT", "HEAD", "POST", "DELETE"):
    setattr(Handler, f"do_{_method}", Handler.handle_any)


@pytest.fixture
def proxy(s3: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """A proxy before the server; the environment leads to it."""
    made = Proxy()
    handler = type("Planned", (Handler,), {"proxy": made, "server_at": urlsplit(s3.endpoint).netloc})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    made.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("GARANT_S3_ENDPOINT", made.endpoint)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def play(proxy: Proxy) -> Callable[..., None]:
    """Plan a fault: method, part of the path, what happens, how often, what is done first."""

    def plan(method: str, path: str, play: Play, times: int = 1000, first: Callable[[], object] = lambda: None) -> None:
        proxy.faults.append(Fault(method, path, play, times, first))

    return plan


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Settings]:
    """Settings as a command would read them, with a cache of the test's own."""
    monkeypatch.setenv("GARANT_CACHE_FOLDER", str(tmp_path / "cache"))
    return load_settings


@pytest.fixture
def client(s3: Server) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
    """Client of the administrator, without any proxy."""
    return s3.client
