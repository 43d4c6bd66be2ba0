"""What the record store asks of a database, whichever it is."""

import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar, runtime_checkable

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from garant.exceptions import StoreError, StoreFullError

T = TypeVar("T")

Work = Callable[[Connection], T]
"""What is done on a connection. It may be run again when the database asks for that, so it changes nothing else."""


@runtime_checkable
class Mergeable(Protocol):
    """Work that can be done together with others of its kind: the same statements, with the rows of all."""

    def __call__(self, connection: Connection) -> None:
        """Do it by itself."""
        ...

    def with_others(self, connection: Connection, others: Sequence["Mergeable"]) -> None:
        """Do all of it, or raise: then each is done by itself, to find out which one fails."""
        ...


BUSY_SECONDS = 0.8
"""How long one waits for the database: with the way there and back, a caller knows within a second."""


class Held(Protocol):
    """A request that nobody else answers at this moment."""

    def read(self, work: Work[T]) -> T:
        """Read."""
        ...

    def write(self, work: Work[T]) -> T:
        """Write in one transaction, which is durable when this returns."""
        ...


class Database(Protocol):
    """A database with the tables of `garant.decisions.schema`."""

    is_unsafe: bool
    """Whether it could lose what was acknowledged, and was opened nevertheless."""

    def read(self, work: Work[T]) -> T:
        """Run `work` and give what it returns; nothing is written."""
        ...

    def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction, which is durable when this returns."""
        ...

    def held(self, request: bytes) -> AbstractContextManager[Held]:
        """Keep a request for the caller alone; InFlightError when somebody else has it."""
        ...

    def check(self) -> None:
        """One round trip and a look at the settings that durability hangs on; StoreError when something is wrong."""
        ...

    def scrub(self) -> bool:
        """Take what was deleted out of the files too; False when others kept them busy, or this takes more rights."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


@contextmanager
def translated(name: str) -> Generator[None]:
    """Turn failures of the database into StoreError; what statements held stands in no message."""
    try:
        yield
    except PoolTimeoutError as error:
        raise StoreError(f"{name}: all connections are busy. Ask again in a moment.") from error
    except DBAPIError as error:
        raise _told(name, *_said(error)) from None
    except sqlite3.Error as error:
        raise _told(name, str(error)) from None
    except SQLAlchemyError as error:
        raise StoreError(f"{name}: cannot be used ({type(error).__name__}).") from None


def _said(error: DBAPIError) -> tuple[str, str | None]:
    """First line of the driver's message without its details, which may hold values; and its code."""
    original = error.orig
    primary = getattr(getattr(original, "diag", None), "message_primary", None)
    text = str(primary or original or type(error).__name__).strip().splitlines()
    said = text[0] if text else type(error).__name__
    return said, getattr(original, "sqlstate", None)


def _told(name: str, said: str, sqlstate: str | None = None) -> StoreError:
    if "disk is full" in said or sqlstate == "53100":
        return StoreFullError(
            f"{name}: there is no space left, nothing can be recorded. Make room; records can still be read."
        )
    if "locked" in said or "busy" in said:
        return StoreError(f"{name}: another process keeps it locked. Ask again in a moment.")
    return StoreError(f"{name}: cannot be used at this moment ({said}).")
