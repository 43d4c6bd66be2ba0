"""Connections to PostgreSQL of which none keeps anybody waiting: made in time, watched while somebody waits."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event

from garant.decisions.database import BUSY_SECONDS
from garant.decisions.login import with_password
from garant.decisions.watchdog import Watchdog, WatchedSocket

_STATEMENT_MS = 700
"""How long the server works at one statement; the watchdog waits a little longer."""

_IDLE_MS = 30_000
"""How long a request may be computed between its claim and its commit."""

_CONNECT_SECONDS = 2
"""The least that the driver takes for a limit; nobody waits for it as long."""

_Driver = psycopg.Connection[Any]


def watched_engine(url: URL, size: int, watchdog: Watchdog) -> Engine:
    """Engine with `size` connections at most."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        pool_use_lifo=True,
        hide_parameters=True,
    )
    event.listen(engine, "do_connect", _connect)
    _watch_connections(engine, watchdog)
    _watch_statements(engine, watchdog)
    return engine


def _connect(_dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]) -> _Driver:
    limits = f"-c statement_timeout={_STATEMENT_MS} -c idle_in_transaction_session_timeout={_IDLE_MS}"
    own = {
        "connect_timeout": _CONNECT_SECONDS,
        "application_name": "garant",
        **options,
        "options": f"{options.get('options', '')} {limits}".strip(),
    }
    return _in_time(lambda: psycopg.connect(*arguments, **with_password(own)))


def _watch_connections(engine: Engine, watchdog: Watchdog) -> None:
    def add(connection: _Driver, record: Any) -> None:  # noqa: ANN401 - of the pool
        watched = WatchedSocket(connection.fileno())
        record.info[WatchedSocket] = watched
        watchdog.add(watched)

    def remove(_connection: _Driver, record: Any) -> None:  # noqa: ANN401 - of the pool
        watched = record.info.pop(WatchedSocket, None)
        if watched is not None:
            watchdog.remove(watched)

    event.listen(engine, "connect", add)
    event.listen(engine, "close", remove)


def _watch_statements(engine: Engine, watchdog: Watchdog) -> None:
    def begin(connection: Connection, *_: object) -> None:
        watchdog.begin(connection.info[WatchedSocket], BUSY_SECONDS)

    def end(connection: Connection, *_: object) -> None:
        connection.info[WatchedSocket].until = None

    def take_back(_connection: _Driver, record: Any, _state: object) -> None:  # noqa: ANN401 - of the pool
        if WatchedSocket in record.info:
            watchdog.begin(record.info[WatchedSocket], BUSY_SECONDS)

    def taken_back(_connection: _Driver | None, record: Any) -> None:  # noqa: ANN401 - of the pool
        if WatchedSocket in record.info:
            record.info[WatchedSocket].until = None

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    event.listen(engine, "reset", take_back)
    event.listen(engine, "checkin", taken_back)


def _in_time(connect: Callable[[], _Driver]) -> _Driver:
    """Connect, or give up in time: the driver waits two seconds at least, and for ever for a server that hangs.

    Raises
    ------
    psycopg.OperationalError
        When there is no connection by then.
    """
    future: Future[_Driver] = Future()

    def run() -> None:
        try:
            made = connect()
        except BaseException as error:  # noqa: BLE001 - whoever waits hears it
            with suppress(InvalidStateError):
                future.set_exception(error)
            return
        try:
            future.set_result(made)
        except InvalidStateError:
            # Nobody waits any longer.
            made.close()

    threading.Thread(target=run, name="garant-store-connect", daemon=True).start()
    try:
        return future.result(timeout=BUSY_SECONDS)
    except FutureTimeoutError as error:
        if future.cancel():
            raise psycopg.OperationalError("the server does not answer") from error
        return future.result()
