"""Which encoding bytes are in that are not in the expected one: advice for a person, never applied by itself."""

import codecs
from dataclasses import dataclass
from typing import NoReturn

from garant.tables.rules import refuse
from garant.tables.source_file import SourceFile

_SINGLE_BYTE = ("cp1252", "iso8859-15", "cp850", "mac_roman")
"""Encodings of Western exports, the most frequent first: Windows, Unix, DOS, old Macs."""

_FREQUENT = frozenset("éèêàçôöäüñ")
_LETTERS = frozenset("àâäáãåæçèéêëìíîïñòóôöõøœùúûüýÿß")
_BETWEEN_WORDS = frozenset("€£§°«»“”–—…’\u2018ºªµ²\u00a0\u202f")
_AROUND = 20
"""Bytes shown on each side of those that are wrong, as far as they are one word."""

_SAMPLE = 1 << 16

_WIDE = 256
"""First bytes of a file by which text in two bytes per character is told; its letters leave each second one zero."""


@dataclass(frozen=True, slots=True)
class Marked:
    """An encoding told by the first bytes of a file: what Python calls it, and what people do."""

    encoding: str
    name: str


def wide_encoding(start: bytes) -> Marked | None:
    """UTF-16 or UTF-32, by its mark or by the zeros between its letters; None for anything else."""
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return Marked("utf-32", "UTF-32")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Marked("utf-16", "UTF-16")
    head = start[: min(_WIDE, len(start) // 2 * 2)]
    even, odd = head[::2], head[1::2]
    for empty, letters, order in ((odd, even, "le"), (even, odd, "be")):
        if len(head) > 2 and empty.count(0) > 0.8 * len(empty) and not letters.count(0):  # noqa: PLR2004 - see `_WIDE`
            return Marked(f"utf-16-{order}", "UTF-16")
    return None


def fitting_encoding(data: bytes) -> str:
    """Name of the encoding in which `data` looks most like European text."""
    sample = data[:_SAMPLE]
    if _is_utf8(sample):
        return "utf-8"
    return max(_SINGLE_BYTE, key=lambda encoding: _likeness(sample, encoding))


def refuse_bytes(data: bytes, error: UnicodeDecodeError, file: SourceFile, *, line: int) -> NoReturn:
    """Refuse a file whose text is not UTF-8 from `error` on, with the encoding that would fit.

    Raises
    ------
    TableError
        Says the line, the bytes, the encoding that would fit and how they would read in it.
    """
    begin, end = _word(data, error.start, error.end)
    fits = fitting_encoding(data[max(0, error.start - _SAMPLE // 2) :])
    refuse(
        "encoding" if data[: error.start].isascii() else "mixed_encodings",
        file.name,
        cause=error,
        line=line,
        found=data[error.start : error.end].hex(" "),
        fits=fits,
        text=data[begin:end].decode(fits, "replace"),
        table=file.table,
    )


def _is_utf8(data: bytes) -> bool:
    """Whether `data`, whose last character may be cut off, is UTF-8."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _word(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Borders of the word around the bytes from `start` to `end`."""
    begin = start
    while begin > max(0, start - _AROUND) and _is_letter(data[begin - 1]):
        begin -= 1
    stop = end
    while stop < min(len(data), end + _AROUND) and _is_letter(data[stop]):
        stop += 1
    return begin, stop


def _is_letter(byte: int) -> bool:
    return byte >= 0x80 or bytes([byte]).isalpha()  # noqa: PLR2004 - not ASCII


def _likeness(data: bytes, encoding: str) -> int:
    """How much `data` looks like text when it is read as `encoding`: letters inside words, signs outside them."""
    text = data.decode(encoding, "replace")
    return sum(_fit(text, place) for place, character in enumerate(text) if not character.isascii())


def _fit(text: str, place: int) -> int:
    character = text[place]
    before = text[place - 1] if place else " "
    after = text[place + 1] if place + 1 < len(text) else " "
    if character in _LETTERS:
        return 1 + (character in _FREQUENT) + (before.islower() or after.islower())
    if character.lower() in _LETTERS:
        return 1 if not before.islower() else -2
    if character in _BETWEEN_WORDS:
        inside = before.isalpha() and after.isalpha()
        return -1 if inside and character not in "’–" else 1
    return -2
