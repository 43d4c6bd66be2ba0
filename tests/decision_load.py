"""People who ask for decisions and never give up: what was acknowledged to them is compared with what is stored."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

GOOD = {200, 201}

PROBLEM = "application/problem+json"

PAUSE_SECONDS = 0.05
"""Between two attempts with the same key."""

SETTLE_SECONDS = 90.0
"""How long an attempt goes on after the load was told to stop."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that was answered, or not (status 0); `problem` is the type of the problem that it was told."""

    at: float
    seconds: float
    status: int
    problem: str


@dataclass(slots=True)
class Load:
    """Threads that ask for one decision after the other, each with an idempotency key of its own.

    Whoever gets no good answer asks again with the same key and body, as the typed client does; so when the load has
    settled, each key stands for exactly one decision, whatever was killed meanwhile.

    Parameters
    ----------
    url, key : str
        Service and API key.
    bodies : sequence of bytes
        What is asked.
    threads : int
        How many ask at once.
    """

    url: str
    key: str
    bodies: Sequence[bytes]
    threads: int = 6
    acknowledged: dict[str, tuple[str, int]] = field(default_factory=dict[str, tuple[str, int]])
    """Idempotency key → id of the decision, number of the body."""

    bundles: dict[str, str] = field(default_factory=dict[str, str])
    """Id of a decision → digest of the bundle that the answer names."""

    attempts: list[Attempt] = field(default_factory=list[Attempt])
    faults: list[str] = field(default_factory=list[str])
    _stopped: threading.Event = field(default_factory=threading.Event)
    _running: list[threading.Thread] = field(default_factory=list[threading.Thread])

    def __enter__(self) -> Self:
        """Begin to ask."""
        self._stopped.clear()
        self._running = [threading.Thread(target=self._ask, args=(i,), daemon=True) for i in range(self.threads)]
        for thread in self._running:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let everybody come to the end of what they ask."""
        self._stopped.set()
        for thread in self._running:
            thread.join(SETTLE_SECONDS + 30)

    def await_more(self, n: int, seconds: float = SETTLE_SECONDS) -> None:
        """Wait until `n` more decisions were acknowledged."""
        wanted, deadline = len(self.acknowledged) + n, time.monotonic() + seconds
        while len(self.acknowledged) < wanted:
            if time.monotonic() > deadline:
                raise RuntimeError(f"no decisions any more: {self.statuses()} {self.faults[-3:]}")
            time.sleep(0.005)

    def statuses(self, *, since: float = 0.0) -> Counter[int]:
        """How often each status came."""
        return Counter(attempt.status for attempt in list(self.attempts) if attempt.at >= since)

    def refused(self, *, since: float = 0.0) -> list[Attempt]:
        """Attempts without a good answer."""
        return [attempt for attempt in list(self.attempts) if attempt.at >= since and attempt.status not in GOOD]

    def again(self, client: httpx.Client, key: str) -> str:
        """Ask once more with a key that was answered; the id in the answer."""
        _, body = self.acknowledged[key]
        answer = self._post(client, key, self.bodies[body])
        if answer is None or answer.status_code not in GOOD:
            raise RuntimeError(f"not answered again: {answer.status_code if answer is not None else 'no answer'}")
        return str(json.loads(answer.content)["id"])

    def _ask(self, number: int) -> None:
        rng = random.Random(number)  # noqa: S311 - who asks for what is no secret
        with httpx.Client(timeout=20) as client:
            while not self._stopped.is_set():
                key, body = str(uuid4()), rng.randrange(len(self.bodies))
                deadline: float | None = None
                while (answer := self._post(client, key, self.bodies[body])) is None or answer.status_code not in GOOD:
                    if self._stopped.is_set():
                        deadline = deadline or time.monotonic() + SETTLE_SECONDS
                        if time.monotonic() > deadline:
                            self.faults.append(f"never answered: {answer.text if answer is not None else ''}")
                            return
                    time.sleep(PAUSE_SECONDS)
                said: dict[str, Any] = json.loads(answer.content)
                self.bundles[said["id"]] = said["digests"]["bundle"]
                self.acknowledged[key] = said["id"], body

    def _post(self, client: httpx.Client, key: str, body: bytes) -> httpx.Response | None:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": key, "Content-Type": "application/json"}
        began = time.monotonic()
        try:
            answer = client.post(f"{self.url}/v1/decisions", content=body, headers=headers)
        except httpx.HTTPError as error:
            self.attempts.append(Attempt(began, time.monotonic() - began, 0, type(error).__name__))
            return None
        is_problem = answer.headers.get("content-type", "") == PROBLEM
        problem = str(json.loads(answer.content)["type"]) if is_problem else ""
        self.attempts.append(Attempt(began, time.monotonic() - began, answer.status_code, problem))
        if answer.status_code not in GOOD | {409, 503}:
            self.faults.append(f"{answer.status_code}: {answer.text[:500]}")
        return answer
