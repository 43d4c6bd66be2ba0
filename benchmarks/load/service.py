"""The decision service on PostgreSQL, as a lender runs it on one machine: two workers, every decision durable."""

import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from garant.decisions.access import Role
from garant.decisions.api_keys import ApiKeys
from garant.decisions.migrating import migrate
from garant.decisions.store import RecordStore
from garant.keys import MasterKey
from load.lender import Asked
from load.programs import HOST, free_port, running
from postgres_server import PostgresServer, started_postgres

WORKERS = 2


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is ready.

    Parameters
    ----------
    url, key : str
        Where it listens, and an adviser's key for it.
    pid : int
        Its first process; the workers are its children.
    postgres : PostgresServer
        Where it records.
    store_url : str
        Its database.
    ready_seconds : float
        From the command until it said that it can decide.
    """

    url: str
    key: str
    pid: int
    postgres: PostgresServer
    store_url: str
    ready_seconds: float

    @property
    def servers(self) -> dict[str, list[int]]:
        """Its processes by kind, each with all that it starts."""
        database = self.postgres.process
        return {"garant": [self.pid], "postgresql": [database.pid] if database else []}

    def recorded(self) -> int:
        """How many decisions are stored."""
        return int(self.postgres.execute("SELECT count(*) FROM decisions", url=self.store_url)[0][0])


@contextmanager
def served(asked: Asked, folder: Path) -> Generator[Service]:
    """Start PostgreSQL with the settings that it comes with, and the service on a new database of it."""
    master = folder / "master.key"
    with started_postgres(shared_buffers="128MB") as postgres:
        url = postgres.new_database()
        migrate(url)
        with RecordStore.open(url, MasterKey.new(master), serving=False) as store:
            until = datetime.now(UTC) + timedelta(hours=4)
            _, key = ApiKeys(store).create("benchmark", Role.ADVISER, "paris", until)
        variables = {
            **asked.settings,
            "GARANT_STORE_URL": url,
            "GARANT_MASTER_KEY": str(master),
            "GARANT_RATE_LIMIT": "100000",
        }
        port = free_port()
        words = ["--bundle", str(asked.bundle), "--host", HOST, "--port", str(port), "--workers", str(WORKERS)]
        command = [sys.executable, "-m", "garant", "serve", *words]
        address = f"http://{HOST}:{port}"
        began = time.monotonic()
        with running(command, f"{address}/readyz", folder / "service.log", {**os.environ, **variables}) as pid:
            yield Service(address, key, pid, postgres, url, time.monotonic() - began)
