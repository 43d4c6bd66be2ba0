"""What the service says when it says no (RFC 9457), as an error of garant."""

from typing import Any

import httpx

from garant.exceptions import Problem, ServiceError, ServiceUnavailableError

_TOO_MANY = 429
_SERVER = 500
_NO_KEY = (
    "No API key came with the question: export GARANT_API_KEY=… with the key that `garant serve` printed, or that "
    "`garant key create` makes."
)
_SHOWN = 500
"""Characters of a text of the service that a message carries."""


def refusal(response: httpx.Response) -> ServiceError:
    """Error for a response that is no answer."""
    said = _object(response)
    status = response.status_code
    kind, detail = problem_kind(said), _text(said.get("detail"))
    # What a header should hold is for programs: whoever types sets a variable. What was said once is not said again.
    problems = [problem for problem in problems_of(said) if problem.text != detail]
    is_passing = status == _TOO_MANY or status >= _SERVER
    return (ServiceUnavailableError if is_passing else ServiceError)(
        _text(said.get("title")) or f"The service answered with HTTP {status} ({response.reason_phrase or 'no name'})",
        detail=_NO_KEY if kind == "no-key" else detail,
        status=status,
        kind=kind,
        problems=problems,
        request_id=_request_id(said),
    )


def kind_of(response: httpx.Response) -> str:
    """Last part of the type of the problem that a response states; empty where it states none."""
    return problem_kind(_object(response))


def problem_kind(said: dict[str, Any]) -> str:
    """Last part of the type of a problem: ``in-flight`` of ``https://…/problems/in-flight``."""
    kind = _text(said.get("type"))
    return "" if kind == "about:blank" else kind.rstrip("/").replace("#", "/").replace(":", "/").rpartition("/")[2]


def unreachable(error: httpx.RequestError, *, url: str, is_repeatable: bool) -> ServiceUnavailableError:
    """Error for a request that got no response."""
    connected = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    unknown = (
        "" if is_repeatable or not connected else " It may have arrived: look at the decision before asking again."
    )
    what = "does not answer" if connected else "cannot be reached"
    return ServiceUnavailableError(
        "No answer",
        detail=f"The decision service at {url} {what} ({type(error).__name__}). Is it running? "
        f"`garant serve --bundle MODEL` starts one.{unknown}",
    )


def not_understood(response: httpx.Response, *, missing: str = "") -> ServiceError:
    """Error for a response with a good status that is no answer of this service."""
    return ServiceError(
        "Not understood",
        detail="What answered is no decision service that this client knows: "
        + (f"not understood is {missing}." if missing else "is the address right?"),
        status=response.status_code,
    )


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        said = response.json()
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def problems_of(said: dict[str, Any]) -> tuple[Problem, ...]:
    """Everything that a problem lists as wrong with the records."""
    return tuple(_problem(each) for each in _list(said.get("errors")) if isinstance(each, dict))


def _problem(said: dict[str, Any]) -> Problem:
    """One entry of ``errors``."""
    header = _text(said.get("header"))
    return Problem(
        pointer=f"header {header}" if header else _text(said.get("pointer")).removeprefix("#"),
        code=_text(said.get("code")),
        text=_text(said.get("detail") or said.get("text")),
    )


def _request_id(said: dict[str, Any]) -> str | None:
    return _text(said.get("instance")).removeprefix("urn:uuid:") or None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value[:_SHOWN] if isinstance(value, str) else ""
