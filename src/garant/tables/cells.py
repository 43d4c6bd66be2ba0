"""One cell of text, read exactly: the definition that the vectorised reading in `convert` is held to.

Numbers are ASCII digits with an optional sign, point and exponent. Spaces around a value are ignored. Nothing goes
through a float on its way to an integer.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from math import isfinite

from garant.tables.columns import THOUSANDTHS, Kind
from garant.tables.rules import Code

NULL_WORDS = ("", "NaN", "nan", "NULL", "NA")
"""Words that mean "no value" in any column."""

MAX_INT64 = 2**63 - 1

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?([0-9]+))?")
_INFINITE = re.compile(r"[-+]?inf(?:inity)?", re.IGNORECASE)
_ID = re.compile(r"([1-9][0-9]*)(?:\.0*)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_MAX_EXPONENT = 400
"""Beyond it a decimal number is out of every range; it is not expanded into digits."""

_MAX_LENGTH = 400
"""Longer texts are no amount and no count of this world; they are not expanded either."""

Cell = int | float | date | None


def read_cell(text: str, kind: Kind) -> Cell | Code:
    """Value of `text` for a column of `kind`: None when it is empty, a `Code` when it breaks a rule.

    Money is returned in thousandths. A fraction is an error for whole kinds, digits beyond the thousandth are one for
    money, unless they are zeros (``47962.1250``): an amount is never rounded.
    """
    stripped = text.strip()
    if stripped in NULL_WORDS:
        return None
    return _READERS.get(kind, _whole)(stripped)


def _id(text: str) -> int | Code:
    found = _ID.fullmatch(text)
    if found is None or len(found[1]) > len(str(MAX_INT64)) or int(found[1]) > MAX_INT64:
        return Code.ID
    return int(found[1])


def _whole(text: str) -> int | Code:
    return _scaled(text, scale=1, finer=Code.WHOLE)


def _money(text: str) -> int | Code:
    return _scaled(text, scale=THOUSANDTHS, finer=Code.PRECISION)


def _label(text: str) -> int | Code:
    value = _whole(text)
    return value if not isinstance(value, Code) and value in {0, 1} else Code.LABEL


def _scaled(text: str, *, scale: int, finer: Code) -> int | Code:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return Code.RANGE if _INFINITE.fullmatch(text) else Code.TYPE
    if len(text) > _MAX_LENGTH or int(found[1] or 0) > _MAX_EXPONENT:
        return Code.RANGE
    numerator, denominator = Decimal(text).as_integer_ratio()
    whole, rest = divmod(numerator * scale, denominator)
    if rest:
        return finer
    return whole if abs(whole) <= MAX_INT64 else Code.RANGE


def _rate(text: str) -> float | Code:
    if _NUMBER.fullmatch(text) is None:
        return Code.RANGE if _INFINITE.fullmatch(text) else Code.TYPE
    value = float(text)
    # Adding zero turns -0.0 into 0.0, which engines would otherwise group and print apart.
    return value + 0.0 if isfinite(value) else Code.RANGE


def _date(text: str) -> date | Code:
    if _DATE.fullmatch(text) is None:
        return Code.TYPE
    try:
        return date.fromisoformat(text)
    except ValueError:
        return Code.TYPE


_READERS: dict[Kind, Callable[[str], Cell | Code]] = {
    Kind.ID: _id,
    Kind.LABEL: _label,
    Kind.MONEY: _money,
    Kind.RATE: _rate,
    Kind.DATE: _date,
}
