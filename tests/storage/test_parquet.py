"""Parquet whose bytes depend on rows and schema alone."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.exceptions import InvariantError
from garant.storage import parquet
from garant.storage.parquet import write_parquet

SCHEMA = pa.schema([("id", pa.int64()), ("share", pa.float64()), ("word", pa.string())])


def rows(n: int) -> pa.Table:
    """Rows with NULL, NaN and a zero of either sign; words that outgrow a page and a dictionary, 1 MB each."""
    random = np.random.default_rng(5)
    share = random.normal(size=n)
    share[::7], share[1::11], share[2::11] = np.nan, 0.0, -0.0
    words = [None if number % 5 == 0 else f"{number} {'long ' * 30}" for number in range(n)]
    columns = [pa.array(np.arange(n)), pa.array(share, mask=random.random(n) < 0.2), pa.array(words)]
    return pa.table(columns, schema=SCHEMA)


def bits(column: pa.ChunkedArray) -> list[int]:
    return column.fill_null(1.5).to_numpy().view(np.uint64).tolist()


def cut(table: pa.Table, size: int) -> list[pa.RecordBatch]:
    return table.combine_chunks().to_batches(max_chunksize=size)


@pytest.mark.parametrize("size", [1, 37, 1024, 9_999, 20_000, 60_000])
def test_bytes_do_not_depend_on_how_rows_were_cut(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parquet, "GROUP_ROWS", 16_384)
    table = rows(3_000 if size == 1 else 50_000)
    assert write_parquet(tmp_path / "whole", cut(table, table.num_rows), SCHEMA) == table.num_rows
    assert write_parquet(tmp_path / "cut", cut(table, size), SCHEMA) == table.num_rows
    assert (tmp_path / "cut").read_bytes() == (tmp_path / "whole").read_bytes()


def test_groups_of_rows_are_full_but_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parquet, "GROUP_ROWS", 100)
    write_parquet(tmp_path / "a", cut(rows(250), 33), SCHEMA)
    file = pq.ParquetFile(tmp_path / "a")
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [100, 100, 50]


def test_rows_come_back_bit_by_bit(tmp_path: Path):
    table = rows(5_000)
    write_parquet(tmp_path / "a", cut(table, 999), SCHEMA)
    found = pq.read_table(tmp_path / "a")
    assert found.drop_columns("share") == table.drop_columns("share")
    assert found["share"].is_null() == table["share"].is_null()
    assert bits(found["share"]) == bits(table["share"])


def test_columns_are_found_by_name_and_their_order_is_that_of_the_schema(tmp_path: Path):
    table = rows(10)
    write_parquet(tmp_path / "a", cut(table, 4), SCHEMA)
    turned = table.select(["word", "id", "share"]).append_column("more", pa.array(range(10)))
    write_parquet(tmp_path / "b", cut(turned, 10), SCHEMA)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_no_rows_are_a_file_with_columns(tmp_path: Path):
    assert write_parquet(tmp_path / "a", [], SCHEMA) == 0
    write_parquet(tmp_path / "b", [pa.RecordBatch.from_pylist([], SCHEMA)], SCHEMA)
    assert pq.read_schema(tmp_path / "a") == SCHEMA
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_rows_of_another_type_are_not_written(tmp_path: Path):
    wrong = rows(3).cast(pa.schema([("id", pa.int32()), ("share", pa.float64()), ("word", pa.string())]))
    with pytest.raises(InvariantError, match="instead of"):
        write_parquet(tmp_path / "a", wrong.to_batches(), SCHEMA)
    with pytest.raises(InvariantError, match="lack the columns word"):
        write_parquet(tmp_path / "a", rows(3).drop_columns("word").to_batches(), SCHEMA)
    assert list(tmp_path.iterdir()) == []
