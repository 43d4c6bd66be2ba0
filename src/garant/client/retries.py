"""When a request is sent again, and after how long."""

import email.utils
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from garant.client.calls import Call

_TOO_MANY, _UNAVAILABLE, _CONFLICT = 429, 503, 409
IN_FLIGHT = "in-flight"
"""Last part of the type of the problem that says: the same request is being answered at this moment."""

BUSY = "busy"
"""The same of a service that did not even begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often and how long a request is tried.

    Parameters
    ----------
    attempts : int
        At most so many times, the first included.
    patience : float
        Seconds from the first attempt after which nothing is sent again.
    first_wait : float
        Seconds that the second attempt waits for at most; each later one twice as long. What is waited for is drawn
        at random below, so that many clients do not come back together.
    most_wait : float
        Most seconds between two attempts, unless the service says how long.
    """

    attempts: int = 5
    patience: float = 30.0
    first_wait: float = 0.2
    most_wait: float = 5.0

    def wait(self, attempt: int, *, spent: float, asked: float | None, draw: Callable[[], float]) -> float | None:
        """Seconds until the next attempt; None when there is none.

        Parameters
        ----------
        attempt : int
            Number of the one that failed, from 1.
        spent : float
            Seconds since the first one began.
        asked : float or None
            Seconds that the service asked for (``Retry-After``): never less.
        draw : callable
            A number between 0 and 1.
        """
        if attempt >= self.attempts:
            return None
        own = min(self.first_wait * 2 ** (attempt - 1), self.most_wait) * draw()
        seconds = own if asked is None else asked + own
        return seconds if spent + seconds <= self.patience else None


def jitter() -> float:
    """A number between 0 and 1."""
    return random.random()  # noqa: S311 - spreads load, keeps no secret


def may_be_sent_again(call: Call, found: httpx.Response | httpx.RequestError, *, kind: str) -> bool:
    """Whether the same request may succeed later and cannot count twice.

    Parameters
    ----------
    call : Call
        What was asked.
    found : httpx.Response or httpx.RequestError
        What came of it.
    kind : str
        Last part of the type of the problem in the response; empty where there is none.
    """
    if isinstance(found, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return True
    if isinstance(found, httpx.RequestError):
        # It may have arrived: only what is the same when it arrives twice is sent again.
        return call.is_repeatable and isinstance(found, httpx.TransportError)
    if found.status_code in call.answers:
        return False
    if found.status_code == _CONFLICT:
        return call.is_repeatable and (kind.replace("_", "-") == IN_FLIGHT or "retry-after" in found.headers)
    if found.status_code == _UNAVAILABLE:
        return call.is_repeatable or kind == BUSY
    return found.status_code == _TOO_MANY


def retry_after(response: httpx.Response) -> float | None:
    """Seconds that the service asks to wait for: a number or a date; None when it asks for none that is readable."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
