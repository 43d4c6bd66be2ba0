"""The real app with a real model over a real record store, on a real server of this process, asked over HTTP."""

import io
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api_world import BRANCHES, NewWorld, SendRaw, Served, World, served_app
from garant.api.app import create_app
from garant.api.live import ApiOptions, Parts
from garant.api.logs import open_log
from garant.api.machine_tokens import MachineTokens
from garant.api.swap import Swapper
from garant.decisions.access import Role
from garant.decisions.api_keys import ApiKeys
from garant.decisions.store import RecordStore
from garant.keys import MasterKey
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.opening import open_decider
from garant.runs.deciding.service import DecisionService
from garant.runs.deciding.terms import Terms
from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.settings import Settings
from garant.tables.synthetic import generate


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a cache of its own and one thread."""
    return Settings(cache_folder=tmp_path_factory.mktemp("cache"), threads=1)


@pytest.fixture(scope="session")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw tables of a small lender."""
    folder = tmp_path_factory.mktemp("lender") / "data"
    generate(folder, scale=0.005, seed=11, file_format="csv")
    return folder


@pytest.fixture(scope="session")
def bundle(lender: Path, settings: Settings) -> Path:
    """Folder of a quick model of the lender."""
    place = lender.parent / "model"
    train(lender, place, options=TrainOptions(fast=True, members=2, challenger=False), settings=settings)
    return place


@pytest.fixture(scope="session")
def decider(bundle: Path, settings: Settings) -> Iterator[Decider]:
    """What judges by this model."""
    with open_decider(bundle, settings) as opened:
        yield opened


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """Serve apps until the tests end."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(served_app(app))


@pytest.fixture(scope="session")
def send_raw() -> SendRaw:
    """Send bytes that no client would, and give all that comes back."""

    def send(client: httpx.Client, *pieces: bytes, pause: float = 0.0) -> bytes:
        url = client.base_url
        with socket.create_connection((url.host, url.port or 80), timeout=30) as connection:
            for piece in pieces:
                try:
                    connection.sendall(piece)
                except OSError:
                    break
                time.sleep(pause)
            parts: list[bytes] = []
            try:
                while part := connection.recv(65_536):
                    parts.append(part)
            except ConnectionResetError:
                pass
            return b"".join(parts)

    return send


@pytest.fixture(scope="session")
def new_world(decider: Decider, served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewWorld]:
    """Make a world of its own."""
    with ExitStack() as stack:

        def make(
            *,
            terms: Terms | None = None,
            swapper: Swapper | None = None,
            tokens: MachineTokens | None = None,
            **options: Any,  # noqa: ANN401 - of ApiOptions
        ) -> World:
            folder = tmp_path_factory.mktemp("world")
            master = MasterKey.new(folder / "master.key")
            store = stack.enter_context(RecordStore.open(f"sqlite:///{folder / 'records.db'}", master, serving=True))
            service = DecisionService(decider, store, terms=terms or Terms())
            keys = ApiKeys(store)
            made = {
                (role, branch): keys.create("test", role, branch, datetime.now(UTC) + timedelta(hours=1))
                for role in Role
                for branch in BRANCHES
            }
            log = io.StringIO()
            parts = Parts(service=service, keys=keys, store=store, swapper=swapper, tokens=tokens)
            app = create_app(lambda: nullcontext(parts), ApiOptions(**options), log=open_log(log))
            return World(
                app=app,
                client=served(app),
                parts=parts,
                log=log,
                texts={who: text for who, (_, text) in made.items()},
                ids={who: key.id for who, (key, _) in made.items()},
            )

        yield make


@pytest.fixture(scope="session")
def world(new_world: NewWorld) -> World:
    """A world that tests share: what they count, they count before and after."""
    return new_world(rate=100_000)
