"""The page of a recorded decision: what it says, what each role may do there, and that nobody else sees it."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest

from dashboard_world import csrf_of
from garant.decisions.access import SCOPES, Role, Scope
from garant.decisions.ids import new_id

if TYPE_CHECKING:
    from dashboard_world import Pages

Submit = Callable[..., httpx.Response]

COMMENT = "Three payslips prove the income."


def test_a_decision_is_told_in_the_words_that_were_recorded(world: "Pages", people: dict[str, int]):
    made = world.decided(people["refuse"])
    judgement = world.parts.store.decision(made).judgement
    assert judgement is not None
    assert judgement.reasons
    for language in ("fr", "en"):
        shown = world.visit().get(f"/{language}/decisions/{made}")
        assert shown.status_code == 200, shown.text
        text = shown.text.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
        for reason in judgement.reasons:
            assert reason.texts[language] in text  # type: ignore[index]
    assert "REFUS PROPOSÉ" in world.visit().get(f"/fr/decisions/{made}").text


def test_every_view_of_a_decision_is_recorded(world: "Pages", people: dict[str, int]):
    made = world.decided(people["accept"])
    before = world.rows()["access_events"]
    world.visit().get(f"/en/decisions/{made}")
    assert world.rows()["access_events"] == before + 1


def test_a_person_confirms_in_their_own_name_and_the_letter_is_offered_then(
    world: "Pages", people: dict[str, int], submit: Submit
):
    path = f"/fr/decisions/{world.decided(people['refuse'])}"
    browser = world.visit()
    assert f"{path}/letter" not in browser.get(path).text
    done = submit(browser, path, f"{path}/confirm", outcome="refuse", ground="agrees", comment="")
    assert (done.status_code, done.headers["location"]) == (303, path)
    shown = browser.get(path).text
    assert f'href="{path}/letter"' in shown
    assert "A. Martin" in shown
    assert "d’accord avec la proposition" in shown
    assert f'action="{path}/confirm"' not in shown


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"outcome": "accept", "ground": "agrees", "comment": COMMENT}, "choisissez un autre motif"),
        ({"outcome": "accept", "ground": "other", "comment": " "}, "Dites pourquoi dans un commentaire"),
        ({"outcome": "refer", "ground": "other", "comment": COMMENT}, "Choisissez d’accorder ou de refuser"),
        ({"ground": "mood", "comment": COMMENT}, "Choisissez un motif dans la liste"),
    ],
)
def test_a_wrong_confirmation_is_told_at_its_field_and_what_was_typed_stays(
    world: "Pages", people: dict[str, int], submit: Submit, fields: dict[str, str], said: str
):
    path = f"/fr/decisions/{world.decided(people['refuse'])}"
    answer = submit(world.visit(), path, f"{path}/confirm", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    # The link to the other language leads to a page that there is.
    assert f'href="/en/{path.removeprefix("/fr/")}" lang="en"' in answer.text
    assert fields["comment"].strip() in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert world.parts.store.decision(path.rpartition("/")[2]).events == ()


def test_what_the_client_says_is_kept_in_lines_and_without_what_nobody_sees(
    world: "Pages", people: dict[str, int], submit: Submit
):
    path = f"/en/decisions/{world.decided(people['refuse'])}"
    submit(world.visit(), path, f"{path}/contest", statement="  I earn\r\nmore\x00\u202e.\x1b[31m <b>")
    (event,) = world.parts.store.decision(path.rpartition("/")[2]).events
    assert event.content["statement"] == "I earn\nmore.[31m <b>"
    assert "more.[31m &lt;b&gt;" in world.visit().get(path).text


def test_who_comes_second_is_told_that_the_decision_is_final(world: "Pages", people: dict[str, int], submit: Submit):
    path = f"/en/decisions/{world.decided(people['refuse'])}"
    fields = {"outcome": "refuse", "ground": "agrees", "comment": ""}
    browser = world.visit()
    token = csrf_of(browser.get(path).text)
    assert submit(browser, path, f"{path}/confirm", **fields).status_code == 303
    again = browser.post(f"{path}/confirm", data={"csrf": token, **fields})
    assert again.status_code == 409


def test_wrong_data_reported_gives_a_new_decision_linked_with_the_old_one(world: "Pages", people: dict[str, int]):
    old = world.decided(people["refuse"])
    path = f"/en/decisions/{old}/correction"
    browser = world.visit()
    assert f'href="{path}"' in browser.get(f"/en/decisions/{old}").text
    asked = browser.get(path).text
    key = re.search(r'name="key" value="([^"]+)"', asked)
    assert key
    fields = {
        "csrf": csrf_of(asked),
        "key": key[1],
        "column0": "AMT_INCOME_TOTAL",
        "value0": "250,000.50",
        "reason": "The payslip\r\nsays so.",
    }
    done = browser.post(path, data=fields)
    assert done.status_code == 303, done.text
    new = done.headers["location"].rpartition("/")[2]
    assert f'href="/en/decisions/{new}"' in browser.get(f"/en/decisions/{old}").text
    assert f'href="/en/decisions/{old}"' in browser.get(f"/en/decisions/{new}").text
    judgement = world.parts.store.decision(new).judgement
    assert judgement is not None
    assert json.loads(judgement.raw)["application"]["AMT_INCOME_TOTAL"] == 250_000.5
    # Sent twice, it is one correction.
    assert browser.post(path, data=fields).headers["location"] == done.headers["location"]
    assert browser.get(path).status_code == 409


def test_a_day_is_counted_from_the_day_of_the_application_where_that_is_recorded(
    world: "Pages", people: dict[str, int], submit: Submit
):
    fields = {"column0": "DAYS_EMPLOYED", "value0": "31/01/2019", "reason": "Contrat de travail"}
    judgement = world.parts.store.decision(world.decided(people["refuse"])).judgement
    assert judgement is not None
    body = json.loads(judgement.raw)
    for applied_on, expected in (("2026-01-31", -2_557), (None, None)):
        records = body | {"application": body["application"] | {"APPLICATION_DATE": applied_on}}
        sent = world.post("/v1/decisions", records, headers={"Idempotency-Key": new_id()})
        path = f"/fr/decisions/{sent.json()['id']}/correction"
        applied = re.search(r'name="applied" value="([^"]*)"', world.visit().get(path).text)
        assert applied
        done = submit(world.visit(), path, path, **fields, applied=applied[1])
        if expected is None:
            assert done.status_code == 422
            assert "Écrivez un nombre" in done.text
            continue
        assert done.status_code == 303, done.text
        new = world.parts.store.decision(done.headers["location"].rpartition("/")[2]).judgement
        assert new is not None
        assert json.loads(new.raw)["application"]["DAYS_EMPLOYED"] == expected


def test_a_value_is_taken_by_the_words_of_the_page_and_the_new_decision_says_what_changed(
    world: "Pages", people: dict[str, int], submit: Submit
):
    old = world.decided(people["refuse"])
    asked = {each.name: each for each in world.parts.service.decider.asked.asked}["NAME_EDUCATION_TYPE"]
    before = world.parts.store.decision(old).judgement
    assert before is not None
    was = json.loads(before.raw)["application"]["NAME_EDUCATION_TYPE"]
    level = next(level for level in asked.levels if level != was)
    words = world.parts.service.decider.words("fr")
    path = f"/fr/decisions/{old}/correction"
    said = words.level("NAME_EDUCATION_TYPE", level)
    done = submit(world.visit(), path, path, column0="NAME_EDUCATION_TYPE", value0=said, reason="Diplôme")
    assert done.status_code == 303, done.text
    new = world.parts.store.decision(done.headers["location"].rpartition("/")[2]).judgement
    assert new is not None
    assert json.loads(new.raw)["application"]["NAME_EDUCATION_TYPE"] == level
    shown = world.visit().get(done.headers["location"]).text
    table = shown[shown.index("Ce qui a été corrigé") :]
    assert words.level("NAME_EDUCATION_TYPE", was) in table
    assert said in table


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "au moins une donnée fausse"),
        ({"value0": "12"}, "ce que cette valeur désigne"),
        ({"column0": "AMT_CREDIT", "value0": "a lot"}, "Écrivez un nombre"),
        ({"column0": "NAME_EDUCATION_TYPE", "value0": "études"}, "aucune des valeurs possibles"),
        ({"column0": "AMT_CREDIT", "value0": "12.000"}, "Écrivez un nombre"),
        ({"column0": "AMT_CREDIT", "value0": "-5"}, 'id="value0-wrong"'),
        ({"column0": "AMT_CREDIT", "value0": ""}, "cochez qu’elle n’est pas connue"),
        ({"column0": "AMT_CREDIT", "value0": "5", "unknown0": "yes"}, "cochez qu’elle n’est pas connue"),
        ({"unknown0": "yes"}, "ce que cette valeur désigne"),
        ({"column0": "SK_ID_CURR", "value0": "7"}, "ne peut pas être modifiée"),
        ({"column0": "AMT_CREDIT", "value0": "1", "column1": "AMT_CREDIT", "value1": "2"}, "choisie deux fois"),
        ({"column0": "NO_SUCH_COLUMN", "value0": "7"}, "page.correction"),
        ({"column0": "AMT_CREDIT", "value0": "9000", "reason": " "}, "D’où vous le savez"),
    ],
)
def test_a_wrong_correction_is_told_and_changes_nothing(
    world: "Pages", people: dict[str, int], submit: Submit, fields: dict[str, str], said: str
):
    old = world.decided(people["refuse"])
    path = f"/fr/decisions/{old}/correction"
    before = world.rows()["decisions"]
    answer = submit(world.visit(), path, path, **{"reason": "Bulletin de paie", **fields})
    assert answer.status_code == 422
    assert f'href="/en/decisions/{old}/correction" lang="en"' in answer.text
    assert (said in answer.text) == (said != "page.correction")
    assert all(f'value="{value}"' in answer.text for field, value in fields.items() if field.startswith("value"))
    assert world.rows()["decisions"] == before


NEEDS = {
    ("get", "decisions/{id}"): Scope.READ,
    ("get", "decisions/{id}/correction"): Scope.CORRECT,
    ("post", "decisions/{id}/confirm"): Scope.CONFIRM,
    ("post", "decisions/{id}/contest"): Scope.CONTEST,
    ("post", "decisions/{id}/correction"): Scope.CORRECT,
    ("get", "reviews"): Scope.READ,
    ("get", "reviews/figures"): Scope.FIGURES,
    ("get", "reviews/{id}"): Scope.REVIEW,
    ("post", "reviews/{id}/view"): Scope.REVIEW,
    ("post", "reviews/{id}/papers"): Scope.REVIEW,
    ("post", "reviews/{id}/decide"): Scope.REVIEW,
}
"""The permission that each page asks for, written down a second time."""

SOUND = {
    "confirm": {"outcome": "refuse", "ground": "other", "comment": COMMENT},
    "contest": {"statement": "No."},
    "correction": {"column0": "AMT_CREDIT", "value0": "9000", "reason": "Papers."},
    "view": {"view": "unsure", "note": "Payslips are missing."},
    "papers": {"ground": "income", "comment": "The payslips of three months."},
    "decide": {"outcome": "accept", "ground": "file", "comment": COMMENT},
}


@pytest.mark.parametrize("branch", ["paris", "lyon"])
@pytest.mark.parametrize("role", list(Role))
def test_nobody_sees_or_does_what_the_role_and_the_branch_do_not_allow(
    world: "Pages", people: dict[str, int], role: Role, branch: str
):
    browser = world.visit(role, branch, "C. Roux")
    token = _token(browser, role)
    may_see = branch == "paris" or Scope.READ_ALL in SCOPES[role]
    for (method, route), scope in NEEDS.items():
        made = world.decided(people["refer"])
        path = f"/en/{route.replace('{id}', made)}"
        fields = {"csrf": token, **SOUND.get(path.rpartition("/")[2], {})}
        answer = browser.get(path) if method == "get" else browser.post(path, data=fields)
        if scope not in SCOPES[role]:
            assert answer.status_code == 403, path
        elif "{id}" in route and not may_see:
            assert answer.status_code == 404, path
        else:
            assert answer.status_code in {200, 303, 409}, (path, answer.text)
        if answer.status_code in {403, 404}:
            assert "<h2>" not in answer.text
            assert world.parts.store.decision(made).events == ()


def _token(browser: httpx.Client, role: Role) -> str:
    path = "/en/reviews" if Scope.READ in SCOPES[role] else "/en/nothing"
    return csrf_of(browser.get(path).text)


@pytest.mark.parametrize("id_", ["nothing", "01900000-0000-7000-8000-000000000000", "%00", "..%2f"])
def test_what_is_no_decision_is_not_found(world: "Pages", id_: str):
    for route in ("decisions/{}", "decisions/{}/correction"):
        assert world.visit().get(f"/en/{route.format(id_)}").status_code == 404
    assert world.visit(Role.REVIEWER).get(f"/en/reviews/{id_}").status_code == 404


def test_a_form_without_the_secret_of_the_session_decides_nothing(world: "Pages", people: dict[str, int]):
    made = world.decided(people["refer"])
    for act, role in (("decisions/{}/confirm", Role.ADVISER), ("reviews/{}/view", Role.REVIEWER)):
        fields = SOUND[act.rpartition("/")[2]]
        assert world.visit(role).post(f"/en/{act.format(made)}", data=fields).status_code == 403
    assert world.parts.store.decision(made).events == ()


def test_of_an_erased_person_nothing_is_shown(world: "Pages", people: dict[str, int]):
    made = world.decided(people["accept"])
    judgement = world.parts.store.decision(made).judgement
    assert judgement is not None
    records = json.loads(judgement.raw)
    records["application"]["subject_ref"] = "to-be-erased"
    sent = world.post("/v1/decisions", records, headers={"Idempotency-Key": new_id()}).json()["id"]
    world.parts.store.erase("to-be-erased", reason="asked", actor="test")
    assert world.visit().get(f"/en/decisions/{sent}").status_code == 410
