"""A record store of the test's own, and a service that answers what a test tells it to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from answering_service import Service, answering_service


@pytest.fixture
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder in which commands make their record store and its key."""
    folder = tmp_path / "store"
    # Erasing looks through the cache of this machine: not through that of the person who runs the tests.
    monkeypatch.setenv("GARANT_CACHE_FOLDER", str(tmp_path / "cache"))
    monkeypatch.setenv("GARANT_STORE_URL", f"sqlite:///{folder / 'records.db'}")
    monkeypatch.setenv("GARANT_MASTER_KEY", str(folder / "master.key"))
    return folder


@pytest.fixture
def service() -> Iterator[Service]:
    """A server on this machine."""
    with answering_service() as found:
        yield found
