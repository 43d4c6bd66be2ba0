"""Serving: what is checked before the first request, the HTTP server, one process or several, and the end."""

import os
import signal
import socket
import tempfile
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Literal

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE

from garant.api.app import create_app
from garant.api.exposure import development_key, is_exposed, require_login, require_real_keys, require_transport
from garant.api.live import ApiOptions, Parts
from garant.api.logs import open_log, take_over_logs
from garant.api.metrics import FOLDER_VARIABLE, count_across_processes
from garant.api.parts import opened_parts
from garant.api.protocol import Protocol
from garant.api.swap import bundle_place
from garant.api.workers import Workers
from garant.decisions.api_keys import ApiKeys
from garant.decisions.store import RecordStore
from garant.exceptions import GarantError, UsageError
from garant.models.bundle.content import BundleContent
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.trust import Trust
from garant.runs.deciding.terms import Terms
from garant.runs.record_store import master_key
from garant.settings import Settings
from garant.wording.catalogue import Wording

GRACE_SECONDS = 30
"""How long a service that is told to stop goes on with requests that it has."""

FAILED = 4
"""Exit code of a service that could not begin for a reason that the log tells."""

STOPPED = 143
"""Exit code of a process that SIGTERM stopped."""

_BACKLOG = 512
_KEEP_ALIVE_SECONDS = 30
_LARGEST_HEADERS = 32 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """What is served, and where.

    Parameters
    ----------
    bundle : Path
        Folder of a bundle, or a registry whose champion is served.
    data : Path or None
        Accepted tables, so that a request may name a client instead of sending records.
    run : Path or None
        Committed run that pages show beside decisions.
    host : str
        Address to listen on.
    port : int
        Port to listen on; 0 takes a free one.
    workers : int
        Processes; more than one only with PostgreSQL.
    only : {"api", "dashboard"} or None
        Serve this alone; None serves both.
    """

    bundle: Path
    data: Path | None = None
    run: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    only: Literal["api", "dashboard"] | None = None

    @property
    def has_api(self) -> bool:
        """Whether programs are answered."""
        return self.only != "dashboard"


Pages = Callable[[Settings, bool], Callable[[FastAPI], None]]
"""Of the settings, and whether others reach the service: what adds pages to an app."""


def serve(options: ServeOptions, settings: Settings, *, say: Callable[[str], None], pages: Pages | None = None) -> int:
    """Serve until the process is told to stop.

    Parameters
    ----------
    options : ServeOptions
        What and where.
    settings : Settings
        Record store, keys, limits, TLS.
    say : callable
        Told what a person at a terminal should read: the address, and a development key that is shown once.
    pages : callable or None
        Pages for people, unless the API alone is served.

    Returns
    -------
    int
        Exit code: 0 after Ctrl-C, 143 after SIGTERM.

    Raises
    ------
    GarantError
        When it must not serve, or cannot: nothing listens then.
    """
    if options.workers > 1 and settings.store_url.startswith("sqlite"):
        raise UsageError(
            f"{options.workers} workers need a database that several processes write: set store_url to PostgreSQL, or "
            "serve with one worker."
        )
    exposed = is_exposed(options.host, settings)
    if exposed:
        require_transport(options.host, settings)
    add = None
    if pages is not None and options.only != "api":
        if exposed:
            require_login(options.host, settings)
        add = pages(settings, exposed)
    served = _Served(options, settings, exposed=exposed, pages=add)
    return (_serve_here if options.workers == 1 else _serve_by_workers)(served, say=say)


@dataclass(frozen=True, slots=True)
class _Served:
    """What the steps of serving share."""

    options: ServeOptions
    settings: Settings
    exposed: bool
    pages: Callable[[FastAPI], None] | None

    def parts(self) -> AbstractContextManager[Parts]:
        return opened_parts(
            self.options.bundle,
            self.settings,
            exposed=self.exposed,
            data=self.options.data,
            run=self.options.run,
            workers=self.options.workers,
        )

    def app(self, parts: Callable[[], AbstractContextManager[Parts]]) -> FastAPI:
        settings = self.settings
        api = ApiOptions(language=settings.language, rate=settings.rate_limit, docs_pages=settings.docs_pages)
        return create_app(parts, api, log=open_log(), pages=self.pages, has_api=self.options.has_api)


