"""The watchdog ends a wait in time, also after it slept, and leaves alone who was answered."""

import socket
import time
from collections.abc import Iterator

import pytest

from garant.decisions.watchdog import Watchdog, WatchedSocket

SOON = 2.0
"""Seconds within which a cut is heard, however busy the machine is."""


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    made = Watchdog()
    yield made
    made.close()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a connection on which nothing comes."""
    ours, theirs = socket.socketpair()
    ours.settimeout(SOON)
    with ours, theirs:
        yield ours, theirs


def test_who_waits_too_long_hears_so_although_the_watchdog_slept_before(
    watchdog: Watchdog, pair: tuple[socket.socket, socket.socket]
) -> None:
    watched = WatchedSocket(pair[0].fileno())
    watchdog.add(watched)
    # Nobody waits: it sleeps until it is woken.
    time.sleep(0.2)
    watchdog.begin(watched, 0.1)
    assert pair[0].recv(1) == b""
    watchdog.remove(watched)


def test_a_wait_that_begins_while_it_falls_asleep_is_seen(
    watchdog: Watchdog, pair: tuple[socket.socket, socket.socket]
) -> None:
    watched = WatchedSocket(pair[0].fileno())
    watchdog.add(watched)
    for _ in range(2_000):
        with watchdog.waiting(watched, SOON):
            pass
    for _ in range(20):
        with watchdog.waiting(watched, SOON):
            time.sleep(0.06)
    watchdog.begin(watched, 0.0)
    assert pair[0].recv(1) == b""
    watchdog.remove(watched)


def test_who_was_answered_is_left_alone(watchdog: Watchdog, pair: tuple[socket.socket, socket.socket]) -> None:
    watched = WatchedSocket(pair[0].fileno())
    watchdog.add(watched)
    with watchdog.waiting(watched, 0.1):
        pass
    time.sleep(0.3)
    pair[1].sendall(b"x")
    assert pair[0].recv(1) == b"x"
    watchdog.remove(watched)
