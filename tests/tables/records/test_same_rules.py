"""A cell of JSON is held to the rules of the tables: same value, same flag, same code, cell by cell."""

from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from garant.tables.chunk import Chunk
from garant.tables.columns import Column, Kind, TableSchema
from garant.tables.config import TablesConfig
from garant.tables.convert_typed import convert_typed, unfit
from garant.tables.judge import Judge
from garant.tables.records.cell_rules import CellRule
from garant.tables.records.table_rule import TableRule
from garant.tables.rules import Code
from garant.tables.schema import TABLES

TEXTS = {"text_fr": "Une colonne", "text_en": "A column"}
KINDS = ("money", "days", "months", "years", "count", "rating", "flag", "rate", "category", "date")
CONFIG = TablesConfig.model_validate(
    {"money": {"charges": "Charges"}, "extra": {f"own_{kind}": {"type": kind, **TEXTS} for kind in KINDS}}
)
CLIENT = 7

EDGES = (0, 1, -1, 2, 365_243, 365_242, -365_243, -6_574, -6_573, -43_830, -43_831, 100_000, 100_001, -100_001)
LARGE = (10**11, 10**11 + 1, -(10**11), 10**14, 2**53, 2**53 + 1, 2**63 // 1000, 2**63 // 1000 + 1, 2**63 - 1)
FINE = (-0.0, 0.1, 0.001, 0.0001, 47_962.125, 59.00000000000001, 1e15, 999_999_999_999.9995, 1e308, 5e-324, 2.0**53 + 2)
WORDS = (
    "",
    " ",
    "XNA",
    "XAP",
    " XNA ",
    "NaN",
    "NA",
    "NULL",
    "null",
    "0",
    "C",
    " C",
    "9",
    "F",
    "Active",
    "Cash loans",
    "é",
)
DAYS = (
    "2026-01-31",
    " 2026-01-31 ",
    "2026-02-30",
    "1800-02-28",
    "20260131",
    "2026-1-31",
    "2026-01-31T00:00",
    "２026-01-31",
)
CERTAIN: dict[str, tuple[Any, ...]] = {
    "integers": (None, *EDGES, *LARGE),
    "floats": (None, *map(float, (*EDGES, *LARGE)), *FINE),
    "strings": (None, *WORDS, *DAYS),
}
"""Cells that are compared whatever is drawn."""

INTEGERS = st.sampled_from(CERTAIN["integers"]) | st.integers(-(2**63) + 1, 2**63 - 1) | st.integers(-5, 5)
FLOATS = (
    st.sampled_from(CERTAIN["floats"])
    | st.integers(-(10**15), 10**15).map(lambda thousandths: thousandths / 1000)
    | st.floats(allow_nan=False, allow_infinity=False)
)
STRINGS = st.sampled_from(CERTAIN["strings"]) | st.text(max_size=4)
SAMPLES = {
    "integers": (INTEGERS, pa.int64()),
    "floats": (FLOATS, pa.float64()),
    "strings": (STRINGS, pa.string()),
}


def of_kind(column: Column, what: str) -> bool:
    """Whether cells of that type are what JSON may hold in `column`."""
    return (what == "strings") == (column.kind in {Kind.CATEGORY, Kind.DATE})


def bits(value: object) -> object:
    """`value`, a float as its bytes: 0.0 and -0.0 are equal otherwise."""
    return np.float64(value).tobytes() if isinstance(value, float) else value


@pytest.mark.parametrize("what", SAMPLES)
@pytest.mark.parametrize("table", TABLES)
def test_every_cell_of_every_column_gets_the_verdict_of_the_tables(table: str, what: str):
    strategy, kind = SAMPLES[what]
    rules = [
        CellRule.of(c) for c in CONFIG.table_schema(table).columns if of_kind(c, what) and c.kind is not Kind.LABEL
    ]

    @settings(max_examples=25)
    @given(st.lists(strategy, min_size=1, max_size=12))
    @example(list(CERTAIN[what]))
    def compare(cells: list[Any]) -> None:
        typed = pa.array(cells, kind)
        for rule in rules:
            assert unfit(typed.type, rule.column.kind) is None
            expected = convert_typed(typed, rule.column)
            values = expected.values.to_pylist()
            for number, cell in enumerate(cells):
                found = rule.read(cell)
                where = (rule.column.name, cell)
                if number in expected.broken:
                    assert found is expected.broken[number], where
                else:
                    assert found.__class__ is not Code, where
                    assert bits(found) == bits(values[number]), where
                    assert type(found) is type(values[number]), where
                if expected.flag is not None:
                    assert (cell in rule.sentinels) == bool(expected.flag[number].as_py()), where
            new = {value for value in map(rule.read, cells) if value.__class__ is str and rule.is_new(value)}
            assert new == set(expected.noticed.new), rule.column.name

    compare()


@pytest.mark.parametrize("table", TABLES)
def test_whole_rows_get_the_verdict_of_the_judge(table: str):
    schema = CONFIG.table_schema(table)
    judge = Judge(schema=schema, file="request", parents=None, label_needed=False, is_text=False)
    reader = TableRule(schema)

    @settings(max_examples=30)
    @given(
        st.lists(INTEGERS, min_size=3, max_size=9),
        st.lists(FLOATS, min_size=3, max_size=9),
        st.lists(STRINGS, min_size=3, max_size=9),
    )
    def compare(integers: list[Any], floats: list[Any], strings: list[Any]) -> None:
        rows = _rows(schema, integers, floats, strings)
        judged = judge.judge(_chunk(schema, rows))
        found = reader.read(rows, CLIENT, 10**9)
        accepted = [tuple(map(bits, row.values())) for row in judged.accepted.drop_columns(["source_file"]).to_pylist()]
        assert [tuple(map(bits, (*row[:-2], row[-1]))) for row in found.rows] == accepted
        expected: dict[int, set[tuple[str, str]]] = {}
        for row in judged.broken.to_pylist():
            expected[row["line"]] = set(zip(row["columns"], row["codes"], strict=True))
        told: dict[int, set[tuple[str, str]]] = defaultdict(set)
        for problem in found.problems:
            parts = problem.pointer.split("/")
            assert problem.code == f"{table}.{parts[-1]}.{problem.code.rpartition('.')[2]}"
            line = int(parts[2]) + 1 if schema.parent else 1
            told[line].add((parts[-1], problem.code.rpartition(".")[2]))
        assert told == expected

    compare()


def _rows(schema: TableSchema, integers: list[Any], floats: list[Any], strings: list[Any]) -> list[dict[str, Any]]:
    """Rows in which most cells are empty, so that some rows are sound."""
    n_rows = 8 if schema.parent else 1
    rows: list[dict[str, Any]] = [{} for _ in range(n_rows)]
    for place, column in enumerate(schema.columns):
        if column.kind is Kind.LABEL:
            continue
        pool = strings if of_kind(column, "strings") else (integers, floats)[place % 2]
        for number, row in enumerate(rows):
            row[column.name] = pool[(number * 5 + place) % len(pool)] if (number + place) % 4 == 0 else _plain(column)
            if schema.key[:1] == (column.name,):
                row[column.name] = number + 1
            elif schema.parent and column.name == "SK_ID_CURR":
                row[column.name] = CLIENT
    return rows


def _plain(column: Column) -> object:
    if column.nullable:
        return None
    return column.levels[0] if column.levels else 1 if column.kind is Kind.ID else -1


def _chunk(schema: TableSchema, rows: list[dict[str, Any]]) -> Chunk:
    cells: dict[str, pa.Array] = {}
    for column in schema.columns:
        if column.kind is not Kind.LABEL:
            values = [row[column.name] for row in rows]
            cells[column.name] = pa.array(values, pa.string()) if of_kind(column, "strings") else _numbers(values)
    lines = np.arange(1, len(rows) + 1)
    return Chunk(cells, lines, lambda places: [""] * len(places), (), len(rows), 0)


def _numbers(values: list[Any]) -> pa.Array:
    """A column of a Parquet file; whole numbers stay whole where a float stands among them and all fit it."""
    if any(isinstance(value, float) for value in values):
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    return pa.array(values, pa.int64())


@pytest.mark.parametrize(
    ("kind", "cell", "code"),
    [
        ("money", "1000", Code.TYPE),
        ("money", True, Code.TYPE),
        ("flag", True, Code.TYPE),
        ("rate", "0.5", Code.TYPE),
        ("rate", False, Code.TYPE),
        ("days", "365243", Code.TYPE),
        ("category", 3, Code.TYPE),
        ("category", True, Code.TYPE),
        ("date", 20_260_131, Code.TYPE),
        ("id", "100001", Code.ID),
        ("id", True, Code.ID),
        ("count", [1], Code.TYPE),
    ],
)
def test_a_number_must_come_as_a_number_and_a_text_as_a_text(kind: str, cell: object, code: Code):
    assert CellRule.of(Column("X", Kind(kind), sentinels=("365243",) if kind == "days" else ())).read(cell) is code
