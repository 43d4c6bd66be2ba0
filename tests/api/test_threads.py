"""Work that blocks waits in a queue that ends."""

import asyncio
import threading

import pytest

from garant.api.problems import RefusedError
from garant.api.threads import Places, Threads


def test_what_finds_no_place_is_refused_at_once_and_the_rest_is_done() -> None:
    gate = threading.Event()
    threads = Threads(2, 3)

    async def ask() -> str:
        try:
            return await threads.run(lambda: "done" if gate.wait(5) else "never")
        except RefusedError as error:
            return f"{error.kind.status}, {error.headers['Retry-After']} s"

    async def crowd() -> list[str]:
        asked = [asyncio.ensure_future(ask()) for _ in range(9)]
        await asyncio.sleep(0.05)
        assert sorted(task.result() for task in asked if task.done()) == ["503, 1 s"] * 4
        gate.set()
        return sorted(await asyncio.gather(*asked))

    assert asyncio.run(crowd()) == ["503, 1 s"] * 4 + ["done"] * 5
    assert threads.taken == 0
    threads.close()


def test_who_goes_away_does_not_free_the_place_of_work_that_still_runs() -> None:
    gate = threading.Event()
    threads = Threads(1, 0)

    async def leave() -> None:
        asked = asyncio.ensure_future(threads.run(gate.wait, 5))
        await asyncio.sleep(0.02)
        asked.cancel()
        await asyncio.sleep(0.02)
        with pytest.raises(RefusedError):
            await threads.run(gate.wait, 5)
        gate.set()
        await asyncio.sleep(0.05)
        assert await threads.run(lambda: True)

    asyncio.run(leave())
    threads.close()


def test_an_error_of_the_work_reaches_who_asked_and_frees_the_place() -> None:
    threads = Threads(1, 0)

    async def fail() -> None:
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await threads.run(lambda: 1 / 0)

    asyncio.run(fail())
    threads.close()


def test_a_place_is_given_back_also_after_an_error() -> None:
    places = Places(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), places.one():
            _ = 1 / 0
    with places.one(), pytest.raises(RefusedError), places.one():
        pass
