"""JSON of strangers: one meaning per text, no surprise in a string, no depth that ends the process.

Python's own parser in C does the reading; what it lets pass is looked for afterwards, and only where a hook or a
pattern shows that there is something to find. Only then the text is read a second time, to say where.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import isinf
from typing import Any

from garant.exceptions import Problem, RecordsError
from garant.tables.records.form_problems import MOST_PROBLEMS, form_problem
from garant.tables.records.json_strings import SUSPICIOUS, fault_of_string
from garant.tables.records.pointer import below

MAX_DEPTH = 20
"""Lists and objects inside one another."""

MAX_ITEMS = 10_000
"""Elements of a list."""

MAX_KEYS = 1_000
"""Fields of an object."""

MAX_TEXT = 1_000
"""Characters of a string."""

MAX_INTEGER = 2**63 - 1

_DEPTH_OF_TABLES = 3
"""Tables, rows, values."""

_MAX_DIGITS = len(str(MAX_INTEGER))
_INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a value may be."""

    depth: int
    items: int
    text: int


class Odd:
    """Stands for a number that cannot be kept, until it is said where it stood."""

    __slots__ = ("code",)

    def __init__(self, code: str) -> None:
        self.code = code


class Pairs(list[tuple[str, Any]]):
    """An object with some key twice."""


class _FoundError(Exception):
    """Something is wrong; read again to say where."""


def read_json(
    body: bytes, *, max_depth: int = MAX_DEPTH, max_items: int = MAX_ITEMS, max_text: int = MAX_TEXT
) -> object:
    """Value of the JSON text `body`.

    Parameters
    ----------
    body : bytes
        UTF-8 without byte order mark.
    max_depth : int
        Lists and objects inside one another.
    max_items : int
        Elements of a list.
    max_text : int
        Characters of a string.

    Raises
    ------
    RecordsError
        What is wrong with the form, all of it where the text can be read at all; codes begin with ``json.``.
    """
    text, limits = _decoded(body), Limits(max_depth, max_items, max_text)
    try:
        value = _read(text, _QUICK, limits)
        if _is_sound(value, text, limits):
            return value
    except _FoundError:
        value = _read(text, _TELLING, limits)
    if problems := tuple(islice(_problems(value, "", 1, limits), MOST_PROBLEMS)):
        raise RecordsError(problems)
    return value


def _decoded(body: bytes) -> str:
    if not body.strip():
        raise RecordsError([form_problem("", "empty")])
    if body.startswith(b"\xef\xbb\xbf"):
        raise RecordsError([form_problem("", "bom")])
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecordsError([form_problem("", "encoding", at=error.start + 1)]) from None
    # JSON in UTF-16 or UTF-32 without a mark is UTF-8 with NUL in it.
    if "\0" in text[:4]:
        raise RecordsError([form_problem("", "encoding", at=text.index("\0") + 1)])
    return text


def _read(text: str, decoder: json.JSONDecoder, limits: Limits) -> Any:  # noqa: ANN401 - whatever the text holds
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        code = "control_character" if error.msg.startswith("Invalid control character") else "syntax"
        raise RecordsError([form_problem("", code, line=error.lineno, column=error.colno)]) from None
    except RecursionError:
        raise RecordsError([form_problem("", "depth", most=limits.depth)]) from None


def _quick_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _FoundError
    return found


def _telling_object(pairs: list[tuple[str, Any]]) -> Any:  # noqa: ANN401 - a dict, or pairs
    found = dict(pairs)
    return found if len(found) == len(pairs) else Pairs(pairs)


def _integer(text: str) -> Any:  # noqa: ANN401 - int or what stands for none
    if len(text) < _MAX_DIGITS:
        return int(text)
    # More digits than that are never expanded: it would take time that grows with their square.
    if len(text) > _MAX_DIGITS + 1 or abs(int(text)) > MAX_INTEGER:
        return Odd("integer")
    return int(text)


def _number(text: str) -> Any:  # noqa: ANN401 - float or what stands for none
    value = float(text)
    if isinf(value):
        return Odd("number")
    # 1e-400 is none of the numbers that a float64 can hold, and not zero either.
    if value == 0.0 and any(digit in "123456789" for digit in text.lower().partition("e")[0]):
        return Odd("number")
    return value


def _quick_integer(text: str) -> int:
    if len(text) < _MAX_DIGITS:
        return int(text)
    found = _integer(text)
    if isinstance(found, Odd):
        raise _FoundError
    return found


