"""A real process: what it needs before it listens, how it ends, and what survives when it is killed."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import httpx
import pytest

from api_world import World
from garant.api.exposure import development_key, is_exposed, require_real_keys
from garant.api.serve import ServeOptions, listening_socket, serve
from garant.decisions.access import Role
from garant.decisions.api_keys import ApiKeys
from garant.decisions.ids import new_id
from garant.decisions.store import RecordStore
from garant.exceptions import BundleSignatureError, KeyFileError, UsageError
from garant.keys import MasterKey
from garant.settings import Settings
from tables.records.corpus import sound

pytestmark = pytest.mark.xdist_group("api")

ANYWHERE = "0.0.0.0"  # noqa: S104 - what is to be refused

SERVE = """
import sys
from pathlib import Path
from garant.api.serve import ServeOptions, serve
from garant.exceptions import GarantError
from garant.settings import load_settings
options = ServeOptions(bundle=Path(sys.argv[1]), host=sys.argv[2], port=0, workers=int(sys.argv[3]))
try:
    sys.exit(serve(options, load_settings(), say=lambda text: print(text, flush=True)))
except GarantError as error:
    print(error, flush=True)
    sys.exit(error.exit_code)
"""


@dataclass(kw_only=True)
class Service:
    """A service in a process of its own."""

    process: "subprocess.Popen[str]"
    said: list[str] = field(default_factory=list[str])
    log: list[str] = field(default_factory=list[str])

    @property
    def url(self) -> str:
        """Where it listens."""
        return next(found[1] for line in self.said if (found := re.match(r"Serving on (\S+)/v1", line)))

    @property
    def key(self) -> str:
        """The development key that it printed."""
        return next(found[0] for line in self.said if (found := re.search(r"garant_\S+", line)))

    def post(self, key: str | None = None) -> httpx.Response:
        """Ask for a decision."""
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Idempotency-Key": key or new_id(),
            "Content-Type": "application/json",
        }
        return httpx.post(f"{self.url}/v1/decisions", content=json.dumps(sound()), headers=headers, timeout=30)


@dataclass(frozen=True)
class Home:
    """Folder of somebody who serves: record store, keys, settings."""

    folder: Path
    bundle: Path

    @property
    def environment(self) -> dict[str, str]:
        """Variables of the process."""
        own = {
            "GARANT_STORE_URL": f"sqlite:///{self.folder / 'records.db'}",
            "GARANT_MASTER_KEY": str(self.folder / "master.key"),
            # Shared, so that a model that was loaded once is not tried in a process of its own again.
            "GARANT_CACHE_FOLDER": str(self.bundle.parent / "cache"),
            "GARANT_THREADS": "1",
        }
        return {**os.environ, **own}

    @contextmanager
    def served(self, host: str = "127.0.0.1", workers: int = 1, **variables: str) -> Generator[Service]:
        """Serve until the block ends; whoever comes back when the process ended sees what it said."""
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, self.bundle, host, str(workers)],
            env={**self.environment, **variables},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        service = Service(process=process)
        readers = [
            threading.Thread(target=self._read, args=(stream, lines))
            for stream, lines in ((process.stdout, service.said), (process.stderr, service.log))
        ]
        for each in readers:
            each.start()
        try:
            self._wait(service)
            yield service
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(40)
            for each in readers:
                each.join()
            for stream in (process.stdout, process.stderr):
                assert stream is not None
                stream.close()

    @staticmethod
    def _read(stream: IO[str] | None, lines: list[str]) -> None:
        assert stream is not None
        lines.extend(iter(stream.readline, ""))

    @staticmethod
    def _wait(service: Service) -> None:
        deadline = time.monotonic() + 120
        while service.process.poll() is None and time.monotonic() < deadline:
            try:
                if httpx.get(f"{service.url}/readyz", timeout=5).status_code == 200:
                    return
            except (StopIteration, RuntimeError, httpx.TransportError):
                pass
            time.sleep(0.05)

    def store(self) -> RecordStore:
        """The record store, as a command opens it."""
        file = self.folder / "master.key"
        master = MasterKey.read(file) if file.exists() else MasterKey.new(file)
        return RecordStore.open(self.environment["GARANT_STORE_URL"], master, serving=False)

    def count(self) -> int:
        """How many decisions there are about the one applicant."""
        with self.store() as store:
            return len(store.decisions_of("100001"))


@pytest.fixture
def home(tmp_path: Path, bundle: Path) -> Home:
    """An empty home."""
    return Home(tmp_path, bundle)


def test_on_this_machine_it_makes_a_key_shows_it_once_and_ends_when_told_after_what_it_has(home: Home) -> None:
    with home.served() as service:
        assert service.post().status_code == 201
        with home.served() as second:
            assert second.process.wait(60) == 3
            assert "records.db" in second.said[-1]
        headers = {"Authorization": f"Bearer {service.key}", "Idempotency-Key": new_id()}
        with httpx.Client(base_url=service.url, timeout=60) as client, ThreadPoolExecutor(1) as threads:
            assert client.get("/healthz").status_code == 200
            many = {"items": [sound()] * 200}
            asked = threads.submit(client.post, "/v1/decisions/batch", json=many, headers=headers)
            time.sleep(0.5)
            service.process.send_signal(signal.SIGTERM)
            assert asked.result().status_code == 200
        assert service.process.wait(60) == 143
        old = service.key
    assert home.count() == 201
    assert old not in "".join(service.log)
    for line in service.log:
        assert isinstance(json.loads(line), dict)
    assert (home.folder / "master.key").stat().st_mode & 0o077 == 0
    with home.served() as service:
        assert service.key != old
        headers = {"Authorization": f"Bearer {old}"}
        assert httpx.get(f"{service.url}/v1/models/current", headers=headers).status_code == 401
        service.process.send_signal(signal.SIGINT)
        assert service.process.wait(60) == 0


def test_killed_before_or_after_the_commit_the_same_request_gives_one_decision(home: Home) -> None:
    with home.store() as store:
        keys = ApiKeys(store)
        _, text = keys.create("adviser", Role.ADVISER, "local", datetime.now(UTC) + timedelta(hours=1))
        # The day of the first use is written now, so that the first commit of a service is that of a decision.
        assert keys.authenticate(text) is not None
    lost = {"decisions.before_commit": new_id(), "decisions.after_commit": new_id()}
    for recorded, (point, key) in enumerate(lost.items()):
        with home.served(GARANT_FAILPOINT=point) as service:
            quick_look, address = service.said
            assert "Not a model to decide with" in quick_look
            assert address.startswith("Serving on"), "a real key is there: none is made"
            service.said.append(text)
            with pytest.raises(httpx.TransportError):
                service.post(key)
            assert service.process.wait(60) == -signal.SIGKILL
        assert home.count() == recorded
    with home.served() as service:
        service.said.append(text)
        for key in lost.values():
            first, again = service.post(key), service.post(key)
            assert (first.status_code, again.content) == (201, first.content)
    assert home.count() == 2


def test_others_are_not_served_without_tls_keys_and_a_trusted_signature(
    home: Home, settings: Settings, world: World
) -> None:
    def start(host: str, **changed: object) -> None:
        options = ServeOptions(bundle=home.bundle, host=host, workers=2 if "workers" in changed else 1)
        own = {"store_url": f"sqlite:///{home.folder / 'records.db'}", "master_key": home.folder / "master.key"}
        serve(options, settings.model_copy(update={**own, **changed}), say=lambda _: None)

    with pytest.raises(UsageError, match="in clear"):
        start(ANYWHERE)
    with pytest.raises(UsageError, match="PostgreSQL"):
        start("127.0.0.1", workers=2)
    proxied = {"trusted_proxy": ("10.0.0.5",)}
    with pytest.raises(KeyFileError, match="master key"):
        start("127.0.0.1", **proxied)
    with home.store():
        pass
    with pytest.raises(BundleSignatureError, match="development key"):
        start("127.0.0.1", **proxied)
    require_real_keys(world.parts.keys, ANYWHERE)
    with home.store() as store:
        keys = ApiKeys(store)
        assert development_key(keys)
        with pytest.raises(UsageError, match="garant key create"):
            require_real_keys(keys, ANYWHERE)
        soon = datetime.now(UTC) + timedelta(milliseconds=50)
        keys.create("short", Role.ADVISER, "local", soon)
        time.sleep(0.1)
        with pytest.raises(UsageError, match="garant key create"):
            require_real_keys(keys, ANYWHERE)
        keys.create("real", Role.ADVISER, "local", datetime.now(UTC) + timedelta(hours=1))
        require_real_keys(keys, ANYWHERE)
        assert development_key(keys) is None
        assert [key.name for key in keys.list() if key.counts(datetime.now(UTC))] == ["real"]


def test_an_address_that_is_taken_is_a_plain_message() -> None:
    with listening_socket("127.0.0.1", 0) as taken:
        taken.listen()
        with pytest.raises(UsageError, match="cannot be listened on"):
            listening_socket("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(UsageError, match="no address to listen on"):
        listening_socket("nowhere.invalid", 0)


@pytest.mark.parametrize(
    ("host", "proxies", "exposed"),
    [
        ("127.0.0.1", (), False),
        ("127.1.2.3", (), False),
        ("::1", (), False),
        ("localhost", (), False),
        (ANYWHERE, (), True),
        ("::", (), True),
        ("10.0.0.7", (), True),
        ("garant.example", (), True),
        ("127.0.0.1", ("10.0.0.5",), True),
    ],
)
def test_who_reaches_a_service_is_told_by_its_address_and_its_proxy(
    host: str,
    proxies: tuple[str, ...],
    exposed: bool,  # noqa: FBT001 - expected
) -> None:
    assert is_exposed(host, Settings(trusted_proxy=proxies)) == exposed
