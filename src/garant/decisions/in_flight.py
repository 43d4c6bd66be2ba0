"""Requests that this process is answering: each is there once."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

from garant.exceptions import InFlightError


class InFlight:
    """The requests under way, for all threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._requests: set[bytes] = set()

    @contextmanager
    def only(self, request: bytes) -> Generator[None]:
        """Answer a request in this block alone.

        Raises
        ------
        InFlightError
            When it is being answered.
        """
        with self._guard:
            if request in self._requests:
                raise in_flight()
            self._requests.add(request)
        try:
            yield
        finally:
            with self._guard:
                self._requests.discard(request)


def in_flight() -> InFlightError:
    """What whoever sends a request twice is told."""
    return InFlightError("This request is being answered at this moment. Ask again in a second.")
