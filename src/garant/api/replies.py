"""From what the service says to an answer of HTTP: language, timings, figures."""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from garant.api.live import live_of
from garant.api.logs import route_of, stage
from garant.api.threads import Threads
from garant.decisions.record import Language
from garant.runs.deciding.answer import Answer, as_bytes

if TYPE_CHECKING:
    from garant.runs.deciding.service import Answered

JSON = "application/json"
REPLAYED = "Idempotency-Replayed"

_TOKEN = re.compile(r"[A-Za-z0-9_]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An answer, and what of it is counted or goes into headers."""

    status: int
    body: bytes
    language: Language
    replayed: bool = False
    timings: Mapping[str, float] = field(default_factory=dict)
    outcomes: Sequence[str] = ()


async def reply(request: Request, language: Language, ask: Callable[[], Answer | list[Answer]]) -> Response:
    """Answer with what `ask` gives, which is called in a thread."""

    def work() -> _Told:
        return _Told(status=200, body=as_bytes(ask()), language=language)

    return await _reply(request, live_of(request).threads, work)


async def reply_decided(
    request: Request, language: Language, decide: Callable[[], "Answered"], *, threads: Threads | None = None
) -> Response:
    """Answer with the recorded answer that `decide` gives, which is called in a thread.

    The language, the timings and the outcome are read from the answer itself: a repeated request gets what was
    recorded, in the language of the first.
    """

    def work() -> _Told:
        answered = decide()
        said: dict[str, Any] = json.loads(answered.body)
        decisions = [item["decision"] for item in said["items"] if "decision" in item] if "items" in said else [said]
        is_new = not answered.replayed
        told = next((decision["language"] for decision in decisions), language)
        return _Told(
            status=answered.status,
            body=answered.body,
            language="fr" if told == "fr" else "en",
            replayed=answered.replayed,
            timings=said.get("timings", {}) if is_new else {},
            outcomes=[decision["outcome"] for decision in decisions] if is_new else [],
        )

    return await _reply(request, threads or live_of(request).threads, work)


async def _reply(request: Request, threads: Threads, work: Callable[[], _Told]) -> Response:
    live = live_of(request)
    since = time.perf_counter()
    told = await threads.run(work)
    stage(request, "service", since)
    for name, ms in told.timings.items():
        if _TOKEN.fullmatch(name):
            request.scope["garant.stages"][name] = float(ms)
    for outcome in told.outcomes:
        live.metrics.decision(route=route_of(request.scope), outcome=outcome)
    headers = {
        "Content-Language": told.language,
        "Vary": "Accept-Language, Authorization",
        "Server-Timing": ", ".join(f"{name};dur={ms:.2f}" for name, ms in request.scope["garant.stages"].items()),
        **({REPLAYED: "true"} if told.replayed else {}),
    }
    return Response(told.body, told.status, headers, media_type=JSON)
