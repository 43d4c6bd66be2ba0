"""Programs that answer on loopback: started, awaited, and ended with all that they started."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

HOST = "127.0.0.1"
START_SECONDS = 120.0
PEERS = Path(__file__).parents[1]
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
"""Two processes on two cores: threads of LightGBM that wait for each other only cost, whoever starts them."""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str], ready: str, log: Path, variables: Mapping[str, str]) -> Generator[int]:
    """Start a program, wait until `ready` answers at all, give its process id, and end it."""
    with log.open("wb") as said:
        started = psutil.Popen(command, env={**os.environ, **variables}, stdout=said, stderr=subprocess.STDOUT)
    try:
        _await(started, ready, log)
        yield started.pid
    finally:
        family = [started, *started.children(recursive=True)] if started.is_running() else []
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        _, alive = psutil.wait_procs(family, timeout=10)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()


def _await(started: psutil.Popen, ready: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(ready, timeout=5):  # noqa: S310 - loopback
                return
        except urllib.error.HTTPError as error:
            # A peer has no page for this; a service that is not ready says 503.
            if error.code != 503:  # noqa: PLR2004
                return
        except OSError:
            pass
        if started.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"{' '.join(started.args)} does not start:\n{log.read_text('utf-8')[-3000:]}")
        time.sleep(0.1)


@contextmanager
def flask_peer(model: Path, folder: Path) -> Generator[tuple[str, int]]:
    """Flask, a pickled model and pandas, in two processes; where it listens, and its process id."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    command = [sys.executable, str(PEERS / "peers" / "flask_pickle.py"), str(model), str(port), "2"]
    with running(command, url, folder / "flask.log", ONE_THREAD) as pid:
        yield url, pid


@contextmanager
def fastapi_peer(model: Path, folder: Path) -> Generator[tuple[str, int]]:
    """FastAPI and pandas, in two workers; where it listens, and its process id."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    words = ["peers.fastapi_pandas:app", "--app-dir", str(PEERS), "--host", HOST, "--port", str(port)]
    command = [sys.executable, "-m", "uvicorn", *words, "--workers", "2", "--no-access-log", "--log-level", "warning"]
    with running(command, url, folder / "fastapi.log", {**ONE_THREAD, "MODEL": str(model)}) as pid:
        yield url, pid
