"""Clients die, meet and come back: a run is started once all the same."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from garant.cloud.names import execution_name
from job_platform import Platform
from scripted_cloud import ScriptedJob

Killed = Callable[[str], None]


@dataclass(slots=True)
class Waiting:
    """A job that works until it is let go, and then fails: what it leaves does not matter here."""

    platform: Platform
    lets_go: threading.Event

    def looked_at(self, times: int = 3) -> None:
        """Let it go as soon as somebody has looked at its execution so often from now on."""
        before = len(self.platform.cloud.requests)

        def look() -> None:
            until = time.monotonic() + 120
            while time.monotonic() < until:
                if self.platform.cloud.requests[before:].count("DescribeExecution") >= times:
                    break
                time.sleep(0.02)
            self.lets_go.set()

        threading.Thread(target=look, daemon=True).start()


@pytest.fixture
def waiting(platform: Platform) -> Waiting:
    """Tables, and the script of such a job."""
    lets_go = threading.Event()

    def script(job: ScriptedJob) -> None:
        job.attempt()
        lets_go.wait(timeout=120)
        job.state("FAILED")
        job.ends("FAILED")

    said = platform.garant("upload", str(platform.lender))
    assert said.code == 0, said.err
    platform.cloud.script = script
    return Waiting(platform, lets_go)


@pytest.fixture
def killed(platform: Platform) -> Killed:
    """Start the client as a process of its own and kill it (SIGKILL) where it passes a point."""

    def kill(point: str) -> None:
        words = ["cloud", "run", "--bundle", str(platform.bundle), "--environment", str(platform.environment)]
        done = subprocess.run(
            [sys.executable, "-m", "garant", *words],
            env={**os.environ, "GARANT_FAILPOINT": point},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr

    return kill


@pytest.mark.parametrize(
    ("point", "was_started"),
    [
        # Between the files of the bundle; before the request; after it, without its answer; while it looks on.
        pytest.param("s3.put:3", False, marks=pytest.mark.faults),
        pytest.param("cloud.start", False, marks=pytest.mark.faults),
        ("cloud.started", True),
        ("cloud.watch:2", True),
    ],
)
def test_a_client_that_is_killed_and_comes_back_finds_its_run(
    platform: Platform, waiting: Waiting, killed: Killed, point: str, *, was_started: bool
) -> None:
    killed(point)
    assert len(platform.cloud.started) == was_started
    waiting.looked_at()
    said = platform.run("--components", "0")
    assert ("is under way already: nothing was started" in said.err) is was_started
    assert said.code == 3, "the script lets it fail"
    [name] = platform.cloud.started
    assert name == execution_name(name.split("-")[1], 0)
    assert len(platform.cloud.jobs) == 1


def test_a_second_client_looks_on_at_the_job_of_the_first(platform: Platform, waiting: Waiting) -> None:
    codes: list[int] = []
    first = threading.Thread(target=lambda: codes.append(_elsewhere(platform)))
    first.start()
    while not platform.cloud.started and first.is_alive():
        time.sleep(0.05)
    waiting.looked_at(10)
    said = platform.run("--components", "0")
    first.join()
    assert "is under way already: nothing was started" in said.err
    assert (said.code, codes) == (3, [3])
    assert len(platform.cloud.started) == 1


def _elsewhere(platform: Platform) -> int:
    words = ["cloud", "run", "--bundle", str(platform.bundle), "--environment", str(platform.environment)]
    command = [sys.executable, "-m", "garant", *words, "--components", "0"]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_two_requests_of_one_name_meet_at_step_functions(platform: Platform) -> None:
    """As when two clients saw no start and both ask: one is let in, the other one's job is not started."""
    from garant.cloud.account import open_account
    from garant.cloud.execution import JobInput, latest_run, start, starts_of
    from garant.cloud.platform import find_batch
    from garant.settings import load_settings

    account = open_account(load_settings())
    machine = find_batch(account).state_machine_arn
    assert latest_run(account, machine) is None
    platform.cloud.script = lambda job: job.ends("SUCCEEDED")
    run_id = "0123456789abcdef"
    jobs = [
        JobInput(run_id, execution_name(run_id, 0), "s3://b/e.py", (word,), "--conf a=b", "{}", 30, "s3://l/")
        for word in ("first", "second")
    ]
    first, is_first = start(account, machine, jobs[0])
    platform.cloud.wait()
    second, is_second = start(account, machine, jobs[1])
    assert (is_first, is_second) == (True, False)
    assert first.arn == second.arn
    assert second.input["arguments"] == ["first"]
    assert platform.cloud.started == [execution_name(run_id, 0)]
    assert latest_run(account, machine) == run_id
    assert [found.name for found in starts_of(account, machine, run_id)] == [execution_name(run_id, 0)]
