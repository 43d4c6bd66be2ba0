"""What is asked elsewhere and seldom changes: kept for a while, asked again in time, never believed for too long."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from garant.exceptions import ProviderError

T = TypeVar("T")

FRESH_SECONDS = 300.0
"""Older than this, what is known is asked again while it goes on to count."""

MOST_SECONDS = 900.0
"""Older than this, what is known counts no longer: a key that was withdrawn opens nothing after that."""

PAUSE_SECONDS = 10.0
"""From one question to the next, whoever wants to know: who makes up names of keys does not make us ask."""


class MustAskError(Exception):
    """It cannot be told without asking, which whoever wanted to know does not do."""


class KeptAnswer(Generic[T]):
    """One answer, kept; safe for many threads.

    Parameters
    ----------
    ask : callable
        Asks; may raise ProviderError.
    clock : callable
        Seconds that only ever grow.
    """

    def __init__(self, ask: Callable[[], T], clock: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._clock = ask, clock
        self._guard = threading.Lock()
        self._known: tuple[float, T] | None = None
        self._asked: float | None = None
        self._failed = "has not been asked"

    def value(self, is_enough: Callable[[T], bool] = lambda _: True, *, may_ask: bool = True) -> T:
        """Give it.

        Parameters
        ----------
        is_enough : callable
            Whether it holds what is looked for; otherwise it is asked anew, unless that was done a moment ago.
        may_ask : bool
            Whether the caller waits while it is asked.

        Raises
        ------
        ProviderError
            When nothing is known that counts.
        MustAskError
            When asking is due and the caller does not wait.
        """
        if self._is_due(is_enough):
            if not may_ask:
                raise MustAskError
            self._learn(is_enough)
        known = self._counting()
        if known is None:
            raise ProviderError(self._failed)
        return known[0]

    def _counting(self) -> tuple[T] | None:
        known = self._known
        return None if known is None or self._clock() - known[0] > MOST_SECONDS else (known[1],)

    def _is_due(self, is_enough: Callable[[T], bool]) -> bool:
        now, known = self._clock(), self._known
        if self._asked is not None and now - self._asked < PAUSE_SECONDS:
            return False
        return known is None or now - known[0] > FRESH_SECONDS or not is_enough(known[1])

    def _learn(self, is_enough: Callable[[T], bool]) -> None:
        known = self._counting()
        # What is merely old serves everybody but the one who asks.
        must_wait = known is None or not is_enough(known[0])
        if not self._guard.acquire(blocking=must_wait):
            return
        try:
            if not self._is_due(is_enough):
                return
            # As old as the moment before the question.
            now = self._clock()
            try:
                self._known = now, self._ask()
            except ProviderError as error:
                self._failed = str(error)
            finally:
                self._asked = self._clock()
        finally:
            self._guard.release()
