"""What a column is called on a page, in what unit it is asked, and a value of it as a person reads it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from garant.runs.deciding.asked_columns import AskedColumn
from garant.tables.columns import DAYS_SENTINEL, Kind
from garant.tables.config import Money
from garant.wording.catalogue import Wording

_PERIODIC = frozenset({"AMT_INCOME_TOTAL", "AMT_ANNUITY"})
"""Amounts of a period, which the lender declares; the person's known charges are another."""

_DAYS = frozenset({Kind.DAYS, Kind.DATE})
_DECIMALS: Mapping[Kind, int] = {Kind.RATE: 6}


def label_of(each: AskedColumn, words: Wording) -> str:
    """What a field is called."""
    name = each.name
    if each.own is not None:
        return each.own.text_fr if words.language == "fr" else each.own.text_en
    if name.startswith("FLAG_DOCUMENT_"):
        return words.text("page.apply.document", n=words.number(int(name.rpartition("_")[2])))
    key = f"page.apply.label.{name}"
    if words.has(key):
        return words.text(key)
    column = f"column.application.{name}"
    return words.text(column if words.has(column) else "page.apply.charges").removesuffix(".")


def options_of(each: AskedColumn, words: Wording) -> Sequence[tuple[str, str]]:
    """Values and texts to choose from; empty for a field to type into."""
    if each.column.kind is Kind.FLAG:
        return [("1", words.text("unit.flag.yes")), ("0", words.text("unit.flag.no"))]
    return [(level, _level(each, level, words)) for level in each.levels]


def hint_of(each: AskedColumn, money: Money, words: Wording) -> str:
    """Unit, period and form of what is to be typed; empty where one chooses."""
    kind, score = each.column.kind, each.score
    if kind in {Kind.CATEGORY, Kind.FLAG}:
        return ""
    if kind is Kind.MONEY:
        return _unit_of_money(each, money, words)
    if kind is Kind.RATE and score is not None and score.range is not None:
        least, greatest = (words.number(end, decimals=6) for end in score.range)
        return words.text("page.apply.unit.range", least=least, greatest=greatest)
    return words.text("page.apply.unit.day" if kind in _DAYS else f"page.apply.unit.{kind}")


def said_of(
    columns: Sequence[AskedColumn], money: Money, words: Wording, row: Mapping[str, Any], days: Mapping[str, date]
) -> Iterator[tuple[str, str]]:
    """Label and value in words of every one of the `columns` that says something."""
    for each in columns:
        value = row.get(each.name)
        if each.name in days:
            yield label_of(each, words), words.date(days[each.name])
        elif value is not None:
            said = _text(each, value, words) if isinstance(value, str) else _figure(each, value, money, words)
            yield label_of(each, words), said


def _level(each: AskedColumn, level: str, words: Wording) -> str:
    if set(each.column.levels) == {"N", "Y"}:
        return words.text("unit.flag.yes" if level == "Y" else "unit.flag.no")
    return words.level(each.name, level)


def _unit_of_money(each: AskedColumn, money: Money, words: Wording) -> str:
    currency = money.currency or words.text("page.apply.unit.no_currency")
    example = words.number(12_000.5, decimals=2, fixed=True)
    if each.name not in _PERIODIC and each.name != money.charges:
        return words.text("page.apply.unit.money", currency=currency, example=example)
    period = words.text(f"page.apply.period.{money.period or 'none'}")
    return words.text("page.apply.unit.money_per", currency=currency, period=period, example=example)


def _text(each: AskedColumn, value: str, words: Wording) -> str:
    if each.column.kind is Kind.DATE:
        return words.date(date.fromisoformat(value))
    return _level(each, value, words) if each.levels else value


def _figure(each: AskedColumn, value: float, money: Money, words: Wording) -> str:
    kind = each.column.kind
    if kind is Kind.DAYS and value == DAYS_SENTINEL:
        return words.text("page.apply.no_employment")
    if kind is Kind.FLAG:
        return words.text("unit.flag.yes" if value else "unit.flag.no")
    if kind is Kind.ID:
        return str(value)
    if kind is not Kind.MONEY:
        return words.number(value, decimals=_DECIMALS.get(kind, 0))
    has_cents = value != int(value) and value == round(value, 2)
    shown = words.number(value, decimals=2, fixed=True) if has_cents else words.number(value, decimals=3)
    is_periodic = each.name in _PERIODIC or each.name == money.charges
    per = words.text(f"page.apply.period.{money.period}") if money.period and is_periodic else ""
    return " ".join(part for part in (shown, money.currency or "", per) if part)
