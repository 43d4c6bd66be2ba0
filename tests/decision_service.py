"""`garant serve` as a process of its own, on loopback, that a test starts, kills and asks."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil

from garant.decisions.access import Role
from garant.decisions.api_keys import ApiKeys
from garant.decisions.migrating import migrate
from garant.decisions.store import RecordStore
from garant.keys import MasterKey
from postgres_server import free_port
from raw_records import raw_records

HOST = "127.0.0.1"

START_SECONDS = 120.0
"""It is ready in a few; a busy machine gets more."""


@dataclass(frozen=True, slots=True)
class ServedLender:
    """A small lender, two models of it, and what may be asked about its people.

    Parameters
    ----------
    folder : Path
        Holds keys and cache.
    bundles : tuple of Path
        Two bundles with different digests.
    bodies : tuple of bytes
        Raw records of some people.
    """

    folder: Path
    bundles: tuple[Path, Path]
    bodies: tuple[bytes, ...]

    @property
    def lender(self) -> Path:
        """Its raw tables."""
        return self.folder / "lender"

    @property
    def variables(self) -> dict[str, str]:
        """Environment of its commands."""
        own = {"GARANT_CACHE_FOLDER": "cache", "GARANT_DEVELOPMENT_KEY": "development.key"}
        return {name: str(self.folder / path) for name, path in own.items()} | {"GARANT_THREADS": "1"}


def served_lender(folder: Path) -> ServedLender:
    """Lender of some hundred people, a model of a dozen features, and the same with another cut-off.

    Whoever comes first makes them in `folder`; other processes of the same tests wait for that and take them.
    """
    bundles = folder / "model-a", folder / "model-b"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            _make(ServedLender(folder, bundles, ()))
            (folder / "made").touch()
    return ServedLender(folder, bundles, tuple(raw_records(folder / "lender", 40).values()))


def _make(made: ServedLender) -> None:
    lender, bundles = made.lender, made.bundles
    quick = ("--fast", "--features", "12", "--members", "0", "--folds", "2", "--no-challenger", "--no-variants")
    for arguments in (
        ["synth", lender, "--scale", "0.003"],
        ["train", lender, "--bundle", bundles[0], *quick],
        ["bundle", "recut", bundles[0], "--costs", "1:8", "--out", bundles[1]],
    ):
        command = [sys.executable, "-m", "garant", *map(str, arguments)]
        done = subprocess.run(
            command, env={**os.environ, **made.variables}, capture_output=True, text=True, check=False
        )
        if done.returncode not in {0, 1}:
            raise RuntimeError(f"{' '.join(command)}:\n{done.stderr}")


@dataclass(slots=True)
class ServiceProcess:
    """A service that runs, or does not.

    Parameters
    ----------
    bundle : Path
        What it serves.
    store_url : str
        Where it records.
    folder : Path
        Its master key and its log.
    variables : mapping of str to str
        Environment beside that of the tests.
    workers : int
        Processes that answer.
    """

    bundle: Path
    store_url: str
    folder: Path
    variables: Mapping[str, str]
    workers: int = 1
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}"

    @property
    def master(self) -> Path:
        """Its master key."""
        return self.folder / "master.key"

    @property
    def log(self) -> str:
        """What it said so far."""
        path = self.folder / "service.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    @contextmanager
    def store(self) -> Generator[RecordStore]:
        """The record store, beside the service."""
        master = MasterKey.read(self.master) if self.master.exists() else MasterKey.new(self.master)
        with RecordStore.open(self.store_url, master, serving=False) as opened:
            yield opened

    def prepare(self) -> str:
        """Make the store and a key of an adviser; its text."""
        migrate(self.store_url)
        with self.store() as opened:
            hours = timedelta(hours=2)
            return ApiKeys(opened).create("load", Role.ADVISER, "paris", datetime.now(UTC) + hours)[1]

    def launch(self) -> None:
        """Start, without waiting."""
        own = {"GARANT_STORE_URL": self.store_url, "GARANT_MASTER_KEY": str(self.master), "GARANT_RATE_LIMIT": "100000"}
        command = [sys.executable, "-m", "garant", "serve", "--bundle", str(self.bundle), "--port", str(self.port)]
        with (self.folder / "service.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *(["--workers", str(self.workers)] if self.workers > 1 else [])],
                env={**os.environ, **self.variables, **own},
                stdout=log,
                stderr=log,
            )

    def start(self) -> float:
        """Start and wait until it is ready; how many seconds that took."""
        began = time.monotonic()
        self.launch()
        self.await_ready()
        return time.monotonic() - began

    def await_ready(self, seconds: float = START_SECONDS) -> float:
        """Wait until it says that it is ready; how many seconds that took."""
        began = time.monotonic()
        while not self.is_ready():
            if self.process is None or self.process.poll() is not None:
                raise RuntimeError(f"the service ended:\n{self.log[-3000:]}")
            if time.monotonic() > began + seconds:
                raise RuntimeError(f"the service is not ready:\n{self.log[-3000:]}")
            time.sleep(0.02)
        return time.monotonic() - began

    def is_ready(self) -> bool:
        """Whether it says so."""
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        return False

    def pids(self) -> list[int]:
        """Its processes."""
        if self.process is None:
            return []
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(self.process.pid)
            return [parent.pid, *(child.pid for child in parent.children(recursive=True))]
        return []

    def kill(self) -> None:
        """``kill -9`` all its processes."""
        pids = self.pids()
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
            self.process = None
        _await(lambda: not any(_is_alive(pid) for pid in pids))

    def stop(self) -> int | None:
        """Stop it as a service manager would; its exit code."""
        if self.process is None:
            return None
        self.process.terminate()
        try:
            code = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self.process = None
        return code

    def ended(self, seconds: float = START_SECONDS) -> tuple[int, str]:
        """Wait until it ends by itself; its exit code and what it said."""
        if self.process is None:
            raise RuntimeError("not started")
        try:
            code = self.process.wait(seconds)
        finally:
            if self.process.poll() is None:
                self.kill()
        self.process = None
        return code, self.log

    def status(self, path: str, key: str) -> int:
        """Status of what it answers to whoever reads something."""
        return httpx.get(f"{self.url}{path}", headers={"Authorization": f"Bearer {key}"}, timeout=10).status_code


@contextmanager
def serving(
    lender: ServedLender, store_url: str, folder: Path, *, workers: int = 1, bundle: Path | None = None
) -> Generator[tuple[ServiceProcess, str]]:
    """Serve a lender's first model, or another; the service and a key for it."""
    folder.mkdir(parents=True, exist_ok=True)
    service = ServiceProcess(bundle or lender.bundles[0], store_url, folder, lender.variables, workers)
    key = service.prepare()
    try:
        service.start()
        yield service, key
    finally:
        service.kill()


def _await(done: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError("waited in vain")
        time.sleep(0.01)


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
