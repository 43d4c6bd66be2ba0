"""From a response to the value that it holds, or to an error that says what is missing without saying a value."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from garant.client.answers import BatchItem, Decision, Explanation, Model, Readiness
from garant.client.refusals import not_understood, problems_of

T = TypeVar("T")


def read(kind: type[T], answer: httpx.Response) -> T:
    """Value of `kind` that a response holds.

    Raises
    ------
    ServiceError
        When it holds none.
    """
    return _built(kind, _json(answer), answer)


def read_decisions(answer: httpx.Response) -> tuple[Decision, ...]:
    """All decisions of a list."""
    return tuple(_built(Decision, each, answer) for each in _list(_json(answer), answer))


def read_batch(answer: httpx.Response) -> tuple[BatchItem, ...]:
    """For each application its decision, or what is wrong with it."""
    return tuple(
        _item(number, each, answer) for number, each in enumerate(_list(read_object(answer).get("items"), answer))
    )


def read_explanation(answer: httpx.Response) -> Explanation:
    """Explanation with the whole answer beside its typed part."""
    return _built(Explanation, {**read_object(answer), "said": read_object(answer)}, answer)


def read_model(answer: httpx.Response) -> Model:
    """Model with the whole answer beside its typed part."""
    return _built(Model, {**read_object(answer), "said": read_object(answer)}, answer)


def read_readiness(answer: httpx.Response) -> Readiness:
    """Whether the service is ready: it says so by its status."""
    return Readiness(is_ready=answer.is_success, said=read_object(answer))


def _item(number: int, said: object, answer: httpx.Response) -> BatchItem:
    entry = said if isinstance(said, dict) else {}
    status, key, wrong = entry.get("status"), entry.get("key"), entry.get("problem")
    if not isinstance(status, int) or not isinstance(key, str | None):
        raise not_understood(answer, missing=f"items.{number}")
    if isinstance(wrong, dict):
        title = str(wrong.get("title", ""))
        return BatchItem(number=number, key=key, status=status, title=title, problems=problems_of(wrong))
    decision = _built(Decision, entry.get("decision"), answer)
    return BatchItem(number=number, key=key, status=status, decision=decision)


def _built(kind: type[T], said: object, answer: httpx.Response) -> T:
    try:
        return _adapter(kind).validate_python(said)
    except ValidationError as error:
        missing = ", ".join(sorted({".".join(map(str, each["loc"])) or "the whole" for each in error.errors()}))
    # Not from within: the library's own text holds what was answered, which is personal.
    raise not_understood(answer, missing=missing)


@cache
def _adapter(kind: type[T]) -> TypeAdapter[T]:
    return TypeAdapter(kind)


def _list(said: object, answer: httpx.Response) -> list[Any]:
    if not isinstance(said, list):
        raise not_understood(answer, missing="the list")
    return said


def read_object(answer: httpx.Response) -> Mapping[str, Any]:
    """Answer as it came.

    Raises
    ------
    ServiceError
        When it is no JSON object.
    """
    said = _json(answer)
    if not isinstance(said, dict):
        raise not_understood(answer)
    return said


def _json(answer: httpx.Response) -> Any:  # noqa: ANN401 - JSON
    try:
        return answer.json()
    except (ValueError, RecursionError):
        pass
    raise not_understood(answer)
