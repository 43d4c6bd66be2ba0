"""Corrections: the records of an earlier decision, mended, for a new decision that takes its place."""

import json
from collections.abc import Mapping
from typing import Any

from garant.decisions.record import Judgement
from garant.exceptions import Problem, RecordsError
from garant.runs.deciding.request import text_field

DECISION, REASON, CHANGES = "decision", "reason", "changes"

CORRECTION_FIELDS = frozenset({DECISION, REASON, CHANGES})
"""Fields of a correction beside those of every request."""

_APPLICATION = "application"
_MOST_REASON = 5_000
_MOST_ID = 100


def said_of(value: object) -> tuple[str, str]:
    """Id of the decision that a correction is about, and why, empty where it is not said.

    Raises
    ------
    RecordsError
        When the body names no decision, or the reason is no text.
    """
    if not isinstance(value, dict):
        raise RecordsError([Problem("", "request.not_object", "expected a JSON object")])
    problems: list[Problem] = []
    decision = text_field(value.get(DECISION), f"/{DECISION}", most=_MOST_ID, problems=problems)
    reason = text_field(value.get(REASON), f"/{REASON}", most=_MOST_REASON, problems=problems, needed=False)
    if problems:
        raise RecordsError(problems)
    return decision, reason


def mended(sent: Mapping[str, Any], judgement: Judgement) -> dict[str, Any]:
    """What is to be judged: the records that were sent, or the earlier ones with ``changes``.

    Parameters
    ----------
    sent : mapping of str to object
        Body of the correction. ``changes`` holds single columns of the application and whole other tables:
        ``{"application": {"AMT_INCOME_TOTAL": 90000}, "bureau": []}``.
    judgement : Judgement
        Of the decision that is corrected.

    Raises
    ------
    RecordsError
        When changes come beside whole records, or are no objects.
    """
    others = {name: rows for name, rows in sent.items() if name not in CORRECTION_FIELDS}
    if CHANGES not in sent:
        return others
    changes = sent[CHANGES]
    if "client" in others or _APPLICATION in others:
        raise RecordsError([Problem(f"/{CHANGES}", "request.changes", "changes and whole records at once: send one")])
    if not isinstance(changes, dict) or not isinstance(changes.get(_APPLICATION, {}), dict):
        text = "expected an object: application → its changed columns, another table → all its rows"
        raise RecordsError([Problem(f"/{CHANGES}", "request.changes", text)])
    earlier: dict[str, Any] = json.loads(judgement.raw)
    application = {**earlier[_APPLICATION], **changes.get(_APPLICATION, {})}
    return {**earlier, **changes, **others, _APPLICATION: application}
