"""Rows of people in files: all of theirs, none of others, in whatever form a file is."""

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.runs.personal_rows import People, clients_in, credits_of, is_looked_at, numbers_in, rows_of, write_without

IDS = st.one_of(st.none(), st.integers(0, 6))

CELLS = st.text(alphabet='ab1,"\n\r ', max_size=6)


@given(
    ids=st.lists(IDS, max_size=30),
    wanted=st.frozensets(st.integers(0, 6)),
    kind=st.sampled_from([pa.int64(), pa.string()]),
    rows=st.integers(1, 9),
)
def test_of_parquet_their_rows_go_and_the_others_stay_in_order(
    tmp_path_factory: pytest.TempPathFactory,
    ids: list[int | None],
    wanted: frozenset[int],
    kind: pa.DataType,
    rows: int,
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    column = pa.array(ids, pa.int64()).cast(kind)
    table = pa.table({"SK_ID_CURR": column, "row": pa.array(range(len(ids)), pa.int64())})
    pq.write_table(table, folder / "a.parquet", row_group_size=rows)
    people = People(wanted)
    left = write_without(folder / "a.parquet", folder / "b.parquet", people)
    kept = [n for n, client in enumerate(ids) if client is None or client not in wanted]
    assert pq.read_table(folder / "b.parquet").column("row").to_pylist() == kept
    assert left == len(kept)
    assert sorted([*kept, *rows_of(folder / "a.parquet", people).column("row").to_pylist()]) == list(range(len(ids)))
    assert rows_of(folder / "b.parquet", people).num_rows == 0


@given(
    rows=st.lists(st.tuples(IDS, CELLS), max_size=12),
    wanted=st.frozensets(st.integers(0, 6)),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_of_csv_their_lines_go_and_every_other_byte_stays(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int | None, str]], wanted: frozenset[int], end: str
) -> None:
    folder = tmp_path_factory.mktemp("lines")

    def text(some: list[tuple[int | None, str]]) -> bytes:
        stream = io.StringIO(newline="")
        out = csv.writer(stream, lineterminator=end)
        out.writerow(["text", "SK_ID_CURR"])
        out.writerows([cell, client] for client, cell in some)
        return stream.getvalue().encode()

    (folder / "a.csv").write_bytes(text(rows))
    assert is_looked_at(folder / "a.csv")
    left = write_without(folder / "a.csv", folder / "b.csv", People(wanted))
    kept = [(client, cell) for client, cell in rows if client is None or client not in wanted]
    assert (folder / "b.csv").read_bytes() == text(kept)
    assert left == len(kept)
    assert rows_of(folder / "a.csv", People(wanted)).num_rows == len(rows) - len(kept)


@pytest.mark.parametrize(
    ("raw", "numbers"),
    [
        ("100002,7", [100_002, 7]),
        ("F;100002.0;-5;0.25", [100_002]),
        ('{"SK_ID_CURR": 100002, "A": "x"}', [100_002]),
        ("SK_ID_CURR=100002; source_line=7", [100_002, 7]),
        ("1000021,A100002,100002A,1e100002", [1_000_021]),
        (None, []),
    ],
)
def test_numbers_of_a_raw_row_are_whole_and_stand_alone(raw: str | None, numbers: list[int]) -> None:
    assert numbers_in(raw) == numbers


def test_a_row_without_readable_id_counts_by_its_raw_text_and_one_with_an_id_does_not(tmp_path: Path) -> None:
    rows = [(None, "100002,7"), (100_003, "100003,100002"), (None, "1000029")]
    table = pa.table({"SK_ID_CURR": pa.array([i for i, _ in rows], pa.int64()), "raw": [text for _, text in rows]})
    pq.write_table(table, tmp_path / "q.parquet")
    assert rows_of(tmp_path / "q.parquet", People(frozenset({100_002}))).column("raw").to_pylist() == ["100002,7"]
    assert set(clients_in(tmp_path / "q.parquet")) == {100_002, 7, 100_003, 1_000_029}


def test_credits_are_those_of_a_column_or_the_long_numbers_of_a_raw_row() -> None:
    assert credits_of(pa.table({"SK_ID_BUREAU": [5_000_001, None]})) == {5_000_001}
    assert credits_of(pa.table({"raw": ["100002,5000001,-17,0,450"]})) == {100_002, 5_000_001}
    assert credits_of(pa.table({"other": [1]})) == frozenset()


def test_files_that_name_nobody_are_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("feature,PC1\nx,1\n")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "a.json").write_text('{"SK_ID_CURR": 1}')
    pq.write_table(pa.table({"feature": ["x"]}), tmp_path / "a.parquet")
    assert not any(is_looked_at(path) for path in tmp_path.iterdir())
