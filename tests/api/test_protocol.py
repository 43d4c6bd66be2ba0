"""What is no request of HTTP gets a problem like every other, and holds no place for long."""

import json
import time

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api_world import SendRaw, Served
from garant.api.headers import SecurityHeaders


@pytest.fixture(scope="module")
def client(served: Served) -> httpx.Client:
    """An app that reads what comes and says hello."""

    async def hello(request: Request) -> Response:
        await request.body()
        return PlainTextResponse("hello", headers={"Server": "x/1.0"})

    app = Starlette(routes=[Route("/", hello, methods=["GET", "POST"])])
    app.add_middleware(SecurityHeaders)
    return served(app)


@pytest.mark.parametrize(
    "request_text",
    [
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 3\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -2\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nHost: a\r\nX-Na me: 1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"x" * 2_000_000 + b"\r\n\r\n",
    ],
    ids=range(11),
)
def test_what_is_no_request_is_a_problem_and_the_connection_ends(
    client: httpx.Client, send_raw: SendRaw, request_text: bytes
) -> None:
    head, _, body = send_raw(client, request_text).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 "), head
    assert b"application/problem+json" in head
    assert b"nosniff" in head
    assert json.loads(body)["type"] == "urn:garant:problem:no-request"
    assert client.get("/").text == "hello"


def test_a_length_beside_chunks_is_never_two_requests(client: httpx.Client, send_raw: SendRaw) -> None:
    smuggled = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    both = (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    answer = send_raw(client, both % (5 + len(smuggled)) + b"0\r\n\r\n" + smuggled)
    assert answer.count(b"HTTP/1.1 ") == 1


def test_headers_that_never_end_lose_their_connection(
    client: httpx.Client, send_raw: SendRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("garant.api.protocol.HEADER_SECONDS", 0.3)
    start = time.monotonic()
    assert send_raw(client, b"GET / HTTP/1.1\r\n", *[b"X: 1\r\n"] * 20, pause=0.1) == b""
    assert time.monotonic() - start < 5
    assert client.get("/").text == "hello"


def test_a_connection_that_asked_once_may_go_on(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("garant.api.protocol.HEADER_SECONDS", 0.2)
    with httpx.Client(base_url=client.base_url) as other:
        assert other.get("/").text == "hello"
        time.sleep(0.5)
        assert other.get("/").text == "hello"


def test_no_answer_names_the_server(client: httpx.Client) -> None:
    assert "Server" not in client.get("/").headers
    assert "Server" not in client.get("/nothing").headers
