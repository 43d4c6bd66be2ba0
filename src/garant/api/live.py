"""What a running app holds: the parts of garant that it serves, and its own limits and figures."""

from dataclasses import dataclass, field

from starlette.requests import Request
from structlog.typing import FilteringBoundLogger

from garant.api.limits import RateLimit
from garant.api.machine_tokens import MachineTokens
from garant.api.metrics import Metrics
from garant.api.swap import Swapper
from garant.api.threads import QUEUE, THREADS, Places, Threads
from garant.decisions.api_keys import ApiKeys
from garant.decisions.record import Language
from garant.decisions.store import RecordStore
from garant.runs.deciding.service import DecisionService


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Parts of garant that an app serves, open as long as it runs.

    Parameters
    ----------
    service : DecisionService
        Answers.
    keys : ApiKeys
        Knows who asks.
    store : RecordStore
        Where both keep what they know.
    swapper : Swapper or None
        Looks for new bundles while the app runs.
    tokens : MachineTokens or None
        Knows who asks by a signed token.
    """

    service: DecisionService
    keys: ApiKeys
    store: RecordStore
    swapper: Swapper | None = None
    tokens: MachineTokens | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiOptions:
    """How an app behaves.

    Parameters
    ----------
    language : {"en", "fr"}
        Language of answers to a caller who wants none.
    rate : float
        Requests a second that each key may make.
    docs_pages : bool
        Whether ``/openapi.json`` and ``/docs`` are there.
    threads, queue : int
        Requests that are worked on at once, and that may wait.
    """

    language: Language = "en"
    rate: float = 200.0
    docs_pages: bool = False
    threads: int = THREADS
    queue: int = QUEUE


@dataclass(slots=True, kw_only=True)
class Live:
    """State of a running app.

    Parameters
    ----------
    options : ApiOptions
        How it behaves.
    log : FilteringBoundLogger
        Where it logs.
    metrics : Metrics
        Its figures.
    limit : RateLimit
        How often each key asked.
    threads, batch : Threads
        Where decisions are made, and where batches are: one at a time, so that they leave room for single decisions.
    batches : Places
        For the bodies of batches, of which each may be large.
    aside : Threads
        Where health is looked at, also when all other threads are taken.
    outside : Threads
        Where an identity provider is waited for: however slow it is, nothing else waits.
    parts : Parts
        What it serves; set when it starts.
    """

    options: ApiOptions
    log: FilteringBoundLogger
    metrics: Metrics
    limit: RateLimit
    threads: Threads
    batch: Threads = field(default_factory=lambda: Threads(1, 1, name="batch"))
    batches: Places = field(default_factory=lambda: Places(2))
    aside: Threads = field(default_factory=lambda: Threads(2, 16, name="aside"))
    outside: Threads = field(default_factory=lambda: Threads(4, 32, name="outside"))
    parts: Parts


def live_of(request: Request) -> Live:
    """State of the app that serves `request`."""
    live = request.app.state.live
    assert isinstance(live, Live)  # noqa: S101 - create_app puts it there
    return live
