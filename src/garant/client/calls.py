"""What is asked of the service: one value for each request, whichever client sends it."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from garant.exceptions import UsageError

Language = Literal["fr", "en"]

Records = Mapping[str, object] | bytes | str
"""One application: its tables by name, or the text of a JSON file, which is sent as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request.

    Parameters
    ----------
    method, path : str
        ``POST``, ``/v1/decisions``.
    content : bytes or None
        Body, JSON.
    key : str or None
        Idempotency key: sent again it gives the same answer and no second decision.
    language : {"fr", "en"} or None
        Language of the sentences.
    answers : frozenset of int
        Statuses other than those of success that hold an answer.
    """

    method: Literal["GET", "POST"]
    path: str
    content: bytes | None = field(default=None, repr=False)
    key: str | None = None
    language: Language | None = None
    answers: frozenset[int] = frozenset()

    @property
    def is_repeatable(self) -> bool:
        """Whether sending it twice has the effect of sending it once, even when the first one arrived."""
        return self.method == "GET" or self.key is not None

    @property
    def headers(self) -> dict[str, str]:
        """Headers of this request."""
        found: dict[str, str] = {}
        if self.content is not None:
            found["content-type"] = "application/json"
        if self.key is not None:
            found["idempotency-key"] = self.key
        if self.language is not None:
            found["accept-language"] = self.language
        return found


def get(*path: str, language: Language | None = None, answers: frozenset[int] = frozenset()) -> Call:
    """Ask for what is at `path`, whose parts may hold any character."""
    return Call(method="GET", path=_path(path), language=language, answers=answers)


def post(*path: str, content: bytes, key: str | None = None, language: Language | None = None) -> Call:
    """Send `content` to `path`."""
    return Call(method="POST", path=_path(path), content=content, key=key, language=language)


def new_key() -> str:
    """Idempotency key that nobody else has."""
    return str(uuid.uuid4())


def application(records: Records | None, *, client: int | None, more: Mapping[str, object] | None = None) -> bytes:
    """Body that holds one application, or names one that the service has.

    Parameters
    ----------
    records : mapping, bytes, str or None
        Raw tables; text is sent as it stands, so that nothing is lost of what the service has to judge.
    client : int or None
        ``SK_ID_CURR`` of an applicant in the data of the service, instead of records.
    more : mapping or None
        What stands beside the tables, such as ``external_checks``; entries that are None are left out.

    Raises
    ------
    UsageError
        When both or neither are given, or what should be added to a text.
    """
    if (records is None) == (client is None):
        raise UsageError("One application is needed: records, or client=SK_ID_CURR of one that the service has.")
    beside = {name: value for name, value in (more or {}).items() if value is not None}
    if isinstance(records, str | bytes):
        if beside:
            raise UsageError(f"{', '.join(beside)}: put it into the records, which are sent as they are.")
        return records.encode() if isinstance(records, str) else records
    return body({"client": client} if records is None else records, beside)


def batch(applications: Sequence[Mapping[str, object]] | bytes | str) -> bytes:
    """Body of several applications."""
    if isinstance(applications, str | bytes):
        return applications.encode() if isinstance(applications, str) else applications
    return body({"items": list(applications)})


def body(*parts: Mapping[str, object]) -> bytes:
    """One JSON object of all `parts`, entries that are None kept.

    Raises
    ------
    UsageError
        When a value is none of JSON, such as NaN; which one is not said, since it may be personal.
    """
    whole = {name: value for part in parts for name, value in part.items()}
    try:
        return json.dumps(whole, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError):
        message = "The records hold something that JSON cannot say: NaN, an infinity, a date, half a character."
    raise UsageError(message)


def _path(parts: Sequence[str]) -> str:
    return "/" + "/".join(quote(part, safe="") for part in parts)
