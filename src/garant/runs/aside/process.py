"""The process aside: started when it is first asked, asked one question at a time, ended when it takes too long.

Questions and answers are lines of JSON; nothing that comes back is executed. The process ends by itself when the one
that started it is gone.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from queue import Empty, Queue
from typing import IO
from weakref import finalize

from garant.exceptions import AsideError
from garant.storage import Json

MOST_SECONDS = 30.0
"""For one answer; the first one reads a whole run."""

WAIT_SECONDS = 10.0
"""How long a question waits for another one to be answered."""

MODULE = "garant.runs.aside.child"

_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ARROW_NUM_THREADS": "1"}


class Aside:
    """Answers questions in a process of its own.

    Parameters
    ----------
    most, wait : float
        Seconds for an answer, and before a question is asked at all.
    """

    def __init__(self, *, most: float = MOST_SECONDS, wait: float = WAIT_SECONDS) -> None:
        self._most, self._wait = most, wait
        self._one = threading.Lock()
        self._running: _Running | None = None

    def ask(self, question: Mapping[str, Json]) -> Json:
        """Answer to a question, see `garant.runs.aside.child`.

        Raises
        ------
        AsideError
            With the reason: ``busy``, ``slow``, ``failed``, or what the answer says is wrong.
        """
        if not self._one.acquire(timeout=self._wait):
            raise AsideError("busy", "another question is being answered")
        try:
            answer = self._answer(question)
        finally:
            self._one.release()
        if "wrong" in answer:
            raise AsideError(str(answer["wrong"]), str(answer.get("says", "")))
        return answer["answer"]

    def close(self) -> None:
        """End the process; it is started again when somebody asks."""
        if self._running is not None:
            self._running.end()
            self._running = None

    def _answer(self, question: Mapping[str, Json]) -> Mapping[str, Json]:
        if self._running is None or not self._running.is_alive:
            self._running = _Running()
        try:
            return self._running.answer(json.dumps(question), self._most)
        except Empty:
            self.close()
            raise AsideError("slow", f"no answer after {self._most:g} seconds") from None
        except (OSError, ValueError) as error:
            self.close()
            raise AsideError("failed", f"the process ended ({error})") from error


class _Running:
    """One process."""

    def __init__(self) -> None:
        # -P: a file of the folder that the service was started in must not be imported.
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **_THREADS},
            text=True,
            encoding="utf-8",
        )
        assert self._process.stdin is not None  # noqa: S101 - asked for above
        assert self._process.stdout is not None  # noqa: S101 - as well
        self._asked = self._process.stdin
        self._lines: Queue[str] = Queue()
        threading.Thread(target=_read, args=(self._process.stdout, self._lines), name="aside", daemon=True).start()
        # Whoever forgets to close it must not leave it behind.
        self.end = finalize(self, _end, self._process)

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def answer(self, question: str, most: float) -> Mapping[str, Json]:
        """Answer to one line, within `most` seconds."""
        self._asked.write(question + "\n")
        self._asked.flush()
        return json.loads(self._lines.get(timeout=most))


def _read(stream: IO[str], lines: "Queue[str]") -> None:
    with stream, suppress(ValueError):
        for line in stream:
            lines.put(line)
    # Whoever waits learns that nothing comes any more.
    lines.put("")


def _end(process: "subprocess.Popen[str]") -> None:
    with suppress(OSError):
        process.kill()
    process.wait()
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
