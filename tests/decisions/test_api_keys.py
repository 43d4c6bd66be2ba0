"""An API key is shown once, and counts until it ends or is revoked."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from garant.decisions import schema
from garant.decisions.access import Principal, Role
from garant.decisions.api_keys import ApiKeys
from garant.decisions.envelope import time_text
from garant.decisions.store import RecordStore
from garant.exceptions import UnknownNameError, UsageError
from store_records import now


def test_a_key_says_who_comes_and_its_secret_is_nowhere_in_the_store(store: RecordStore, tmp_path: Path) -> None:
    keys = ApiKeys(store)
    key, text = keys.create("tills", Role.ADVISER, "paris", now() + timedelta(days=365))
    assert text.startswith(f"garant_{key.id}_")
    assert keys.authenticate(text) == Principal(id=key.id, role=Role.ADVISER, owner="paris")
    secret = text.split("_", 2)[2]
    assert len(secret) >= 43
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert not [file for file in files if secret.encode() in file.read_bytes()]


def test_what_is_no_key_lets_nobody_in(store: RecordStore) -> None:
    keys = ApiKeys(store)
    key, text = keys.create("tills", Role.ADVISER, "paris", now() + timedelta(days=1))
    other, _ = keys.create("office", Role.ADMIN, "paris", now() + timedelta(days=1))
    secret = text.split("_", 2)[2]
    wrong = [
        "",
        "garant",
        "garant__",
        text[:-1],
        text + "A",
        text.replace("garant_", "other_"),
        f"garant_{other.id}_{secret}",
        f"garant_{key.id}_",
        f"garant_ffffffffffff_{secret}",
        secret,
        "é" * 500,
    ]
    assert [shown for shown in wrong if keys.authenticate(shown) is not None] == []
    assert keys.authenticate(text) is not None


def test_a_key_ends_when_it_expires_or_is_revoked(store: RecordStore) -> None:
    keys = ApiKeys(store)
    first, text = keys.create("tills", Role.ADVISER, "paris", now() + timedelta(days=1))
    second, other = keys.create("office", Role.AUDITOR, "lyon", now() + timedelta(days=1))
    assert keys.authenticate(text)
    keys.revoke(first.id)
    assert keys.authenticate(text) is None
    past = update(schema.api_keys).where(schema.api_keys.c.id == second.id).values(expires_at=time_text(now()))
    assert keys.authenticate(other)
    store.database.write(lambda connection: connection.execute(past))
    assert ApiKeys(store).authenticate(other) is None
    found = {key.id: key for key in keys.list()}
    assert found[first.id].revoked_at is not None
    assert found[first.id].used_on == now().date().isoformat()
    with pytest.raises(UnknownNameError, match="Unknown API key 'none'"):
        keys.revoke("none")


def test_a_revocation_elsewhere_is_seen_within_two_seconds(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    here, elsewhere = ApiKeys(store), ApiKeys(store)
    key, text = elsewhere.create("tills", Role.ADVISER, "paris", now() + timedelta(days=1))
    clock = [100.0]
    monkeypatch.setattr("garant.decisions.fresh.time.monotonic", lambda: clock[0])
    assert here.authenticate(text)
    elsewhere.revoke(key.id)
    clock[0] += 1.9
    assert here.authenticate(text)
    clock[0] += 0.2
    assert here.authenticate(text) is None


def test_a_key_that_would_never_count_is_not_made(store: RecordStore) -> None:
    keys = ApiKeys(store)
    for end in (now() - timedelta(seconds=1), (now() + timedelta(days=1)).replace(tzinfo=None)):
        with pytest.raises(UsageError, match="an end in the future"):
            keys.create("tills", Role.ADVISER, "paris", end)
    assert keys.list() == ()
