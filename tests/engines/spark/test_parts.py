"""Files that a task writes."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.engines.spark.parts import PART, PartWriter
from garant.exceptions import StorageError
from garant.storage.reach import Reach

SCHEMA = pa.schema([("SK_ID_CURR", pa.int64())])


def batch(ids: list[int], parts: list[int]) -> pa.RecordBatch:
    return pa.record_batch({"SK_ID_CURR": pa.array(ids), PART: pa.array(parts)})


def test_rows_that_come_in_any_cut_become_the_files_of_their_parts(tmp_path: Path) -> None:
    writer = PartWriter(tmp_path, SCHEMA, Reach())
    batches = [batch([2, 4], [0, 0]), batch([0], [0]).slice(1), batch([6, 1, 3], [0, 1, 1]), batch([5], [1])]
    said = pa.Table.from_batches(writer.write_all(iter(batches)))
    assert said.select(["number", "rows"]).to_pylist() == [{"number": 0, "rows": 3}, {"number": 1, "rows": 3}]
    found = [pq.read_table(path)["SK_ID_CURR"].to_pylist() for path in sorted(tmp_path.glob("part-*.parquet"))]
    assert found == [[2, 4, 6], [1, 3, 5]]


def test_a_worker_that_does_not_see_the_disk_of_the_driver_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="disk that all machines see"):
        PartWriter(tmp_path / "elsewhere", SCHEMA, Reach()).write(0, iter([batch([1], [0])]))
    assert not list(tmp_path.iterdir())
