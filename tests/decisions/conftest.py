"""Record stores on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from garant.decisions.migrating import migrate
from garant.decisions.store import RecordStore
from garant.keys import MasterKey

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgres")))


@pytest.fixture
def master(tmp_path: Path) -> MasterKey:
    """A master key of this test."""
    return MasterKey.new(tmp_path / "keys" / "master.key")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Address of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'store' / 'records.db'}"


@pytest.fixture(params=BOTH)
def store_url(request: pytest.FixtureRequest) -> str:
    """Address of an empty store, on each database."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_url")
    url = request.getfixturevalue("postgres").new_database()
    migrate(url)
    return url


@pytest.fixture
def store(store_url: str, master: MasterKey) -> Iterator[RecordStore]:
    """An open, empty store."""
    with RecordStore.open(store_url, master, serving=True) as opened:
        yield opened
