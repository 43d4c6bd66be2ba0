"""How often one key may ask: a bucket of tokens per key, refilled all the time."""

import math
import time
from collections.abc import Callable

from garant.api.problems import Kind, RefusedError

TOO_OFTEN = Kind(status=429, slug="too-often", detail="This key asks more often than it may. Wait as Retry-After says.")

_MOST_BUCKETS = 10_000


class RateLimit:
    """Requests a second that each key may make; a second's worth of them at once.

    Each worker of a service counts for itself, so that with n workers a key may reach n times the rate.

    Parameters
    ----------
    rate : float
        Requests a second.
    clock : callable
        Seconds that only ever grow.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._most = max(1.0, rate)
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> None:
        """Take one token of `key`.

        Raises
        ------
        RefusedError
            429 with Retry-After when there is none.
        """
        now = self._clock()
        tokens, since = self._buckets.get(key, (self._most, now))
        tokens = min(self._most, tokens + (now - since) * self._rate)
        if tokens < 1:
            self._buckets[key] = (tokens, now)
            wait = math.ceil((1 - tokens) / self._rate)
            raise RefusedError(TOO_OFTEN, headers={"Retry-After": str(max(1, wait))})
        if len(self._buckets) >= _MOST_BUCKETS and key not in self._buckets:
            self._forget_full(now)
        self._buckets[key] = (tokens - 1, now)

    def _forget_full(self, now: float) -> None:
        """Drop the buckets that are full again: a new one says the same."""
        self._buckets = {
            key: (tokens, since)
            for key, (tokens, since) in self._buckets.items()
            if tokens + (now - since) * self._rate < self._most
        }
