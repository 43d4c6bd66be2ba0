"""The OpenAPI document is the app, and no request made from it gets a failure of the service."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from api_world import World
from garant.api.openapi import text
from garant.decisions.access import Role
from tables.records.corpus import sound

pytestmark = pytest.mark.xdist_group("api")

EXAMPLES = 6
"""For each route; what is random breaks rules of the tables, so soundness is shown apart."""


def test_the_document_in_the_docs_is_that_of_the_app(world: World, project: Path) -> None:
    kept = project / "docs" / "openapi.json"
    made = text(world.app.openapi())
    assert kept.read_text(encoding="utf-8") == made, f"{kept}: is not what the app says; write it anew (docs/api.md)"


def test_every_route_says_who_may_ask_what_it_takes_and_how_it_refuses(world: World) -> None:
    document = world.app.openapi()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if not path.startswith("/v1/"):
                continue
            assert operation["security"] == [{"apiKey": []}], path
            assert {"401", "403", "429", "503"} <= set(operation["responses"]), path
            if method == "post":
                assert operation["requestBody"]["content"]["application/json"]["schema"], path
                assert {"400", "408", "413", "415", "422"} <= set(operation["responses"]), path
    asks_for_key = {
        path
        for path, methods in document["paths"].items()
        if "Idempotency-Key" in [each["name"] for each in methods.get("post", {}).get("parameters", ())]
    }
    assert asks_for_key == {"/v1/decisions", "/v1/decisions/batch", "/v1/corrections"}


def test_no_reference_of_the_document_leads_nowhere(world: World) -> None:
    document = world.app.openapi()
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}

    def references(value: Any) -> set[str]:  # noqa: ANN401 - JSON
        if isinstance(value, dict):
            own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set[str]()
            return own.union(*map(references, value.values()))
        return set[str]().union(*map(references, value)) if isinstance(value, list) else set()

    assert references(document) <= known


def test_requests_made_from_the_document_never_fail_the_service(world: World) -> None:
    schema = schemathesis.openapi.from_dict(json.loads(text(world.app.openapi())))
    schema.config.update(base_url=str(world.client.base_url))
    statuses: dict[str, set[int]] = {}
    found: Any = schema.get_all_operations()
    for result in found:
        operation = result.ok()
        if operation.path.startswith("/v1/"):
            statuses[operation.path] = _statuses(world, operation)
    assert len(statuses) == 13
    assert {200, 404, 422} <= set[int]().union(*statuses.values())


def test_what_the_service_takes_and_answers_fits_the_document(world: World) -> None:
    document = world.app.openapi()

    def require(name: str, value: object) -> None:
        schema = {**document["components"]["schemas"][name], "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(value)

    require("Application", sound())
    require("Preview", {**sound(), "moves": ["earn=100"]})
    made = world.post("/v1/decisions", sound()).json()
    require("Decision", made)
    require("Decision", world.get(f"/v1/decisions/{made['id']}").json())
    require("Batch", {"items": [{**sound(), "key": "a"}, {"client": 7}]})
    require("Batched", world.post("/v1/decisions/batch", {"items": [sound(), {"client": 7}]}).json())
    require("Correction", {"decision": made["id"], "changes": {"application": {"AMT_CREDIT": 1}}})
    require("Confirmation", {"person": "A", "outcome": "accept", "ground": "agrees"})
    require("Problem", world.post("/v1/decisions", {}).json())
    with pytest.raises(jsonschema.ValidationError):
        require("Application", {**sound(), "TARGET": 1})


def _statuses(world: World, operation: Any) -> set[int]:  # noqa: ANN401 - of a library
    """Statuses of a few requests to one route, none of which may be a failure of the service."""
    role = Role.REVIEWER if operation.path.endswith(("/view", "/papers", "/review")) else Role.ADVISER
    told: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:  # noqa: ANN401 - of a library
        answer = case.call(headers={"Authorization": world.headers(role)["Authorization"]})
        told.add(answer.status_code)
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == ["application/problem+json"]

    ask()
    return told
