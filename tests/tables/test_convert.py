"""Whole columns of text are converted as `read_cell` reads single cells."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from garant.tables.cells import NULL_WORDS, Cell, read_cell
from garant.tables.columns import Column, Kind
from garant.tables.convert import Converted, convert_text, no_cells
from garant.tables.rules import Code

COLUMNS = {
    kind: Column("X", kind, negative=True)
    for kind in (Kind.ID, Kind.LABEL, Kind.MONEY, Kind.DAYS, Kind.RATE, Kind.DATE)
}

AWKWARD = (
    *(
        "0",
        "-0",
        "00",
        "007",
        "1",
        "-1",
        "+1",
        "1.",
        ".5",
        "-.5",
        "1.0",
        "1.00",
        "100007.0",
        "0x1F",
        "0X1f",
        "1_0",
        "１２",
    ),
    *("365243", "365243.0", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775809"),
    *(
        "12.0000000000000001",
        "59.000000000000004",
        "47962.125",
        "47962.1250",
        "0.0004",
        "1e2",
        "1E5",
        "1e-400",
        "1e400",
        "1e",
    ),
    *("inf", "-Infinity", "nan ", "NAN", "-nan", "None", " 5", "5 ", "", " ", "--1", "1-2", "-", ".", "1.2.3", "1,5"),
    *(
        "9223372036854775.807",
        "9223372036854775.808",
        "123456789012.345",
        "0.059000000000000004",
        "2026-01-31",
        "2026-02-30",
    ),
    *("2026-1-1", "1969-12-31", "2026-12-01 00:00:00", "\t7", "7\n", "１", "abc"),
)

TEXTS = st.one_of(
    st.sampled_from(AWKWARD),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(repr),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12).map(str),
    st.dates().map(str),
    st.text(alphabet="0123456789.-+eE ", max_size=20),
)


def as_read(texts: list[str]) -> pa.Array:
    """Cells as the CSV reader hands them over: words for "no value" are NULL."""
    return pa.array([None if text in NULL_WORDS else text for text in texts], pa.string())


def within_limits(cell: Cell | Code, kind: Kind) -> Cell | Code:
    """A cell, or the rule that a day or an amount breaks which is too large to be summed exactly."""
    most = {Kind.MONEY: 10**14, Kind.DAYS: 100_000, Kind.MONTHS: 100_000}.get(kind)
    return Code.RANGE if most and isinstance(cell, int) and abs(cell) > most else cell


@pytest.mark.parametrize("kind", list(COLUMNS))
@given(texts=st.lists(TEXTS, max_size=12))
@example(texts=list(AWKWARD))
def test_a_column_is_converted_like_its_cells(kind: Kind, texts: list[str]):
    converted = convert_text(as_read(texts), COLUMNS[kind])
    expected = [within_limits(read_cell(text, kind), kind) for text in texts]
    values = converted.values.to_pylist()
    for row, cell in enumerate(expected):
        if isinstance(cell, Code):
            assert converted.broken.get(row) == cell, texts[row]
        else:
            assert row not in converted.broken, texts[row]
            assert values[row] == cell, texts[row]
    assert converted.values.type == kind.arrow


@pytest.mark.parametrize("kind", list(COLUMNS))
@pytest.mark.parametrize("text", AWKWARD)
def test_a_cell_means_the_same_alone_as_among_plain_ones(kind: Kind, text: str):
    # Alone it may take the way of whole columns, among others that of single cells.
    alone = convert_text(as_read([text]), COLUMNS[kind])
    among = convert_text(as_read([text, "1", "x", "2026-01-01"]), COLUMNS[kind])
    assert alone.broken.get(0) == among.broken.get(0)
    if 0 not in alone.broken:
        assert alone.values[0] == among.values[0]


def test_ids_beyond_the_exact_floats_keep_their_last_digit():
    converted = convert_text(pa.array(["9007199254740993", "9007199254740992"]), COLUMNS[Kind.ID])
    assert converted.values.to_pylist() == [9007199254740993, 9007199254740992]


def test_ids_written_as_integral_floats_are_read_from_text():
    converted = convert_text(pa.array(["9007199254740993.0", "100007.0"]), COLUMNS[Kind.ID])
    assert converted.values.to_pylist() == [9007199254740993, 100007]
    assert not converted.broken


def test_the_thousand_year_sentinel_becomes_null_and_raises_its_flag():
    column = Column("DAYS_EMPLOYED", Kind.DAYS, sentinels=("365243",), sentinel_flag="FLAG_NO_EMPLOYMENT")
    converted = convert_text(pa.array(["-637", "365243", "365243.0", None]), column)
    assert converted.values.to_pylist() == [-637, None, None, None]
    assert converted.flag is not None
    assert converted.flag.to_pylist() == [0, 1, 1, 0]


def test_an_absent_column_is_null_and_its_flag_zero():
    column = Column("DAYS_EMPLOYED", Kind.DAYS, sentinels=("365243",), sentinel_flag="FLAG_NO_EMPLOYMENT")
    converted = no_cells(column, 2)
    assert (converted.values.to_pylist(), converted.flag and converted.flag.to_pylist()) == ([None, None], [0, 0])


def test_a_sentinel_is_an_empty_cell_where_a_value_is_needed():
    column = Column("DAYS_CREDIT", Kind.DAYS, nullable=False, sentinels=("365243",))
    converted = convert_text(pa.array(["-1", "365243", None, "x"]), column)
    assert converted.broken == {1: Code.EMPTY, 2: Code.EMPTY, 3: Code.TYPE}


def test_categories_lose_spaces_and_words_for_nothing():
    column = Column("NAME", Kind.CATEGORY, sentinels=("XNA", "XAP"))
    raw = ["Cash loans", " Cash loans ", "XNA", " XAP", "NaN ", "  ", "Stone, brick", None]
    for cells in (pa.array(raw), pa.array(raw).dictionary_encode()):
        converted = convert_text(cells, column)
        expected = ["Cash loans", "Cash loans", None, None, None, None, "Stone, brick", None]
        assert converted.values.to_pylist() == expected
        assert len(converted.values.dictionary) == 2


def test_a_decimal_comma_is_read_only_where_it_is_declared():
    column = Column("AMT", Kind.MONEY)
    cells = pa.array(["47962,125", "1.234,5", "1.234", "7"])
    assert convert_text(cells, column, decimal=",").values.to_pylist() == [47_962_125, None, None, 7_000]
    assert convert_text(cells, column, decimal=",").broken == {1: Code.TYPE, 2: Code.TYPE}
    assert convert_text(cells, column).broken == {0: Code.TYPE, 1: Code.TYPE}


@pytest.mark.parametrize(
    ("decimal", "thousands", "cells"),
    [
        (",", " ", {"1 234,56": 1_234_560, "1\u00a0234\u202f567": 1_234_567_000, " -1 234 ": -1_234_000, "1 2": None}),
        (",", ".", {"1.234,56": 1_234_560, "1.234": 1_234_000, "12.34": None, "1.2345": None, "1.234.56": None}),
        (".", ",", {"1,234.56": 1_234_560, "12,34": None, "1,234,567": 1_234_567_000, ",234": None, "1234,567": None}),
        (".", "'", {"1'234.5": 1_234_500, "1’234": 1_234_000, "1''234": None, "1234": 1_234_000, "1'234'": None}),
        (".", "", {"1 234": None, "1,234": None, "1'234": None, "1234": 1_234_000}),
    ],
)
def test_marks_between_groups_of_three_digits_are_read_only_where_they_are_declared_and_in_place(
    decimal: str, thousands: str, cells: dict[str, int | None]
):
    column = Column("AMT", Kind.MONEY, negative=True)
    found = convert_text(pa.array([*cells, None]), column, decimal=decimal, thousands=thousands)
    assert found.values.to_pylist() == [*cells.values(), None]
    assert found.broken == {row: Code.TYPE for row, value in enumerate(cells.values()) if value is None}


def test_marks_between_digits_hold_for_ids_and_counts_but_not_for_categories_and_dates():
    ids = convert_text(pa.array(["9 007 199 254 740 993", "1 2"]), Column("ID", Kind.ID), thousands=" ")
    assert (ids.values.to_pylist(), ids.broken) == ([9_007_199_254_740_993, None], {1: Code.ID})
    levels = convert_text(pa.array(["1 234"]), Column("LEVEL", Kind.CATEGORY), thousands=" ")
    assert levels.values.to_pylist() == ["1 234"]
    assert convert_text(pa.array(["2026 001"]), Column("D", Kind.DATE), thousands=" ").broken == {0: Code.TYPE}


def test_one_broken_cell_does_not_change_its_neighbours():
    plain = [str(number) for number in range(1000)]
    with_broken = [*plain[:500], "abc", *plain[501:]]
    column = Column("CNT", Kind.COUNT)

    def values(texts: list[str]) -> Converted:
        return convert_text(pa.array(texts), column)

    broken = values(with_broken)
    assert broken.broken == {500: Code.TYPE}
    same = pc.equal(broken.values, values(plain).values).to_numpy(zero_copy_only=False)
    assert np.flatnonzero([value is None for value in same]).tolist() == [500]
