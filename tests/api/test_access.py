"""Who may use which route, on whose decisions: every route, every role, the own branch and another."""

import json
from typing import Any

import httpx
import pytest

from api_world import World
from garant.decisions.access import SCOPES, Role, Scope
from garant.decisions.ids import new_id
from store_records import new_decision, record
from tables.records.corpus import sound

pytestmark = pytest.mark.xdist_group("api")

NEEDS: dict[tuple[str, str], Scope] = {
    ("post", "/v1/decisions"): Scope.DECIDE,
    ("post", "/v1/decisions/batch"): Scope.DECIDE,
    ("post", "/v1/decisions/preview"): Scope.DECIDE,
    ("post", "/v1/explanations"): Scope.DECIDE,
    ("post", "/v1/corrections"): Scope.CORRECT,
    ("get", "/v1/decisions/{id}"): Scope.READ,
    ("get", "/v1/clients/{ref}/decisions"): Scope.READ,
    ("post", "/v1/decisions/{id}/confirm"): Scope.CONFIRM,
    ("post", "/v1/decisions/{id}/contest"): Scope.CONTEST,
    ("post", "/v1/decisions/{id}/view"): Scope.REVIEW,
    ("post", "/v1/decisions/{id}/papers"): Scope.REVIEW,
    ("post", "/v1/decisions/{id}/review"): Scope.REVIEW,
    ("get", "/v1/models/current"): Scope.MODEL,
}
"""The permission that each route asks for, written down a second time."""

OPEN = {("get", "/healthz"), ("get", "/readyz"), ("get", "/metrics")}
ABOUT_ONE = {route for route in NEEDS if "{id}" in route[1]} | {("post", "/v1/corrections")}

CONFIRMATION = {"person": "A. Martin", "outcome": "refuse", "ground": "agrees"}
VIEW = {"view": "unsure", "note": "Payslips are missing."}
PAPERS = {"ground": "income", "comment": "The payslips of the last three months."}
REVIEW = {"outcome": "accept", "ground": "file", "comment": "Income was proved by three new payslips."}


def decided(world: World, branch: str = "paris", *, contested: bool = False) -> dict[str, Any]:
    """A decision of an adviser of a branch."""
    made = world.post("/v1/decisions", sound(), branch=branch)
    assert made.status_code == 201, made.text
    if contested:
        said = {"statement": "My income is higher."}
        assert world.post(f"/v1/decisions/{made.json()['id']}/contest", said, branch=branch).status_code == 200
    return made.json()


def body_of(route: tuple[str, str], decision: str) -> Any:  # noqa: ANN401 - JSON
    """A sound body for a route."""
    return {
        "/v1/decisions/batch": {"items": [sound()]},
        "/v1/corrections": {"decision": decision, "changes": {"application": {"AMT_INCOME_TOTAL": 40_000}}},
        "/v1/decisions/{id}/confirm": CONFIRMATION,
        "/v1/decisions/{id}/contest": {"statement": "My income is higher."},
        "/v1/decisions/{id}/view": VIEW,
        "/v1/decisions/{id}/papers": PAPERS,
        "/v1/decisions/{id}/review": REVIEW,
    }.get(route[1], sound())


def ask(world: World, route: tuple[str, str], decision: dict[str, Any], role: Role, branch: str) -> httpx.Response:
    """Use a route as somebody."""
    path = route[1].replace("{id}", decision["id"]).replace("{ref}", str(decision["client"]))
    if route[0] == "get":
        return world.get(path, role, branch)
    return world.post(path, body_of(route, decision["id"]), role, branch)


def test_every_route_is_in_the_table(world: World) -> None:
    routes = {(method, path) for path, methods in world.app.openapi()["paths"].items() for method in methods}
    assert routes == set(NEEDS) | OPEN


@pytest.mark.parametrize("branch", ["paris", "lyon"])
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("route", list(NEEDS), ids=" ".join)
def test_no_role_does_what_its_scopes_do_not_say_nor_touches_another_branch(
    world: World,
    route: tuple[str, str],
    role: Role,
    branch: str,
) -> None:
    decision = decided(world, contested=route[1].endswith(("/view", "/papers", "/review")))
    if route[1].endswith(("/papers", "/review")) and role is Role.REVIEWER:
        assert world.post(f"/v1/decisions/{decision['id']}/view", VIEW, role, branch).status_code == 200
    before = world.rows()["decisions"]
    answer = ask(world, route, decision, role, branch)
    sees = branch == "paris" or Scope.READ_ALL in SCOPES[role]
    if NEEDS[route] not in SCOPES[role]:
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:garant:problem:no-scope")
        assert world.rows()["decisions"] == before
    elif route in ABOUT_ONE and not sees:
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:garant:problem:unknown-decision")
        assert world.rows()["decisions"] == before
    elif route == ("get", "/v1/clients/{ref}/decisions"):
        assert answer.status_code == 200
        assert (decision["id"] in {each["id"] for each in answer.json()}) == sees
    else:
        assert answer.status_code in {200, 201}, answer.text


def test_a_foreign_decision_and_none_at_all_are_told_in_the_same_words(world: World) -> None:
    foreign = world.get(f"/v1/decisions/{decided(world)['id']}", branch="lyon")
    none = world.get(f"/v1/decisions/{new_id()}", branch="lyon")
    for answer in (foreign, none):
        assert answer.status_code == 404
    said = [{key: value for key, value in answer.json().items() if key != "instance"} for answer in (foreign, none)]
    assert said[0] == said[1]


def test_who_acted_first_does_not_review(world: World) -> None:
    made = new_decision("first actor", owner="paris", actor=world.ids[Role.REVIEWER, "paris"])
    record(world.parts.store, made)
    contested = world.post(f"/v1/decisions/{made.id}/contest", {"statement": "No."})
    assert contested.status_code == 200, contested.text
    own = world.post(f"/v1/decisions/{made.id}/review", REVIEW, Role.REVIEWER)
    assert (own.status_code, own.json()["type"]) == (403, "urn:garant:problem:not-permitted")
    assert world.post(f"/v1/decisions/{made.id}/view", VIEW, Role.REVIEWER, "lyon").status_code == 200
    other = world.post(f"/v1/decisions/{made.id}/review", REVIEW, Role.REVIEWER, "lyon")
    assert (other.status_code, other.json()["state"]) == (200, "reviewed")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([], "no-key"),
        ([""], "no-key"),
        (["Bearer"], "no-key"),
        (["Basic Z2FyYW50OngK"], "no-key"),
        (["garant_{key}"], "no-key"),
        (["Bearer {key}", "Bearer {key}"], "no-key"),
        (["Bearer {key} {key}"], "no-key"),
        (["Bearer " + "x" * 5_000], "no-key"),
        (["Bearer nonsense"], "wrong-key"),
        (["Bearer {key}x"], "wrong-key"),
        (["Bearer garant_000000000000_" + "A" * 43], "wrong-key"),
        (["Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."], "wrong-key"),
    ],
)
def test_without_exactly_one_good_key_nobody_is_let_in(world: World, values: list[str], kind: str) -> None:
    key = world.texts[Role.ADVISER, "paris"]
    headers = [("Authorization", value.replace("{key}", key)) for value in values]
    for method, path in NEEDS:
        url = path.replace("{id}", new_id()).replace("{ref}", "1")
        answer = world.client.request(method, url, headers=[*headers, ("Content-Type", "application/json")])
        assert (answer.status_code, answer.json()["type"]) == (401, f"urn:garant:problem:{kind}")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_the_scheme_is_written_in_any_case(world: World) -> None:
    key = world.texts[Role.ADVISER, "paris"]
    assert world.client.get("/v1/models/current", headers={"Authorization": f"bEARER {key}"}).status_code == 200


@pytest.mark.parametrize("where", ["?access_token={key}", "?key={key}", "?x={key}", "/{key}", "?API_KEY=1"])
def test_a_key_in_the_address_is_refused_also_beside_a_good_one_and_never_logged(world: World, where: str) -> None:
    key = world.texts[Role.AUDITOR, "lyon"]
    answer = world.get(f"/v1/models/current{where.format(key=key)}")
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:garant:problem:key-in-address")
    assert key not in world.log.getvalue() + json.dumps(answer.json())


def test_parameters_in_an_address_are_refused(world: World) -> None:
    answer = world.get("/v1/models/current?client=100001")
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:garant:problem:query")
    assert world.client.get("/healthz?from=balancer").status_code == 200
