"""The record store in one SQLite file: for one machine, one serving process."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from garant.decisions.database import BUSY_SECONDS, Held, Work, translated
from garant.decisions.group_commit import GroupCommit
from garant.decisions.in_flight import InFlight
from garant.exceptions import StoreError, UnsafeStoreError

T = TypeVar("T")

_FULL = 2
_READERS = 8


class SqliteDatabase:
    """A SQLite file, written by one thread and read by several."""

    def __init__(self, path: Path, *, serving: bool, allow_unsafe: bool = False) -> None:
        self._path, self._allow_unsafe = path, allow_unsafe
        self.is_unsafe = False
        self._name = f"Record store {path}"
        self._lock = _serving_lock(path) if serving else None
        self._in_flight = InFlight()
        self._readers = _engine(path, pool=QueuePool, pragmas=("query_only=ON",))
        self._writing = _engine(path, pool=NullPool)
        self.writer = GroupCommit(self._writing, self._name)

    def read(self, work: Work[T]) -> T:
        """Run `work` and give what it returns; nothing is written."""
        with translated(self._name), self._readers.connect() as connection:
            # One state of the file for all statements; the driver is in autocommit.
            raw: Any = connection.connection.dbapi_connection
            raw.execute("BEGIN")
            try:
                return work(connection)
            finally:
                raw.execute("ROLLBACK")

    def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction, which is durable when this returns."""
        with translated(self._name):
            return self.writer.write(work)

    @contextmanager
    def held(self, request: bytes) -> Generator[Held]:
        """Keep a request for the caller alone; InFlightError when another thread has it."""
        with self._in_flight.only(request):
            yield _Held(self, self._name)

    def check(self) -> None:
        """One round trip through the writer, and a look at the settings that durability hangs on."""
        with translated(self._name):
            self.is_unsafe = self.writer.write(self._find_unsafe, alone=True)

    def scrub(self) -> bool:
        """Bring what was overwritten into the file and empty the log of writes; False when a reader kept it busy."""
        with translated(self._name):
            return self.writer.write(_emptied, alone=True)

    def close(self) -> None:
        """Finish what waits and give the lock back."""
        self.writer.close()
        self._readers.dispose()
        self._writing.dispose()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _find_unsafe(self, connection: Connection) -> bool:
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar()
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        if synchronous == _FULL and journal == "wal":
            return False
        if self._allow_unsafe:
            return True
        raise UnsafeStoreError(
            f"{self._name}: could lose what was acknowledged (synchronous {synchronous}, expected {_FULL}; journal "
            f"{journal}, expected wal). Put the file on a local disk."
        )


class _Held:
    def __init__(self, database: SqliteDatabase, name: str) -> None:
        self._database, self._name = database, name

    def read(self, work: Work[T]) -> T:
        return self._database.read(work)

    def write(self, work: Work[T]) -> T:
        with translated(self._name):
            return self._database.writer.write(work, decides=True)


def sqlite_path(url: URL) -> Path:
    """File that a URL names.

    Raises
    ------
    StoreError
        When it names none: what is in memory would be lost.
    """
    if not url.database or url.database == ":memory:" or url.query:
        raise StoreError("A record store on SQLite needs a file: sqlite:///relative/path or sqlite:////path, no more.")
    return Path(url.database)


def make_file(path: Path) -> None:
    """Make an empty file that its owner alone may read, unless there is one; the log beside it gets the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(f"Record store {path}: cannot be made or opened ({error.strerror or error}).") from error


def migrating_engine(path: Path) -> Engine:
    """Engine that changes the schema: whoever comes second waits."""
    engine = _engine(path, pool=NullPool, busy_seconds=30.0)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _engine(
    path: Path, *, pool: type[NullPool | QueuePool], pragmas: tuple[str, ...] = (), busy_seconds: float = BUSY_SECONDS
) -> Engine:
    sizes: dict[str, Any] = {"pool_size": _READERS, "pool_timeout": BUSY_SECONDS} if pool is QueuePool else {}
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=pool,
        hide_parameters=True,
        connect_args={"timeout": busy_seconds, "isolation_level": None, "check_same_thread": False},
        **sizes,
    )

    @event.listens_for(engine, "connect")
    def _set(connection: Any, _record: object) -> None:  # noqa: ANN401 # pyright: ignore[reportUnusedFunction]
        cursor = connection.cursor()
        # Deleted content is overwritten at once, not when its place is needed.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _emptied(connection: Connection) -> bool:
    # What was deleted is zeros in the file (secure_delete), but its old pages still stand in the log.
    busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    return busy == 0


def _serving_lock(path: Path) -> int:
    """Take the lock beside the file; the system gives it back when the process ends, however it does.

    Raises
    ------
    StoreError
        When another process serves from this file.
    """
    lock = path.with_name(f"{path.name}.lock")
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{lock}: cannot be opened ({error.strerror or error}).") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        pid = os.read(descriptor, 20).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise StoreError(
            f"Record store {path}: process {pid} serves from it, and one process alone may. Ask it (`garant decide "
            "FILE` without --bundle), stop it first, or use PostgreSQL (store_url), where several may."
        ) from error
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor
