"""What a caller gets: answers, languages, the same answer again, and what people do with a decision."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api_world import NewWorld, World
from garant.decisions.access import Role
from garant.decisions.ids import new_id
from tables.records.corpus import application, sound

pytestmark = pytest.mark.xdist_group("api")

DECISIONS = "/v1/decisions"


def decide(world: World, **headers: str) -> dict[str, Any]:
    """One new decision."""
    answer = world.post(DECISIONS, sound(), headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_decision_is_told_with_all_that_it_was_made_with_and_can_be_read_again(world: World) -> None:
    made = decide(world)
    names = "id state outcome pd cutoff refer_band points reasons warnings digests notice_id timings"
    assert set(names.split()) <= set(made)
    assert made["digests"]["bundle"] == world.parts.service.decider.digest
    assert set(made["digests"]) == {"bundle", "features", "policy", "wording"}
    read = world.get(f"{DECISIONS}/{made['id']}").json()
    changed = {"timings", "state", "events", "superseded_by"}
    assert {key: value for key, value in read.items() if key not in changed} == {
        key: value for key, value in made.items() if key not in changed
    }


def test_a_table_left_out_is_unknown_and_an_empty_list_is_not(world: World) -> None:
    records = {"application": application()}
    left_out = world.post(DECISIONS, records).json()
    assert (left_out["outcome"], left_out["pd"]) == ("refer", None)
    assert "INSUFFICIENT_INFORMATION" in {rule["code"] for rule in left_out["rules"]}
    assert decide(world)["pd"] is not None


@pytest.mark.parametrize(("asked", "language"), [("fr", "fr"), ("en", "en"), ("de, fr;q=0.5", "fr"), ("", "en")])
def test_sentences_are_in_the_language_that_was_asked_for(world: World, asked: str, language: str) -> None:
    answer = world.post(DECISIONS, {"application": application()}, headers={"Accept-Language": asked})
    assert answer.headers["Content-Language"] == language == answer.json()["language"]
    assert "Accept-Language" in answer.headers["Vary"]
    read = world.get(f"{DECISIONS}/{answer.json()['id']}", headers={"Accept-Language": "fr"})
    assert read.headers["Content-Language"] == "fr"
    assert (read.json()["rules"] == answer.json()["rules"]) == (language == "fr")


def test_the_same_key_and_body_get_the_same_answer_and_one_decision(world: World) -> None:
    headers = {"Idempotency-Key": new_id()}
    first = world.post(DECISIONS, sound(), headers={**headers, "Accept-Language": "fr"})
    rows = world.rows()
    again = world.post(DECISIONS, sound(), headers={**headers, "Accept-Language": "en"})
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert again.headers["Content-Language"] == "fr"
    assert "features" not in again.headers["Server-Timing"]
    assert world.rows() == rows
    other = world.post(DECISIONS, sound(bureau=[]), headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "urn:garant:problem:key-reused")
    foreign = world.post(DECISIONS, sound(), branch="lyon", headers=headers)
    assert foreign.json()["id"] != first.json()["id"]


def test_the_same_request_many_times_at_once_is_one_decision(world: World) -> None:
    headers = {"Idempotency-Key": new_id()}
    before = world.rows()["decisions"]
    gate = threading.Barrier(8)

    def ask(_: int) -> tuple[int, bytes]:
        gate.wait()
        answer = world.post(DECISIONS, sound(), headers=headers)
        return answer.status_code, answer.content if answer.status_code == 201 else answer.json()["type"].encode()

    with ThreadPoolExecutor(8) as threads:
        told = set(threads.map(ask, range(8)))
    assert len([body for status, body in told if status == 201]) == 1
    assert {entry for entry in told if entry[0] != 201} <= {(409, b"urn:garant:problem:in-flight")}
    assert world.rows()["decisions"] == before + 1


def test_what_was_recorded_of_an_erased_person_is_gone(world: World) -> None:
    headers = {"Idempotency-Key": new_id()}
    records = sound(application=application(SK_ID_CURR=4_711))
    made = world.post(DECISIONS, records, headers=headers).json()
    world.parts.store.erase("4711", reason="asked", actor="test")
    for answer in (
        world.post(DECISIONS, records, headers=headers),
        world.get(f"{DECISIONS}/{made['id']}"),
        world.post(f"{DECISIONS}/{made['id']}/contest", {"statement": "Why?"}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (410, "urn:garant:problem:erased")


def test_a_batch_answers_each_item_by_itself(world: World) -> None:
    items = [sound(), {"application": application(AMT_CREDIT=-1), "key": "second"}, {"client": 1}, 7]
    answer = world.post(f"{DECISIONS}/batch", {"items": items})
    assert answer.status_code == 200
    told = answer.json()["items"]
    assert [item["status"] for item in told] == [201, 422, 422, 422]
    assert told[1]["key"] == "second"
    assert told[1]["problem"]["errors"][0]["code"] == "application.AMT_CREDIT.negative"
    assert world.get(f"{DECISIONS}/{told[0]['decision']['id']}").status_code == 200
    for wrong in ({"items": []}, {"items": [sound()] * 1_001}, {"item": []}, []):
        assert world.post(f"{DECISIONS}/batch", wrong).status_code == 422


def test_a_preview_decides_nothing_and_an_explanation_explains(world: World) -> None:
    before = world.rows()
    told = world.post(f"{DECISIONS}/preview", sound()).json()
    assert "id" not in told
    assert told["pd"] is not None
    explained = world.post("/v1/explanations", sound(), headers={"Accept-Language": "fr"})
    assert explained.status_code == 200, explained.text
    assert explained.json()["contributions"]
    after = world.rows()
    assert {name for name in after if after[name] != before[name]} == {"access_events"}
    wrong = world.post(f"{DECISIONS}/preview", {**sound(), "moves": ["grow=younger"]})
    assert (wrong.status_code, wrong.json()["type"]) == (422, "urn:garant:problem:records")


def test_a_decision_is_confirmed_contested_and_reviewed_in_this_order(world: World) -> None:
    made = decide(world)
    path = f"{DECISIONS}/{made['id']}"
    assert made["state"] == "proposed"
    view = {"view": "unsure", "note": "Payslips are missing."}
    review = {"outcome": "accept", "ground": "file", "comment": "Income was proved by three new payslips."}
    assert world.post(f"{path}/review", review, Role.REVIEWER).status_code == 409
    confirmation = {"person": "A. Martin", "outcome": "refuse", "ground": "other", "comment": "Charges are too high."}
    assert world.post(f"{path}/confirm", confirmation).json()["state"] == "final"
    twice = world.post(f"{path}/confirm", confirmation)
    assert (twice.status_code, twice.json()["type"]) == (409, "urn:garant:problem:conflict")
    assert world.post(f"{path}/contest", {"statement": "Not true."}).json()["state"] == "contested"
    early = world.post(f"{path}/review", review, Role.REVIEWER)
    assert (early.status_code, "own view" in early.json()["detail"]) == (409, True)
    blind = world.get(path, Role.REVIEWER).json()
    assert (blind["withheld"], blind["pd"], blind["reasons"], blind["warnings"]) == (True, None, [], [])
    assert world.get(path).json()["pd"] is not None
    assert world.post(f"{path}/view", view, Role.REVIEWER).json()["pd"] is not None
    papers = {"ground": "income", "comment": "The payslips of the last three months."}
    assert world.post(f"{path}/papers", papers, Role.REVIEWER).json()["state"] == "contested"
    reviewed = world.post(f"{path}/review", review, Role.REVIEWER).json()
    assert (reviewed["state"], reviewed["final_outcome"]) == ("reviewed", "accept")
    assert [event["kind"] for event in reviewed["events"]] == [
        "confirmed",
        "contested",
        "viewed",
        "papers_asked",
        "reviewed",
    ]


@pytest.mark.parametrize(
    ("act", "body", "pointers"),
    [
        ("confirm", {}, {"#/person", "#/outcome", "#/ground"}),
        ("confirm", {"person": "x", "outcome": "refer", "ground": "agrees"}, {"#/outcome"}),
        ("confirm", {"person": 7, "outcome": "refuse", "ground": "mood", "comment": "c"}, {"#/person", "#/ground"}),
        ("confirm", {"person": "x" * 201, "outcome": "refuse", "ground": "other", "comment": "c"}, {"#/person"}),
        ("confirm", {"person": "x", "outcome": "refuse", "ground": "other", "comment": "c", "extra": 1}, {"#"}),
        ("contest", {}, {"#/statement"}),
        ("contest", {"statement": " "}, {"#/statement"}),
        ("contest", {"statement": "x" * 5_001}, {"#/statement"}),
        ("contest", {"statement": ["x"]}, {"#/statement"}),
        ("contest", [], {"#"}),
    ],
)
def test_what_people_say_is_held_to_its_form(world: World, act: str, body: Any, pointers: set[str]) -> None:  # noqa: ANN401
    decision = decide(world)["id"]
    answer = world.post(f"{DECISIONS}/{decision}/{act}", body)
    assert answer.status_code == 422, answer.text
    assert {error["pointer"] for error in answer.json()["errors"]} == pointers
    assert world.get(f"{DECISIONS}/{decision}").json()["events"] == []


def test_a_correction_takes_the_place_of_the_decision_that_it_corrects(world: World) -> None:
    made = decide(world)
    body = {"decision": made["id"], "reason": "Typing error.", "changes": {"application": {"AMT_CREDIT": 9_000}}}
    answer = world.post("/v1/corrections", body)
    assert (answer.status_code, answer.json()["supersedes"]) == (201, made["id"])
    old = world.get(f"{DECISIONS}/{made['id']}").json()
    assert old["superseded_by"] == answer.json()["id"]
    assert world.post("/v1/corrections", body).status_code == 409
    unknown = world.post("/v1/corrections", {**body, "decision": new_id()})
    assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:garant:problem:unknown-decision")


def test_the_model_tells_its_card(world: World) -> None:
    answer = world.get("/v1/models/current", Role.RISK, headers={"Accept-Language": "fr"})
    assert answer.status_code == 200
    assert world.parts.service.decider.digest in json.dumps(answer.json())


def test_the_stop_switch_sends_everything_to_a_person_within_five_seconds(new_world: NewWorld) -> None:
    import time

    from garant.decisions.access import Principal

    world = new_world()
    risk = Principal(id="r", role=Role.RISK, owner="paris")
    decide(world)
    world.parts.store.stop(risk, "drift")
    deadline = time.monotonic() + 5
    while "STOPPED" not in json.dumps(decide(world)["rules"]) and time.monotonic() < deadline:
        time.sleep(0.2)
    stopped = decide(world)
    assert stopped["outcome"] == "refer"
    assert any("STOP" in rule["code"] for rule in stopped["rules"])
    ready = world.client.get("/readyz")
    assert (ready.status_code, ready.json()["stopped"]) == (200, True)


def test_a_reviewer_may_be_named_and_a_field_that_nobody_knows_is_named_back(world: World) -> None:
    path = f"{DECISIONS}/{decide(world)['id']}"
    early = {"outcome": "refuse", "ground": "file", "comment": "Looked at all the records again."}
    wrong = world.post(f"{path}/review", early, Role.REVIEWER)
    assert wrong.status_code == 409
    assert wrong.json()["detail"] == (
        "The decision is proposed; only one that is contested, or a proposal that was referred, can be reviewed."
    )

    world.post(f"{path}/contest", {"statement": "I do not agree."})
    unknown = world.post(f"{path}/review", {**early, "mood": "good", "Jean Dupont": 1}, Role.REVIEWER).json()
    assert [each["detail"] for each in unknown["errors"]] == [
        "the field `mood` is none of outcome, ground, comment, person",
        "field number 5 is none of outcome, ground, comment, person",
    ]
    assert unknown["detail"] == "The body breaks rules, which `errors` lists. Nothing was changed."

    world.post(f"{path}/view", {"view": "unsure", "note": "Payslips are missing."}, Role.REVIEWER)
    told = world.post(f"{path}/review", {**early, "person": "B. Durand"}, Role.REVIEWER)
    assert told.status_code == 200, told.text
    content = told.json()["events"][-1]["content"]
    assert {name: content[name] for name in (*early, "person")} == {**early, "person": "B. Durand"}


def test_the_label_says_what_the_pd_is_of(world: World) -> None:
    made = decide(world)
    assert "synthetic" in made["label"]
    assert world.get(f"{DECISIONS}/{made['id']}").json()["label"] == made["label"]
