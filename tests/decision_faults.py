"""What a decision service is put through, and what must be true afterwards; in a few rounds by the tests of every day,
in many by `make faults`. Each gives the seconds that it measured.
"""

import hashlib
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest
from sqlalchemy import func, select

from decision_load import GOOD, Load
from decision_service import ServedLender, ServiceProcess
from garant.decisions import schema
from garant.decisions.looks import AGAIN_SECONDS
from postgres_server import PostgresServer

SLOWEST_REFUSAL = 3.0
"""Seconds within which a service without its database says so: it promises one, and a busy machine takes its time."""

DATABASE_SLOW = "urn:garant:problem:store"

Seconds = dict[str, list[float]]
"""What was measured, by what it is."""


def stored(service: ServiceProcess) -> dict[str, str]:
    """Ids of the decisions in the store, each with the digest of its bundle."""
    table = schema.decisions
    with service.store() as store:
        rows = store.database.read(lambda connection: connection.execute(select(table.c.id, table.c.bundle)).all())
    return {str(row[0]): str(row[1]) for row in rows}


@contextmanager
def watched(service: ServiceProcess, key: str, lender: ServedLender, *, threads: int = 6) -> Generator[Load]:
    """Ask all the while; afterwards what was acknowledged and what is stored are the same."""
    before = set(stored(service))
    with Load(service.url, key, lender.bodies, threads) as load:
        yield load
    assert not load.faults, load.faults[:3]
    ids = [known for known, _ in load.acknowledged.values()]
    found = stored(service)
    assert set(found) - before == set(ids)
    # Every key got one answer; each stands for a decision of its own.
    assert len(set(ids)) == len(load.acknowledged)
    assert {known: found[known] for known in ids} == load.bundles
    with httpx.Client(timeout=20) as client:
        for asked in random.Random(len(ids)).sample(sorted(load.acknowledged), min(20, len(ids))):  # noqa: S311
            assert load.again(client, asked) == load.acknowledged[asked][0]
    assert len(stored(service)) == len(found)


def not_lost(load: Load, service: ServiceProcess) -> Callable[[], None]:
    """Remember what is acknowledged by now; the check afterwards that it is all there."""
    known = {told for told, _ in list(load.acknowledged.values())}

    def check() -> None:
        assert not known - set(stored(service))

    return check


def service_killed(service: ServiceProcess, key: str, lender: ServedLender, rounds: int) -> Seconds:
    """``kill -9`` of the whole service under load."""
    seconds: Seconds = {"ready again": []}
    with watched(service, key, lender) as load:
        for number in range(rounds):
            load.await_more(10 + 7 * (number % 4))
            check = not_lost(load, service)
            service.kill()
            check()
            seconds["ready again"].append(service.start())
            load.await_more(5)
    return seconds


def worker_killed(service: ServiceProcess, key: str, lender: ServedLender, rounds: int) -> Seconds:
    """``kill -9`` of one worker of several under load: others go on, and it is replaced."""
    seconds: Seconds = {"answered again": []}
    with watched(service, key, lender) as load:
        for number in range(rounds):
            load.await_more(10)
            check = not_lost(load, service)
            supervisor = psutil.Process(service.pids()[0])
            workers = sorted(supervisor.children(), key=lambda child: child.memory_info().rss)[-service.workers :]
            workers[number % len(workers)].kill()
            began = time.monotonic()
            load.await_more(10)
            seconds["answered again"].append(time.monotonic() - began)
            check()
    return seconds


def postgres_killed(
    server: PostgresServer, service: ServiceProcess, key: str, lender: ServedLender, rounds: int
) -> Seconds:
    """``kill -9`` of all processes of PostgreSQL under load."""
    seconds: Seconds = {"database back": [], "answered again": []}
    with watched(service, key, lender) as load:
        for number in range(rounds):
            load.await_more(10 + 7 * (number % 4))
            check = not_lost(load, service)
            server.kill()
            began = time.monotonic()
            server.start()
            seconds["database back"].append(time.monotonic() - began)
            check()
            began = time.monotonic()
            load.await_more(1)
            seconds["answered again"].append(time.monotonic() - began)
    return seconds


def database_gone(
    server: PostgresServer, service: ServiceProcess, key: str, lender: ServedLender, gone_seconds: float
) -> Seconds:
    """PostgreSQL stopped for a while: refused at once, health still answered, healed without a restart."""
    with watched(service, key, lender) as load:
        load.await_more(10)
        pid = service.pids()[0]
        server.stop()
        # Who was in the middle of it waits as long as anybody: from now on everybody is refused.
        since = time.monotonic()
        time.sleep(gone_seconds / 2)
        assert httpx.get(f"{service.url}/healthz", timeout=5).status_code == 200
        assert httpx.get(f"{service.url}/readyz", timeout=5).status_code == 503
        time.sleep(gone_seconds / 2)
        refused = [attempt for attempt in list(load.attempts) if attempt.at > since]
        assert {attempt.status for attempt in refused} == {503}
        assert all(attempt.problem for attempt in refused)
        assert max(attempt.seconds for attempt in refused) < SLOWEST_REFUSAL
        server.start()
        began = time.monotonic()
        load.await_more(10)
        healed = time.monotonic() - began
        assert service.pids()[0] == pid
    return {"slowest refusal": [max(attempt.seconds for attempt in refused)], "answered again": [healed]}


