"""What is logged: one line of JSON for each request, with its id; no body, no address, no id of a person.

The path is logged as its route, the query and the headers not at all: where a person's reference stands in a path, it
must not stand in a log.
"""

import logging
import re
import sys
import time
import traceback
import uuid
from pathlib import Path
from typing import TextIO

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from garant.api.metrics import Metrics
from garant.api.problems import INTERNAL_ERROR, response

REQUEST_ID = "X-Request-Id"
UNKNOWN_ROUTE = "unknown"
HUNG_UP = 499
"""Logged where the caller hung up before the whole request was here; nobody gets it as a status."""

_MOST_CHARACTERS = 300

_UUID = re.compile(r"[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
"""Only such an id of a caller is kept: anything else could hold what must not be logged."""


_PROCESSORS = (
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.JSONRenderer(),
)


def open_log(stream: TextIO | None = None) -> FilteringBoundLogger:
    """Log that writes JSON lines to `stream`, stderr by default."""
    return structlog.wrap_logger(
        structlog.WriteLogger(stream or sys.stderr),
        processors=[*_PROCESSORS],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )


class ServerLog(logging.Handler):
    """Passes on what the HTTP server says, without tracebacks: they may hold what a request held."""

    def __init__(self, log: FilteringBoundLogger) -> None:
        super().__init__(logging.INFO)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        fields = {"error": error} if error else {}
        self._log.log(
            record.levelno, "server", says=record.getMessage().strip().partition("\n")[0][:_MOST_CHARACTERS], **fields
        )


class RequestLog:
    """Give each request an id, log and count it, and let no exception pass: what nobody foresaw is a plain 500."""

    def __init__(self, app: ASGIApp, *, log: FilteringBoundLogger, metrics: Metrics) -> None:
        self._app, self._log, self._metrics = app, log, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        scope["garant.request_id"] = _request_id(Headers(scope=scope))
        scope["garant.stages"] = {}
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                MutableHeaders(scope=message)[REQUEST_ID] = scope["garant.request_id"]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except ClientDisconnect:
            status = HUNG_UP
        except Exception as error:  # noqa: BLE001 - the last place where it can be told without a stack
            self._log.error(
                "failed", request_id=scope["garant.request_id"], error=type(error).__name__, at_line=_place(error)
            )
            scope["garant.problem"] = INTERNAL_ERROR.slug
            if not status:
                answer = response(INTERNAL_ERROR, instance=scope["garant.request_id"])
                await answer(scope, receive, send_with_id)
        finally:
            self._told(scope, status, time.perf_counter() - start)

    def _told(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        principal = scope.get("garant.principal")
        more = {
            "key": None if principal is None else principal.id,
            "problem": scope.get("garant.problem"),
            "error": scope.get("garant.error"),
        }
        self._log.info(
            "request",
            request_id=scope["garant.request_id"],
            method=_method(scope),
            route=route,
            status=status,
            ms=round(seconds * 1_000, 2),
            stages={name: round(value, 2) for name, value in scope["garant.stages"].items()},
            **{name: value for name, value in more.items() if value},
        )
        self._metrics.request(
            route=route, method=_method(scope), status=status, seconds=seconds, stages=scope["garant.stages"]
        )


def route_of(scope: Scope) -> str:
    """Template of the route that was found, such as ``/v1/decisions/{id}``."""
    route = scope.get("route")
    return str(getattr(route, "path_format", UNKNOWN_ROUTE))


def stage(request: Request, name: str, since: float) -> None:
    """Note that the stage `name` of the request took the time since `since` on `time.perf_counter`."""
    request.scope["garant.stages"][name] = (time.perf_counter() - since) * 1_000


def _method(scope: Scope) -> str:
    """Method of the request, where it is one: a caller may send any word."""
    return (
        scope["method"] if scope["method"] in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
    )


def _request_id(headers: Headers) -> str:
    asked = headers.get(REQUEST_ID, "")
    return str(uuid.UUID(asked)) if _UUID.fullmatch(asked) else str(uuid.uuid4())


def _place(error: Exception) -> str:
    """File and line that raised, without folders: enough to find it, and nothing of what was said there."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def take_over_logs() -> None:
    """Let everything that logs in this process do it as JSON lines on stderr; called once, by what serves."""
    structlog.configure(
        processors=[*_PROCESSORS],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    server = logging.getLogger("uvicorn.error")
    server.handlers[:] = [ServerLog(open_log())]
    server.propagate = False
    server.setLevel(logging.INFO)
