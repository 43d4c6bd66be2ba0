"""From what somebody typed to the raw application: days to day counts, amounts to numbers; the only place that does.

What cannot be read is a problem at its field; whether what was read may be so is for the rules of the tables to say.
An empty field is left out, so that a required one is found missing by the same rules.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from garant.dashboard.typed_values import Fault, day, number
from garant.decisions.record import Language
from garant.exceptions import Problem
from garant.runs.deciding.asked_columns import APPLICATION, AskedColumn, AskedColumns
from garant.tables.cells import MAX_INT64
from garant.tables.columns import DAYS_SENTINEL, THOUSANDTHS, Kind
from garant.tables.rule_texts import Code
from garant.tables.rules import row_rule

DATE = "APPLICATION_DATE"
"""Day of the application, which all other days are counted from."""

NONE = "none"
"""Last part of the name of a field that says "no such day"."""

_ID = re.compile(r"[1-9][0-9]{0,18}")

YES_NO = {"1": 1, "0": 0}

_FORM_TEXTS = {
    Fault.NUMBER: "no number as the language of the page writes it",
    Fault.AMBIGUOUS: "a number that can be read in two ways",
    Fault.DAY: "no day: expected day, month and year",
}


@dataclass(slots=True)
class Application:
    """What was typed about one application.

    Parameters
    ----------
    row : dict of str to object
        Raw cells, as `docs/records.md` has them.
    days : dict of str to date
        Days that were typed, by column.
    problems : list of Problem
        What cannot be read.
    """

    row: dict[str, Any] = field(default_factory=dict[str, Any])
    days: dict[str, date] = field(default_factory=dict[str, date])
    problems: list[Problem] = field(default_factory=list[Problem])

    @property
    def client(self) -> int | None:
        """Number of the application, where it was typed."""
        found = self.row.get("SK_ID_CURR")
        return found if isinstance(found, int) else None


def field_name(column: str) -> str:
    """Name of the field of a column."""
    return f"{APPLICATION}.{column}"


def read_application(asked: AskedColumns, typed: Mapping[str, str], language: Language, today: date) -> Application:
    """Read the fields of an application.

    Parameters
    ----------
    asked : AskedColumns
        What is asked.
    typed : mapping of str to str
        Texts by name of field; one that is not there is empty.
    language : {"fr", "en"}
        How numbers are written.
    today : date
        No application was made later.
    """
    found = Application(row=dict.fromkeys(asked.unasked))
    applied = _day_of_application(typed.get(field_name(DATE), "").strip(), found, today)
    for each in asked.asked:
        text = typed.get(field_name(each.name), "").strip()
        if each.name == DATE:
            continue
        if each.column.kind is Kind.DAYS:
            has_none = bool(each.column.sentinel_flag) and field_name(f"{each.name}.{NONE}") in typed
            _read_days(each, text, has_none=has_none, applied=applied, found=found)
        elif text:
            _put(found, each, _cell(each, text, language))
        elif each.own is not None and not each.required:
            # Every application states the lender's own columns; nothing is known of this one.
            found.row[each.name] = None
    return found


def days_between(applied: date, when: date) -> int:
    """Raw count of a day: below zero before the application, 0 on its day."""
    return (when - applied).days


def _day_of_application(text: str, found: Application, today: date) -> date | None:
    when = day(text) if text else None
    if when is None:
        found.problems.append(_missing(DATE))
    elif isinstance(when, Fault):
        found.problems.append(_unreadable(DATE, when))
    elif when > today:
        found.problems.append(_broken(DATE, Code.FUTURE))
    else:
        found.row[DATE], found.days[DATE] = when.isoformat(), when
        return when
    return None


def _read_days(each: AskedColumn, text: str, *, has_none: bool, applied: date | None, found: Application) -> None:
    if text and has_none:
        found.problems.append(Problem(_pointer(each.name), "form.day_and_none", "a day, and that there is none"))
        return
    if has_none:
        found.row[each.name] = DAYS_SENTINEL
        return
    when = day(text) if text else None
    if isinstance(when, Fault):
        found.problems.append(_unreadable(each.name, when))
    elif when is not None:
        found.days[each.name] = when
        # Without the day of the application, whose problem is told, nothing can be counted.
        found.row[each.name] = None if applied is None else days_between(applied, when)
    elif each.own is not None and not each.required:
        found.row[each.name] = None


def _cell(each: AskedColumn, text: str, language: Language) -> object:
    kind = each.column.kind
    if kind is Kind.CATEGORY:
        return text if not each.levels or text in each.levels else Code.LEVEL
    if kind is Kind.FLAG:
        return YES_NO.get(text, Code.TYPE)
    if kind is Kind.ID:
        return int(text) if _ID.fullmatch(text) and int(text) <= MAX_INT64 else Code.ID
    if kind is Kind.DATE:
        when = day(text)
        return when if isinstance(when, Fault) else when.isoformat()
    value = number(text, language)
    return value if isinstance(value, Fault) else _exact(value, kind)


def _exact(value: Decimal, kind: Kind) -> int | float | Code:
    """Number of JSON that means `value`, digit by digit; nothing is rounded on the way."""
    if value == value.to_integral_value():
        whole = int(value)
        return whole if abs(whole) <= MAX_INT64 else Code.RANGE
    numerator, denominator = value.as_integer_ratio()
    if kind is Kind.MONEY and numerator * THOUSANDTHS % denominator:
        return Code.PRECISION
    found = float(value)
    return found if kind is Kind.RATE or Decimal(repr(found)) == value else Code.RANGE


def _put(found: Application, each: AskedColumn, value: object) -> None:
    if isinstance(value, Fault):
        found.problems.append(_unreadable(each.name, value))
    elif isinstance(value, Code):
        found.problems.append(_broken(each.name, value))
    else:
        found.row[each.name] = value


def _pointer(column: str) -> str:
    return f"/{APPLICATION}/{column}"


def _missing(column: str) -> Problem:
    return Problem(_pointer(column), "json.missing", "a required field is missing")


def _unreadable(column: str, fault: Fault) -> Problem:
    return Problem(_pointer(column), f"form.{fault}", _FORM_TEXTS[fault])


def _broken(column: str, code: Code) -> Problem:
    rule = row_rule(APPLICATION, column, code)
    return Problem(_pointer(column), rule.id, rule.text.en)
