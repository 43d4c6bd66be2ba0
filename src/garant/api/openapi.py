"""The OpenAPI document: the routes of the app, with the rules of the tables as schema of a body.

``docs/openapi.json`` is this document for every table and the default configuration of tables; a test holds that they
are the same.
"""

import html
import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import HTMLResponse, Response

from garant.api.acts import FORMS, schema
from garant.runs.deciding.batch import MAX_ITEMS
from garant.tables.config import TablesConfig
from garant.tables.records.reader import RecordReader
from garant.tables.schema import TABLES

VERSION = "v1"

_TEXT = {"type": "string"}
_NUMBER = {"type": ["number", "null"]}
_SAID = {"type": "array", "items": {"type": "object"}}

PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "description": "RFC 9457. It never holds a value that was sent.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "description": "Stable name of the problem, urn:garant:problem:…"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "instance": {"type": "string", "description": "Id of the request, as the log has it."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "Where in the body, RFC 6901."},
                    "header": {"type": "string", "description": "Which header."},
                    "code": {"type": "string", "description": "Rule that is broken."},
                    "detail": _TEXT,
                },
            },
        },
    },
}

DECISION: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "state", "outcome", "pd", "cutoff", "refer_band", "reasons", "warnings", "digests", "notice_id"],
    "properties": {
        "id": {"type": "string", "format": "uuid", "description": "UUID of version 7."},
        "state": {"enum": ["proposed", "final", "contested", "reviewed"]},
        "mode": {"enum": ["assisted", "automated"]},
        "outcome": {"enum": ["accept", "refer", "refuse"]},
        "pd": _NUMBER,
        "label": {"type": ["string", "null"], "description": "What the PD is a probability of."},
        "cutoff": _NUMBER,
        "refer_band": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        "points": _NUMBER,
        "reasons": _SAID,
        "warnings": _SAID,
        "digests": {"type": "object", "additionalProperties": _TEXT},
        "notice_id": _TEXT,
        "withheld": {
            "type": "boolean",
            "description": "True for a reviewer without an own view: PD and reasons are left out until it is noted.",
        },
        "language": {"enum": ["fr", "en"]},
        "timings": {"type": "object", "additionalProperties": {"type": "number"}, "description": "Milliseconds."},
    },
}


def describe(app: FastAPI) -> None:
    """Let `app` describe itself by `document`."""
    app.openapi = lambda: document(app)


def document(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 document of `app`."""
    if app.openapi_schema is None:
        made = get_openapi(
            title="garant",
            version=VERSION,
            summary="Decisions about credit applications: explained, and recorded before they leave.",
            routes=app.routes,
        )
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schemas.update(_schemas())
        made["components"]["securitySchemes"] = {
            "apiKey": {
                "type": "http",
                "scheme": "bearer",
                "description": "An API key (garant key create), or a JWT of the lender's issuer.",
            }
        }
        for operation in (operation for path in made["paths"].values() for operation in path.values()):
            operation["responses"] = {
                status: said for status, said in operation["responses"].items() if not _is_of_framework(said)
            }
        app.openapi_schema = made
    return app.openapi_schema


def text(made: Mapping[str, Any]) -> str:
    """The document as ``docs/openapi.json`` holds it."""
    return json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def add_pages(app: FastAPI) -> None:
    """Add ``/openapi.json`` and ``/docs``, a plain list of routes: no script, nothing loaded from elsewhere."""

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        return Response(text(document(app)).encode(), media_type="application/json")

    @app.get("/docs", include_in_schema=False)
    async def pages() -> Response:
        rows = [
            f"<dt>{method.upper()} {html.escape(path)}</dt><dd>{html.escape(operation.get('description', ''))}</dd>"
            for path, methods in document(app)["paths"].items()
            for method, operation in methods.items()
        ]
        return HTMLResponse(
            '<!doctype html><html lang="en"><title>garant</title><h1>garant</h1>'
            f'<p><a href="/openapi.json">openapi.json</a></p><dl>{"".join(rows)}</dl></html>'
        )

    _ = openapi, pages


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _is_of_framework(said: Mapping[str, Any]) -> bool:
    return "HTTPValidationError" in json.dumps(said)


def _schemas() -> dict[str, Any]:
    records = RecordReader(TABLES, TablesConfig()).json_schema()
    tables = {f"Table_{name}": form for name, form in records["properties"].items()}
    properties = {name: _ref(f"Table_{name}") for name in records["properties"]}
    asked = {
        "external_checks": {
            "type": "object",
            "description": "Checks outside garant, by name: date, result, reference.",
            "additionalProperties": {
                "type": "object",
                "required": ["date", "result"],
                "properties": {"date": {"type": "string", "format": "date"}, "result": _TEXT, "reference": _TEXT},
            },
        },
        "notice_id": {"type": "string", "description": "Notice that the person was shown."},
    }
    known = {
        "client": {"type": "integer", "minimum": 1, "description": "SK_ID_CURR of a client of the store."},
        **asked,
    }
    of_store = {"type": "object", "required": ["client"], "additionalProperties": False, "properties": known}
    raw = {**records, "properties": {**properties, **asked}}
    moves = {"moves": {"type": "array", "items": _TEXT, "description": "Named moves, as --what-if takes them."}}
    label = {"key": {"type": "string", "minLength": 1, "maxLength": 100}}
    return {
        **tables,
        "Problem": dict(PROBLEM),
        "Decision": dict(DECISION),
        "Records": raw,
        "Application": {"oneOf": [_ref("Records"), of_store]},
        "Preview": {
            "oneOf": [
                {**raw, "properties": {**raw["properties"], **moves}},
                {**of_store, "properties": {**known, **moves}},
            ]
        },
        "Batch": {
            "type": "object",
            "required": ["items"],
            "additionalProperties": False,
            "properties": {
                "items": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MAX_ITEMS,
                    "description": "Each what one decision takes, with a key of the caller's own where it helps.",
                    "items": {
                        "oneOf": [
                            {**raw, "properties": {**raw["properties"], **label}},
                            {**of_store, "properties": {**known, **label}},
                        ]
                    },
                }
            },
        },
        "Batched": {
            "type": "object",
            "required": ["items"],
            "properties": {
                "items": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["status"],
                        "properties": {
                            "key": _TEXT,
                            "status": {"type": "integer"},
                            "decision": _ref("Decision"),
                            "problem": {"type": "object"},
                        },
                    },
                }
            },
        },
        "Correction": {
            "type": "object",
            "required": ["decision"],
            "additionalProperties": False,
            "properties": {
                "decision": {"type": "string", "format": "uuid"},
                "reason": {"type": "string", "maxLength": 5000},
                "changes": {
                    "type": "object",
                    "description": "Instead of records: changed columns of the application, all rows of other tables.",
                },
                **raw["properties"],
                **known,
            },
        },
        **{form: schema(form) for form in FORMS},
    }
