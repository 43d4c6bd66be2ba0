"""Record stores on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from garant.decisions.store import RecordStore
from garant.keys import MasterKey


@pytest.fixture
def master(tmp_path: Path) -> MasterKey:
    """A master key of this test."""
    return MasterKey.new(tmp_path / "keys" / "master.key")


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """Address of an empty store, on each database."""
    return f"sqlite:///{tmp_path / 'store' / 'records.db'}"


@pytest.fixture
def store(store_url: str, master: MasterKey) -> Iterator[RecordStore]:
    """An open, empty store."""
    with RecordStore.open(store_url, master, serving=True) as opened:
        yield opened
