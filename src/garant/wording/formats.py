"""Numbers, amounts, percentages, spans of time and dates as a reader of the language writes them."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from math import floor, log10
from typing import Literal, Self

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

Span = Literal["day", "month", "year"]
"""Units of time of the Unicode locale data, without their prefix ``duration-``."""

DAYS_PER_YEAR = Decimal("365.25")

LONG_SPAN_DAYS = 365
"""From this length on a span of days is easier to read in years."""

SHORT_SPAN_DAYS = 10
"""Below this a decimal matters: a mean delay of 0.4 days is not none."""

MONEY_DIGITS = 3
"""Digits of an amount that a reader takes in at once: 135 000, not 134 997."""

SMALL_MULTIPLE = 1
"""Below this, one decimal is too coarse for a multiple: 0.35 times, not 0.4 times."""

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


class Quantity(str):
    """Text of a number that still knows the number it shows, so that a sentence takes singular or plural by it.

    Parameters
    ----------
    text : str
        What is read.
    shown : Decimal
        The number as rounded in the text.
    """

    __slots__ = ("shown",)

    shown: Decimal

    def __new__(cls, text: str, shown: Decimal) -> Self:
        """Attach the number to its text."""
        quantity = super().__new__(cls, text)
        quantity.shown = shown
        return quantity

    def __getnewargs__(self) -> tuple[str, Decimal]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """What a copy is made of: results that hold such texts are copied on their way to JSON."""
        return str(self), self.shown


@cache
def locale(language: str) -> Locale:
    """Locale of the language: French of France, English with British dates."""
    return Locale.parse({"fr": "fr", "en": "en_GB"}[language])


def rounded(value: float, decimals: int) -> Decimal:
    """`value` to at most `decimals` decimals, halves away from zero, without trailing zeros and never "-0".

    The rounding goes over the shortest decimal text of the float, so that 0.245 is what the reader of a table saw.
    """
    number = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP).normalize()
    whole = number == number.to_integral_value()
    return (number.quantize(Decimal(1)) if whole else number) + 0


def number(value: float, where: Locale, *, decimals: int = 0, fixed: bool = False) -> Quantity:
    """Grouped number with at most `decimals` decimals, exactly that many when `fixed`."""
    shown = rounded(value, decimals)
    pattern = "#,##0." + ("0" if fixed else "#") * decimals if decimals else "#,##0"
    return Quantity(_formatted(shown, pattern, where.language), shown)


# A portfolio's million reasons show few different numbers once these are rounded, and writing one takes 20 times as
# long as finding it again.
@lru_cache(maxsize=50_000)
def _formatted(shown: Decimal, pattern: str, language: str) -> str:
    return format_decimal(shown, format=pattern, locale=locale(language))


@lru_cache(maxsize=50_000)
def _span_formatted(length: Decimal, unit: Span, language: str) -> str:
    text = format_unit(length, f"duration-{unit}", format="#,##0.##", locale=locale(language))
    return text.replace(" ", _NO_BREAK_SPACE)


def percent(share: float, where: Locale, *, decimals: int = 1, fixed: bool = False) -> str:
    """Share between 0 and 1 as a percentage, with the space before the sign that the language asks for."""
    pattern = where.percent_formats[None].pattern
    sign = pattern[pattern.index("0") + 1 :]
    points = rounded(share, decimals + 2) * 100
    return number(float(points), where, decimals=decimals, fixed=fixed) + sign


def money(amount: float, where: Locale, *, currency: str | None = None) -> str:
    """Amount without decimals; with the sign of the currency (ISO 4217) when one is known."""
    if currency is None:
        return number(amount, where)
    pattern = where.currency_formats["standard"].pattern.replace(".00", "")
    return format_currency(rounded(amount, 0), currency, format=pattern, locale=where, currency_digits=False)


def span(length: float, unit: Span, where: Locale, *, decimals: int = 0) -> str:
    """Length of time in one unit, in the right plural; number and unit stay on one line."""
    return _span_formatted(rounded(length, decimals), unit, where.language)


def days(length: float, where: Locale) -> str:
    """Span of days: in days up to a year (with one decimal below ten), then in years with one decimal."""
    if abs(rounded(length, 0)) < LONG_SPAN_DAYS:
        return span(length, "day", where, decimals=1 if abs(length) < SHORT_SPAN_DAYS else 0)
    return span(float(Decimal(repr(float(length))) / DAYS_PER_YEAR), "year", where, decimals=1)


def multiple(value: float, where: Locale) -> str:
    """Multiple without its word: one decimal, two below 1."""
    return number(value, where, decimals=1 if abs(value) >= SMALL_MULTIPLE else 2, fixed=True)


def readable(value: float, unit: str) -> float:
    """Nearest value that the language shows without loss, so that a border of a group is what a reader sees.

    Parameters
    ----------
    value : float
        Value in `unit`.
    unit : str
        Unit of the feature. Amounts keep three digits, spans from a year on tenths of a year.
    """
    if unit == "money" and value:
        return float(rounded(value, min(0, MONEY_DIGITS - 1 - floor(log10(abs(value))))))
    if unit == "days" and abs(rounded(value, 0)) >= LONG_SPAN_DAYS:
        return float(rounded(float(Decimal(repr(float(value))) / DAYS_PER_YEAR), 1) * DAYS_PER_YEAR)
    return float(rounded(value, _decimals(value, unit)))


def _decimals(value: float, unit: str) -> int:
    match unit:
        case "money" | "flag":
            return 0
        case "days":
            return 1 if abs(value) < SHORT_SPAN_DAYS else 0
        case "times":
            return 1 if abs(value) >= SMALL_MULTIPLE else 2
        case "score":
            return 2
        case "share":
            return 3
        case _:
            return 1


def day(when: date, where: Locale) -> str:
    """Date in words: 24 novembre 2026, 1er novembre 2026, 24 November 2026."""
    said = format_date(when, "long", locale=where)
    return f"1er{said[1:]}" if where.language == "fr" and when.day == 1 else said


def is_plural(shown: Decimal, where: Locale) -> bool:
    """Whether a number takes the plural form: from 2 on in French, everything but 1 in English."""
    return where.plural_form(abs(shown)) != "one"


def _months(length: float, where: Locale) -> str:
    return span(length, "month", where, decimals=1)


def _years(length: float, where: Locale) -> str:
    return span(length, "year", where, decimals=1)


def _count(value: float, where: Locale) -> str:
    return number(value, where, decimals=1)


def _score(value: float, where: Locale) -> str:
    return number(value, where, decimals=2, fixed=True)


OF_UNIT: Mapping[str, Callable[[float, Locale], str]] = {
    "days": days,
    "months": _months,
    "years": _years,
    "count": _count,
    "rating": _count,
    "share": percent,
    "score": _score,
}
"""Formats of the units that need no word and no currency."""
