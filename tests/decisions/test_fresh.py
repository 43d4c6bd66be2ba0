"""What is read for all threads is read once, and a database that hangs is waited for once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from garant.decisions import fresh
from garant.decisions.fresh import Fresh
from garant.exceptions import StoreError


def test_it_is_read_again_after_two_seconds_or_when_it_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, reads = [100.0], iter(range(10))
    monkeypatch.setattr(fresh.time, "monotonic", lambda: clock[0])
    known = Fresh(lambda: next(reads))
    assert [known.value(), known.value()] == [0, 0]
    clock[0] += 1.9
    assert known.value() == 0
    clock[0] += 0.2
    assert known.value() == 1
    known.forget()
    assert known.value() == 2


def test_all_who_wait_hear_of_one_failure_and_the_next_ones_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    is_broken, has_begun, is_over = [True], threading.Event(), threading.Event()

    def read() -> str:
        asked.append(1)
        has_begun.set()
        is_over.wait(10)
        if is_broken[0]:
            raise StoreError("no answer")
        return "well"

    known = Fresh(read)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(known.value) for _ in range(8)]
        assert has_begun.wait(10)
        is_over.set()
        assert [str(one.exception()) for one in waiting] == ["no answer"] * 8
    assert len(asked) == 1
    later = fresh.time.monotonic() + 0.6
    monkeypatch.setattr(fresh.time, "monotonic", lambda: later)
    is_broken[0] = False
    assert known.value() == "well"
