"""The meaning of one cell of text."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.tables.cells import Cell, read_cell
from garant.tables.columns import Kind
from garant.tables.rules import Code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100007", 100007),
        ("100007.0", 100007),
        ("9007199254740993", 9007199254740993),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", Code.ID),
        ("0", Code.ID),
        ("-100007", Code.ID),
        ("0100007", Code.ID),
        ("100007.5", Code.ID),
        ("1e5", Code.ID),
        ("0x1F", Code.ID),
        ("+5", Code.ID),
        ("１２", Code.ID),
        ("", None),
    ],
)
def test_an_id_is_a_plain_positive_whole_number(text: str, expected: Cell | Code):
    assert read_cell(text, Kind.ID) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("47962.125", 47_962_125),
        ("47962.1250", 47_962_125),
        ("59.000000000000004", Code.PRECISION),
        ("0.0001", Code.PRECISION),
        ("24700.5", 24_700_500),
        ("-0.0", 0),
        ("-264.69", -264_690),
        ("9223372036854775.807", 2**63 - 1),
        ("9223372036854775.808", Code.RANGE),
        ("1e400", Code.RANGE),
        ("1e-400", Code.PRECISION),
        ("1.5e3", 1_500_000),
        ("inf", Code.RANGE),
        ("1 000", Code.TYPE),
        ("1,5", Code.TYPE),
        ("1_000", Code.TYPE),
        ("EUR 5", Code.TYPE),
        ("NaN", None),
    ],
)
def test_money_is_exact_thousandths_or_an_error(text: str, expected: Cell | Code):
    assert read_cell(text, Kind.MONEY) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-3648.0", -3648),
        ("-3648.5", Code.WHOLE),
        (" 12 ", 12),
        ("1e2", 100),
        ("0.0", 0),
        ("1e30", Code.RANGE),
        ("-inf", Code.RANGE),
        ("abc", Code.TYPE),
        ("0x10", Code.TYPE),
        ("--1", Code.TYPE),
        ("NULL", None),
        ("NA", None),
        ("nan", None),
        ("   ", None),
    ],
)
def test_a_whole_number_may_be_written_as_an_integral_float(text: str, expected: Cell | Code):
    assert read_cell(text, Kind.DAYS) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.059000000000000004", 0.059000000000000004),
        ("9.53E-05", 9.53e-05),
        ("1e-400", 0.0),
        ("1e400", Code.RANGE),
        ("Infinity", Code.RANGE),
        ("1,5", Code.TYPE),
        ("0x1p3", Code.TYPE),
    ],
)
def test_a_rate_keeps_its_last_digit(text: str, expected: Cell | Code):
    assert read_cell(text, Kind.RATE) == expected


def test_minus_zero_is_zero():
    assert str(read_cell("-0.0", Kind.RATE)) == "0.0"


@pytest.mark.parametrize(
    ("text", "expected"), [("0", 0), ("1.0", 1), ("2", Code.LABEL), ("yes", Code.LABEL), ("0.5", Code.LABEL)]
)
def test_a_label_is_zero_or_one(text: str, expected: Cell | Code):
    assert read_cell(text, Kind.LABEL) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-28", date(2026, 2, 28)),
        ("2026-02-29", Code.TYPE),
        ("28/02/2026", Code.TYPE),
        ("2026-2-8", Code.TYPE),
        ("20260228", Code.TYPE),
    ],
)
def test_a_date_is_iso(text: str, expected: Cell | Code):
    assert read_cell(text, Kind.DATE) == expected


def test_a_huge_exponent_or_a_flood_of_digits_is_refused_without_being_expanded():
    assert read_cell("1e999999999", Kind.MONEY) is Code.RANGE
    assert read_cell("9" * 1_000_000, Kind.MONEY) is Code.RANGE
    assert read_cell("9" * 1_000_000, Kind.ID) is Code.ID


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=3, min_value=Decimal(-(10**14)), max_value=Decimal(10**14)
    )
)
def test_every_amount_with_three_decimals_is_read_exactly(amount: Decimal):
    assert read_cell(f"{amount:f}", Kind.MONEY) == Fraction(amount) * 1000


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_survives_as_its_shortest_text(value: float):
    assert read_cell(repr(value), Kind.RATE) == value
