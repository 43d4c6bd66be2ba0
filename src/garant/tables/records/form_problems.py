"""What can be wrong with the form of raw records: codes ``json.*`` and what they say; never a value of theirs."""

from types import MappingProxyType

from garant.exceptions import Problem

MOST_PROBLEMS = 100
"""Problems that are listed."""

FORM = MappingProxyType(
    {
        "empty": "the body is empty: expected a JSON object",
        "bom": "the body begins with a byte order mark: send UTF-8 without one",
        "encoding": "the body is not UTF-8, from byte {at} on: send UTF-8",
        "syntax": "no JSON from line {line}, character {column} on",
        "control_character": "a control character inside a string",
        "surrogate": "half of a character (a lone surrogate) inside a string",
        "bidi": "a character that turns the direction of writing",
        "invisible": "characters that cannot be seen, or many marks on one letter",
        "long_text": "a string of more than {most} characters",
        "name": "field number {number} has a name with characters that no name here has, or a very long one",
        "constant": "NaN or an infinity: leave out, or null, what is not known",
        "number": "a number too large or too small for a float64",
        "integer": "an integer beyond 9223372036854775807",
        "depth": "more than {most} lists and objects inside one another",
        "items": "more than {most} elements",
        "duplicate_key": "field number {number} has the name of an earlier one",
        "not_object": "expected an object of fields",
        "not_list": "expected a list of rows, each an object; an empty list says that there are none",
        "not_cell": "expected a plain value, not a list or an object",
        "unknown_table": "field number {number} is none of the tables",
        "unknown_field": "field number {number} is none of the columns of {table}",
        "unused_table": "the model was trained without this table: leave it out",
        "label": "TARGET is what is to be told and never an input: leave it out",
        "missing": "a required field is missing; where nothing is known, null may stand for it if the column can be"
        " empty",
    }
)
"""Texts by the part of the code after ``json.``."""


def form_problem(pointer: str, code: str, **values: object) -> Problem:
    """Problem ``json.CODE`` at `pointer`."""
    return Problem(pointer, f"json.{code}", FORM[code].format(**values))
