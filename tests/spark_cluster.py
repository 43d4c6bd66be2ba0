"""A real Spark cluster on loopback: a standalone master and two workers from the wheel, each worker its own process.

Every process asks the kernel to be killed when the one that started it dies, so that no machine is left with them.
"""

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pyspark

PR_SET_PDEATHSIG = 1

HOST = "127.0.0.1"

START_SECONDS = 90.0
"""A master and its workers are up in five; a busy machine gets more."""

_MASTER, _WORKER = (f"org.apache.spark.deploy.{name}" for name in ("master.Master", "worker.Worker"))


@dataclass(slots=True)
class Worker:
    """One worker: its process and the folder that only its tasks use.

    Parameters
    ----------
    process : Popen
        The worker's JVM; executors are its children, Python workers theirs.
    folder : Path
        Holds its log, the working folders of executors, Spark's local folder and ``TMPDIR`` of its tasks.
    """

    process: "subprocess.Popen[bytes]"
    folder: Path

    @property
    def log(self) -> str:
        """What it said so far."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    @property
    def has_joined(self) -> bool:
        """Whether the master knows it."""
        return "Successfully registered with master" in self.log

    def kill(self) -> None:
        """``kill -9`` the worker, its executors and their Python processes: what the loss of a machine looks like."""
        _kill_all([self.process])

    def kill_python(self) -> None:
        """``kill -9`` the Python processes that run its tasks; the executors live on."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if "python" in child.name():
                    child.kill()


@dataclass(slots=True)
class Cluster:
    """A master and its workers.

    Parameters
    ----------
    url : str
        What Spark is given as its master.
    java_home : Path
        Java that the cluster runs on.
    folder : Path
        Where it keeps its files.
    variables : mapping of str to str
        Environment of workers and, through them, of executors and tasks.
    """

    url: str
    java_home: Path
    folder: Path
    variables: Mapping[str, str]
    workers: list[Worker] = field(default_factory=list[Worker])

    def add_worker(self) -> Worker:
        """Start another worker with one core; it has not joined yet."""
        # By the folders and not by who lives: the one of a worker that was killed stays.
        folder = self.folder / f"worker-{len(list(self.folder.glob('worker-*'))) + 1}"
        for name in ("work", "local", "tmp"):
            (folder / name).mkdir(parents=True)
        variables = {**self.variables, "SPARK_LOCAL_DIRS": str(folder / "local"), "TMPDIR": str(folder / "tmp")}
        arguments = ("--cores", "1", "--memory", "1g", "--work-dir", str(folder / "work"), self.url)
        worker = Worker(_start(_WORKER, arguments, folder, variables, self.java_home), folder)
        self.workers.append(worker)
        return worker

    def await_workers(self, workers: Iterable[Worker]) -> None:
        """Return when all of `workers` have joined."""
        for worker in workers:
            _wait(
                worker.process, lambda worker=worker: "Successfully registered with master" in worker.log, worker.folder
            )

    def replace_dead(self) -> None:
        """Start a worker for each that was killed, so that the next test finds as many as the last one."""
        dead = [worker for worker in self.workers if worker.process.poll() is not None]
        self.await_workers([self.add_worker() for _ in dead])
        for worker in dead:
            self.workers.remove(worker)


@contextmanager
def started_cluster(
    folder: Path, *, java_home: Path, n_workers: int = 2, variables: Mapping[str, str] | None = None
) -> Generator[Cluster]:
    """Start a master and `n_workers` workers on free ports; all of their processes are killed in the end.

    Parameters
    ----------
    folder : Path
        Folder to make, for logs and scratch.
    java_home : Path
        Java 17 or 21.
    n_workers : int
        Workers of one core each.
    variables : mapping of str to str
        What tasks find in their environment beside that of this process.
    """
    (folder / "master").mkdir(parents=True)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
        **(variables or {}),
    }
    master = _start(_MASTER, ("--port", "0"), folder / "master", environment, java_home)
    cluster = Cluster("", java_home, folder, environment)
    try:
        cluster.url = _wait(master, lambda: _said_url(folder / "master" / "log"), folder / "master")
        cluster.await_workers([cluster.add_worker() for _ in range(n_workers)])
        yield cluster
    finally:
        _kill_all([master, *(worker.process for worker in cluster.workers)])
        shutil.rmtree(folder, ignore_errors=True)


def _start(
    what: str, arguments: Iterable[str], folder: Path, variables: Mapping[str, str], java_home: Path
) -> "subprocess.Popen[bytes]":
    """Start a master or a worker; what it says goes to ``log`` in its folder."""
    command = [
        str(Path(pyspark.__file__).parent / "bin" / "spark-class"),
        *(what, "--host", HOST, "--webui-port", "0"),
        *arguments,
    ]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**variables, "JAVA_HOME": str(java_home)},
            cwd=folder,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one call of C, no lock
        )


def _die_with_parent() -> None:
    """Have the kernel kill this process when the one that started it is gone, however that ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _said_url(log: Path) -> str:
    found = re.search(r"Starting Spark master at (spark://\S+)", log.read_text(encoding="utf-8", errors="replace"))
    return found[1] if found else ""


def _wait(process: "subprocess.Popen[bytes]", answer: Callable[[], str | bool], folder: Path) -> str:
    """Poll until `answer` is not empty; it is returned as text."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if found := answer():
            return str(found)
        time.sleep(0.05)
    raise RuntimeError(f"Spark did not start: {(folder / 'log').read_text(errors='replace')[-3000:]}")


def _kill_all(processes: "Iterable[subprocess.Popen[bytes]]") -> None:
    """Kill processes and all that they started, and wait until none is left."""
    started: list[psutil.Process] = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            top = psutil.Process(process.pid)
            started += [top, *top.children(recursive=True)]
    for found in started:
        with suppress(psutil.NoSuchProcess):
            found.kill()
    psutil.wait_procs(started, timeout=10)
    for process in processes:
        process.wait()
