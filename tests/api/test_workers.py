"""Workers of a service: forked, started again when they die, ended with whoever started them."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

SCRIPT = """
import os, sys, time
from pathlib import Path
from garant.api.logs import open_log
from garant.api.workers import Workers

def work():
    if sys.argv[2] == "fails":
        sys.exit(3)
    (Path(sys.argv[1]) / str(os.getpid())).touch()
    time.sleep(600)

workers = Workers(work, 2, failed=3, grace=10, log=open_log())
workers.run()
sys.exit(9 if workers.has_failed else 143 if workers.was_terminated else 0)
"""

Started = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def started(tmp_path: Path) -> Started:
    def start(how: str = "works") -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-c", SCRIPT, str(tmp_path), how], stderr=subprocess.DEVNULL)

    return start


def pids(folder: Path) -> set[int]:
    return {int(path.name) for path in folder.iterdir()}


def wait_for(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 0)])
def test_a_worker_that_dies_is_replaced_and_all_end_when_the_first_process_is_told_to(
    started: Started, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    process = started()
    wait_for(lambda: len(pids(tmp_path)) == 2)
    before = pids(tmp_path)
    victim = min(before)
    psutil.Process(victim).kill()
    wait_for(lambda: len(pids(tmp_path)) == 3)
    assert process.poll() is None
    process.send_signal(number)
    assert process.wait(60) == code
    assert all(gone(pid) for pid in pids(tmp_path))


def test_workers_do_not_outlive_the_first_process(started: Started, tmp_path: Path) -> None:
    process = started()
    wait_for(lambda: len(pids(tmp_path)) == 2)
    process.kill()
    process.wait(60)
    wait_for(lambda: all(gone(pid) for pid in pids(tmp_path)))


def test_a_service_whose_first_workers_cannot_begin_ends_instead_of_trying_for_ever(started: Started) -> None:
    assert started("fails").wait(60) == 9
