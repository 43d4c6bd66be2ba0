"""The body of a request is held to its form before anything reads it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api_world import SendRaw, Served
from garant.api.body import BodyLimit, read_body
from garant.api.logs import RequestLog, open_log
from garant.api.metrics import Metrics
from garant.api.problems import RefusedError, tell_refused

LIMIT = BodyLimit(size=100, seconds=0.3)
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def client(served: Served) -> httpx.Client:
    """An app that says how many bytes it was given."""

    async def told(request: Request) -> Response:
        return PlainTextResponse(str(len(await read_body(request, LIMIT))))

    app = Starlette(routes=[Route("/", told, methods=["POST"])], exception_handlers={RefusedError: tell_refused})
    app.add_middleware(RequestLog, log=open_log(), metrics=Metrics())
    return served(app)


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json;",
    ],
)
def test_json_is_taken_up_to_the_limit(client: httpx.Client, kind: str) -> None:
    for size in (0, 1, 100):
        answer = client.post("/", content=b"x" * size, headers={"Content-Type": kind})
        assert (answer.status_code, answer.text) == (200, str(size))


def test_one_byte_more_is_refused(client: httpx.Client) -> None:
    answer = client.post("/", content=b"x" * 101, headers=JSON)
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_chunks_are_counted_whatever_was_promised(client: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x" * 10

    assert client.post("/", content=chunks(), headers=JSON).status_code == 413


def test_a_length_that_no_body_has_is_refused_without_reading(client: httpx.Client, send_raw: SendRaw) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n"
    for length, status in {b"9" * 20: b"413", b"9" * 5_000: b"400", b"-1": b"400", b"1e3": b"400"}.items():
        answer = send_raw(client, head % length, b"x")
        assert answer.startswith(b"HTTP/1.1 " + status), length
        assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "",
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/problem+json",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "application/json; profile=x",
        "application/json, text/plain",
    ],
)
def test_another_type_is_refused(client: httpx.Client, kind: str | None) -> None:
    answer = client.post("/", content=b"{}", headers={} if kind is None else {"Content-Type": kind})
    assert answer.status_code == 415
    assert answer.json()["errors"][0]["header"] == "Content-Type"


def test_two_types_are_refused(client: httpx.Client) -> None:
    headers = [("Content-Type", "application/json"), ("Content-Type", "text/plain")]
    assert client.post("/", content=b"{}", headers=headers).status_code == 415


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity, gzip", "x"])
def test_an_encoded_body_is_refused_before_it_could_grow(client: httpx.Client, encoding: str) -> None:
    answer = client.post("/", content=b"{}", headers={**JSON, "Content-Encoding": encoding})
    assert answer.status_code == 415
    assert answer.headers["Accept-Encoding"] == "identity"
    assert client.post("/", content=b"{}", headers={**JSON, "Content-Encoding": "identity"}).status_code == 200


def test_a_body_that_does_not_end_in_time_is_refused(client: httpx.Client) -> None:
    async def slow() -> int:
        async def chunks() -> AsyncIterator[dict[str, object]]:
            while True:
                await asyncio.sleep(0.05)
                yield {"type": "http.request", "body": b"x", "more_body": True}

        source = chunks()
        headers = [(b"content-type", b"application/json")]
        request = Request({"type": "http", "method": "POST", "headers": headers}, source.__anext__)  # pyright: ignore[reportArgumentType]
        try:
            await read_body(request, LIMIT)
        except RefusedError as error:
            return error.kind.status
        return 200

    assert asyncio.run(slow()) == 408
    assert client.post("/", content=b"{}", headers=JSON).status_code == 200
