"""The record store on PostgreSQL: for several serving processes, on one machine or many."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from garant.decisions import schema
from garant.decisions.database import BUSY_SECONDS, Held, Work, translated
from garant.decisions.in_flight import InFlight, in_flight
from garant.decisions.login import with_password
from garant.decisions.watchdog import Watchdog, WatchedSocket
from garant.decisions.watched_pool import watched_engine
from garant.exceptions import StoreError, UnsafeStoreError
from garant.failpoints import failpoint

T = TypeVar("T")

_HELD, _QUERIES = 16, 8
"""Connections for requests under way, and for everything else: a request that looks something up does not wait for
another request to end."""
_HUNG_SECONDS = 0.5
"""How long a server that did not answer is left alone: else requests would wait for each other's connections first, and
then for the server."""
_OLDEST = 150_000
_ATTEMPTS = 3
_AGAIN = ("40001", "40P01")
"""Serialization failure and deadlock: nothing was written, and the same again may work."""

_DURABLE = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
}
_LOOK = "SELECT " + ", ".join(f"current_setting('{name}')" for name in (*_DURABLE, "server_version_num"))
_LOOK_AND_LOCK = f"{_LOOK}, pg_try_advisory_xact_lock(%(lock)s::bigint)"

_FREED = (schema.subjects, schema.payload_keys, schema.payloads, schema.subject_decisions, schema.idempotency)


class PostgresqlDatabase:
    """A PostgreSQL database; commits of several sessions share a flush there by itself."""

    def __init__(self, url: URL, *, allow_unsafe: bool = False) -> None:
        self.is_unsafe = False
        self._allow_unsafe = allow_unsafe
        self._name = f"Record store {url.render_as_string()}"
        self._in_flight = InFlight()
        self._hung = float("-inf")
        self._watchdog = Watchdog()
        self._holding = watched_engine(url, _HELD, self._watchdog)
        self._queries = watched_engine(url, _QUERIES, self._watchdog)
        # One state of the database for all statements of a reader.
        self._reading = self._queries.execution_options(isolation_level="REPEATABLE READ")

    def read(self, work: Work[T]) -> T:
        """Run `work` and give what it returns; nothing is written."""
        with self._connected(self._reading) as connection:
            return work(connection)

    def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction, which is durable when this returns."""
        for attempt in range(_ATTEMPTS):
            with self._connected(self._queries) as connection:
                try:
                    value = work(connection)
                    self._commit(connection)
                except DBAPIError as error:
                    if getattr(error.orig, "sqlstate", None) in _AGAIN and attempt + 1 < _ATTEMPTS:
                        continue
                    raise
                return value
        raise StoreError(f"{self._name}: others change the same again and again. Ask again in a moment.")

    @contextmanager
    def held(self, request: bytes) -> Generator[Held]:
        """Keep a request for the caller alone, in all processes; InFlightError when somebody else has it."""
        number = int.from_bytes(request[:8], "big", signed=True)
        with self._in_flight.only(request), self._connected(self._holding, lock=number) as connection:
            yield _Held(connection, self._commit, self._name)

    def check(self) -> None:
        """One round trip, and a look at the settings that durability hangs on."""
        with self._connected(self._queries):
            # Every connection is looked at when it is taken.
            pass

    def scrub(self) -> bool:
        """Free the place of what was deleted; False, since pages and the log of writes keep copies until it is used."""
        with suppress(StoreError, DBAPIError), self._connected(self._queries) as connection:
            connection.rollback()
            raw: Any = connection.connection.dbapi_connection
            raw.autocommit = True
            try:
                raw.execute("SET statement_timeout = 0")
                raw.execute(("VACUUM " + ", ".join(table.name for table in _FREED)).encode())
            finally:
                connection.invalidate()
        return False

    def close(self) -> None:
        """Let go of all connections."""
        self._holding.dispose()
        self._queries.dispose()
        self._watchdog.close()

    @contextmanager
    def _connected(self, engine: Engine, *, lock: int | None = None) -> Generator[Connection]:
        """Give a connection in a transaction, looked at; what was not committed is taken back.

        With a number as `lock` the transaction holds that lock; InFlightError when somebody else does.
        """
        with translated(self._name):
            connection = self._taken(engine, lock)
            try:
                yield connection
            finally:
                connection.close()

    def _taken(self, engine: Engine, lock: int | None) -> Connection:
        """Connection that answers: one of the pool that the server has closed meanwhile is replaced."""
        began = time.monotonic()
        if began - self._hung < _HUNG_SECONDS:
            raise StoreError(f"{self._name}: did not answer a moment ago. Ask again in a moment.")
        try:
            return self._looked_at(engine, began, lock)
        except DBAPIError:
            if time.monotonic() - began > BUSY_SECONDS / 2:
                self._hung = time.monotonic()
            raise

    def _looked_at(self, engine: Engine, began: float, lock: int | None) -> Connection:
        connection = engine.connect()
        try:
            try:
                self._look_at(connection, lock)
            except DBAPIError as error:
                # When the server hangs, a second try would come too late.
                if not error.connection_invalidated or time.monotonic() - began > BUSY_SECONDS / 2:
                    raise
                connection.close()
                connection = engine.connect()
                self._look_at(connection, lock)
        except BaseException:
            # Nobody gets a connection that was not looked at: unclosed, its place in the pool would be lost.
            connection.close()
            raise
        return connection

    def _look_at(self, connection: Connection, lock: int | None) -> None:
        """Go on only with a server that keeps what it acknowledges, also when it was set otherwise a moment ago.

        Raises
        ------
        UnsafeStoreError
            When it could lose that.
        StoreError
            When the server is too old.
        InFlightError
            When somebody else has the lock.
        """
        is_free = True
        if lock is None:
            *values, version = connection.exec_driver_sql(_LOOK).one()
        else:
            *values, version, is_free = connection.exec_driver_sql(_LOOK_AND_LOCK, {"lock": lock}).one()
        if int(version) < _OLDEST:
            raise StoreError(f"{self._name}: PostgreSQL {int(version) // 10_000} is too old, 15 is needed.")
        found = dict(zip(_DURABLE, values, strict=True))
        wrong = [f"{name} = {value}" for name, value in found.items() if value not in _DURABLE[name]]
        self.is_unsafe = bool(wrong)
        if wrong and not self._allow_unsafe:
            raise UnsafeStoreError(
                f"{self._name}: could lose what was acknowledged ({', '.join(wrong)}). Set it back (postgresql.conf, "
                "ALTER SYSTEM, ALTER ROLE or ALTER DATABASE): nothing is decided before."
            )
        if not is_free:
            raise in_flight()

    def _commit(self, connection: Connection) -> None:
        with self._watchdog.waiting(connection.info[WatchedSocket], BUSY_SECONDS):
            connection.commit()


class _Held:
    def __init__(self, connection: Connection, commit: Callable[[Connection], None], name: str) -> None:
        self._connection, self._commit, self._name = connection, commit, name

    def read(self, work: Work[T]) -> T:
        with translated(self._name):
            return work(self._connection)

    def write(self, work: Work[T]) -> T:
        with translated(self._name):
            try:
                value = work(self._connection)
                failpoint("decisions.before_commit")
                self._commit(self._connection)
            except BaseException:
                # Also when the process is told to stop: half a record must not be committed by whoever comes next.
                with suppress(DBAPIError):
                    self._connection.rollback()
                raise
            failpoint("decisions.after_commit")
            return value


def migrating_engine(url: URL) -> Engine:
    """Engine that changes the schema: it waits for others, and no statement of it is cut short."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"connect_timeout": 5, "application_name": "garant ledger migrate"},
    )
    event.listen(engine, "do_connect", _connect)
    return engine


def _connect(_dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]) -> Any:  # noqa: ANN401
    return psycopg.connect(*arguments, **with_password(options))
