"""The questions of the service: what is sent, and as what the answer is read."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import httpx

from garant.client.answers import (
    BatchItem,
    Decision,
    Explanation,
    Model,
    Preview,
    Readiness,
)
from garant.client.calls import Call, Language, Records, application, body, get, new_key, post
from garant.client.calls import batch as batch_body
from garant.client.reading import (
    read,
    read_batch,
    read_decisions,
    read_explanation,
    read_model,
    read_readiness,
)
from garant.exceptions import UsageError
from garant.models.cutoff import Outcome

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """One request and how its answer is read."""

    call: Call
    read: Callable[[httpx.Response], T]


def decide(
    records: Records | None,
    *,
    client: int | None,
    external_checks: Mapping[str, object] | None,
    language: Language | None,
    key: str | None,
) -> Question[Decision]:
    """``POST /v1/decisions``."""
    content = application(records, client=client, more={"external_checks": external_checks})
    return Question(
        post("v1", "decisions", content=content, key=_key(key), language=language),
        lambda answer: read(Decision, answer),
    )


def batch(
    applications: Sequence[Mapping[str, object]] | bytes | str, *, language: Language | None, key: str | None
) -> Question[tuple[BatchItem, ...]]:
    """``POST /v1/decisions/batch``."""
    content = batch_body(applications)
    return Question(post("v1", "decisions", "batch", content=content, key=_key(key), language=language), read_batch)


def preview(
    records: Records | None,
    *,
    client: int | None,
    moves: Sequence[str],
    external_checks: Mapping[str, object] | None,
    language: Language | None,
) -> Question[Preview]:
    """``POST /v1/decisions/preview``."""
    more = {"moves": list(moves) or None, "external_checks": external_checks}
    content = application(records, client=client, more=more)
    return Question(
        post("v1", "decisions", "preview", content=content, language=language), lambda answer: read(Preview, answer)
    )


def explain(records: Records | None, *, client: int | None, language: Language | None) -> Question[Explanation]:
    """``POST /v1/explanations``."""
    content = application(records, client=client)
    return Question(post("v1", "explanations", content=content, language=language), read_explanation)


def decision(id_: str, *, language: Language | None) -> Question[Decision]:
    """``GET /v1/decisions/{id}``."""
    return Question(get("v1", "decisions", id_, language=language), lambda answer: read(Decision, answer))


def decisions_of(subject: str, *, language: Language | None) -> Question[tuple[Decision, ...]]:
    """``GET /v1/clients/{ref}/decisions``."""
    return Question(get("v1", "clients", subject, "decisions", language=language), read_decisions)


def confirm(
    id_: str, *, person: str, outcome: Outcome | str, ground: str, comment: str | None, language: Language | None
) -> Question[Decision]:
    """``POST /v1/decisions/{id}/confirm``."""
    said = {"person": person, "outcome": str(outcome), "ground": ground}
    if comment is not None:
        said["comment"] = comment
    return _event(id_, "confirm", said, language=language)


def contest(id_: str, *, statement: str, language: Language | None) -> Question[Decision]:
    """``POST /v1/decisions/{id}/contest``."""
    return _event(id_, "contest", {"statement": statement}, language=language)


def view(id_: str, *, view: str, note: str, person: str | None, language: Language | None) -> Question[Decision]:
    """``POST /v1/decisions/{id}/view``."""
    return _event(id_, "view", _by({"view": view, "note": note}, person), language=language)


def ask_for_papers(
    id_: str, *, ground: str, comment: str, person: str | None, language: Language | None
) -> Question[Decision]:
    """``POST /v1/decisions/{id}/papers``."""
    return _event(id_, "papers", _by({"ground": ground, "comment": comment}, person), language=language)


def review(
    id_: str, *, outcome: Outcome | str, ground: str, comment: str, person: str | None, language: Language | None
) -> Question[Decision]:
    """``POST /v1/decisions/{id}/review``."""
    said = {"outcome": str(outcome), "ground": ground, "comment": comment}
    return _event(id_, "review", _by(said, person), language=language)


def _by(said: Mapping[str, str], person: str | None) -> Mapping[str, str]:
    return said if person is None else {**said, "person": person}


def correct(
    id_: str,
    records: Mapping[str, object] | None,
    *,
    changes: Mapping[str, object] | None,
    reason: str | None,
    language: Language | None,
    key: str | None,
) -> Question[Decision]:
    """``POST /v1/corrections``."""
    if (records is None) == (changes is None):
        raise UsageError("A correction needs the whole records, or the changes of single entries.")
    head = {"decision": id_} if reason is None else {"decision": id_, "reason": reason}
    content = body(head, {"changes": changes} if records is None else records)
    return Question(
        post("v1", "corrections", content=content, key=_key(key), language=language),
        lambda answer: read(Decision, answer),
    )


def model(*, language: Language | None) -> Question[Model]:
    """``GET /v1/models/current``."""
    return Question(get("v1", "models", "current", language=language), read_model)


def ready() -> Question[Readiness]:
    """``GET /readyz``: that it is not ready is an answer."""
    return Question(get("readyz", answers=frozenset({_NOT_READY})), read_readiness)


_NOT_READY = 503
_VISIBLE = re.compile(r"[!-~]{1,255}")


def _event(id_: str, verb: str, said: Mapping[str, object], *, language: Language | None) -> Question[Decision]:
    # No idempotency key: what was said twice would be refused, since the decision is in another state by then.
    content = body(said)
    return Question(
        post("v1", "decisions", id_, verb, content=content, language=language), lambda answer: read(Decision, answer)
    )


def _key(key: str | None) -> str:
    """Key of the caller, or a new one: once per call, whatever its number of attempts."""
    if key is not None and not _VISIBLE.fullmatch(key):
        raise UsageError("The idempotency key is none: expected 1 to 255 visible ASCII characters, such as a UUID.")
    return key or new_key()
