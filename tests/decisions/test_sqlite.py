"""On SQLite one process serves, one thread writes for all, and a full disk stops writing alone."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from garant.decisions.sqlite import SqliteDatabase
from garant.decisions.store import RecordStore
from garant.exceptions import InFlightError, StoreError, UnsafeStoreError
from garant.keys import MasterKey
from store_records import judgement, new_decision, record


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    return sqlite_url


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def database_of(store: RecordStore) -> SqliteDatabase:
    assert isinstance(store.database, SqliteDatabase)
    return store.database


def test_a_second_serving_process_is_told_which_one_serves(
    store: RecordStore, store_url: str, tmp_path: Path, master: MasterKey
) -> None:
    program = (
        "import sys; from pathlib import Path; from garant.decisions.store import RecordStore; "
        "from garant.keys import MasterKey; "
        "RecordStore.open(sys.argv[1], MasterKey.read(Path(sys.argv[2])), serving=sys.argv[3] == 'serving').close()"
    )

    def ended(how: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", program, store_url, str(tmp_path / "keys" / "master.key"), how]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    refused = ended("serving")
    assert refused.returncode != 0
    assert f"process {os.getpid()} serves from it" in refused.stderr
    assert ended("looking").returncode == 0
    with pytest.raises(StoreError, match=f"process {os.getpid()}"), RecordStore.open(store_url, master, serving=True):
        pass
    store.close()
    assert ended("serving").returncode == 0


def test_a_lock_of_a_process_that_was_killed_does_not_last(store_url: str, master: MasterKey) -> None:
    lock = file_of(store_url).with_name("records.db.lock")
    lock.parent.mkdir()
    lock.write_text("1\n")
    with RecordStore.open(store_url, master, serving=True):
        assert lock.read_text() == f"{os.getpid()}\n"


def test_several_workers_need_another_database(store_url: str, master: MasterKey) -> None:
    with (
        pytest.raises(StoreError, match="exactly one serving process"),
        RecordStore.open(store_url, master, serving=True, workers=2),
    ):
        pass


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///x.db?mode=ro", "mysql://host/db", "x"])
def test_an_address_that_would_keep_nothing_is_refused(url: str, master: MasterKey) -> None:
    with pytest.raises(StoreError), RecordStore.open(url, master, serving=True):
        pass


def test_nobody_else_may_read_the_files(store: RecordStore, store_url: str) -> None:
    record(store, new_decision())
    folder = file_of(store_url).parent
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert "records.db-wal" in files
    assert set(files.values()) == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_requests_that_wait_share_a_commit_and_one_that_fails_takes_none_with_it(store: RecordStore) -> None:
    writer = database_of(store).writer
    before = writer.commits, writer.requests
    has_begun, is_free = threading.Event(), threading.Event()
    decisions = [new_decision(f"person {number}") for number in range(16)]
    bad = new_decision("bad", supersedes=new_decision().id)
    with ThreadPoolExecutor(20) as pool:
        # While the writer is kept, the others come and wait.
        kept = pool.submit(writer.write, lambda _: has_begun.set() or is_free.wait(10))
        assert has_begun.wait(10)
        asked = [pool.submit(record, store, decision) for decision in decisions]
        failing = pool.submit(record, store, bad)
        while writer._queue.qsize() < 17:
            time.sleep(0.001)
        is_free.set()
        assert kept.result()
        for one in asked:
            one.result()
        assert failing.exception() is not None
    commits, requests = writer.commits - before[0], writer.requests - before[1]
    assert requests == 18
    assert commits == 2
    assert [len(store.decisions_of(f"person {number}")) for number in range(16)] == [1] * 16
    assert store.decisions_of("bad") == ()


def test_a_file_that_another_program_keeps_locked_is_said_to_within_a_second(
    store: RecordStore, store_url: str
) -> None:
    with closing(sqlite3.connect(file_of(store_url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(8) as pool:
            began = time.monotonic()
            asked = [pool.submit(record, store, new_decision("late")) for _ in range(8)]
            said = [one.exception() for one in asked]
        assert time.monotonic() - began < 2
        assert {type(error) for error in said} == {StoreError}
        assert store.decisions_of("late") == ()
        other.execute("ROLLBACK")
    record(store, new_decision("after"))
    assert len(store.decisions_of("after")) == 1


def test_a_full_disk_stops_writing_alone_and_it_goes_on_when_there_is_room(store: RecordStore) -> None:
    writer = database_of(store).writer
    record(store, new_decision("before"))

    def limit(pages: int) -> None:
        writer.write(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={pages}"), alone=True)

    used = writer.write(lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar_one(), alone=True)
    limit(used)
    large = judgement("late", raw=os.urandom(100_000))
    with pytest.raises(StoreError, match="no space left"):
        record(store, new_decision(judgement=large))
    assert [len(store.decisions_of(who)) for who in ("before", "late")] == [1, 0]
    store.check()
    limit(1_000_000)
    record(store, new_decision("after"))
    assert len(store.decisions_of("after")) == 1


def test_settings_that_lose_what_was_acknowledged_are_refused(
    store: RecordStore, store_url: str, master: MasterKey
) -> None:
    writer = database_of(store).writer
    writer.write(lambda connection: connection.exec_driver_sql("PRAGMA synchronous=NORMAL"), alone=True)
    with pytest.raises(UnsafeStoreError, match="synchronous 1, expected 2"):
        store.check()
    store.close()
    with RecordStore.open(store_url, master, serving=True) as again:
        again.check()


def test_two_processes_that_answer_the_same_request_record_it_once(
    store: RecordStore, store_url: str, master: MasterKey
) -> None:
    with (
        RecordStore.open(store_url, master, serving=False) as other,
        store.claim("key-1", "decisions", "k", b"body") as claim,
        other.claim("key-1", "decisions", "k", b"body") as second,
    ):
        claim.commit([new_decision()], b"first")
        with pytest.raises(InFlightError):
            second.commit([new_decision()], b"second")
    assert len(store.decisions_of("SUBJECT-CANARY")) == 1


def test_a_closed_store_says_so(store: RecordStore) -> None:
    store.close()
    with pytest.raises(StoreError, match="is closed"):
        record(store, new_decision())


def test_requests_that_are_written_together_fail_one_by_one(store: RecordStore) -> None:
    writer = database_of(store).writer
    has_begun, is_free = threading.Event(), threading.Event()
    first = new_decision("first")
    record(store, first)
    # The same decision corrected by two requests in one commit: which one comes second fails, and nobody else.
    rivals = [new_decision("rival", supersedes=first.id) for _ in range(2)]
    others = [new_decision("other") for _ in range(3)]
    with ThreadPoolExecutor(8) as pool:
        kept = pool.submit(writer.write, lambda _: has_begun.set() or is_free.wait(10))
        assert has_begun.wait(10)
        asked = [pool.submit(record, store, decision) for decision in (*rivals, *others)]
        while writer._queue.qsize() < 5:
            time.sleep(0.001)
        is_free.set()
        assert kept.result()
        said = [one.exception() for one in asked]
    assert [type(error) for error in said[2:]] == [type(None)] * 3
    assert sorted(str(type(error).__name__) for error in said[:2]) == ["ConflictError", "NoneType"]
    assert [len(store.decisions_of(who)) for who in ("rival", "other")] == [1, 3]
