"""Numbers and days as people write them, read exactly or refused: what could mean two things is never guessed."""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum

from garant.decisions.record import Language


class Fault(StrEnum):
    """Why a text is no value; last part of the code of a problem ``form.*``."""

    NUMBER = "number"
    AMBIGUOUS = "ambiguous"
    DAY = "day"


LONGEST = 40
"""Characters of a number or a day; longer ones are none that a person types."""

_SPACES = re.compile("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\t]")
_SIGN = re.compile("[-\N{MINUS SIGN}]")
_WHOLE = r"(?:[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)"
_WHOLE_ONLY = re.compile(_WHOLE)
_ONE_MARK = re.compile(rf"({_WHOLE}|)([.,])([0-9]+)")
_ENGLISH_GROUPS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_COULD_BE_GROUPS = re.compile(r"[1-9][0-9]{0,2}")
_GROUP = 3

_DAY = re.compile(r"([0-9]{1,2})[/. -]([0-9]{1,2})[/. -]([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def number(text: str, language: Language) -> Decimal | Fault:
    """Number of a text that somebody typed on a page in `language`.

    French has a comma before decimals and spaces between groups of three digits, English a point and commas or spaces.
    A point before one or two decimals is read in French too: the keys of numbers have no comma. ``12,000`` is twelve
    thousand in English; in French, as ``12.000`` in both, it is ambiguous.

    Parameters
    ----------
    text : str
        What was typed; not empty.
    language : {"fr", "en"}
        Language of the page.

    Examples
    --------
    >>> number("12 000,50", "fr")
    Decimal('12000.50')
    >>> number("12.000", "en")
    <Fault.AMBIGUOUS: 'ambiguous'>
    """
    plain = _SPACES.sub(" ", text).strip()
    if len(plain) > LONGEST:
        return Fault.NUMBER
    is_negative = bool(_SIGN.match(plain))
    found = _unsigned(plain[1:].strip() if is_negative else plain, language)
    # Arithmetic of decimals rounds to 28 digits; copying does not. There is no minus zero.
    return found.copy_negate() if is_negative and not isinstance(found, Fault) and found else found


def _unsigned(text: str, language: Language) -> Decimal | Fault:
    if _WHOLE_ONLY.fullmatch(text):
        return Decimal(text.replace(" ", ""))
    if language == "en" and _ENGLISH_GROUPS.fullmatch(text):
        return Decimal(text.replace(",", ""))
    found = _ONE_MARK.fullmatch(text)
    if found is None:
        return Fault.NUMBER
    whole, mark, decimals = found.groups()
    if len(decimals) == _GROUP and _COULD_BE_GROUPS.fullmatch(whole):
        return Fault.AMBIGUOUS
    is_own = mark == ("," if language == "fr" else ".")
    if not is_own and not (language == "fr" and (len(decimals) < _GROUP or whole == "0")):
        return Fault.AMBIGUOUS
    return Decimal(f"{whole.replace(' ', '') or '0'}.{decimals}")


def day(text: str) -> date | Fault:
    """Day of a text: day, month and year in figures, in this order in both languages, or ``2026-01-31``.

    Examples
    --------
    >>> day("31/01/1990")
    datetime.date(1990, 1, 31)
    """
    plain = _SPACES.sub(" ", text).strip()
    if found := _ISO_DAY.fullmatch(plain):
        year, month, day_ = map(int, found.groups())
    elif found := _DAY.fullmatch(plain):
        day_, month, year = map(int, found.groups())
    else:
        return Fault.DAY
    try:
        return date(year, month, day_)
    except ValueError:
        return Fault.DAY