def database_frozen(
    server: PostgresServer, service: ServiceProcess, key: str, lender: ServedLender, frozen_seconds: float
) -> Seconds:
    """PostgreSQL that neither answers nor goes away: refused by the clock, and healed when it moves again."""
    with watched(service, key, lender) as load:
        load.await_more(10)
        parent = psutil.Process(server.process.pid if server.process else 0)
        family = [parent, *parent.children(recursive=True)]
        for process in family:
            process.send_signal(signal.SIGSTOP)
        since = time.monotonic()
        try:
            time.sleep(frozen_seconds)
        finally:
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGCONT)
        refused = [attempt for attempt in list(load.attempts) if since < attempt.at < since + frozen_seconds - 2]
        began = time.monotonic()
        load.await_more(10)
        assert {attempt.status for attempt in refused} <= {409, 503}
        assert max(attempt.seconds for attempt in refused) < SLOWEST_REFUSAL
        healed = time.monotonic() - began
    return {"slowest refusal": [max(attempt.seconds for attempt in refused)], "answered again": [healed]}


def disk_full(service: ServiceProcess, key: str, lender: ServedLender, disk: Path) -> Seconds:
    """The disk of the store fills up under load, and is cleaned."""
    filler = disk / "filler"
    with watched(service, key, lender, threads=3) as load:
        load.await_more(20)
        known, _ = next(iter(load.acknowledged.values()))
        check = not_lost(load, service)
        _fill(filler)
        began = time.monotonic()
        while not load.statuses(since=began).keys() - GOOD:
            assert time.monotonic() < began + 120, "the disk does not get full"
            _fill(filler)
            time.sleep(0.05)
        time.sleep(1)
        assert load.statuses(since=began).keys() - GOOD <= {503, 507}
        # What was recorded can be read, by whoever runs the store and by whoever asks the service.
        with service.store() as store:
            assert store.decision(known).judgement is not None
        assert service.status("/v1/models/current", key) == 200
        assert service.status(f"/v1/decisions/{known}", key) == 200
        looks = _looks(service, known)
        check()
        filler.unlink()
        began = time.monotonic()
        load.await_more(20)
        seconds = time.monotonic() - began
        assert service.status(f"/v1/decisions/{known}", key) == 200
        # That of the full disk as well, whichever process kept it.
        began = time.monotonic()
        while _looks(service, known) < looks + 2 and time.monotonic() < began + 3 * AGAIN_SECONDS:
            time.sleep(0.1)
        assert _looks(service, known) == looks + 2
    return {"answered again": [seconds]}


def _looks(service: ServiceProcess, decision: str) -> int:
    """How often somebody is recorded to have looked at a decision."""
    table = schema.access_events
    with service.store() as store:
        count = select(func.count()).select_from(table).where(table.c.decision == decision)
        return store.database.read(lambda connection: connection.execute(count).scalar_one())


def _fill(filler: Path) -> None:
    """Take every byte that is left."""
    with filler.open("ab", buffering=0) as file, suppress(OSError):
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while True:
                    file.write(b"x" * size)


def model_swapped(service: ServiceProcess, key: str, lender: ServedLender, link: Path, swaps: int) -> Seconds:
    """Another bundle is put in place under load: each decision names one of the two, and no request fails.

    `link` is what the service serves: a symbolic link to the first bundle.
    """
    seconds: Seconds = {"all by the new one": []}
    with watched(service, key, lender) as load:
        for number in range(swaps):
            load.await_more(10)
            beside = link.with_name("beside")
            beside.symlink_to(lender.bundles[(number + 1) % 2])
            beside.rename(link)
            digest = _digest(lender.bundles[(number + 1) % 2])
            began = time.monotonic()
            while True:
                n = len(load.acknowledged)
                load.await_more(12)
                if {load.bundles[told] for told, _ in list(load.acknowledged.values())[n:]} == {digest}:
                    break
                assert time.monotonic() < began + 90, "the new bundle is not taken"
            seconds["all by the new one"].append(time.monotonic() - began)
    # A database that takes longer than its time on a busy machine has nothing to do with the model.
    refused = [attempt for attempt in load.refused() if attempt.problem != DATABASE_SLOW]
    assert not refused, refused
    assert set(load.bundles.values()) == {_digest(bundle) for bundle in lender.bundles}
    return seconds


def _digest(bundle: Path) -> str:
    return hashlib.sha256((bundle / "bundle.json").read_bytes()).hexdigest()


def second_service_refused(service: ServiceProcess, lender: ServedLender, folder: Path) -> None:
    """Another service on the same SQLite file does not start, and the first goes on."""
    folder.mkdir()
    (folder / "master.key").write_bytes(service.master.read_bytes())
    (folder / "master.key").chmod(0o600)
    second = ServiceProcess(lender.bundles[0], service.store_url, folder, lender.variables)
    second.launch()
    code, said = second.ended()
    assert code == 3, said
    assert "Traceback" not in said
    assert service.is_ready()


def unsafe_database_refused(server: PostgresServer, lender: ServedLender, folder: Path) -> None:
    """With a setting that could lose what was acknowledged nothing is served."""
    url = server.new_database()
    folder.mkdir()
    service = ServiceProcess(lender.bundles[0], url, folder, lender.variables)
    service.prepare()
    name = url.rpartition("/")[2]
    server.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    service.launch()
    code, said = service.ended()
    assert code == 3, said
    assert "synchronous_commit" in said
    assert "Traceback" not in said


@contextmanager
def small_disk(folder: Path, size: str) -> Generator[Path]:
    """A disk of `size` at `folder`; only root can make one."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"this machine lets nobody mount: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
