"""Who looked is recorded also of the time in which the disk was full: once, and in its order."""

import time
from collections.abc import Callable

import pytest
from sqlalchemy import select

from garant.decisions import looks, schema
from garant.decisions.access import Principal, Role
from garant.decisions.sqlite import SqliteDatabase
from garant.decisions.store import RecordStore
from garant.exceptions import StoreError, StoreFullError
from garant.keys import MasterKey

WHO = Principal(id="k1", role=Role.ADVISER, owner="paris")

Limit = Callable[[int | None], None]


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def limit(store: RecordStore) -> Limit:
    """Let the file grow no more but by so many looks that fill it; None gives it room."""
    database = store.database
    assert isinstance(database, SqliteDatabase)
    writer = database.writer

    def set_to(pages: int | None) -> None:
        if pages is None:
            pages = 1_000_000
        writer.write(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={pages}"), alone=True)

    return set_to


def fill(store: RecordStore, limit: Limit) -> None:
    """Leave room for no look."""
    limit(1)
    for number in range(10_000):
        store.saw(WHO, f"before {number}", subject="somebody")
        if len(seen(store)) <= number:
            return
    pytest.fail("the file does not get full")


def seen(store: RecordStore) -> list[str]:
    """What is recorded of looks, in their order."""
    table = schema.access_events
    query = select(table.c.what).order_by(table.c.id)
    return list(store.database.read(lambda connection: connection.execute(query).scalars().all()))


def test_looks_at_a_full_disk_are_recorded_when_there_is_room(store: RecordStore, limit: Limit) -> None:
    fill(store, limit)
    before = seen(store)
    for what in ("first", "second"):
        store.saw(WHO, what, subject="somebody")
    assert seen(store) == before
    limit(None)
    store.saw(WHO, "third", subject="somebody")
    assert seen(store) == [*before, f"before {len(before)}", "first", "second", "third"]
    store.saw(WHO, "fourth", subject="somebody")
    assert seen(store)[-2:] == ["third", "fourth"]


def test_what_waits_is_recorded_soon_also_when_nobody_looks_again(
    store: RecordStore, limit: Limit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "AGAIN_SECONDS", 0.05)
    fill(store, limit)
    store.saw(WHO, "last", subject="somebody")
    time.sleep(0.2)
    assert "last" not in seen(store)
    limit(None)
    began = time.monotonic()
    while "last" not in seen(store):
        assert time.monotonic() < began + 10, "what waits is not tried again"
        time.sleep(0.02)
    time.sleep(0.2)
    assert seen(store).count("last") == 1


def test_a_store_that_is_closed_records_what_waits(
    store: RecordStore, limit: Limit, store_url: str, master: MasterKey
) -> None:
    fill(store, limit)
    store.saw(WHO, "last", subject="somebody")
    limit(None)
    store.close()
    with RecordStore.open(store_url, master, serving=False) as again:
        assert seen(again)[-1] == "last"


def test_when_too_many_wait_nothing_is_shown_and_none_of_them_is_lost(
    store: RecordStore, limit: Limit, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, limit)
    before = seen(store)
    monkeypatch.setattr(looks, "MOST", 2)
    store.saw(WHO, "kept", subject="somebody")
    with pytest.raises(StoreFullError):
        store.saw(WHO, "refused", subject="somebody")
    limit(None)
    store.saw(WHO, "after", subject="somebody")
    assert seen(store) == [*before, f"before {len(before)}", "kept", "after"]


def test_a_look_that_fails_for_another_reason_is_refused_and_those_that_wait_are_kept(
    store: RecordStore, limit: Limit
) -> None:
    fill(store, limit)
    before = seen(store)
    limit(None)
    store.database.write(lambda connection: connection.exec_driver_sql("ALTER TABLE access_events RENAME TO away"))
    with pytest.raises(StoreError):
        store.saw(WHO, "refused", subject="somebody")
    store.database.write(lambda connection: connection.exec_driver_sql("ALTER TABLE away RENAME TO access_events"))
    store.saw(WHO, "after", subject="somebody")
    assert seen(store) == [*before, f"before {len(before)}", "after"]
