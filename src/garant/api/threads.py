"""Work that blocks runs in threads, and only so much of it waits: beyond that a request is refused at once."""

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import ParamSpec, TypeVar

from garant.api.problems import UNAVAILABLE, Kind, RefusedError

THREADS = 16
"""A decision waits for its record to be durable; on two cores more threads than this only wait for each other."""

QUEUE = 128
"""Requests that may wait for a thread: about two seconds of work."""

BUSY = Kind(
    status=UNAVAILABLE,
    slug="busy",
    detail="Too many requests wait already. Send this one again, with the same key.",
    headers={"Retry-After": "1"},
)

P = ParamSpec("P")
R = TypeVar("R")


class Threads:
    """A pool of threads with a queue that ends.

    Parameters
    ----------
    threads : int
        Calls that run at once.
    queue : int
        Calls that may wait.
    name : str
        Prefix of the threads' names.
    """

    def __init__(self, threads: int = THREADS, queue: int = QUEUE, *, name: str = "decide") -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most = threads + queue
        self._taken = 0

    @property
    def taken(self) -> int:
        """Calls that run or wait."""
        return self._taken

    async def run(self, function: Callable[P, R], *args: P.args, **keywords: P.kwargs) -> R:
        """Run `function` in a thread and wait for it.

        Raises
        ------
        RefusedError
            503 when too many calls wait already.
        """
        if self._taken >= self._most:
            raise RefusedError(BUSY)
        self._taken += 1
        future = asyncio.get_running_loop().run_in_executor(self._pool, partial(function, *args, **keywords))
        # The place is free when the work is done, not when whoever asked has gone.
        future.add_done_callback(self._give_back)
        return await asyncio.shield(future)

    def _give_back(self, _: object) -> None:
        self._taken -= 1

    def close(self) -> None:
        """Wait for what runs; what waits is still done."""
        self._pool.shutdown(wait=True)


class Places:
    """Places for what is large while it waits: whoever finds none is refused before anything of theirs is read.

    Parameters
    ----------
    most : int
        Places.
    """

    def __init__(self, most: int) -> None:
        self._free = most

    @contextmanager
    def one(self) -> Generator[None]:
        """Hold one place.

        Raises
        ------
        RefusedError
            503 when all are taken.
        """
        if self._free < 1:
            raise RefusedError(BUSY)
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1
