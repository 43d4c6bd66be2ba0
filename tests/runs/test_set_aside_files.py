"""What a run takes over of rows that were set aside, and data that are read as if erased clients were not in them."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.keys import read_or_new_secret
from garant.runs.set_aside_files import copy_set_aside, left_out
from garant.runs.suppression import NOBODY, Suppression
from garant.settings import Settings
from garant.tables.accepted import AcceptedTables
from garant.tables.config import TablesConfig
from garant.tables.quarantine import QUARANTINE
from garant.tables.report import AcceptanceReport

ANN, BOB = 100_002, 100_003


def write(path: Path, rows: list[dict[str, Any]], schema: pa.Schema | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema), path)
    return path


def broken(client: int | None, raw: str) -> dict[str, Any]:
    words = dict.fromkeys(("source_file", "rule", "column", "value"), "x")
    return {**words, "source_line": 2, "SK_ID_CURR": client, "rules": ["x"], "raw": raw}


@pytest.fixture
def accepted(tmp_path: Path) -> AcceptedTables:
    """Two applicants with a credit each; of Ann's months one is broken, of Bob's none."""
    folder = tmp_path / "accepted"
    files = {
        "application": (
            write(folder / "application" / "part-00000.parquet", [{"SK_ID_CURR": ANN}]),
            write(folder / "application" / "part-00001.parquet", [{"SK_ID_CURR": BOB}]),
        ),
        "bureau": (
            write(
                folder / "bureau" / "part-00000.parquet",
                [{"SK_ID_CURR": ANN, "SK_ID_BUREAU": 5_000_001}, {"SK_ID_CURR": BOB, "SK_ID_BUREAU": 5_000_002}],
            ),
        ),
    }
    months = [broken(None, "5000001,-1,Z"), broken(None, "5000009,-5000002,Z"), broken(None, '{"SK_ID_BUREAU": 7}')]
    write(folder / "quarantine" / "bureau_balance.parquet", months, QUARANTINE)
    write(folder / "quarantine" / "application.parquet", [broken(ANN, f"{ANN},?")], QUARANTINE)
    (folder / "quarantine" / "summary.csv").write_text("table\n")
    write(folder / "orphans" / "POS_CASH_balance.parquet", [{"SK_ID_CURR": ANN}, {"SK_ID_CURR": BOB}])
    report = AcceptanceReport(purpose="score", files=())
    return AcceptedTables(folder, ("application", "bureau"), files, report, "digest", TablesConfig())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache_folder=tmp_path / "cache", suppression_key=tmp_path / "suppression.key")


@pytest.fixture
def without_ann(settings: Settings) -> Suppression:
    """A list with Ann on it."""
    key, _ = read_or_new_secret(settings.suppression_key)
    return Suppression(frozenset({key.name(ANN)}), key)


def column(file: Path, name: str) -> list[Any]:
    return pq.read_table(file).column(name).to_pylist()


def test_a_broken_month_in_a_run_says_whose_credit_it_is(accepted: AcceptedTables, tmp_path: Path) -> None:
    assert copy_set_aside(accepted, tmp_path / "run") == (4, 2)
    file = tmp_path / "run" / "quarantine" / "bureau_balance.parquet"
    # A number behind a minus sign is no credit, and a credit that was not accepted is nobody's.
    assert column(file, "SK_ID_CURR") == [ANN, None, None]
    assert pq.read_schema(file).names == QUARANTINE.names
    assert (tmp_path / "run" / "quarantine" / "summary.csv").exists()


def test_with_nobody_to_leave_out_the_data_are_read_where_they_are(
    accepted: AcceptedTables, settings: Settings, without_ann: Suppression
) -> None:
    assert without_ann.key is not None
    strangers = Suppression(frozenset({without_ann.key.name(77)}), without_ann.key)
    for hidden in (NOBODY, strangers):
        with left_out(accepted, hidden, settings) as (seen, n):
            assert (seen is accepted, n) == (True, 0)


def test_who_is_on_the_list_is_in_no_file_that_is_read_in_place(
    accepted: AcceptedTables, settings: Settings, without_ann: Suppression, tmp_path: Path
) -> None:
    with left_out(accepted, without_ann, settings) as (seen, n):
        assert n == 1
        assert [c for file in seen.files["application"] for c in column(file, "SK_ID_CURR")] == [BOB]
        # What a worker elsewhere is sent lies in the folder of the tables.
        assert all(file.is_relative_to(seen.folder) for files in seen.files.values() for file in files)
        assert seen.quarantine("application") is None
        assert copy_set_aside(seen, tmp_path / "run") == (2, 1)
        folder = seen.folder
    assert not folder.exists()
    months = tmp_path / "run" / "quarantine" / "bureau_balance.parquet"
    assert column(months, "raw") == ["5000009,-5000002,Z", '{"SK_ID_BUREAU": 7}']
    assert column(tmp_path / "run" / "orphans" / "POS_CASH_balance.parquet", "SK_ID_CURR") == [BOB]
    assert column(accepted.files["application"][0], "SK_ID_CURR") == [ANN]
