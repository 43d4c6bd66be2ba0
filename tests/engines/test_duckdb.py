"""The engine of a laptop: files in, batches and files out, nothing left behind, errors that say what to do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.engines.duckdb import DuckDBEngine
from garant.engines.protocol import Keep
from garant.exceptions import DataError, InvariantError, StorageError

SCHEMA = pa.schema([("id", pa.int64()), ("amount", pa.int64()), ("word", pa.string())])

T: Any = ibis.table({"id": "int64", "amount": "int64", "word": "string"}, name="t")


def part(folder: Path, name: str, ids: range) -> Path:
    file = folder / name
    cells = {"id": list(ids), "amount": [10 * n for n in ids], "word": [f"w{n}" for n in ids]}
    pq.write_table(pa.table(cells, schema=SCHEMA), file)
    return file


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    """Engine with a table of a hundred rows in two files."""
    with DuckDBEngine(spill_folder=tmp_path) as opened:
        opened.register(
            "t", [part(tmp_path, "a.parquet", range(60)), part(tmp_path, "b's.parquet", range(60, 100))], SCHEMA
        )
        yield opened


def rows(batches: Iterator[pa.RecordBatch]) -> list[dict[str, Any]]:
    return pa.Table.from_batches(list(batches)).to_pylist()


def test_a_table_may_lie_in_several_files_whatever_their_names(engine: DuckDBEngine):
    assert rows(engine.batches(T.aggregate(n=T.count(), sum=T.amount.sum()))) == [{"n": 100, "sum": 49_500}]


def test_batches_hold_at_most_the_asked_rows_in_the_stated_order(engine: DuckDBEngine):
    batches = list(engine.batches(T.order_by(T.id.desc()).select("id"), rows=32))
    assert max(batch.num_rows for batch in batches) <= 32
    assert [n for batch in batches for n in batch["id"].to_pylist()] == list(range(99, -1, -1))


def test_no_file_at_all_is_an_empty_table_with_the_columns_of_the_schema(engine: DuckDBEngine):
    engine.register("t", [], SCHEMA)
    assert list(engine.batches(T)) == [] or rows(engine.batches(T)) == []
    assert rows(engine.batches(T.aggregate(n=T.count()))) == [{"n": 0}]


def test_a_table_registered_again_is_replaced(engine: DuckDBEngine, tmp_path: Path):
    engine.register("t", [part(tmp_path, "c.parquet", range(3))], SCHEMA)
    assert rows(engine.batches(T.aggregate(n=T.count()))) == [{"n": 3}]


def test_a_written_file_holds_the_result_and_its_rows_are_counted(engine: DuckDBEngine, tmp_path: Path):
    target = tmp_path / "out" / "result.parquet"
    assert engine.write(T.filter(T.id < 5).order_by("id"), target) == 5
    assert pq.read_table(target)["word"].to_pylist() == ["w0", "w1", "w2", "w3", "w4"]


def test_a_failed_write_leaves_the_old_file_and_no_partial_one(engine: DuckDBEngine, tmp_path: Path):
    target = tmp_path / "result.parquet"
    engine.write(T.filter(T.id < 5), target)
    before = sorted(path.name for path in tmp_path.iterdir())
    absent = ibis.table({"id": "int64"}, name="absent")
    with pytest.raises(DataError, match="absent"):
        engine.write(absent, target)
    assert pq.read_table(target).num_rows == 5
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_query_may_start_while_another_is_being_read(engine: DuckDBEngine):
    outer = engine.batches(T.order_by("id"), rows=40)
    next(outer)
    assert rows(engine.batches(T.aggregate(n=T.count()))) == [{"n": 100}]
    assert sum(batch.num_rows for batch in outer) > 0


def test_batches_are_mapped_one_after_the_other_with_what_is_shared(engine: DuckDBEngine):
    def times(batch: pa.RecordBatch, factor: int) -> pa.RecordBatch:
        return pa.record_batch({"product": pa.array([n * factor for n in batch["id"].to_pylist()], pa.int64())})

    schema = pa.schema([("product", pa.int64())])
    found = rows(engine.map_batches(T.order_by("id"), times, schema, shared=3, prepare=int))
    assert [row["product"] for row in found] == [3 * n for n in range(100)]


def test_a_batch_of_another_schema_is_refused(engine: DuckDBEngine):
    with pytest.raises(InvariantError, match="instead of"):
        list(engine.map_batches(T, lambda batch, _: batch, pa.schema([("id", pa.int32())]), shared=0, prepare=int))


def test_an_engine_outside_its_block_says_so_before_and_after():
    engine = DuckDBEngine()
    for _ in range(2):
        with pytest.raises(InvariantError, match="outside its `with` block"):
            list(engine.batches(T))
        with engine:
            engine.register("t", [], SCHEMA)


def test_nothing_spilled_stays_behind(tmp_path: Path):
    with DuckDBEngine(spill_folder=tmp_path) as engine:
        engine.register("t", [], SCHEMA)
        assert [path.name for path in tmp_path.iterdir()] != []
    assert list(tmp_path.iterdir()) == []


def test_too_little_memory_is_answered_with_what_to_raise(tmp_path: Path):
    wide = ibis.table({"n": "int64"}, name="wide")
    with DuckDBEngine(memory_limit="1MB", spill_folder=tmp_path) as engine:
        engine._execute("CREATE VIEW wide AS SELECT range AS n FROM range(5_000_000)")
        with pytest.raises(DataError, match="GARANT_MEMORY_LIMIT"):
            list(engine.batches(wide.order_by("n")))


def test_a_file_that_is_gone_is_said_with_what_to_look_at(engine: DuckDBEngine, tmp_path: Path):
    file = part(tmp_path, "gone.parquet", range(3))
    engine.register("t", [file], SCHEMA)
    file.unlink()
    with pytest.raises(StorageError, match=r"gone\.parquet.*Check free space and rights"):
        list(engine.batches(T))


def test_no_extension_may_be_installed_or_loaded_on_the_way(engine: DuckDBEngine):
    names = ("autoinstall_known_extensions", "autoload_known_extensions", "allow_community_extensions")
    for name in names:
        ((value,),) = engine._open().cursor().sql(f"SELECT current_setting('{name}')").fetchall()
        assert value in {False, "false"}, name


def test_files_are_worked_on_in_their_order_with_one_tool(engine: DuckDBEngine, tmp_path: Path):
    made: list[str] = []

    def prepare(word: str) -> str:
        made.append(word)
        return word.upper()

    files = [part(tmp_path, "z.parquet", range(3)), part(tmp_path, "y.parquet", range(5))]
    found = engine.map_files(
        files, lambda file, tool: (file.name, tool, pq.read_metadata(file).num_rows), shared="tool", prepare=prepare
    )
    assert list(found) == [("z.parquet", "TOOL", 3), ("y.parquet", "TOOL", 5)]
    assert made == ["tool"]


def test_parts_hold_the_rows_of_their_remainder_in_the_stated_order(engine: DuckDBEngine, tmp_path: Path):
    def rows_of(keep: Keep | None) -> ibis.Table:
        return (T if keep is None else T.filter(keep(T))).order_by("id").select("id", "word")

    for n_parts in (1, 3):
        parts = engine.write_parts(rows_of, key="id", n_parts=n_parts, folder=tmp_path / str(n_parts))
        assert [part.path.name for part in parts] == [f"part-0000{number}.parquet" for number in range(n_parts)]
        found = [pq.read_table(part.path)["id"].to_pylist() for part in parts]
        assert [part.rows for part in parts] == [len(ids) for ids in found]
        assert found == [[n for n in range(100) if n % n_parts == number] for number in range(n_parts)]


def test_a_stored_result_is_a_table_by_its_name(engine: DuckDBEngine, tmp_path: Path):
    engine.store("few", T.filter(T.id < 3), tmp_path)
    few = ibis.table({"id": "int64"}, name="few")
    assert rows(engine.batches(few.aggregate(n=few.count()))) == [{"n": 3}]
