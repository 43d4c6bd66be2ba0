"""Strict JSON: the quick look never overlooks what the close look finds, and what is sound is read as ever."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.exceptions import Problem, RecordsError
from garant.tables.records.json_strings import fault_of_string
from garant.tables.records.strict_json import MAX_INTEGER, read_json

ODD = st.sampled_from(
    ("\x00", "\n", "\x1f", "\x7f", "\x85", "\u2028", "\u202e", "\u200b" * 3, "e\u0301\u0301", "\u0301" * 4)
)
EVEN = st.sampled_from(("é", '"', "\\", "/", "👩‍👧", "\u200d", "e\u0301", "Prêt", "﷽"))
TEXT = st.lists(st.text(max_size=3) | ODD | EVEN, max_size=3).map("".join)
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))


def strings(value: object) -> list[str]:
    """All strings of a value, names of fields included."""
    if isinstance(value, dict):
        return [*value, *(text for each in value.values() for text in strings(each))]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [value] if isinstance(value, str) else []


def problems(body: bytes, **limits: int) -> tuple[Problem, ...]:
    """What is wrong with a text."""
    with pytest.raises(RecordsError) as refused:
        read_json(body, **limits)
    return refused.value.problems


@given(value=VALUES, is_ascii=st.booleans(), indent=st.sampled_from((None, 2)))
def test_what_is_sound_is_read_as_ever_and_what_is_not_is_refused(value: Any, is_ascii: bool, indent: int | None):  # noqa: ANN401, FBT001
    try:
        body = json.dumps(value, ensure_ascii=is_ascii, indent=indent).encode()
    except UnicodeEncodeError:
        return
    if any(fault_of_string(text, 1_000) for text in strings(value)):
        assert problems(body)
    else:
        found = read_json(body)
        assert found == value
        assert repr(found) == repr(json.loads(body))


@given(st.text(max_size=40).map(str.encode) | st.binary(max_size=40))
def test_no_text_ends_in_anything_but_a_value_or_problems(body: bytes):
    told: tuple[Problem, ...] = ()
    try:
        read_json(body)
    except RecordsError as error:
        told = error.problems
    assert all(problem.code.startswith("json.") and problem.text.isascii() for problem in told)


def test_every_problem_of_a_text_is_told_with_its_place():
    body = b'{"a": [1e400, {"b": NaN, "b": "\\u0000"}], "c": 99999999999999999999, "\\u202e": 1, "a": 2}'
    assert [(problem.pointer, problem.code) for problem in problems(body)] == [
        ("/a/0", "json.number"),
        ("/a/1/b", "json.constant"),
        ("/a/1/b", "json.duplicate_key"),
        ("/a/1/b", "json.control_character"),
        ("/c", "json.integer"),
        ("", "json.name"),
        ("/a", "json.duplicate_key"),
    ]


def test_limits_are_those_that_are_given():
    assert read_json(b"[[1, 2]]", max_depth=2, max_items=2) == [[1, 2]]
    assert [problem.code for problem in problems(b"[[1, 2]]", max_depth=1)] == ["json.depth"]
    assert [problem.code for problem in problems(b"[1, 2, 3]", max_items=2)] == ["json.items"]
    assert [problem.code for problem in problems(b'["abc"]', max_text=2)] == ["json.long_text"]
    assert read_json(b'["' + b"x" * 1_000 + b'"]') == ["x" * 1_000]


def test_a_long_text_cannot_hide_behind_quote_marks():
    assert [problem.code for problem in problems(b'["' + b'\\"' * 1_001 + b'"]')] == ["json.long_text"]


def test_at_most_a_hundred_problems_are_told():
    assert len(problems(b"[" + b"NaN," * 5_000 + b"1]")) == 100


@pytest.mark.parametrize(
    "text", ["9223372036854775807", "-9223372036854775807", "-0", "1e308", "5e-324", "0e-999", "0.0"]
)
def test_numbers_at_the_edge_are_read(text: str):
    assert read_json(f"[{text}]".encode()) == json.loads(f"[{text}]")
