"""The roles of the documentation let each part do its work and no more."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from garant.decisions.access import Principal, Role
from garant.decisions.api_keys import ApiKeys
from garant.decisions.migrating import migrate
from garant.decisions.store import RecordStore
from garant.exceptions import StoreError
from garant.keys import MasterKey
from postgres_server import PostgresServer
from store_records import confirmation, new_decision, now, record

pytestmark = pytest.mark.xdist_group("postgres")

ADMIN = Principal(id="key-9", role=Role.ADMIN, owner="paris")
ROLES = ("garant_service", "garant_eraser", "garant_auditor")


@pytest.fixture
def url(postgres: PostgresServer, project: Path) -> Iterator[str]:
    """A database with the roles of the documentation, as the service sees it."""
    owner = postgres.new_database()
    migrate(owner)
    (statements,) = re.findall(r"```sql\n(.*?)```", (project / "docs" / "ledger.md").read_text("utf-8"), re.DOTALL)
    postgres.execute(statements, url=owner)
    yield owner.replace("postgres@", "garant_service@")
    for role in ROLES:
        postgres.execute(f"DROP OWNED BY {role}", url=owner)
        postgres.execute(f"DROP ROLE {role}", url=owner)


def test_the_service_adds_and_the_eraser_erases(url: str, master: MasterKey) -> None:
    decision = new_decision("somebody")
    with RecordStore.open(url, master, serving=True) as store:
        record(store, decision)
        store.add(confirmation(decision), after=0)
        store.saw(ADMIN, "decision", decision=decision.id)
        store.stop(ADMIN, "drift")
        keys = ApiKeys(store)
        key, text = keys.create("tills", Role.ADVISER, "paris", now().replace(year=2099))
        assert keys.authenticate(text)
        assert keys.list()[0].used_on is not None
        keys.revoke(key.id)
        with pytest.raises(StoreError, match="permission denied"):
            store.erase("somebody", reason="asked", actor="person-7")
        assert len(store.decisions_of("somebody")) == 1
    with RecordStore.open(url.replace("service", "eraser"), master, serving=False) as store:
        done = store.erase("somebody", reason="asked", actor="person-7")
        assert (done.decisions, done.accesses, done.answers) == ((decision.id,), 1, 1)
        with pytest.raises(StoreError, match="permission denied"):
            record(store, new_decision())
    with RecordStore.open(url.replace("service", "auditor"), master, serving=False) as store:
        assert store.decision(decision.id).judgement is None
        with pytest.raises(StoreError, match="permission denied"):
            store.stop(ADMIN, "no")


def test_nobody_but_the_owner_changes_what_was_recorded(url: str, master: MasterKey) -> None:
    decision = new_decision("somebody")
    with RecordStore.open(url, master, serving=True) as store:
        record(store, decision)
        store.add(confirmation(decision), after=0)
    for role in ROLES:
        with psycopg.connect(url.replace("garant_service", role), autocommit=True) as connection:
            for table in ("decisions", "events", "leaves", "erasures", "switch_events"):
                for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        connection.execute(statement.encode())
            for table, column in (
                ("decisions", "state"),
                ("events", "state"),
                ("leaves", "hash"),
                ("payloads", "sealed"),
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(f"UPDATE {table} SET {column} = {column}".encode())
