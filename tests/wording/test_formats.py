"""Numbers, amounts, spans and dates are written as readers of the language write them."""

import copy
import json
import re
from datetime import date
from decimal import Decimal

import pytest

from garant.wording import formats
from garant.wording.catalogue import Wording

FR, EN = formats.locale("fr"), formats.locale("en")
NO_BREAK, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("share", "french", "english"),
    [
        (0.245, f"24,5{NO_BREAK}%", "24.5%"),
        (0.2, f"20{NO_BREAK}%", "20%"),
        (1.0, f"100{NO_BREAK}%", "100%"),
        (0.0, f"0{NO_BREAK}%", "0%"),
        (-0.0349, f"-3,5{NO_BREAK}%", "-3.5%"),
    ],
)
def test_a_share_is_a_percentage_with_the_decimal_sign_and_space_of_the_language(
    share: float, french: str, english: str
):
    assert formats.percent(share, FR) == french
    assert formats.percent(share, EN) == english


def test_thousands_are_grouped_by_the_sign_of_the_language():
    assert formats.number(1_234_567, FR) == f"1{NARROW}234{NARROW}567"
    assert formats.number(1_234_567, EN) == "1,234,567"


def test_money_has_no_decimals_and_no_currency_unless_one_is_given():
    assert formats.money(135_000.4, FR) == f"135{NARROW}000"
    assert formats.money(135_000.5, EN) == "135,001"
    assert formats.money(135_000, FR, currency="EUR") == f"135{NARROW}000{NO_BREAK}€"
    assert formats.money(135_000, EN, currency="EUR") == "€135,000"


@pytest.mark.parametrize(
    ("length", "french", "english"),
    [
        (0, "0 jour", "0 days"),
        (1, "1 jour", "1 day"),
        (0.4, "0,4 jour", "0.4 days"),
        (42, "42 jours", "42 days"),
        (42.4, "42 jours", "42 days"),
        (364, "364 jours", "364 days"),
        (365.25, "1 an", "1 year"),
        (400, "1,1 an", "1.1 years"),
        (3_652.5, "10 ans", "10 years"),
        (-12, "-12 jours", "-12 days"),
    ],
)
def test_days_are_said_in_days_up_to_a_year_and_then_in_years(length: float, french: str, english: str):
    assert formats.days(length, FR) == french.replace(" ", NO_BREAK)
    assert formats.days(length, EN) == english.replace(" ", NO_BREAK)


def test_a_multiple_below_one_keeps_two_decimals():
    assert formats.multiple(1.84, FR) == "1,8"
    assert formats.multiple(3, EN) == "3.0"
    assert formats.multiple(0.345, EN) == "0.35"


def test_halves_are_rounded_away_from_zero_as_in_a_printed_table():
    assert formats.number(2.5, EN) == "3"
    assert formats.number(-2.5, EN) == "-3"
    assert formats.number(0.125, EN, decimals=2) == "0.13"


def test_a_rounded_nothing_has_no_minus_sign():
    assert formats.number(-0.3, FR) == "0"
    assert formats.number(-0.04, EN, decimals=1, fixed=True) == "0.0"


def test_a_date_is_written_in_words():
    assert formats.day(date(2026, 11, 24), FR) == "24 novembre 2026"
    assert formats.day(date(2026, 11, 24), EN) == "24 November 2026"


def test_french_takes_the_plural_from_two_and_english_everywhere_but_at_one():
    plural = [Decimal(n) for n in ("0", "1", "1.5", "2", "1000000")]
    assert [formats.is_plural(n, FR) for n in plural] == [False, False, False, True, True]
    assert [formats.is_plural(n, EN) for n in plural] == [True, False, True, True, True]


def test_a_quantity_counts_what_it_shows_not_what_it_was_made_from():
    assert formats.number(1.04, EN, decimals=1).shown == 1


READABLE_UNITS = ("money", "days", "months", "years", "count", "share", "times", "score")


@pytest.mark.parametrize("unit", READABLE_UNITS)
def test_readable_values_are_shown_without_loss(unit: str):
    for value in (0.0, 0.0449, 0.35, 1.04, 3.26, 9.97, 42.42, 364.4, 364.9, 1234.5, 134_997.0, 2_718_281.0, -7.77):
        found = formats.readable(value, unit)
        assert formats.readable(found, unit) == found
        text = Wording("en").value(unit, found)
        shown = Decimal(re.sub(r"[^\d.-]", "", text))
        factor = {"share": Decimal("0.01")}.get(unit, Decimal(1))
        if unit == "days" and "year" in text:
            factor = formats.DAYS_PER_YEAR
        assert float(shown * factor) == pytest.approx(found, rel=1e-12)


def test_readable_amounts_keep_three_digits_and_long_spans_tenths_of_a_year():
    assert formats.readable(134_997, "money") == 135_000
    assert formats.readable(47.3, "money") == 47
    assert formats.readable(1902, "days") == pytest.approx(5.2 * 365.25)
    assert formats.readable(41.6, "days") == 42
    assert formats.readable(0.5037, "score") == 0.5


def test_a_number_in_words_can_be_copied_on_its_way_to_json():
    number = formats.number(25_232, EN)
    copied = copy.deepcopy({"value": number})["value"]
    assert isinstance(copied, formats.Quantity)
    assert (copied, copied.shown) == (number, number.shown)
    assert json.dumps({"value": copied}) == '{"value": "25,232"}'