def _serve_here(served: _Served, *, say: Callable[[str], None]) -> int:
    options, settings = served.options, served.settings
    with _stopped_by_exit(), served.parts() as parts:
        _say_quick_look(parts.service.decider.content, settings, say)
        _say_key(parts.keys, served, say=say)
        take_over_logs()
        app = served.app(lambda: nullcontext(parts))
        config = http_config(options, settings, lambda: app)
        listening = listening_socket(options.host, options.port)
        say(_address(served, listening.getsockname()[1]))
        try:
            uvicorn.Server(config).run([listening])
        except KeyboardInterrupt:
            return 0
        except SystemExit as stopped:
            return STOPPED if stopped.code == STOPPED else FAILED
        finally:
            listening.close()
    return 0


def _serve_by_workers(served: _Served, *, say: Callable[[str], None]) -> int:
    options, settings, exposed = served.options, served.settings, served.exposed
    Terms.of(settings)
    master = master_key(settings, may_make=not exposed)
    # Each worker prepares it for itself; whether it may be used at all is told before anything listens.
    bundle = read_bundle(bundle_place(options.bundle), Trust.of(settings, development=not exposed))
    _say_quick_look(bundle.content, settings, say)
    with RecordStore.open(settings.store_url, master, serving=False) as store:
        _say_key(ApiKeys(store), served, say=say)
    with tempfile.TemporaryDirectory(prefix="garant-metrics-") as folder:
        os.environ[FOLDER_VARIABLE] = folder
        take_over_logs()
        try:
            listening = listening_socket(options.host, options.port)
            say(_address(served, listening.getsockname()[1]))
            work = partial(_worker, served, listening)
            workers = Workers(work, options.workers, failed=STARTUP_FAILURE, grace=GRACE_SECONDS + 5, log=open_log())
            workers.run()
        finally:
            del os.environ[FOLDER_VARIABLE]
    if workers.has_failed:
        return FAILED
    return STOPPED if workers.was_terminated else 0


def _say_quick_look(content: BundleContent, settings: Settings, say: Callable[[str], None]) -> None:
    """Say of a model of ``train --fast`` that nobody should decide by it."""
    if content.training.fast:
        say(Wording(settings.language).text("model.limit.fast"))


def _worker(served: _Served, listening: socket.socket) -> None:
    """Serve as one worker of several; opens its own parts."""
    take_over_logs()
    count_across_processes()
    app = served.app(partial(_told, served.parts()))
    uvicorn.Server(http_config(served.options, served.settings, lambda: app)).run([listening])


@contextmanager
def _told(parts: AbstractContextManager[Parts]) -> Generator[Parts]:
    """Parts of a worker; says in the log why they cannot be opened, since the HTTP server does not."""
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(parts)
        except GarantError as error:
            open_log().error("start", error=type(error).__name__, says=str(error))
            raise
        yield opened


def http_config(options: ServeOptions, settings: Settings, factory: Callable[[], FastAPI]) -> uvicorn.Config:
    """How the HTTP server is set: the app that `factory` makes, TLS, whose word about the caller is believed."""
    return uvicorn.Config(
        factory,
        factory=True,
        host=options.host,
        port=options.port,
        workers=options.workers,
        http=Protocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxy),
        forwarded_allow_ips=list(settings.trusted_proxy),
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        h11_max_incomplete_event_size=_LARGEST_HEADERS,
    )


def listening_socket(host: str, port: int) -> socket.socket:
    """Socket bound to an address of this machine.

    Raises
    ------
    UsageError
        When the address is none of this machine, or taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(f"{host}: is no address to listen on ({error.strerror or error}).") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.set_inheritable(True)
    except OSError as error:
        bound.close()
        raise UsageError(f"{host}, port {port}: cannot be listened on ({error.strerror}). Choose another.") from error
    return bound


def _say_key(keys: ApiKeys, served: _Served, *, say: Callable[[str], None]) -> None:
    if not served.options.has_api:
        return
    if served.exposed:
        # Whoever has an issuer of tokens may do without keys.
        if served.settings.jwt_issuer is None:
            require_real_keys(keys, served.options.host)
        return
    text = development_key(keys)
    if text:
        say(f"Development key of an adviser, shown once, for this machine and one day: {text}")


def _address(served: _Served, port: int) -> str:
    host = served.options.host
    name = f"[{host}]" if ":" in host else host
    place = f"{'https' if served.settings.tls_cert else 'http'}://{name}:{port}"
    parts = [*([f"{place}/v1"] if served.options.has_api else []), *([f"{place}/ (pages)"] if served.pages else [])]
    return f"Serving on {' and '.join(parts)} (Ctrl-C stops)."


@contextmanager
def _stopped_by_exit() -> Generator[None]:
    """Let SIGTERM end the process through its ``with`` blocks: the HTTP server raises it again when it has finished."""

    def end(_: int, __: FrameType | None) -> None:
        raise SystemExit(STOPPED)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
