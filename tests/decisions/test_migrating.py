"""A store of another version is refused with what to do, and the steps make just the tables that the code knows."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from garant.decisions import schema
from garant.decisions.migrating import migrate
from garant.decisions.store import RecordStore
from garant.exceptions import StoreError
from garant.keys import MasterKey


def set_version(store: RecordStore, version: str) -> None:
    store.database.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version}))


def test_the_steps_make_the_tables_that_the_code_knows(store: RecordStore) -> None:
    differences = store.database.read(
        lambda connection: compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), schema.metadata
        )
    )
    assert differences == []


def test_a_store_of_a_later_version_is_refused(store: RecordStore, store_url: str, master: MasterKey) -> None:
    set_version(store, "9999")
    store.close()
    with pytest.raises(StoreError, match="schema 9999 of a later version"):
        RecordStore.open(store_url, master, serving=True)
    with pytest.raises(StoreError, match="only goes forward"):
        migrate(store_url)


def test_a_file_without_the_tables_says_which_command_makes_them(tmp_path: Path, master: MasterKey) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    with pytest.raises(StoreError, match=r"holds no record store yet.*`garant ledger migrate`"):
        RecordStore.open(f"sqlite:///{path}", master, serving=True)
    assert migrate(f"sqlite:///{path}")
    assert not migrate(f"sqlite:///{path}")
    RecordStore.open(f"sqlite:///{path}", master, serving=True).close()


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, master: MasterKey) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are notes of somebody, and no database at all" * 100)
    before = path.read_bytes()
    for use in (migrate, lambda url: RecordStore.open(url, master, serving=True)):
        with pytest.raises(StoreError):
            use(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, master: MasterKey) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be made or opened"):
        RecordStore.open(f"sqlite:///{tmp_path}/file/records.db", master, serving=True)
