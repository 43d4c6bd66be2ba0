"""What is logged of a request, and what never is."""

import io
import json
import logging
import os
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api_world import Served
from garant.api.logs import RequestLog, ServerLog, open_log
from garant.api.metrics import Metrics

CANARY = "Zorglub-84213"


class App:
    """An app whose log and figures a test can look at."""

    def __init__(self, served: Served) -> None:
        self.stream = io.StringIO()
        self.metrics = Metrics()

        async def hello(request: Request) -> Response:
            await request.body()
            return PlainTextResponse("hello")

        async def fail(request: Request) -> Response:
            raise ValueError(f"cannot read {(await request.body()).decode()}")

        app = Starlette(routes=[Route("/hello/{name}", hello, methods=["GET", "POST"]), Route("/fail", fail)])
        app.add_middleware(RequestLog, log=open_log(self.stream), metrics=self.metrics)
        self.client = served(app)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What was logged."""
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def told(self, n: int) -> list[dict[str, Any]]:
        """What was logged, of `n` lines at least: a line follows the answer, which may be here first."""
        until = time.monotonic() + 10
        while len(self.lines) < n and time.monotonic() < until:
            time.sleep(0.01)
        return self.lines


@pytest.fixture
def app(served: Served) -> App:
    """A new app."""
    return App(served)


def test_an_id_of_the_caller_goes_through_and_any_other_word_is_replaced(app: App) -> None:
    given = str(uuid.uuid4())
    assert app.client.get("/hello/x", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given
    for word in ("", CANARY, "100001", "1" * 31, "../../etc", "{}"):
        made = app.client.get("/hello/x", headers={"X-Request-Id": word}).headers["X-Request-Id"]
        assert uuid.UUID(made).version == 4
    assert app.told(1)[0]["request_id"] == given


def test_nothing_that_a_caller_sent_stands_in_log_or_figures(app: App) -> None:
    app.client.get(
        f"/hello/{CANARY}",
        params={"q": CANARY},
        headers={"User-Agent": CANARY, "Authorization": f"Bearer {CANARY}", "X-Request-Id": CANARY, "Cookie": CANARY},
    )
    app.client.post(f"/hello/{CANARY}", content=CANARY)
    app.client.request(CANARY.replace("-", ""), "/hello/x")
    app.client.get(f"/nothing/{CANARY}")
    assert len(app.told(4)) == 4
    told = app.stream.getvalue() + app.metrics.text()[0].decode()
    assert CANARY not in told
    assert CANARY.replace("-", "") not in told


def test_what_nobody_foresaw_is_a_plain_problem_and_a_place_in_the_code(app: App) -> None:
    answer = app.client.request("GET", "/fail", content=CANARY)
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.json()) == {"type", "title", "status", "detail", "instance"}
    failed, request = app.told(2)
    assert (failed["event"], failed["error"]) == ("failed", "ValueError")
    assert failed["at_line"].startswith("test_logs.py:")
    assert (request["event"], request["status"], request["problem"]) == ("request", 500, "internal")
    assert answer.json()["instance"] == f"urn:uuid:{failed['request_id']}"
    assert CANARY not in app.stream.getvalue() + answer.text


def test_the_server_s_own_words_lose_their_traceback() -> None:
    stream = io.StringIO()
    record = logging.makeLogRecord(
        {
            "msg": "Exception in %s\n",
            "args": ("the app",),
            "levelno": logging.ERROR,
            "exc_info": (ValueError, ValueError(CANARY), None),
        }
    )
    ServerLog(open_log(stream)).handle(record)
    line = json.loads(stream.getvalue())
    assert (line["says"], line["error"], line["level"]) == ("Exception in the app", "ValueError", "error")
    assert CANARY not in stream.getvalue()


def test_a_caller_who_hangs_up_is_no_failure_of_the_service(app: App) -> None:
    url = app.client.base_url
    with socket.create_connection((url.host, url.port or 80)) as connection:
        connection.sendall(b"POST /hello/x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{}")
    deadline = time.monotonic() + 10
    while not app.lines and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [(line["event"], line["status"]) for line in app.lines] == [("request", 499)]


def test_workers_add_up_their_figures(tmp_path: Path) -> None:
    script = "from garant.api.metrics import Metrics; m = Metrics(); m.decision(route='r', outcome='refer')"
    variables = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for more in ("", "; print(m.text()[0].decode())"):
        command = [sys.executable, "-c", script + more]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    assert 'garant_decisions_total{outcome="refer",route="r"} 2.0' in done.stdout


def test_figures_count_requests_by_route_and_status(app: App) -> None:
    for _ in range(3):
        app.client.get("/hello/x")
    text = app.metrics.text()[0].decode()
    assert 'garant_requests_total{method="GET",route="/hello/{name}",status="200"} 3.0' in text
    assert 'garant_request_seconds_count{route="/hello/{name}"} 3.0' in text
