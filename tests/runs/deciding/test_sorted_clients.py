"""Clients of sorted copies of the accepted tables, beside those of a query over the tables themselves."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.exceptions import RecordsError
from garant.runs.deciding import sorted_clients
from garant.runs.deciding.client_store import ClientStore
from garant.runs.deciding.sorted_clients import FOLDER, SortedClients
from garant.runs.kept_tables import forget_tables_of
from garant.settings import Settings
from garant.tables.accepted import AcceptedTables, open_accepted

pytestmark = pytest.mark.xdist_group("own")

CLIENTS = 40


def ids(accepted: AcceptedTables) -> list[int]:
    """Ids of some clients, and of the first and the last one."""
    found = sorted(pq.read_table(list(accepted.files["application"]), columns=["SK_ID_CURR"]).column(0).to_pylist())
    return [found[0], found[-1], *found[7 :: len(found) // CLIENTS]]


def sorted_rows(table: pa.Table) -> list[str]:
    """Rows in an order of their own."""
    names = [name for name in table.column_names if name not in {"source_file", "source_line"}]
    return sorted(map(repr, table.select(sorted(names)).to_pylist()))


@pytest.mark.parametrize("rows_of_a_batch", [50_000, 7])
def test_a_client_has_the_rows_of_the_tables(
    accepted: AcceptedTables,
    clients: ClientStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows_of_a_batch: int,
) -> None:
    # With seven rows to a batch nearly every client goes over the end of one.
    monkeypatch.setattr(sorted_clients, "_ROWS", rows_of_a_batch)
    with SortedClients(accepted, Settings(cache_folder=tmp_path)) as opened:
        for client in ids(accepted):
            found, expected = opened.rows(client), clients.rows(client)
            assert found.keys() == expected.keys()
            for name, table in expected.items():
                assert sorted_rows(found[name]) == sorted_rows(table), (client, name)


@pytest.mark.parametrize("client", [1, 99_999_999, -5, 2**62])
def test_a_client_that_is_not_there_is_unknown(accepted: AcceptedTables, tmp_path: Path, client: int) -> None:
    with SortedClients(accepted, Settings(cache_folder=tmp_path)) as opened, pytest.raises(RecordsError):
        opened.rows(client)


@pytest.mark.parametrize("prefix", ["1", "10", "1000", "9", "x", ""])
def test_ids_are_found_by_their_first_digits(
    accepted: AcceptedTables, clients: ClientStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    monkeypatch.setattr(sorted_clients, "_ROWS", 7)
    every = sorted(pq.read_table(list(accepted.files["application"]), columns=["SK_ID_CURR"]).column(0).to_pylist())
    expected = [each for each in every if prefix.isdigit() and str(each).startswith(prefix)][:10]
    with SortedClients(accepted, Settings(cache_folder=tmp_path)) as opened:
        assert opened.ids(prefix) == clients.ids(prefix) == expected
        assert opened.accepted_on == clients.accepted_on


def test_the_copy_lies_with_the_kept_tables_and_goes_with_them(
    accepted: AcceptedTables, settings: Settings, tmp_path: Path
) -> None:
    own = settings.model_copy(update={"cache_folder": tmp_path})
    shutil.copytree(accepted.folder, tmp_path / "accepted" / "kept")
    kept = open_accepted(tmp_path / "accepted" / "kept")
    with SortedClients(kept, own) as opened:
        (client, *_) = ids(kept)
        assert opened.rows(client)["application"].num_rows == 1
    files = sorted((kept.folder / FOLDER).iterdir())
    assert [file.stem for file in files] == sorted(kept.tables)
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
    written = [file.stat().st_mtime_ns for file in files]
    with SortedClients(kept, own):
        assert [file.stat().st_mtime_ns for file in files] == written
    assert forget_tables_of([client], own) == 1
    assert not kept.folder.exists()


def test_of_tables_elsewhere_no_copy_stays(
    accepted: AcceptedTables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, scratch = tmp_path / "checked", tmp_path / "tmp"
    shutil.copytree(accepted.folder, folder)
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    before = sorted(folder.rglob("*"))
    with SortedClients(open_accepted(folder), Settings(cache_folder=tmp_path / "cache")):
        assert list(scratch.iterdir())
    assert list(scratch.iterdir()) == []
    assert sorted(folder.rglob("*")) == before
