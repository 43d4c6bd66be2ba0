"""Rows that share a key, found in written parts."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from garant.tables.duplicates import find_copies
from garant.tables.leaving import PART, POSITION, Positions, packed


def repeated(keys: Positions) -> Positions:
    """Packed keys that are there more than once."""
    values, counts = np.unique(keys, return_counts=True)
    return values[counts > 1]


def part(path: Path, rows: list[tuple[int, int, str, int]]) -> Path:
    names = ["SK_ID_PREV", "MONTHS_BALANCE", "STATUS", "SK_ID_CURR"]
    table = pa.table({name: [row[n] for row in rows] for n, name in enumerate(names)})
    source = {"source_file": ["x"] * len(rows), "source_line": list(range(len(rows)))}
    pq.write_table(pa.table({**dict(zip(names, table.columns, strict=True)), **source}), path, row_group_size=3)
    return path


def found(parts: list[Path], keys: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    columns = np.array(keys, np.int64)
    candidates = repeated(packed([columns[:, 0], columns[:, 1]]))
    leaving = find_copies(parts, ("SK_ID_PREV", "MONTHS_BALANCE"), candidates, owner="SK_ID_CURR")
    where = zip(leaving.rows[PART].to_pylist(), leaving.rows[POSITION].to_pylist(), leaving.codes, strict=True)
    return sorted((number, position, str(code)) for number, position, code in where)


def test_copies_are_told_from_contradictions_by_both_columns_of_the_key(tmp_path: Path):
    first = [(5, -1, "C", 1), (5, -2, "C", 1), (6, -1, "C", 2), (7, -1, "0", 3), (8, -1, "C", 4)]
    second = [(5, -1, "C", 1), (6, -1, "1", 2), (7, -1, "0", 3), (7, -1, "0", 3), (8, -2, "C", 4)]
    parts = [part(tmp_path / "1.parquet", first), part(tmp_path / "2.parquet", second)]
    keys = [(row[0], row[1]) for row in first + second]
    assert found(parts, keys) == [
        (0, 2, "conflict"),
        (1, 0, "duplicate"),
        (1, 1, "conflict"),
        (1, 2, "duplicate"),
        (1, 3, "duplicate"),
    ]


def test_keys_that_only_look_equal_when_packed_both_stay(tmp_path: Path):
    rows = [(5, 0, "C", 1), (4, 4096, "C", 1), (5, -1, "C", 1), (4, 4095, "C", 1)]
    keys = [(row[0], row[1]) for row in rows]
    columns = np.array(keys, np.int64)
    assert len(repeated(packed([columns[:, 0], columns[:, 1]]))) == 2
    assert found([part(tmp_path / "1.parquet", rows)], keys) == []


def test_rows_of_several_owners_are_left_to_the_rule_about_owners(tmp_path: Path):
    rows = [(5, -1, "C", 1), (5, -1, "C", 1), (5, -1, "C", 2), (6, -1, "C", 2), (6, -1, "C", 2)]
    assert found([part(tmp_path / "1.parquet", rows)], [(row[0], row[1]) for row in rows]) == [(0, 4, "duplicate")]
