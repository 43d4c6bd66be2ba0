"""A served app as tests see it: its client, its record store, one key for each role and branch, its log."""

import io
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import func, select
from starlette.types import ASGIApp

from garant.api.live import Live, Parts
from garant.api.protocol import Protocol
from garant.decisions import schema
from garant.decisions.access import Role
from garant.decisions.ids import new_id

BRANCHES = ("paris", "lyon")


@contextmanager
def served_app(app: ASGIApp) -> Generator[httpx.Client]:
    """Serve `app` on a free port of this machine as the service does."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    config = uvicorn.Config(app, http=Protocol, ws="none", log_config=None, server_header=False, access_log=False)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        assert server.started, "the app did not start"
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(2)
            # A connection that a browser or a test has left half open is not waited for.
            server.force_exit = True
            thread.join(10)


@dataclass(kw_only=True)
class World:
    """A served app with its record store, one key for each role and branch, and its log."""

    app: FastAPI
    client: httpx.Client
    parts: Parts
    log: io.StringIO
    texts: Mapping[tuple[Role, str], str]
    ids: Mapping[tuple[Role, str], str]

    @property
    def live(self) -> Live:
        """State of the app."""
        return self.app.state.live

    def headers(self, role: Role = Role.ADVISER, branch: str = "paris") -> dict[str, str]:
        """Headers of somebody who asks for something new."""
        return {
            "Authorization": f"Bearer {self.texts[role, branch]}",
            "Idempotency-Key": new_id(),
            "Content-Type": "application/json",
        }

    def post(
        self,
        path: str,
        body: object,
        role: Role = Role.ADVISER,
        branch: str = "paris",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send JSON, or bytes as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(path, content=content, headers={**self.headers(role, branch), **(headers or {})})

    def get(
        self, path: str, role: Role = Role.ADVISER, branch: str = "paris", headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Ask."""
        return self.client.get(path, headers={**self.headers(role, branch), **(headers or {})})

    def rows(self) -> dict[str, int]:
        """How many rows each table of the record store has."""
        tables = schema.metadata.sorted_tables
        return self.parts.store.database.read(
            lambda connection: {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
            }
        )


Served = Callable[[ASGIApp], httpx.Client]
"""Serves an app and gives a client for it."""

SendRaw = Callable[..., bytes]
"""Sends bytes that no client would, and gives all that comes back."""

NewWorld = Callable[..., World]
"""Makes a world of its own; takes the fields of `garant.api.live.ApiOptions`."""
