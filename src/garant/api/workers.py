"""Workers: processes of one service that share its port, forked from one that has imported everything already.

Importing takes longer than everything else that a worker does before it serves; a fork takes milliseconds. So the first
process imports and checks, opens nothing that outlives the check, starts no thread, and only watches afterwards.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from types import FrameType

from structlog.typing import FilteringBoundLogger

LOOK_SECONDS = 0.5
"""How often the first process looks whether it was told to stop."""

AGAIN_SECONDS = 2.0
"""Pause before a worker is started again that could not begin: its database may be away for a while."""

# Elsewhere a fork of a process that has loaded the system's frameworks may not survive.
_Process = (
    multiprocessing.get_context("fork") if sys.platform == "linux" else multiprocessing.get_context("spawn")
).Process


class Workers:
    """Processes that do the same work, started again when they die.

    Parameters
    ----------
    work : callable
        What each does until SIGTERM; may be pickled. A process that ends with `failed` could not begin.
    n : int
        How many.
    failed : int
        Exit code of a worker that could not begin.
    grace : float
        Seconds within which a worker ends that is told to.
    log : logger
        Told of each that ends.

    Attributes
    ----------
    was_terminated : bool
        Whether SIGTERM ended them, not Ctrl-C.
    has_failed : bool
        Whether one of the first could not begin: then none is started again.
    """

    def __init__(
        self, work: Callable[[], None], n: int, *, failed: int, grace: float, log: FilteringBoundLogger
    ) -> None:
        self._work, self._n, self._failed, self._grace, self._log = work, n, failed, grace, log
        self._stopped = threading.Event()
        self.was_terminated = self.has_failed = False

    def run(self) -> None:
        """Start them, and keep them until this process is told to stop."""
        before = {number: signal.signal(number, self._told) for number in (signal.SIGTERM, signal.SIGINT)}
        first = [self._started() for _ in range(self._n)]
        running: list[BaseProcess | None] = [*first]
        again = [0.0] * self._n
        try:
            while not self._stopped.is_set():
                wait([worker.sentinel for worker in running if worker], timeout=LOOK_SECONDS)
                for place, worker in enumerate(running):
                    if worker is not None and not worker.is_alive():
                        self._note(worker, is_first=worker in first)
                        pause = AGAIN_SECONDS if worker.exitcode == self._failed else 0.0
                        running[place], again[place] = None, time.monotonic() + pause
                    if running[place] is None and not self._stopped.is_set() and time.monotonic() >= again[place]:
                        running[place] = self._started()
        finally:
            self._end([worker for worker in running if worker])
            for number, handler in before.items():
                signal.signal(number, handler)

    def _told(self, number: int, _: FrameType | None) -> None:
        self.was_terminated = self.was_terminated or number == signal.SIGTERM
        self._stopped.set()

    def _started(self) -> BaseProcess:
        worker = _Process(target=_begin, args=(self._work, os.getpid()))
        worker.start()
        return worker

    def _note(self, worker: BaseProcess, *, is_first: bool) -> None:
        if self._stopped.is_set():
            return
        self._log.error("worker", result="ended", process=worker.pid, code=worker.exitcode)
        # It would fail the same way for ever: whoever starts the service wants to know now.
        if is_first and worker.exitcode == self._failed:
            self.has_failed = True
            self._stopped.set()

    def _end(self, workers: list[BaseProcess]) -> None:
        for worker in workers:
            worker.terminate()
        until = time.monotonic() + self._grace
        for worker in workers:
            worker.join(max(0.0, until - time.monotonic()))
            if worker.is_alive():
                worker.kill()
                worker.join()


def _begin(work: Callable[[], None], parent: int) -> None:
    # What the first process does when it is told to stop is nothing for a worker.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_end_with, args=(parent,), name="parent", daemon=True).start()
    work()


def _end_with(parent: int) -> None:
    """End when the process that started this one is gone: a worker that nobody stops would hold the port."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
