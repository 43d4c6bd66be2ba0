"""On PostgreSQL several processes record, and none of them waits for a server that does not answer."""

import signal
import threading
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil
import pytest

from garant.decisions.migrating import migrate
from garant.decisions.store import RecordStore
from garant.exceptions import InFlightError, StoreError, UnsafeStoreError
from garant.keys import MasterKey
from postgres_server import PostgresServer
from store_records import new_decision, record

pytestmark = pytest.mark.xdist_group("postgres")

SOON = 1.5
"""A second, and what a busy machine adds."""


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    made = postgres.new_database()
    migrate(made)
    return made


@pytest.fixture
def store(url: str, master: MasterKey) -> Iterator[RecordStore]:
    with RecordStore.open(url, master, serving=True, workers=2) as opened:
        yield opened


@contextmanager
def hanging(server: PostgresServer) -> Generator[None]:
    """Stop all processes of the server where they are: sockets stay open, nothing comes back."""
    assert server.process is not None
    parent = psutil.Process(server.process.pid)
    family = [parent, *parent.children(recursive=True)]
    for process in family:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in family:
            process.send_signal(signal.SIGCONT)


def refusal(store: RecordStore) -> float:
    """Seconds until each thing that one may ask is refused; the longest."""
    longest = 0.0
    for ask in (store.check, lambda: store.decision("none"), lambda: record(store, new_decision("late"))):
        began = time.monotonic()
        with pytest.raises(StoreError):
            ask()
        longest = max(longest, time.monotonic() - began)
    return longest


def test_a_server_that_hangs_is_said_to_within_a_second_and_heals_alone(
    store: RecordStore, postgres: PostgresServer
) -> None:
    record(store, new_decision("before"))
    with hanging(postgres):
        assert refusal(store) < SOON
        assert refusal(store) < SOON
    deadline = time.monotonic() + 5
    while True:
        try:
            record(store, new_decision("after"))
            break
        except StoreError:
            assert time.monotonic() < deadline
    assert [len(store.decisions_of(who)) for who in ("before", "late", "after")] == [1, 0, 1]


def test_many_who_ask_a_server_that_hangs_are_all_told_in_time(store: RecordStore, postgres: PostgresServer) -> None:
    def ask(number: int) -> float:
        began = time.monotonic()
        with pytest.raises(StoreError):
            record(store, new_decision(f"late {number}"))
        return time.monotonic() - began

    with hanging(postgres), ThreadPoolExecutor(40) as pool:
        assert max(pool.map(ask, range(80))) < 2 * SOON


def test_a_server_that_hangs_under_a_request_is_cut_at_the_commit(store: RecordStore, postgres: PostgresServer) -> None:
    with store.claim("key-1", "decisions", "k", b"body") as claim, hanging(postgres):
        began = time.monotonic()
        with pytest.raises(StoreError):
            claim.commit([new_decision()], b"answer")
        assert time.monotonic() - began < SOON


def test_a_server_that_is_gone_is_said_to_at_once_and_used_again_when_it_is_back(
    store: RecordStore, postgres: PostgresServer
) -> None:
    record(store, new_decision("before"))
    postgres.stop()
    try:
        assert refusal(store) < SOON
    finally:
        postgres.start()
    # Old connections are replaced without that anybody hears of it.
    record(store, new_decision("after"))
    assert [len(store.decisions_of(who)) for who in ("before", "late", "after")] == [1, 0, 1]


def test_nobody_hears_of_a_server_that_was_started_anew(store: RecordStore, postgres: PostgresServer) -> None:
    record(store, new_decision("before"))
    assert not store.is_stopped()
    postgres.stop()
    postgres.start()
    # The connections of the pool are dead, which shows when they are taken.
    record(store, new_decision("after"))
    assert [len(store.decisions_of(who)) for who in ("before", "after")] == [1, 1]


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_settings_that_lose_what_was_acknowledged_are_refused_at_the_start_and_later(
    name: str, store: RecordStore, url: str, master: MasterKey, postgres: PostgresServer
) -> None:
    if name == "synchronous_commit":
        database = url.rsplit("/", 1)[1]
        change, back = f"ALTER DATABASE {database} SET {name} = off", f"ALTER DATABASE {database} RESET {name}"
    else:
        change, back = f"ALTER SYSTEM SET {name} = off", f"ALTER SYSTEM RESET {name}"
        record(store, new_decision("before"))
    postgres.execute(change)
    postgres.execute("SELECT pg_reload_conf()")
    try:
        deadline = time.monotonic() + 5
        while postgres.execute(f"SELECT current_setting('{name}')", url=url) != [("off",)]:
            assert time.monotonic() < deadline
        with pytest.raises(UnsafeStoreError, match=f"{name} = off"), RecordStore.open(url, master, serving=True):
            pass
        with RecordStore.open(url, master, serving=True, allow_unsafe=True) as unsafe:
            assert unsafe.database.is_unsafe
        if name != "synchronous_commit":
            # A session keeps that one until it ends.
            with pytest.raises(UnsafeStoreError):
                record(store, new_decision("late"))
    finally:
        postgres.execute(back)
        postgres.execute("SELECT pg_reload_conf()")
    deadline = time.monotonic() + 5
    while postgres.execute(f"SELECT current_setting('{name}')", url=url) != [("on",)]:
        assert time.monotonic() < deadline


def test_a_request_is_answered_by_one_process_at_a_time(store: RecordStore, url: str, master: MasterKey) -> None:
    with RecordStore.open(url, master, serving=True, workers=2) as other:
        with store.claim("key-1", "decisions", "k", b"body") as claim:
            with pytest.raises(InFlightError), other.claim("key-1", "decisions", "k", b"body"):
                pass
            claim.commit([new_decision()], b"answer")
        with other.claim("key-1", "decisions", "k", b"body") as claim:
            assert claim.answer == b"answer"


def test_when_all_connections_are_busy_the_next_one_is_told_so_and_looking_up_goes_on(store: RecordStore) -> None:
    is_free, is_held = threading.Event(), threading.Semaphore(0)

    def hold(number: int) -> None:
        with store.claim("key-1", "decisions", f"k{number}", b"body"):
            is_held.release()
            is_free.wait(20)

    threads = [threading.Thread(target=hold, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    try:
        for _ in threads:
            assert is_held.acquire(timeout=20)
        with pytest.raises(StoreError, match="all connections are busy"):
            record(store, new_decision())
        store.check()
        assert not store.is_stopped()
    finally:
        is_free.set()
        for thread in threads:
            thread.join()
    record(store, new_decision())


def test_a_password_in_the_address_stands_in_no_message(master: MasterKey) -> None:
    url = "postgresql://garant:PASSWORD-CANARY@127.0.0.1:9/none"
    with pytest.raises(StoreError) as caught, RecordStore.open(url, master, serving=True):
        pass
    assert "PASSWORD-CANARY" not in str(caught.value)
    with pytest.raises(StoreError) as caught:
        migrate(url)
    assert "PASSWORD-CANARY" not in str(caught.value)


def test_a_database_without_the_tables_says_which_command_makes_them(
    postgres: PostgresServer, master: MasterKey
) -> None:
    url = postgres.new_database()
    with pytest.raises(StoreError, match="garant ledger migrate"), RecordStore.open(url, master, serving=True):
        pass
    assert migrate(url)
    assert not migrate(url)
