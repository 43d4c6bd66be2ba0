"""Who asks: read by locust in a process of its own, since gevent changes the standard library under whoever imports it.

The environment says what: LOAD_BODIES (one JSON body a line), LOAD_OUT (where latencies go), LOAD_PATH, LOAD_KEY,
LOAD_RATE (requests a second of all users together; 0 = each asks again as soon as it was answered), LOAD_SEED.
At a rate each user asks once in every `users / rate` seconds, at a random moment of it that does not depend on the
answers before; a request that was due while the last one was open counts from the moment at which it was due.
"""

import json
import os
import random
import time
from pathlib import Path
from uuid import uuid4

import gevent
from locust import FastHttpUser, constant, events, task
from locust.env import Environment

BODIES = Path(os.environ["LOAD_BODIES"]).read_text("utf-8").splitlines()
PATH, KEY = os.environ["LOAD_PATH"], os.environ.get("LOAD_KEY", "")
RATE, USERS = float(os.environ.get("LOAD_RATE", "0")), int(os.environ["LOAD_USERS"])
RANDOM = random.Random(int(os.environ.get("LOAD_SEED", "7")))  # noqa: S311 - when somebody asks is no secret

answered: list[tuple[float, float, float, int, str]] = []
"""When, latency from when it was due (ms), latency from when it was sent (ms), status, stages of the answer."""


class Lender(FastHttpUser):
    """Somebody who asks for decisions."""

    wait_time = constant(0)
    network_timeout = connection_timeout = 30.0

    def on_start(self) -> None:
        """Begin a second from now, so that everybody is there."""
        self.number = 0
        self.began = time.perf_counter() + 1.0

    @task
    def ask(self) -> None:
        """Ask once."""
        due = self._await_turn()
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        if KEY:
            headers["Authorization"] = f"Bearer {KEY}"
        sent = time.perf_counter()
        answer = self.client.post(PATH, data=RANDOM.choice(BODIES), headers=headers, name=PATH)
        done = time.perf_counter()
        stages = str(answer.headers.get("Server-Timing", "")) if answer.headers else ""
        answered.append((time.time(), (done - due) * 1e3, (done - sent) * 1e3, answer.status_code, stages))

    def _await_turn(self) -> float:
        """Wait until the next request is due; when that was."""
        if not RATE:
            return time.perf_counter()
        period = USERS / RATE
        due = self.began + (self.number + RANDOM.random()) * period
        self.number += 1
        gevent.sleep(max(0.0, due - time.perf_counter()))
        return due


@events.quitting.add_listener
def write(environment: Environment, **_: object) -> None:  # noqa: ARG001 - locust's signature
    """Leave what was measured."""
    with Path(os.environ["LOAD_OUT"]).open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in answered)
