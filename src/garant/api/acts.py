"""What a person says about a decision: the fields of the requests, and nothing beside them.

What each field may hold is the service's rule, the same for every page that asks.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from garant.exceptions import ActError, Problem, RecordsError
from garant.runs.deciding.people import GROUNDS, LEAST_COMMENT, MOST_NAME, MOST_TEXT
from garant.runs.deciding.reviewing import PAPERS_GROUNDS, REVIEW_GROUNDS, VIEWS
from garant.tables.records.strict_json import read_json

_DECIDED = ("accept", "refuse")


def _text(description: str, most: int, least: int = 1) -> dict[str, Any]:
    return {"type": "string", "minLength": least, "maxLength": most, "description": description}


FORMS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "Confirmation": {
            "person": _text("Who confirms, by name.", MOST_NAME),
            "outcome": {"enum": list(_DECIDED), "description": "What this person decides."},
            "ground": {"enum": list(GROUNDS), "description": "Why."},
            "comment": _text("Needed when the outcome is another than the proposed one.", MOST_TEXT),
        },
        "Contest": {"statement": _text("What the person says, in their own words.", MOST_TEXT)},
        "View": {
            "view": {"enum": list(VIEWS), "description": "What the reviewer thinks before the proposal is shown."},
            "note": _text("Why.", MOST_TEXT),
            "person": _text("Who reviews, by name.", MOST_NAME),
        },
        "PapersRequest": {
            "ground": {"enum": list(PAPERS_GROUNDS), "description": "What the papers are needed for."},
            "comment": _text("Which ones.", MOST_TEXT, LEAST_COMMENT),
            "person": _text("Who reviews, by name.", MOST_NAME),
        },
        "Review": {
            "outcome": {"enum": list(_DECIDED), "description": "What the reviewer decides."},
            "ground": {"enum": list(REVIEW_GROUNDS), "description": "Why."},
            "comment": _text("Why, in words.", MOST_TEXT, LEAST_COMMENT),
            "person": _text("Who reviews, by name.", MOST_NAME),
        },
    }
)
"""Fields of each request, as OpenAPI tells them."""

OPTIONAL: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "Confirmation": frozenset({"comment"}),
        "Contest": frozenset(),
        "View": frozenset({"person"}),
        "PapersRequest": frozenset({"person"}),
        "Review": frozenset({"person"}),
    }
)
"""Fields of each request that may be left out."""

_PLAIN = re.compile(r"[a-z_]{1,30}")
"""Names that a message may repeat: those of fields look so, and what a caller made up of a person does not."""


def schema(form: str) -> dict[str, Any]:
    """JSON Schema of a request."""
    fields = FORMS[form]
    return {
        "type": "object",
        "properties": dict(fields),
        "required": [name for name in fields if name not in OPTIONAL[form]],
        "additionalProperties": False,
    }


def read_act(form: str, body: bytes) -> Sequence[Any]:
    """Values of the fields of `form`, in their order; None for each that was not sent.

    Raises
    ------
    ActError
        When the body is no JSON object, or has another field.
    """
    try:
        said = read_json(body, max_text=MOST_TEXT)
    except RecordsError as error:
        raise ActError(error.problems) from error
    if not isinstance(said, dict):
        raise ActError([Problem("", "request.not_object", "expected a JSON object")])
    fields = FORMS[form]
    # A field that nobody knows is named only where it looks like one: what the caller made up may be anything.
    problems = [
        Problem("", "request.unknown_field", f"{_named(name, number)} is none of {', '.join(fields)}")
        for number, name in enumerate(said, start=1)
        if name not in fields
    ]
    if problems:
        raise ActError(problems[:100])
    return [said.get(name) for name in fields]


def _named(name: str, number: int) -> str:
    return f"the field `{name}`" if _PLAIN.fullmatch(name) else f"field number {number}"
