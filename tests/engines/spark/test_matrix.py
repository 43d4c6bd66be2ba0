"""The matrix on Spark: the bytes of DuckDB's, one shuffle per table, nothing of nobody."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.engines.duckdb import DuckDBEngine
from garant.engines.protocol import Engine, Keep
from garant.engines.spark import SparkEngine
from garant.exceptions import RunError
from garant.features.catalogue import catalogue
from garant.features.feature import Feature, Profile
from garant.runs import matrix
from garant.runs.matrix import write_matrix
from garant.storage.reach import Written
from garant.tables.acceptance import accept_tables
from garant.tables.accepted import AcceptedTables
from garant.tables.sources import DataFolder, find_sources
from garant.tables.synthetic import generate

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark"), pytest.mark.usefixtures("spark_session")]

N_PARTS = 4


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> AcceptedTables:
    """A lender of 356 applicants, among them one whose external scores are zeros of either sign."""
    folder = tmp_path_factory.mktemp("lender")
    generate(folder / "raw", scale=0.001, seed=7, file_format="parquet")
    data = find_sources(folder / "raw")
    assert isinstance(data, DataFolder)
    found = accept_tables(data, folder / "accepted", threads=1)
    first, *others = found.files["application"]
    rows = pq.read_table(first)
    for name, zero in (("EXT_SOURCE_2", -0.0), ("EXT_SOURCE_3", 0.0)):
        cells = [zero, *rows[name].to_pylist()[1:]]
        rows = rows.set_column(rows.column_names.index(name), name, pa.array(cells, pa.float64()))
    pq.write_table(rows, folder / "application.parquet")
    return replace(found, files={**found.files, "application": (folder / "application.parquet", *others)})


@pytest.fixture(autouse=True)
def _several_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "PART_ROWS", 100)


def digests(engine: Engine, accepted: AcceptedTables, features: tuple[Feature, ...], folder: Path) -> dict[str, str]:
    with engine as opened:
        written = write_matrix(opened, accepted, features, folder)
    assert len(written) == N_PARTS
    return {part.path.name: part.sha256 for part in written}


def test_the_files_are_those_of_duckdb_byte_by_byte(accepted: AcceptedTables, tmp_path: Path):
    # Every seventh feature: of all groups and kinds, in a seventh of the time that planning all of them takes.
    features = catalogue(profile=Profile.KAGGLE)[::7]
    expected = digests(DuckDBEngine(), accepted, features, tmp_path / "duckdb")
    assert digests(SparkEngine(), accepted, features, tmp_path / "spark") == expected


class _Planned(Exception):  # noqa: N818 - not an error
    """The plan is made; running it is not what the test is about."""


class Planning(SparkEngine):
    """Engine that makes the plan of the matrix and stops."""

    plan = ""

    def write_parts(
        self,
        rows_of: Callable[[Keep | None], ibis.Table],
        *,
        key: str,
        n_parts: int,
        folder: Path,  # noqa: ARG002 - nothing is written
    ) -> tuple[Written, ...]:
        rows: Any = self.parted(rows_of(None), key=key, n_parts=n_parts)
        self.plan = rows._jdf.queryExecution().executedPlan().toString()
        raise _Planned


def test_each_table_is_shuffled_once_and_every_client_goes_to_the_part_once(accepted: AcceptedTables, tmp_path: Path):
    with Planning() as engine, pytest.raises(_Planned):
        write_matrix(engine, accepted, catalogue(profile=Profile.KAGGLE), tmp_path / "matrix")
    assert exchanges(engine.plan) == {
        # The table of applications and five child tables, by client; kept for all groups of features.
        ("SK_ID_CURR", "REPARTITION_BY_NUM"): 6,
        # Monthly records of credits elsewhere know their credit only: they go to it, the two ids of the credit come
        # there too, and their sums go to the client.
        ("SK_ID_BUREAU", "REPARTITION_BY_NUM"): 1,
        ("SK_ID_BUREAU", "ENSURE_REQUIREMENTS"): 1,
        ("SK_ID_CURR", "ENSURE_REQUIREMENTS"): 1,
        # Finished rows go to the file of their part.
        ("direct_shuffle_partition_id(part_number)", "REPARTITION_BY_NUM"): 1,
    }
    for word in ("CartesianProduct", "NestedLoop", "Broadcast"):
        assert word not in engine.plan, word


def exchanges(plan: str) -> Counter[tuple[str, str]]:
    """Shuffles of a plan by column and reason; what is kept is printed at each reader and counted once."""
    found = {
        number: (re.sub(r"#\d+L?", "", columns), reason)
        for columns, reason, number in re.findall(r"Exchange \w+\((.*?), \d+\), (\w+), \[plan_id=(\d+)\]", plan)
    }
    assert len(found) == len(set(re.findall(r"Exchange .*plan_id=(\d+)", plan)))
    return Counter(found.values())


def test_rows_without_a_key_never_reach_the_shuffle(tmp_path: Path):
    schema = pa.schema([("key", pa.int64()), ("n", pa.int64())])
    pq.write_table(pa.table({"key": [1, None, 2, None], "n": [1, 2, 3, 4]}, schema=schema), tmp_path / "a.parquet")
    t: Any = ibis.table({"key": "int64", "n": "int64"}, name="t")
    with SparkEngine() as engine:
        engine.register("t", [tmp_path / "a.parquet"], schema, key="key")
        (batch,) = engine.batches(t.aggregate(n=t.n.sum()))
        assert batch.to_pylist() == [{"n": 4}]
        kept: Any = engine._kept[0]
        plan = kept._jdf.queryExecution().executedPlan().toString()
        assert plan.index("Exchange hashpartitioning(key") < plan.index("isnotnull(key")
        assert kept.is_cached
        # What reads these rows is planned as Spark sees fit.
        readers: Any = engine._frame(t.aggregate(n=t.n.sum()))
        assert "AdaptiveSparkPlan" in readers._jdf.queryExecution().executedPlan().toString()
    assert not kept.is_cached


def test_a_sum_that_leaves_the_whole_numbers_stops_the_job_in_one_line(tmp_path: Path):
    pq.write_table(pa.table({"n": pa.array([2**62, 2**62, 2**62])}), tmp_path / "a.parquet")
    t: Any = ibis.table({"n": "int64"}, name="t")
    with SparkEngine() as engine:
        engine.register("t", [tmp_path / "a.parquet"], pa.schema([("n", pa.int64())]))
        with pytest.raises(RunError, match=r"Spark could not .*overflow") as failed:
            list(engine.batches(t.aggregate(n=t.n.sum())))
    assert "\n" not in str(failed.value)
