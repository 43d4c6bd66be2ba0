"""Columns of a Parquet file: exact, or refused with the type named."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from garant.tables.columns import Column, Kind
from garant.tables.convert_typed import convert_typed, unfit
from garant.tables.rules import Code

ID, DAYS, MONEY, RATE = (Column("X", kind) for kind in (Kind.ID, Kind.DAYS, Kind.MONEY, Kind.RATE))


@pytest.mark.parametrize(
    ("cells", "column", "expected"),
    [
        (pa.array([100007, None], pa.int32()), ID, [100007, None]),
        (pa.array([2**53 + 1], pa.int64()), ID, [2**53 + 1]),
        (pa.array([2**53 + 1], pa.uint64()), ID, [2**53 + 1]),
        (pa.array([100007.0, None]), ID, [100007, None]),
        (pa.array(["100007", "NaN"]), ID, [100007, None]),
        (pa.array([Decimal(9007199254740993)], pa.decimal128(20, 0)), ID, [9007199254740993]),
        (pa.array([-3648.0, float("nan")]), DAYS, [-3648, None]),
        (pa.array([-3648], pa.int16()), DAYS, [-3648]),
        (pa.array([Decimal("-3648.00")], pa.decimal128(9, 2)), DAYS, [-3648]),
        (pa.array([47962.125, 0.1, -0.0]), MONEY, [47_962_125, 100, 0]),
        (pa.array([47962], pa.int32()), MONEY, [47_962_000]),
        (pa.array([Decimal("47962.12500")], pa.decimal128(20, 5)), MONEY, [47_962_125]),
        (pa.array([Decimal("99999999999.999")], pa.decimal256(40, 3)), MONEY, [10**14 - 1]),
        (pa.array(["47962.125"]).dictionary_encode(), MONEY, [47_962_125]),
        (pa.array([0.059000000000000004, float("nan"), -0.0]), RATE, [0.059000000000000004, None, 0.0]),
        (pa.array([0.5], pa.float32()), RATE, [0.5]),
        (pa.array([Decimal("0.1")], pa.decimal128(30, 25)), RATE, [0.1]),
        (pa.array([None, None]), RATE, [None, None]),
        (pa.array([date(2026, 1, 31)]), Column("X", Kind.DATE), [date(2026, 1, 31)]),
        (pa.array(["2026-01-31"]).cast(pa.timestamp("ns")), Column("X", Kind.DATE), [date(2026, 1, 31)]),
        (pa.array([True, False]), Column("X", Kind.FLAG), [1, 0]),
        (pa.array([" Cash", "XNA"], pa.large_string()), Column("X", Kind.CATEGORY, sentinels=("XNA",)), ["Cash", None]),
        (pa.array([3, None], pa.int8()), Column("X", Kind.CATEGORY), ["3", None]),
        (pa.array([365243, -1]), Column("X", Kind.DAYS, sentinels=("365243",)), [None, -1]),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else None,
)
def test_types_that_fit_are_cast_exactly(cells: pa.Array, column: Column, expected: list[object]):
    assert unfit(cells.type, column.kind) is None
    converted = convert_typed(cells, column)
    assert converted.values.to_pylist() == expected
    assert not converted.broken


@pytest.mark.parametrize(
    ("cells", "column", "broken"),
    [
        (pa.array([1.5, 2.0]), ID, {0: Code.ID}),
        (pa.array([2.0**53 + 2, 1.0]), ID, {0: Code.ID}),
        (pa.array([2**63], pa.uint64()), ID, {0: Code.ID}),
        (pa.array([0, -5, 7]), ID, {0: Code.ID, 1: Code.ID}),
        (pa.array([1.5, 2.0]), DAYS, {0: Code.WHOLE}),
        (pa.array([float("inf"), 2.0]), DAYS, {0: Code.RANGE}),
        (pa.array([59.00000000000001, 59.0]), MONEY, {0: Code.PRECISION}),
        (pa.array([2**60, 1]), MONEY, {0: Code.RANGE}),
        (pa.array([Decimal("0.0001"), Decimal(1)], pa.decimal128(10, 4)), MONEY, {0: Code.PRECISION}),
        (pa.array([float("-inf"), 1.0]), RATE, {0: Code.RANGE}),
        (pa.array(["2026-01-31T12:00", "2026-01-31"]).cast(pa.timestamp("s")), Column("X", Kind.DATE), {0: Code.TYPE}),
        (pa.array([0, 1, 2]), Column("X", Kind.LABEL), {2: Code.LABEL}),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else None,
)
def test_values_that_do_not_fit_break_a_rule(cells: pa.Array, column: Column, broken: dict[int, Code]):
    converted = convert_typed(cells, column)
    assert converted.broken == broken
    assert converted.values.null_count == 0 or set(broken) >= {
        i for i, v in enumerate(converted.values.to_pylist()) if v is None
    }


@pytest.mark.parametrize(
    ("found", "kind", "expected"),
    [
        (pa.float32(), Kind.MONEY, "double, decimal, an integer or string"),
        (pa.bool_(), Kind.MONEY, "double, decimal, an integer or string"),
        (pa.bool_(), Kind.ID, "an integer, double, decimal or string"),
        (pa.binary(), Kind.CATEGORY, "string"),
        (pa.float64(), Kind.CATEGORY, "string"),
        (pa.list_(pa.int64()), Kind.COUNT, "an integer, double, decimal or string"),
        (pa.timestamp("us", "UTC"), Kind.DATE, "date or string"),
        (pa.date32(), Kind.DAYS, "an integer, double, decimal or string"),
        (pa.duration("s"), Kind.DAYS, "an integer, double, decimal or string"),
    ],
)
def test_types_that_cannot_hold_the_values_are_named(found: pa.DataType, kind: Kind, expected: str):
    assert unfit(found, kind) == expected
