"""Cuts connections on which nothing comes back: a server that hangs keeps its socket open for ever.

The server's own ``statement_timeout`` ends what takes too long while it lives. When it is stopped, unreachable or
swapped out, only this side can end the wait: the socket is shut down, and whoever waits on it hears so at once.
"""

import os
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress

_TICK_SECONDS = 0.05


class WatchedSocket:
    """A second handle on the socket of a connection, and until when an answer is waited for."""

    def __init__(self, descriptor: int) -> None:
        # Of its own: when the connection closes its number, another file may get that number.
        self._descriptor = os.dup(descriptor)
        self.until: float | None = None

    def cut(self) -> None:
        """Shut the connection down in both directions."""
        self.until = None
        handle = socket.socket(fileno=self._descriptor)
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)
        handle.detach()

    def close(self) -> None:
        """Give the handle back; the connection itself is not touched."""
        os.close(self._descriptor)


class Watchdog:
    """A thread that looks at the connections on which somebody waits."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._watched: set[WatchedSocket] = set()
        self._closed = False
        self._asleep = False
        self._thread = threading.Thread(target=self._run, name="garant-store-watchdog", daemon=True)
        self._thread.start()

    def add(self, watched: WatchedSocket) -> None:
        """Look after a connection."""
        with self._changed:
            self._watched.add(watched)

    def remove(self, watched: WatchedSocket) -> None:
        """Look after it no longer."""
        with self._changed:
            if watched in self._watched:
                self._watched.remove(watched)
                watched.close()

    def begin(self, watched: WatchedSocket, seconds: float) -> None:
        """Somebody waits from now on, this long and no longer."""
        watched.until = time.monotonic() + seconds
        # A thread that looks twenty times a second need not be woken at every statement. In this order, and in the
        # other one below, one of the two sees the other.
        if self._asleep:
            with self._changed:
                self._changed.notify()

    @contextmanager
    def waiting(self, watched: WatchedSocket, seconds: float) -> Generator[None]:
        """Wait in this block, this long and no longer."""
        self.begin(watched, seconds)
        try:
            yield
        finally:
            watched.until = None

    def close(self) -> None:
        """End."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                for watched in self._watched:
                    until = watched.until
                    if until is not None and now > until:
                        watched.cut()
                self._asleep = True
                self._asleep = all(watched.until is None for watched in self._watched)
                self._changed.wait(None if self._asleep else _TICK_SECONDS)
