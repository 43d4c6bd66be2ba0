"""What the OpenAPI document says of each route beside its name: body, headers, answers."""

from typing import Any

from garant.api.problems import MEDIA_TYPE

Operation = dict[str, Any]
"""Keywords of a route of the framework."""

_PROBLEMS = {
    400: "The body is no JSON, or a header is missing.",
    401: "No API key, or one that is unknown, expired or revoked.",
    403: "The role may not do this.",
    404: "There is none, or none that this key sees.",
    408: "The body did not arrive in time.",
    409: "The same request is being answered, or the state does not allow this.",
    410: "The person was erased.",
    413: "The body is too long.",
    415: "The body is not plain JSON.",
    422: "Records or fields break rules, or the idempotency key came with another request before.",
    429: "The key asks too often.",
    503: "The record store or the model cannot be used, or too many requests wait.",
}
_ASKS = (401, 403, 429, 503)
_SENDS = (400, 401, 403, 408, 413, 415, 422, 429, 503)

_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each new request; the same key and body give the recorded answer again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
}
_LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "Language of sentences: fr or en, with q values.",
    "schema": {"type": "string", "example": "fr, en;q=0.5"},
}
_KEY = [{"apiKey": []}]


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _problems(*statuses: int) -> dict[int, dict[str, Any]]:
    shape = {MEDIA_TYPE: {"schema": _ref("Problem")}}
    return {status: {"description": _PROBLEMS[status], "content": shape} for status in statuses}


def _answer(schema: dict[str, Any], description: str, status: int = 200) -> dict[int, dict[str, Any]]:
    return {status: {"description": description, "content": {"application/json": {"schema": schema}}}}


def _sends(
    body: str, answer: dict[str, Any], description: str, *more: int, key: bool = False, status: int = 200
) -> Operation:
    """Operation with a body."""
    return {
        "status_code": status,
        "responses": _answer(answer, description, status) | _problems(*sorted({*_SENDS, *more})),
        "openapi_extra": {
            "security": _KEY,
            "parameters": [*([_IDEMPOTENCY_KEY] if key else []), _LANGUAGE],
            "requestBody": {"required": True, "content": {"application/json": {"schema": _ref(body)}}},
        },
    }


def _asks(answer: dict[str, Any], description: str, *more: int) -> Operation:
    """Operation without a body."""
    return {
        "responses": _answer(answer, description) | _problems(*sorted({*_ASKS, *more})),
        "openapi_extra": {"security": _KEY, "parameters": [_LANGUAGE]},
    }


def _path(operation: Operation, name: str, schema: dict[str, Any]) -> Operation:
    parameter = {"name": name, "in": "path", "required": True, "schema": schema}
    extra = operation["openapi_extra"]
    return {**operation, "openapi_extra": {**extra, "parameters": [parameter, *extra["parameters"]]}}


_UUID = {"type": "string", "format": "uuid"}
_OBJECT: dict[str, Any] = {"type": "object"}

DECIDE = _sends("Application", _ref("Decision"), "The decision, already recorded.", 409, 410, key=True, status=201)
DECIDE_BATCH = _sends("Batch", _ref("Batched"), "An answer or a problem for each item.", 409, 410, key=True)
PREVIEW = _sends("Preview", _OBJECT, "What would be decided.")
EXPLAIN = _sends("Application", _OBJECT, "Contributions, what would change the result, comparison.")
CORRECT = _sends("Correction", _ref("Decision"), "The new decision.", 404, 409, 410, key=True, status=201)
READ = _path(_asks(_ref("Decision"), "The decision and what happened since.", 404, 410), "id", _UUID)
READ_OF = _path(
    _asks({"type": "array", "items": _ref("Decision")}, "Decisions about the person, the first one first.", 404, 410),
    "ref",
    {"type": "string", "minLength": 1, "maxLength": 200},
)
CONFIRM = _path(_sends("Confirmation", _OBJECT, "The decision, final.", 404, 409, 410), "id", _UUID)
CONTEST = _path(_sends("Contest", _OBJECT, "The decision, contested.", 404, 409, 410), "id", _UUID)
VIEW = _path(_sends("View", _OBJECT, "The decision, with what was proposed.", 404, 409, 410), "id", _UUID)
PAPERS = _path(_sends("PapersRequest", _OBJECT, "The decision, still open.", 404, 409, 410), "id", _UUID)
REVIEW = _path(
    _sends("Review", _OBJECT, "The decision, reviewed, or waiting for a second reviewer.", 404, 409, 410), "id", _UUID
)
MODEL = _asks(_OBJECT, "Card of the model that decides.")
HEALTHZ: Operation = {"responses": _answer(_OBJECT, "The process answers.")}
READYZ: Operation = {
    "responses": _answer(_OBJECT, "Decisions can be made.")
    | {503: {"description": "They cannot; the body says why.", "content": {"application/json": {"schema": _OBJECT}}}}
}
METRICS: Operation = {
    "responses": {200: {"description": "Figures.", "content": {"text/plain": {"schema": {"type": "string"}}}}}
    | _problems(403)
}