def _quick_number(text: str) -> float:
    value = float(text)
    # Neither infinite, nor zero, which may stand for a number too small.
    if 0.0 < value < _INFINITE or -_INFINITE < value < 0.0:
        return value
    found = _number(text)
    if isinstance(found, Odd):
        raise _FoundError
    return found


def _constant(_: str) -> Odd:
    return Odd("constant")


def _quick_constant(_: str) -> Any:  # noqa: ANN401 - never returns
    raise _FoundError


_QUICK = json.JSONDecoder(
    object_pairs_hook=_quick_object,
    parse_int=_quick_integer,
    parse_float=_quick_number,
    parse_constant=_quick_constant,
)
_TELLING = json.JSONDecoder(
    object_pairs_hook=_telling_object, parse_int=_integer, parse_float=_number, parse_constant=_constant
)


def _is_sound(value: object, text: str, limits: Limits) -> bool:
    """Whether there is surely nothing to find, by what costs little."""
    # What stands between two quote marks is a string, or the space between two of them.
    if max(map(len, text.split('"'))) > limits.text:
        return False
    if not _is_tables(value, text, limits) and not _is_shallow(value, limits.depth, limits.items):
        return False
    if "\\" in text:
        # Written again, letters stand as they are; an escape that is left stands for a control, a quote or itself.
        text = json.dumps(value, ensure_ascii=False)
        if "\\" in text:
            return False
    return (text.isascii() and "\x7f" not in text) or SUSPICIOUS.search("".join(set(text))) is None


def _is_tables(value: object, text: str, limits: Limits) -> bool:
    """Whether `value` is an object of rows and lists of rows, and no row holds anything but plain values.

    Known without looking at each value: all brackets of the text belong to what was counted.
    """
    if value.__class__ is not dict or limits.depth < _DEPTH_OF_TABLES:
        return False
    parts: list[Any] = [part for part in value.values() if part.__class__ in _CONTAINERS]  # pyright: ignore[reportAttributeAccessIssue] - a dict
    lists = [part for part in parts if part.__class__ is list]
    rows = [part for part in parts if part.__class__ is dict]
    rows += [row for part in lists for row in part if row.__class__ is dict]
    return (
        text.count("{") == len(rows) + 1
        and text.count("[") == len(lists)
        and max(map(len, lists), default=0) <= limits.items
        and max(map(len, [value, *rows]), default=0) <= MAX_KEYS  # pyright: ignore[reportArgumentType] - dicts
    )


def _is_shallow(value: object, depth: int, items: int) -> bool:
    if isinstance(value, dict):
        inside: Iterable[object] = value.values()
    elif isinstance(value, list):
        inside = value
    else:
        return True
    if depth < 1 or len(value) > (MAX_KEYS if isinstance(value, dict) else items):
        return False
    return all(_is_shallow(each, depth - 1, items) for each in inside if each.__class__ in _CONTAINERS)


_CONTAINERS = (dict, list)


def _problems(value: object, pointer: str, depth: int, limits: Limits) -> Iterator[Problem]:
    """What is wrong with `value`, which stands at `pointer` inside `depth` - 1 others."""
    if isinstance(value, Odd):
        yield form_problem(pointer, value.code)
    elif isinstance(value, str):
        if code := fault_of_string(value, limits.text):
            yield form_problem(pointer, code, most=limits.text)
    elif isinstance(value, (dict, list)):
        if depth > limits.depth:
            yield form_problem(pointer, "depth", most=limits.depth)
            return
        most = limits.items if isinstance(value, list) and not isinstance(value, Pairs) else MAX_KEYS
        if len(value) > most:
            yield form_problem(pointer, "items", most=most)
            return
        yield from _problems_inside(value, pointer, depth, limits)


def _problems_inside(value: Any, pointer: str, depth: int, limits: Limits) -> Iterator[Problem]:  # noqa: ANN401 - a list, a dict or pairs
    if isinstance(value, list) and not isinstance(value, Pairs):
        for number, each in enumerate(value):
            yield from _problems(each, f"{pointer}/{number}", depth + 1, limits)
        return
    seen: set[str] = set()
    for number, (key, each) in enumerate(value if isinstance(value, Pairs) else value.items(), start=1):
        place = below(pointer, key)
        if fault_of_string(key, limits.text):
            yield form_problem(pointer, "name", number=number)
        if key in seen:
            yield form_problem(place, "duplicate_key", number=number)
        seen.add(key)
        yield from _problems(each, place, depth + 1, limits)
