"""Numbers and days as people type them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.dashboard.typed_values import Fault, day, number
from garant.wording.catalogue import LANGUAGES, Wording


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12000", "12000"),
        ("12 000", "12000"),
        ("12\N{NARROW NO-BREAK SPACE}000,50", "12000.50"),
        ("12\N{NO-BREAK SPACE}000,5", "12000.5"),
        ("12000,505", "12000.505"),
        ("1 234,567", "1234.567"),
        ("12000.50", "12000.50"),
        ("0.512345", "0.512345"),
        ("0,512", "0.512"),
        (",5", "0.5"),
        ("-5", "-5"),
        ("\N{MINUS SIGN}5,25", "-5.25"),
        ("-0", "0"),
    ],
)
def test_french_numbers(text: str, value: str):
    assert number(text, "fr") == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,000.50", "12000.50"),
        ("12,000", "12000"),
        ("1,234,567.891", "1234567.891"),
        ("12 000.50", "12000.50"),
        ("12000.50", "12000.50"),
        ("0.512345", "0.512345"),
        ("12345.678", "12345.678"),
        ("-5.25", "-5.25"),
    ],
)
def test_english_numbers(text: str, value: str):
    assert number(text, "en") == Decimal(value)


@pytest.mark.parametrize(
    ("text", "language"),
    [("12.000", "fr"), ("12,000", "fr"), ("1.234", "fr"), ("12.000", "en"), ("12,50", "en"), ("12000,5", "en")],
)
def test_what_means_two_things_is_refused_and_not_guessed(text: str, language: str):
    assert number(text, "fr" if language == "fr" else "en") is Fault.AMBIGUOUS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text",
    ["", "abc", "1e5", "12 00", "1,2,3", "12.", "1_000", "0x10", "\u0661\u0662", "NaN", "--5", "12 000 €", "9" * 41],
)
def test_what_is_no_number_is_refused(text: str, language: str):
    assert number(text, "fr" if language == "fr" else "en") is Fault.NUMBER


def test_a_number_keeps_all_its_digits():
    digits = "12345678901234567890123456789012345.678"
    assert str(number(f"-{digits}", "en")) == f"-{digits}"


@given(amount=st.integers(-(10**14), 10**14))
def test_what_a_page_writes_is_read_back(amount: int):
    for language in ("fr", "en"):
        shown = Wording(language).number(amount / 100, decimals=2, fixed=True)
        assert number(shown, "fr" if language == "fr" else "en") == Decimal(f"{amount / 100:.2f}")


@pytest.mark.parametrize("text", ["31/01/1990", "31.01.1990", "31-1-1990", "31 01 1990", " 1990-01-31 "])
def test_days_are_day_month_year(text: str):
    assert day(text) == date(1990, 1, 31)


@pytest.mark.parametrize(
    "text",
    ["", "31/02/1990", "1/13/1990", "31/01/90", "1990-1-31", "1990/01/31", "31/01/0000", "tomorrow", "\u0661/1/1990"],
)
def test_what_is_no_day_is_refused(text: str):
    assert day(text) is Fault.DAY


@given(st.text(max_size=60))
def test_any_text_is_a_value_or_a_fault(text: str):
    assert isinstance(number(text, "fr"), (Decimal, Fault))
    assert isinstance(number(text, "en"), (Decimal, Fault))
    assert isinstance(day(text), (date, Fault))
