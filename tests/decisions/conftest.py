"""Record stores on both databases."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from garant.decisions.migrating import migrate
from garant.decisions.store import RecordStore
from garant.keys import MasterKey

if TYPE_CHECKING:
    from postgres_server import PostgresServer

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgres")))


@pytest.fixture
def master(tmp_path: Path) -> MasterKey:
    """A master key of this test."""
    return MasterKey.new(tmp_path / "keys" / "master.key")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Address of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'store' / 'records.db'}"


@pytest.fixture(scope="session")
def database_url(postgres: "PostgresServer") -> str:
    """Address of a database that tests share: to copy one for each would take most of their time."""
    return postgres.new_database()


@pytest.fixture
def schema_url(database_url: str, postgres: "PostgresServer") -> Iterator[str]:
    """Address of an empty store in a schema of its own."""
    name = f"s{secrets.token_hex(6)}"
    postgres.execute(f"CREATE SCHEMA {name}", url=database_url)
    url = f"{database_url}?options=-csearch_path%3D{name}"
    migrate(url)
    yield url
    postgres.execute(f"DROP SCHEMA {name} CASCADE", url=database_url)


@pytest.fixture(params=BOTH)
def store_url(request: pytest.FixtureRequest) -> str:
    """Address of an empty store, on each database."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_url")
    return request.getfixturevalue("schema_url")


@pytest.fixture
def store(store_url: str, master: MasterKey) -> Iterator[RecordStore]:
    """An open, empty store."""
    with RecordStore.open(store_url, master, serving=True) as opened:
        yield opened
