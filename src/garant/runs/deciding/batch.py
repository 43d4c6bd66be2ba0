"""Many applications in one request: each is decided by itself, and a bad one spoils no other."""

from collections.abc import Callable, Sequence
from typing import Any

from garant.decisions.record import NewDecision
from garant.exceptions import Problem, RecordsError, StoreError
from garant.runs.deciding.answer import Answer
from garant.runs.deciding.request import text_field

MAX_ITEMS = 1_000

KEY = "key"
"""The caller's own name for an item, repeated in the answer; not an idempotency key, and better nothing personal."""

_MOST_KEY = 100
_CREATED, _UNPROCESSABLE, _FAILED = 201, 422, 500


def items_of(value: object) -> Sequence[Any]:
    """Items of the body ``{"items": [{records, key?}, …]}``.

    Raises
    ------
    RecordsError
        When it holds none, too many, or another field.
    """
    if not isinstance(value, dict) or not isinstance(value.get("items"), list) or len(value) > 1:
        raise RecordsError([Problem("/items", "request.items", "expected an object with the list items alone")])
    items: list[Any] = value["items"]
    if not 1 <= len(items) <= MAX_ITEMS:
        raise RecordsError([Problem("/items", "request.items", f"expected 1 to {MAX_ITEMS:,} items")])
    return items


def decide_items(
    items: Sequence[Any], decide: Callable[[Any], tuple[NewDecision, Answer]]
) -> tuple[list[NewDecision], list[Answer]]:
    """Decide each item; what fails is told in its place.

    Parameters
    ----------
    items : sequence
        Parsed JSON.
    decide : callable
        From the body of one application to its decision and answer.

    Returns
    -------
    list of NewDecision
        What is to be recorded.
    list of dict
        Of each item ``status`` with ``decision`` or ``problem``, and its ``key`` where it has one.

    Raises
    ------
    StoreError
        When the record store cannot be used: then nothing of the batch is answered.
    """
    made: list[NewDecision] = []
    answers: list[Answer] = []
    for number, item in enumerate(items):
        label: Answer = {}
        try:
            key, body = _without_key(item)
            label = {} if key is None else {KEY: key}
            new, answer = decide(body)
        except RecordsError as error:
            answers.append({**label, "status": _UNPROCESSABLE, "problem": _refused(error)})
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are decided, and this one is not
            # No text of the error: it could hold what the records say.
            import structlog  # noqa: PLC0415 - of the extra `serve`, and only a service is asked for batches

            structlog.get_logger(__name__).error("batch_item_failed", item=number, error=type(error).__name__)
            problem = {"title": "This application could not be judged", "status": _FAILED, "errors": []}
            answers.append({**label, "status": _FAILED, "problem": problem})
        else:
            made.append(new)
            answers.append({**label, "status": _CREATED, "decision": answer})
    return made, answers


def _without_key(item: object) -> tuple[str | None, object]:
    if not isinstance(item, dict) or KEY not in item:
        return None, item
    problems: list[Problem] = []
    key = text_field(item[KEY], f"/{KEY}", most=_MOST_KEY, problems=problems)
    if problems:
        raise RecordsError(problems)
    return key, {name: value for name, value in item.items() if name != KEY}


def _refused(error: RecordsError) -> Answer:
    errors = [{"pointer": f"#{p.pointer}", "code": p.code, "detail": p.text} for p in error.problems]
    return {"title": "These records cannot be judged", "status": _UNPROCESSABLE, "errors": errors}
