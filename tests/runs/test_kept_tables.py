"""Kept accepted tables of an erased person: those that another command clears away meanwhile stop nothing."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.runs import kept_tables
from garant.runs.kept_tables import forget_tables_of
from garant.settings import Settings


def keep(settings: Settings, name: str, client: int) -> Path:
    """A folder of kept tables with one client."""
    folder = settings.cache_folder / "accepted" / name
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"SK_ID_CURR": [client]}), folder / "part.parquet")
    return folder


def test_a_folder_that_goes_while_it_is_looked_through_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings = Settings(cache_folder=tmp_path)
    going, mine, other = keep(settings, "a", 7), keep(settings, "b", 7), keep(settings, "c", 8)
    real = kept_tables.clients_in

    def clients_in(file: Path) -> frozenset[int]:
        if file.parent == going:
            shutil.rmtree(going)
        return frozenset(real(file))

    monkeypatch.setattr(kept_tables, "clients_in", clients_in)
    assert forget_tables_of([7], settings) == 1
    assert not mine.exists()
    assert other.exists()


def test_a_file_that_is_missing_from_a_folder_that_stays_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings = Settings(cache_folder=tmp_path)
    folder = keep(settings, "a", 7)
    real = kept_tables.clients_in

    def clients_in(file: Path) -> frozenset[int]:
        file.unlink()
        return frozenset(real(file))

    monkeypatch.setattr(kept_tables, "clients_in", clients_in)
    with pytest.raises(FileNotFoundError):
        forget_tables_of([7], settings)
    assert folder.exists()
