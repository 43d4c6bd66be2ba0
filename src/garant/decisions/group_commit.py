"""One thread writes for all: whatever waits while the disk confirms one commit shares the next.

A commit on SQLite waits for the disk, about 4 ms here, and only one can be under way. Each request is a savepoint in a
common transaction, so one that fails takes nothing with it but itself; callers hear back after the commit.
"""

import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from garant.decisions.database import Mergeable, Work
from garant.exceptions import InvariantError, StoreError
from garant.failpoints import failpoint

T = TypeVar("T")

MOST_REQUESTS = 256
"""How many share a commit: the first must not wait for ever."""

_START_SECONDS = 1.0
"""How long a request waits for its turn before it is taken back; one that runs is waited for, since it may count."""


@dataclass(frozen=True, slots=True)
class _Request:
    work: Callable[[Connection], Any]
    future: "Future[Any]"
    decides: bool
    alone: bool


class GroupCommit:
    """The writing thread and its queue.

    Attributes
    ----------
    commits, requests : int
        How often the disk was waited for, and for how many requests.
    most : int
        How many requests may share a commit.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self.commits = self.requests = 0
        self.most = MOST_REQUESTS
        self._name, self._engine = name, engine
        self._queue: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="garant-record-writer", daemon=True)
        self._thread.start()

    def write(self, work: Work[T], *, decides: bool = False, alone: bool = False) -> T:
        """Run `work` in a transaction with others, or outside of any and `alone`; durable when this returns.

        Raises
        ------
        StoreError
            When the writer is closed or has no time; nothing was written then.
        Exception
            Whatever `work` or the database raised.
        """
        if self._closed.is_set():
            raise StoreError(f"{self._name}: is closed.")
        request = _Request(work, Future(), decides, alone)
        self._queue.put(request)
        try:
            return request.future.result(timeout=_START_SECONDS)
        except FutureTimeoutError:
            if request.future.cancel():
                raise StoreError(f"{self._name}: has no time to record anything. Ask again in a moment.") from None
            return request.future.result()

    def close(self) -> None:
        """Finish what waits, then end."""
        self._closed.set()
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        connection: Connection | None = None
        is_open = True
        while is_open:
            batch, is_open = self._next()
            running = [request for request in batch if request.future.set_running_or_notify_cancel()]
            if not running:
                continue
            try:
                if connection is None:
                    connection = self._engine.connect()
                self._serve(connection, running)
            except Exception as error:  # noqa: BLE001 - whatever it is, the callers hear it and the thread lives on
                _fail(running, error)
                # What failed outside of a request may have broken the connection.
                connection = _let_go(connection)
        _let_go(connection)
        _fail(self._waiting(), StoreError(f"{self._name}: is closed."))

    def _next(self) -> tuple[list[_Request], bool]:
        """Requests that wait, at least one, and whether more may come; one that wants to be alone is."""
        first = self._queue.get()
        if first is None:
            return [], False
        batch = [first]
        while len(batch) < self.most and not batch[-1].alone:
            try:
                request = self._queue.get_nowait()
            except queue.Empty:
                break
            if request is None:
                return batch, False
            batch.append(request)
        return batch, True

    def _serve(self, connection: Connection, batch: list[_Request]) -> None:
        together = [request for request in batch if not request.alone]
        if together:
            self._commit(connection, together)
        for request in batch:
            if request.alone:
                try:
                    value = request.work(connection)
                except Exception as error:  # noqa: BLE001 - the caller hears it
                    request.future.set_exception(error)
                else:
                    request.future.set_result(value)

    def _commit(self, connection: Connection, batch: list[_Request]) -> None:
        try:
            _do(connection, "BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            # Whoever came meanwhile would wait as long again for the same answer.
            late = [request for request in self._waiting() if request.future.set_running_or_notify_cancel()]
            _fail([*batch, *late], error)
            return
        decides = any(request.decides for request in batch)
        try:
            answers = _done(connection, batch)
            if decides:
                failpoint("decisions.before_commit")
            _do(connection, "COMMIT")
        except Exception as error:  # noqa: BLE001 - the callers hear it
            if _is_open(connection):
                _do(connection, "ROLLBACK")
            _fail(batch, error)
            return
        if decides:
            failpoint("decisions.after_commit")
        self.commits += 1
        self.requests += len(batch)
        for request, (value, problem) in zip(batch, answers, strict=True):
            if problem is None:
                request.future.set_result(value)
            else:
                request.future.set_exception(problem)

    def _waiting(self) -> list[_Request]:
        found: list[_Request] = []
        while True:
            try:
                request = self._queue.get_nowait()
            except queue.Empty:
                return found
            if request is None:
                # The end of the thread, which still has to come.
                self._queue.put(None)
                return found
            found.append(request)


def _done(connection: Connection, batch: Sequence[_Request]) -> "list[tuple[Any, Exception | None]]":
    """What each request gives, or why it fails."""
    alike = [request.work for request in batch if isinstance(request.work, Mergeable)]
    is_merged = False
    if len(alike) > 1:
        merged = _Request(lambda c: alike[0].with_others(c, alike[1:]), Future(), decides=True, alone=False)
        is_merged = _in_savepoint(connection, merged)[1] is None
    return [
        (None, None) if is_merged and isinstance(request.work, Mergeable) else _in_savepoint(connection, request)
        for request in batch
    ]


def _in_savepoint(connection: Connection, request: _Request) -> tuple[Any, Exception | None]:
    """What the request gives, or why it fails: what it wrote is taken back then, and nothing else."""
    _do(connection, "SAVEPOINT request")
    value, problem = None, None
    try:
        value = request.work(connection)
    except Exception as error:
        if not _is_open(connection):
            # SQLite has thrown the whole transaction away, as it does on a full disk.
            raise
        _do(connection, "ROLLBACK TO request")
        problem = error
    _do(connection, "RELEASE request")
    return value, problem


def _is_open(connection: Connection) -> bool:
    return _raw(connection).in_transaction


def _do(connection: Connection, statement: str) -> None:
    # The driver is in autocommit: these are the only words about transactions that SQLite hears.
    _raw(connection).execute(statement)


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.dbapi_connection
    if not isinstance(raw, sqlite3.Connection):
        raise InvariantError("The writer of a SQLite file has a connection to something else.")
    return raw


def _fail(requests: list[_Request], error: Exception) -> None:
    for request in requests:
        if not request.future.done():
            request.future.set_exception(error)


def _let_go(connection: Connection | None) -> None:
    if connection is not None:
        connection.invalidate()
        connection.close()
