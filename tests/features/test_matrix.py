"""The matrix is the same bit for bit whatever the order of rows or the split into files."""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import InvariantError
from garant.features.catalogue import catalogue, groups
from garant.features.feature import Profile
from garant.features.matrix import Stage, joined, matrix, only, stages
from garant.tables.schema import TABLES

Row = dict[str, Any]
Book = dict[str, list[Row]]
Run = Callable[..., pa.Table]


def bits(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Cells as a comparison sees them that must not take -0.0 for 0.0 or 1 for 1.0."""
    return [tuple(struct.pack("<d", cell) if isinstance(cell, float) else cell for cell in row) for row in rows]


def cells(table: pa.Table) -> list[tuple[Any, ...]]:
    """Rows of an Arrow table as tuples."""
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


@pytest.mark.parametrize("n_orders", [6, pytest.param(20, marks=pytest.mark.faults)])
def test_row_orders_and_splits_give_the_same_bits(book: Book, arrow: pa.Table, run_duckdb: Run, n_orders: int):
    expected = bits(cells(arrow))
    rng = np.random.default_rng(7)
    for attempt in range(n_orders):
        shuffled = {name: [rows[i] for i in rng.permutation(len(rows))] for name, rows in book.items()}
        assert bits(cells(run_duckdb(shuffled, parts=1 + attempt % 5))) == expected


def test_every_applicant_has_one_row_in_the_order_of_the_key(book: Book, arrow: pa.Table):
    assert arrow["SK_ID_CURR"].to_pylist() == sorted(row["SK_ID_CURR"] for row in book["application"])


def test_columns_are_the_key_and_the_whole_catalogue_by_name(arrow: pa.Table):
    assert arrow.column_names == ["SK_ID_CURR", *(f.name for f in catalogue(profile=Profile.KAGGLE))]


def test_numbers_are_float64_and_categories_are_text(arrow: pa.Table):
    for feature in catalogue(profile=Profile.KAGGLE):
        assert arrow.schema.field(feature.name).type == (pa.string() if feature.is_category else pa.float64())


@pytest.fixture
def stored(book: Book, tmp_path: Path) -> Iterator[tuple[DuckDBEngine, tuple[Stage, ...]]]:
    """Engine that has run and stored every stage."""
    with DuckDBEngine() as engine:
        for name, rows in book.items():
            file = tmp_path / f"{name}.parquet"
            pq.write_table(pa.Table.from_pylist(rows, TABLES[name].arrow), file)
            engine.register(name, [file], TABLES[name].arrow)
        parts = stages(groups())
        for part in parts:
            engine.store(part.name, part.expression, tmp_path)
        yield engine, parts


def test_stored_stages_join_to_the_same_matrix(stored: tuple[DuckDBEngine, tuple[Stage, ...]], arrow: pa.Table):
    engine, parts = stored
    assert bits(cells(pa.Table.from_batches(engine.batches(joined(parts))))) == bits(cells(arrow))


def test_stages_joined_share_by_share_hold_every_client_once(
    stored: tuple[DuckDBEngine, tuple[Stage, ...]], arrow: pa.Table
):
    engine, parts = stored
    conditions: list[Callable[[Any], Any]] = [lambda rows: rows.SK_ID_CURR <= 13, lambda rows: rows.SK_ID_CURR > 13]
    shares = [pa.Table.from_batches(engine.batches(joined(parts, keep=keep))) for keep in conditions]
    assert bits(cells(pa.concat_tables(shares))) == bits(cells(arrow))


def test_rows_after_the_application_change_nothing(only_known: Book, book: Book, arrow: pa.Table, run_duckdb: Run):
    assert sum(map(len, only_known.values())) < sum(map(len, book.values()))
    assert bits(cells(run_duckdb(only_known))) == bits(cells(arrow))


def test_new_numbers_for_the_clients_change_no_feature(book: Book, values: dict[int, Row], run_duckdb: Run):
    renumbered = {
        name: [{**row, "SK_ID_CURR": 999 - row["SK_ID_CURR"]} if "SK_ID_CURR" in row else row for row in rows]
        for name, rows in book.items()
    }
    for row in run_duckdb(renumbered).to_pylist():
        client = 999 - row.pop("SK_ID_CURR")
        assert {"SK_ID_CURR": client, **row} == values[client]


def test_the_outcome_and_the_calendar_change_no_feature(book: Book, arrow: pa.Table, run_duckdb: Run):
    blinded = [
        {**row, "TARGET": None, "APPLICATION_DATE": None, "source_line": 0, "source_file": ""}
        for row in book["application"]
    ]
    assert bits(cells(run_duckdb({**book, "application": blinded}))) == bits(cells(arrow))


def test_empty_child_tables_leave_every_applicant_with_null(book: Book, run_duckdb: Run):
    empty = {name: rows if name == "application" else [] for name, rows in book.items()}
    found = run_duckdb(empty)
    assert found.num_rows == len(book["application"])
    for feature in catalogue(profile=Profile.KAGGLE):
        if feature.table != "application":
            assert found[feature.name].null_count == found.num_rows, feature.name


def test_carried_columns_stand_beside_the_key(book: Book, run_duckdb: Run):
    narrow = only(groups(["application"]), ["application_income"])
    found = run_duckdb(book, expression=matrix(narrow, carried=("TARGET", "source_line")))
    assert found.column_names == ["SK_ID_CURR", "TARGET", "source_line", "application_income"]
    assert found["TARGET"].to_pylist() == [row["TARGET"] for row in book["application"]]


def test_only_refuses_a_feature_that_no_group_makes():
    with pytest.raises(InvariantError, match="bureau_debt_sum_all"):
        only(groups(["application"]), ["application_income", "bureau_debt_sum_all"])


def test_only_leaves_out_groups_without_a_wanted_feature():
    assert [group.name for group in only(groups(), ["pos_late_days_max_all"])] == ["POS_CASH_balance"]


@pytest.mark.parametrize("absent", [name for name in TABLES if name != "application"])
def test_features_of_an_absent_table_are_left_out_and_the_others_unchanged(
    absent: str, book: Book, arrow: pa.Table, run_duckdb: Run
):
    present = [name for name in TABLES if name != absent]
    found = run_duckdb({name: book[name] for name in present}, expression=matrix(groups(present)))
    assert found.column_names == ["SK_ID_CURR", *(f.name for f in catalogue(present, Profile.KAGGLE))]
    assert bits(cells(found)) == bits(cells(arrow.select(found.column_names)))
