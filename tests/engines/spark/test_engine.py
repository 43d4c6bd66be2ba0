"""Spark does what DuckDB does: the same rows, files and errors; what is shared reaches a worker once."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.engines.duckdb import DuckDBEngine
from garant.engines.protocol import Keep
from garant.engines.spark import SparkEngine
from garant.engines.spark.session import require_classic
from garant.engines.spark.versions import require_same, versions_here
from garant.exceptions import RunError, TableError, UsageError

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]

SCHEMA = pa.schema([("id", pa.int64()), ("amount", pa.float64()), ("word", pa.string())])

T: Any = ibis.table({"id": "int64", "amount": "float64", "word": "string"}, name="t")


def part(folder: Path, name: str, ids: range) -> Path:
    file = folder / name
    cells = {"id": list(ids), "amount": [-0.0 if n == 3 else n / 3 for n in ids], "word": [f"w{n % 7}" for n in ids]}
    pq.write_table(pa.table(cells, schema=SCHEMA), file)
    return file


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A table of a hundred rows in two files."""
    return [part(tmp_path, "a.parquet", range(60)), part(tmp_path, "b.parquet", range(60, 100))]


@pytest.fixture
def engine(spark_session: object, files: list[Path]) -> Iterator[SparkEngine]:
    """Engine that knows the table as ``t``."""
    with SparkEngine() as opened:
        assert opened.session is spark_session
        opened.register("t", files, SCHEMA)
        yield opened


def double(batch: pa.RecordBatch, factor: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"n": [factor * n for n in batch.column("id").to_pylist()]})


def rows_and_tool(file: Path, tool: dict[str, int]) -> tuple[str, int, int]:
    return file.name, pq.read_metadata(file).num_rows, tool["pid"]


def made_here(shared: str) -> dict[str, int]:
    return {"pid": os.getpid(), "length": len(shared)}


def refuse(file: Path, _tool: object) -> int:
    raise TableError(f"{file.name}: is no table.", rule="no_table")


def stumble(file: Path, _tool: object) -> int:
    raise ZeroDivisionError(file.name)


def test_rows_come_in_the_stated_order_and_batches_are_small(engine: SparkEngine):
    batches = list(engine.batches(T.order_by(T.id.desc()), rows=30))
    assert [batch.num_rows for batch in batches] == [30, 30, 30, 10]
    assert pa.Table.from_batches(batches).column("id").to_pylist() == list(range(99, -1, -1))


def test_no_file_at_all_is_an_empty_table(engine: SparkEngine):
    engine.register("t", [], SCHEMA)
    assert sum(batch.num_rows for batch in engine.batches(T)) == 0


def test_parts_are_those_of_duckdb_byte_by_byte_also_the_empty_ones(engine: SparkEngine, tmp_path: Path):
    backwards = [part(tmp_path, "c.parquet", range(99, 59, -1)), part(tmp_path, "d.parquet", range(59, -1, -1))]
    engine.register("t", backwards, SCHEMA)

    def rows_of(keep: Keep | None) -> ibis.Table:
        rows = T.filter(T.id < 90, T.id % 5 != 1)
        return (rows if keep is None else rows.filter(keep(rows))).order_by("id")

    here, there = tmp_path / "duckdb", tmp_path / "spark"
    for folder in (here, there):
        folder.mkdir()
    with DuckDBEngine() as other:
        other.register("t", backwards, SCHEMA)
        expected = other.write_parts(rows_of, key="id", n_parts=5, folder=here)
    found = engine.write_parts(rows_of, key="id", n_parts=5, folder=there)
    assert [(w.path.name, w.rows, w.sha256) for w in found] == [(w.path.name, w.rows, w.sha256) for w in expected]
    assert found[1].rows == 0
    assert sorted(file.name for file in there.iterdir()) == [f"part-{n:05d}.parquet" for n in range(5)]


def test_batches_are_mapped_where_they_are(engine: SparkEngine):
    schema = pa.schema([("n", pa.int64())])
    found = pa.Table.from_batches(list(engine.map_batches(T, double, schema, shared=2, prepare=int)))
    assert sorted(found.column("n").to_pylist()) == list(range(0, 200, 2))


def test_a_tool_is_made_once_per_worker_process_and_results_keep_the_order_of_files(
    engine: SparkEngine, tmp_path: Path
):
    many = [part(tmp_path, f"{n:02d}.parquet", range(n)) for n in range(20)]
    before = engine.tools_made
    found = list(engine.map_files(many, rows_and_tool, shared="model", prepare=made_here))
    assert [(name, rows) for name, rows, _ in found] == [(f"{n:02d}.parquet", n) for n in range(20)]
    workers = {pid for _, _, pid in found}
    assert os.getpid() not in workers
    assert engine.tools_made - before == len(workers) <= 2


def test_an_error_raised_on_purpose_comes_back_as_itself(engine: SparkEngine, files: list[Path]):
    with pytest.raises(TableError, match=r"^a\.parquet: is no table\.$") as refused:
        list(engine.map_files(files, refuse, shared=None, prepare=made_here_of_nothing))
    assert refused.value.rule == "no_table"


def made_here_of_nothing(_shared: None) -> None:
    return None


def test_an_error_that_nobody_foresaw_is_one_line(engine: SparkEngine, files: list[Path]):
    with pytest.raises(RunError, match=r"^Spark could not run this step: .*ZeroDivisionError: [ab]\.parquet") as failed:
        list(engine.map_files(files, stumble, shared=None, prepare=made_here_of_nothing))
    assert "\n" not in str(failed.value)


def test_another_release_of_a_package_on_a_worker_is_one_line():
    here = versions_here()
    with pytest.raises(UsageError, match=r"lightgbm 3\.0 instead of .*PYSPARK_PYTHON") as told:
        require_same(here, [here, {**here, "lightgbm": "3.0"}])
    assert "\n" not in str(told.value)
    require_same(here, [here])


def test_a_session_of_spark_connect_is_refused():
    with pytest.raises(UsageError, match="Spark Connect"):
        require_classic(object())
