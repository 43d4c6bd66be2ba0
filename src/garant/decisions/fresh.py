"""What is looked at for every request and changes seldom: read once every two seconds for all threads."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from garant.exceptions import StoreError

T = TypeVar("T")

FRESH_SECONDS = 2.0
"""How old what is known may be."""

_FAILED_SECONDS = 0.5
"""How long a failure counts for those who waited for the same answer: else each would wait for the database in turn."""


class Fresh(Generic[T]):
    """What `read` gives, at most two seconds old; safe for many threads.

    Parameters
    ----------
    read : callable
        Reads it; may raise StoreError.
    """

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._guard = threading.Lock()
        self._known: tuple[float, T] | None = None
        self._failed: tuple[float, str] | None = None

    def value(self) -> T:
        """Give it, read again when what is known is too old.

        Raises
        ------
        StoreError
            When it cannot be read, or could not a moment ago.
        """
        with self._guard:
            now = time.monotonic()
            if self._known is not None and now - self._known[0] <= FRESH_SECONDS:
                return self._known[1]
            if self._failed is not None and now - self._failed[0] <= _FAILED_SECONDS:
                raise StoreError(self._failed[1])
            try:
                value = self._read()
            except StoreError as error:
                self._failed = time.monotonic(), str(error)
                raise
            # As old as the moment before the question.
            self._known, self._failed = (now, value), None
            return value

    def at_once(self) -> T | None:
        """Give it when nobody has to wait for that; None when it must be read."""
        known = self._known
        return known[1] if known is not None and time.monotonic() - known[0] <= FRESH_SECONDS else None

    def forget(self) -> None:
        """Read it again the next time."""
        with self._guard:
            self._known = self._failed = None
