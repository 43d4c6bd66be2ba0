"""The matrix has one row per applicant: no join loses or multiplies them."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import ReconciliationError
from garant.features.catalogue import catalogue
from garant.runs.matrix import build_matrix
from garant.tables.acceptance import accept_tables
from garant.tables.accepted import AcceptedTables
from garant.tables.sources import DataFolder, find_sources
from garant.tables.synthetic import generate


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> AcceptedTables:
    folder = tmp_path_factory.mktemp("lender")
    generate(folder / "raw", scale=0.001, seed=7, file_format="parquet")
    data = find_sources(folder / "raw")
    assert isinstance(data, DataFolder)
    return accept_tables(data, folder / "accepted", threads=1)


def test_every_applicant_has_one_row_in_the_order_of_ids(accepted: AcceptedTables, tmp_path: Path):
    with DuckDBEngine() as engine:
        parts = build_matrix(engine, accepted, catalogue()[:20], tmp_path / "matrix")
    ids = [client for part in parts for client in pq.read_table(part, columns=["SK_ID_CURR"])["SK_ID_CURR"].to_pylist()]
    application = [pq.read_table(part, columns=["SK_ID_CURR"]) for part in accepted.files["application"]]
    assert ids == sorted(pa.concat_tables(application)["SK_ID_CURR"].to_pylist())


def test_a_client_who_stands_twice_in_the_accepted_applications_stops_the_matrix(
    accepted: AcceptedTables, tmp_path: Path
):
    first, *others = accepted.files["application"]
    rows = pq.read_table(first)
    pq.write_table(pa.concat_tables([rows, rows.slice(0, 1)]), tmp_path / "twice.parquet")
    damaged = replace(accepted, files={**accepted.files, "application": (tmp_path / "twice.parquet", *others)})
    with DuckDBEngine() as engine, pytest.raises(ReconciliationError, match="a join lost or multiplied clients"):
        build_matrix(engine, damaged, catalogue()[:20], tmp_path / "matrix")
