"""A new application from the empty form to its decision, and everything that can go wrong on the way."""

import base64
import json
import re
import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import BrowserContext, Page

from form_reading import ShownForm
from garant.dashboard.child_records import MOST_BYTES, unpacked
from garant.decisions.access import Principal, Role
from garant.policy.policy import load_policy
from garant.runs.deciding.decider import Decider
from garant.tables.columns import DAYS_SENTINEL, Kind
from garant.wording.catalogue import Wording

if TYPE_CHECKING:
    from dashboard_world import NewPages, Pages
    from garant.runs.deciding.sorted_clients import SortedClients

PAGE = "applications/new"
APPLIED = date(2026, 11, 2)
LANGUAGES = ("fr", "en")

Records = Mapping[str, Any]
AllRecords = dict[str, dict[str, Any]]


def raw_of(decider: Decider, clients: "SortedClients", client: int) -> dict[str, Any]:
    """Raw records of a client of the store, as JSON has them."""
    found: dict[str, Any] = json.loads(decider.reader.of_accepted(clients.rows(client)).raw)
    return found


def typed(decider: Decider, application: Records, language: str) -> dict[str, str]:
    """What somebody types to say what these raw cells say."""
    words = Wording(language)
    found = {"application.APPLICATION_DATE": f"{APPLIED:%d/%m/%Y}"}
    for each in decider.asked.asked:
        value, name, kind = application.get(each.name), f"application.{each.name}", each.column.kind
        if value is None or each.name == "APPLICATION_DATE":
            continue
        if kind is Kind.DAYS and value == DAYS_SENTINEL:
            found[f"{name}.none"] = "1"
        elif kind is Kind.DAYS:
            found[name] = f"{APPLIED + timedelta(days=value):%d/%m/%Y}"
        elif kind is Kind.MONEY:
            found[name] = words.number(value, decimals=3)
        elif isinstance(value, float):
            found[name] = repr(value).replace(".", "," if language == "fr" else ".")
        else:
            found[name] = str(value)
    return found


def shown(browser: httpx.Client, language: str = "en") -> ShownForm:
    """The empty form."""
    answer = browser.get(f"/{language}/{PAGE}")
    assert answer.status_code == 200
    return ShownForm.of(answer.text, PAGE)


def sent(
    browser: httpx.Client,
    fields: Mapping[str, str],
    language: str = "en",
    file: bytes | None = None,
    step: str = "preview",
) -> httpx.Response:
    """Fill the empty form in and send it."""
    files = {"file": ("" if file is None else "records.json", file or b"")}
    return browser.post(
        f"/{language}/{PAGE}", data={**shown(browser, language).values, **fields, "step": step}, files=files
    )


def submitted(browser: httpx.Client, preview: httpx.Response, **fields: str) -> httpx.Response:
    """Press the button under a preview."""
    assert preview.status_code == 200, problems(preview)
    form = ShownForm.of(preview.text, PAGE)
    data = {**form.values, "notice_shown": "1", "step": "submit", **fields}
    return browser.post(preview.url.path, data=data)


def problems(answer: httpx.Response) -> str:
    """What a page says that is wrong."""
    start = answer.text.find('class="problem summary"')
    return answer.text[start : answer.text.find("</section>", start)] if start >= 0 else answer.text


def decision(world: "Pages", answer: httpx.Response) -> dict[str, Any]:
    """Recorded decision that a submitted form leads to."""
    assert answer.status_code == 303, problems(answer)
    found = world.get(f"/v1/decisions/{answer.headers['location'].rpartition('/')[2]}")
    assert found.status_code == 200
    body: dict[str, Any] = found.json()
    return body


@pytest.fixture(scope="module")
def browser(world: "Pages") -> httpx.Client:
    """An adviser."""
    return world.visit(Role.ADVISER)


@pytest.fixture(scope="module")
def records(decider: Decider, clients: "SortedClients", people: dict[str, int]) -> AllRecords:
    """Raw records of a person of each outcome."""
    return {outcome: raw_of(decider, clients, client) for outcome, client in people.items()}


@pytest.fixture(scope="module")
def good(decider: Decider, records: AllRecords) -> dict[str, str]:
    """English form of somebody who is good, without their records."""
    return typed(decider, records["accept"]["application"], "en")


def children(raw: Records) -> bytes:
    """File with everything but the application."""
    return json.dumps({name: rows for name, rows in raw.items() if name != "application"}).encode()


# -------------------------------------------------------------------- the road


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("outcome", ["accept", "refer", "refuse"])
def test_the_form_decides_as_the_api_does(
    world: "Pages",
    browser: httpx.Client,
    decider: Decider,
    records: AllRecords,
    language: str,
    outcome: str,
):
    raw = records[outcome]
    asked = world.post("/v1/decisions/preview", raw).json()
    form = typed(decider, raw["application"], language)
    preview = sent(browser, form, language, children(raw))
    assert preview.status_code == 200, problems(preview)
    assert Wording(language).text(f"page.banner.proposed.{outcome}") in preview.text
    done = submitted(browser, preview)
    assert done.headers["location"].startswith(f"/{language}/decisions/")
    found = decision(world, done)
    assert found["pd"] == pytest.approx(asked["pd"], abs=1e-12)
    assert (found["outcome"], found["state"], found["owner"]) == (outcome, "proposed", "paris")
    assert [reason["code"] for reason in found["reasons"]] == [reason["code"] for reason in asked["reasons"]]
    assert found["notice_id"] == "notice-v1"


def test_the_raw_record_that_is_recorded_is_the_one_that_was_typed(
    world: "Pages", browser: httpx.Client, decider: Decider, records: AllRecords
):
    raw = records["refuse"]
    preview = sent(browser, typed(decider, raw["application"], "fr"), "fr", children(raw))
    body = decision(world, submitted(browser, preview))
    kept = world.parts.store.decision(body["id"])
    assert kept.judgement is not None
    said = json.loads(kept.judgement.raw)
    assert said["application"]["APPLICATION_DATE"] == APPLIED.isoformat()
    for each in decider.asked.asked:
        if each.name != "APPLICATION_DATE":
            assert said["application"].get(each.name) == raw["application"].get(each.name), each.name
    assert {name: rows for name, rows in said.items() if name != "application"} == {
        name: rows for name, rows in raw.items() if name != "application"
    }


def test_records_of_the_store_are_those_of_the_application_number(
    world: "Pages", browser: httpx.Client, decider: Decider, records: AllRecords
):
    raw = records["refer"]
    asked = world.post("/v1/decisions/preview", raw).json()
    preview = sent(browser, {**typed(decider, raw["application"], "en"), "source": "store"})
    assert decision(world, submitted(browser, preview))["pd"] == pytest.approx(asked["pd"], abs=1e-12)
    unknown = sent(
        browser, {**typed(decider, raw["application"], "en"), "source": "store", "application.SK_ID_CURR": "7"}
    )
    assert unknown.status_code == 422
    assert "The lender has no records under this application number" in unknown.text


def test_a_form_that_is_sent_twice_makes_one_decision(world: "Pages", browser: httpx.Client, good: dict[str, str]):
    preview = sent(browser, good)
    before = world.rows()["decisions"]
    first, second = submitted(browser, preview), submitted(browser, preview)
    assert first.headers["location"] == second.headers["location"]
    assert world.rows()["decisions"] == before + 1
    again = submitted(browser, sent(browser, good))
    assert again.headers["location"] != first.headers["location"]


def test_a_preview_records_that_somebody_looked_and_nothing_else(
    world: "Pages", browser: httpx.Client, good: dict[str, str]
):
    before = world.rows()
    assert sent(browser, good).status_code == 200
    after = world.rows()
    assert {name: after[name] - n for name, n in before.items() if after[name] != n} == {"access_events": 1}


def test_the_notice_stands_before_the_button_and_must_have_been_given(
    world: "Pages", browser: httpx.Client, good: dict[str, str]
):
    preview = sent(browser, good)
    text = Wording("en").text("notice.v1.title")
    assert 0 < preview.text.index(text) < preview.text.index('value="submit"')
    before = world.rows()["decisions"]
    form = ShownForm.of(preview.text, PAGE)
    refused = browser.post(f"/en/{PAGE}", data={**form.values, "step": "submit"})
    assert refused.status_code == 422
    assert 'id="notice_shown-problem"' in refused.text
    assert submitted(browser, preview, notice_id="notice-v0").status_code == 422
    assert world.rows()["decisions"] == before


def test_what_was_typed_comes_back_to_be_changed(browser: httpx.Client, good: dict[str, str]):
    file = b'{"bureau": [], "bureau_balance": []}'
    preview = sent(browser, good, file=file)
    form = ShownForm.of(preview.text, PAGE)
    back = browser.post(f"/en/{PAGE}", data={**form.values, "step": "edit"})
    again = ShownForm.of(back.text, PAGE).values
    assert {name: again.get(name) for name in good} == good
    assert "Chosen: records.json" in back.text
    once_more = browser.post(f"/en/{PAGE}", data={**again, "step": "preview"})
    assert once_more.status_code == 200


# -------------------------------------------------------------------- what is asked


def test_nothing_is_asked_that_the_model_does_not_use(browser: httpx.Client, decider: Decider):
    form = shown(browser)
    assert decider.content.profile == "eu"
    for column in ("CODE_GENDER", "CNT_CHILDREN", "NAME_FAMILY_STATUS", "CNT_FAM_MEMBERS", "NAME_TYPE_SUITE", "TARGET"):
        assert f"application.{column}" not in form.names
    assert "Maternity leave" not in form.options["application.NAME_INCOME_TYPE"]
    assert "Religion" not in form.options.get("application.ORGANIZATION_TYPE", [])
    needed = {name for name, each in decider.asked.by_name.items() if each.required}
    assert needed >= {"SK_ID_CURR", "NAME_CONTRACT_TYPE", "AMT_CREDIT", "AMT_ANNUITY", "AMT_INCOME_TOTAL", "DAYS_BIRTH"}
    assert needed <= {name.partition(".")[2] for name in form.names}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADVISER])
def test_only_who_may_decide_sees_the_form(world: "Pages", role: Role):
    browser = world.visit(role)
    assert browser.get(f"/en/{PAGE}").status_code == 403
    assert browser.post(f"/en/{PAGE}", data={"step": "preview"}).status_code == 403


def test_every_field_has_a_label_and_a_description_that_exist(browser: httpx.Client):
    for language in LANGUAGES:
        form = ShownForm.of(sent(browser, {"application.AMT_CREDIT": "x"}, language).text, PAGE)
        for id_, attributes in form.attributes.items():
            if attributes.get("type") != "hidden":
                assert id_ in form.labelled, id_
            assert set(attributes.get("aria-describedby", "").split()) <= form.ids


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_unknown_goes_to_a_person_and_the_page_says_so(
    world: "Pages", browser: httpx.Client, decider: Decider, records: AllRecords, language: str
):
    form = typed(decider, records["accept"]["application"], language)
    unknown = sent(browser, form, language)
    words = Wording(language)
    assert words.text("page.banner.proposed.refer") in unknown.text
    assert words.text("page.apply.unknown") in unknown.text
    none = {f"no_rows.{name}": "1" for name in decider.reader.names[1:]}
    known = sent(browser, {**form, **none}, language)
    assert known.status_code == 200
    assert words.text("page.apply.unknown") not in known.text
    body = {"application": records["accept"]["application"], **{name: [] for name in decider.reader.names[1:]}}
    asked = world.post("/v1/decisions/preview", body).json()
    assert decision(world, submitted(browser, known))["pd"] == pytest.approx(asked["pd"], abs=1e-12)


# -------------------------------------------------------------------- what is wrong, at its field

WRONG = [
    ("application.SK_ID_CURR", "", "json.missing"),
    ("application.SK_ID_CURR", "0", "id"),
    ("application.SK_ID_CURR", "12.5", "id"),
    ("application.SK_ID_CURR", "007", "id"),
    ("application.SK_ID_CURR", "9" * 19, "id"),
    ("application.APPLICATION_DATE", "", "json.missing"),
    ("application.APPLICATION_DATE", "31/02/2026", "form.day"),
    ("application.APPLICATION_DATE", "01/01/2999", "future"),
    ("application.NAME_CONTRACT_TYPE", "", "json.missing"),
    ("application.NAME_CONTRACT_TYPE", "Mortgage", "level"),
    ("application.AMT_CREDIT", "12.000", "form.ambiguous"),
    ("application.AMT_CREDIT", "much", "form.number"),
    ("application.AMT_CREDIT", "-1", "negative"),
    ("application.AMT_CREDIT", "0.1234", "precision"),
    ("application.AMT_CREDIT", "12345678901234567890", "range"),
    ("application.AMT_CREDIT", "123456789012", "range"),
    ("application.DAYS_BIRTH", "", "json.missing"),
    ("application.DAYS_BIRTH", "1990", "form.day"),
    ("application.DAYS_BIRTH", "01/01/2020", "age"),
    ("application.DAYS_BIRTH", "01/01/1890", "age"),
    ("application.DAYS_EMPLOYED", "03/11/2026", "future"),
    ("application.DAYS_EMPLOYED", "01/01/1001", "range"),
    ("application.NAME_INCOME_TYPE", "Maternity leave", "level"),
    ("application.FLAG_EMAIL", "2", "type"),
    ("application.OWN_CAR_AGE", "2.5", "whole"),
    ("application.OWN_CAR_AGE", "-1", "negative"),
    ("application.EXT_SOURCE_2", "high", "form.number"),
    ("application.subject_ref", "x" * 1001, "json.long_text"),
    ("application.subject_ref", "a\u202eb", "json.bidi"),
    ("application.subject_ref", "a\x07b", "json.control_character"),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "text", "code"), WRONG, ids=[f"{i}-{n.partition('.')[2]}-{c}" for i, (n, _, c) in enumerate(WRONG)]
)
def test_a_problem_is_told_at_its_field_and_what_was_typed_stays(
    world: "Pages",
    browser: httpx.Client,
    decider: Decider,
    records: AllRecords,
    language: str,
    name: str,
    text: str,
    code: str,
):
    if name.partition(".")[2] not in decider.asked.by_name:
        pytest.skip("this model does not ask it")
    form = typed(decider, records["accept"]["application"], language) | {name: text}
    if name == "application.DAYS_EMPLOYED":
        form.pop(f"{name}.none", None)
    if language == "fr" and "." in text and code in {"precision", "whole"}:
        form[name] = text.replace(".", ",")
    before = world.rows()
    answer = sent(browser, form, language)
    assert answer.status_code == 422
    found = ShownForm.of(answer.text, PAGE)
    id_ = name.replace(".", "-")
    assert found.attributes[id_]["aria-invalid"] == "true"
    assert f"{id_}-problem" in found.attributes[id_]["aria-describedby"]
    sentence = Wording(language).text(f"page.rule.{code}")
    summary = problems(answer)
    assert f'href="#{id_}"' in summary
    assert sentence in httpx.Response(200, text=summary).text.replace("&#39;", "'")
    assert [each for each, at in found.attributes.items() if "aria-invalid" in at] == [id_]
    kept = {each: found.values.get(each, "") for each in form if each in found.names}
    # No page offers to choose what it does not know.
    if code not in {"level", "type"}:
        assert kept == {each: value for each, value in form.items() if each in found.names}
    assert world.rows() == before


def test_several_problems_are_told_together(browser: httpx.Client, good: dict[str, str]):
    wrong = {"application.AMT_CREDIT": "12.000", "application.AMT_ANNUITY": "-5", "application.DAYS_BIRTH": ""}
    answer = sent(browser, good | wrong)
    assert "3 fields need your attention" in answer.text
    assert all(f'href="#{name.replace(".", "-")}"' in problems(answer) for name in wrong)


def test_a_job_and_no_job_contradict(browser: httpx.Client, good: dict[str, str]):
    both = good | {"application.DAYS_EMPLOYED": "01/02/2020", "application.DAYS_EMPLOYED.none": "1"}
    answer = sent(browser, both)
    assert answer.status_code == 422
    assert "A date and “no job” at once" in answer.text


def test_days_without_the_day_of_the_application_are_not_told_to_be_wrong(browser: httpx.Client, good: dict[str, str]):
    answer = sent(browser, good | {"application.APPLICATION_DATE": "soon"})
    assert "1 field needs your attention" in answer.text


# -------------------------------------------------------------------- files


def file_problem(answer: httpx.Response) -> str:
    """What stands at the field of the file."""
    assert answer.status_code == 422, answer.text[:200]
    start = answer.text.index('id="file-problem"')
    return answer.text[start : answer.text.index("</div>", start)]


BUREAU = {
    "SK_ID_BUREAU": 1,
    "CREDIT_ACTIVE": "Active",
    "DAYS_CREDIT": -300,
    "AMT_CREDIT_SUM": 1,
    "AMT_CREDIT_SUM_DEBT": 0,
}

FILES = [
    (b"", "Choose a file"),
    (b"%PDF-1.7", "It is no JSON"),
    (b'{"bureau": [', "It is no JSON"),
    (b"\xef\xbb\xbf{}", "byte order mark"),
    (b'{"bureau": "\xff"}', "UTF-8"),
    (b"[]", "Fields with names"),
    (b'{"bureau": [' + b" " * 262_144 + b"]}", "more than 256 kB"),
    (b'{"bureau": {}}', "bureau: A list of rows"),
    (b'{"loans": []}', "loans: There is no table of this name"),
    (b'{"external_checks": {}}', "no table of this name"),
    (b'{"client": 5}', "no table of this name"),
    (b'{"moves": []}', "no table of this name"),
    (b'{"application": {"SK_ID_CURR": 5}}', "about another application"),
    (
        json.dumps({"bureau": [BUREAU | {"SK_ID_CURR": 5}]}).encode(),
        "bureau, row 1, SK_ID_CURR: This is about another person",
    ),
    (json.dumps({"bureau": [BUREAU | {"COLOUR": 5}]}).encode(), "bureau, row 1, COLOUR: The table has no column"),
    (
        json.dumps({"bureau": [BUREAU, BUREAU | {"DAYS_CREDIT": 3, "SK_ID_BUREAU": 2}]}).encode(),
        "bureau, row 2, DAYS_CREDIT",
    ),
    (b'{"bureau": [{"SK_ID_BUREAU": NaN}]}', "NaN and infinities"),
    (b'{"bureau": [], "bureau": []}', "comes twice"),
    (b'{"bureau_balance": [{"SK_ID_BUREAU": 3, "MONTHS_BALANCE": -1, "STATUS": "C"}]}', "belongs to no row"),
    (b'{"bureau": [' + b"[" * 50 + b"]" * 50 + b"]}", "Too many lists"),
    (b'{"<script>": []}', "&lt;script&gt;: There is no table"),
]


@pytest.mark.parametrize(("content", "said"), FILES, ids=[f"{i}-{said}" for i, (_, said) in enumerate(FILES)])
def test_a_wrong_file_is_told_at_its_field(
    world: "Pages", browser: httpx.Client, good: dict[str, str], content: bytes, said: str
):
    before = world.rows()["decisions"]
    answer = sent(browser, {**good, "source": "file"}, file=content)
    assert said in file_problem(answer)
    assert 'name="packed"' not in answer.text
    form = ShownForm.of(answer.text, PAGE)
    assert form.values["application.AMT_CREDIT"] == good["application.AMT_CREDIT"]
    assert world.rows()["decisions"] == before


def test_a_file_beyond_what_a_form_may_hold_is_refused_as_a_whole(browser: httpx.Client, good: dict[str, str]):
    assert sent(browser, good, file=b" " * 600_000).status_code == 413


def test_a_file_with_very_many_problems_is_told_in_ten_lines(browser: httpx.Client, good: dict[str, str]):
    file = json.dumps({"bureau": [BUREAU | {"SK_ID_BUREAU": -n} for n in range(60)]}).encode()
    said = file_problem(sent(browser, good, file=file))
    assert said.count("<p>") == 11
    assert "and 50 more" in said


def test_a_file_stays_chosen_while_something_else_is_mended(
    world: "Pages", browser: httpx.Client, good: dict[str, str], records: AllRecords
):
    answer = sent(browser, good | {"application.AMT_CREDIT": "?"}, file=children(records["accept"]))
    form = ShownForm.of(answer.text, PAGE).values | {"application.AMT_CREDIT": good["application.AMT_CREDIT"]}
    preview = browser.post(f"/en/{PAGE}", data={**form, "step": "preview"})
    assert decision(world, submitted(browser, preview))["outcome"] == "accept"


@pytest.mark.parametrize("packed", ["", "x", "é", "eJw=", "AAAA"])
def test_a_changed_packed_file_is_a_wrong_file(browser: httpx.Client, good: dict[str, str], packed: str):
    assert sent(browser, {**good, "source": "file", "packed": packed}).status_code == 422


def test_a_packed_file_is_not_blown_up_beyond_the_limit(browser: httpx.Client, good: dict[str, str]):
    bomb = base64.b64encode(zlib.compress(b" " * 50_000_000)).decode()
    answer = sent(browser, {**good, "source": "file", "packed": bomb})
    assert "more than 256 kB" in file_problem(answer)


def test_no_such_records_and_records_contradict(browser: httpx.Client, good: dict[str, str], records: AllRecords):
    table = next(name for name, rows in records["accept"].items() if name != "application" and rows)
    answer = sent(browser, {**good, f"no_rows.{table}": "1"}, file=children(records["accept"]))
    assert answer.status_code == 422
    assert f'id="no_rows-{table}-problem"' in answer.text
    both = sent(browser, {**good, "source": "store"}, file=b"{}")
    assert both.status_code == 422
    assert "choose one of them" in both.text


# -------------------------------------------------------------------- external checks


def test_a_check_that_was_made_travels_with_the_application(
    world: "Pages", browser: httpx.Client, good: dict[str, str], records: AllRecords
):
    today = datetime.now(UTC).date()
    check = {"date": f"{today:%d/%m/%Y}", "result": "listed", "reference": "A-17"}
    fields = {f"check.national_register.{part}": text for part, text in check.items()}
    preview = sent(browser, good | fields, file=children(records["accept"]))
    found = decision(world, submitted(browser, preview))
    assert found["outcome"] == "refer"
    assert [rule["code"] for rule in found["rules"]] == ["EXTERNAL_CHECK_LISTED"]


@pytest.mark.parametrize(
    ("part", "text", "code"),
    [
        ("date", "yesterday", "form.day"),
        ("date", "", "check.date"),
        ("result", "", "check.result"),
        ("result", "fine", "check.result"),
        ("reference", "x" * 201, "check.reference"),
    ],
    ids=["date", "no date", "no result", "result", "reference"],
)
def test_a_wrong_check_is_told_at_its_field(
    browser: httpx.Client, good: dict[str, str], part: str, text: str, code: str
):
    check = {"date": "01/11/2026", "result": "clear", "reference": "A-17", part: text}
    fields = {f"check.national_register.{name}": value for name, value in check.items()}
    answer = sent(browser, good | fields)
    assert answer.status_code == 422
    form = ShownForm.of(answer.text, PAGE)
    assert [each for each, at in form.attributes.items() if "aria-invalid" in at] == [f"check-national_register-{part}"]
    assert Wording("en").text(f"page.rule.{code}") in answer.text


def test_unpacking_ends_at_the_limit():
    bomb = base64.b64encode(zlib.compress(b"0" * 50_000_000)).decode()
    assert len(unpacked(bomb)) == MOST_BYTES + 1


# -------------------------------------------------------------------- in a browser

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def require_readable(page: Page):
    """No fault that axe sees, nothing wider than a small screen."""
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(WIDE) <= 0
        found = Axe().run(page, options=RULES).response["violations"]
        assert not [(each["id"], [node["target"] for node in each["nodes"]][:5]) for each in found]


def test_by_keyboard_from_a_problem_to_the_decision(
    window: BrowserContext, world: "Pages", browser: httpx.Client, decider: Decider, records: AllRecords
):
    for name, value in browser.cookies.items():
        window.add_cookies([{"name": name, "value": value, "url": str(world.client.base_url)}])
    page = window.new_page()
    form = typed(decider, records["accept"]["application"], "fr")
    page.goto(f"/fr/{PAGE}")
    assert not page.locator("details[open]").count()
    for name in ("SK_ID_CURR", "NAME_CONTRACT_TYPE", "AMT_CREDIT", "AMT_ANNUITY", "AMT_INCOME_TOTAL", "DAYS_BIRTH"):
        field = page.locator(f'[name="application.{name}"]')
        text = "12.000" if name == "AMT_CREDIT" else form[f"application.{name}"]
        if name == "NAME_CONTRACT_TYPE":
            field.select_option(text)
        else:
            field.focus()
            page.keyboard.insert_text(text)
    page.locator('[name="application.DAYS_EMPLOYED.none"]').focus()
    page.keyboard.press("Space")
    page.locator("button[value=preview]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".summary")
    require_readable(page)
    page.locator(".summary a").focus()
    page.keyboard.press("Enter")
    amount = page.locator('[name="application.AMT_CREDIT"]')
    assert amount.evaluate("field => document.activeElement === field")
    amount.fill("12 000,50")
    page.keyboard.press("Enter")
    page.wait_for_selector("#notice_shown")
    require_readable(page)
    assert "12 000,50" in re.sub(r"\s", " ", page.locator("main").inner_text())
    page.locator("#notice_shown").focus()
    page.keyboard.press("Space")
    page.locator("button[value=submit]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/fr/decisions/[0-9a-f-]{36}$"))
    page.close()


# -------------------------------------------------------------------- whatever is sent

ODD = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "-0",
            "1e400",
            "0x1",
            "NaN",
            "inf",
            "365243",
            "31/12/9999",
            "0001-01-01",
            "9" * 30,
            "1,1",
            "\ud800",
            "\x00",
            "Y",
        ]
    ),
    st.integers().map(str),
    st.dates().map(lambda when: f"{when:%d/%m/%Y}"),
    st.floats(allow_nan=False).map(str),
)


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_odd_texts_are_told_or_judged_and_never_an_error(
    browser: httpx.Client, good: dict[str, str], decider: Decider, data: st.DataObject
):
    language = data.draw(st.sampled_from(LANGUAGES))
    names = [f"application.{name}" for name in decider.asked.by_name]
    names += [f"check.national_register.{part}" for part in ("date", "result", "reference")]
    names += ["source", "packed", "file_name", "notice_id", "key", "step", "application.DAYS_EMPLOYED.none", "other"]
    odd = data.draw(st.dictionaries(st.sampled_from(names), ODD, min_size=1, max_size=4))
    fields = {**shown(browser, language).values, **good, "step": "preview", **odd}
    # Half characters go as they are, as from a program that cares for nothing.
    texts = {name: text.encode("utf-8", "surrogatepass") for name, text in fields.items()}
    answer = browser.post(
        f"/{language}/{PAGE}",
        content=urlencode(texts).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code in {200, 422}, (answer.status_code, odd)
    if answer.status_code == 200 and 'value="submit"' in answer.text:
        # It was judged: then it is a sound record, which the service takes as it is.
        assert "aria-invalid" not in answer.text
    else:
        assert Wording(language).text("page.banner.proposed.accept") not in answer.text


LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5))
NAMES = st.sampled_from(
    ["application", "bureau", "bureau_balance", "client", "moves", "SK_ID_CURR", "SK_ID_BUREAU", "x"]
)
TREES = st.recursive(
    LEAVES, lambda each: st.lists(each, max_size=3) | st.dictionaries(NAMES, each, max_size=4), max_leaves=8
)


@given(content=st.one_of(st.binary(max_size=200), TREES.map(lambda tree: json.dumps(tree).encode())))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_odd_files_are_told_or_judged_and_never_an_error(browser: httpx.Client, good: dict[str, str], content: bytes):
    answer = sent(browser, good, file=content)
    assert answer.status_code in {200, 422}
    assert Wording("en").text("page.banner.proposed.accept") not in answer.text


def test_two_forms_at_once_make_one_decision(world: "Pages", browser: httpx.Client, good: dict[str, str]):
    form = ShownForm.of(sent(browser, good).text, PAGE)
    data = {**form.values, "notice_shown": "1", "step": "submit"}
    before = world.rows()["decisions"]

    def send(_: int) -> httpx.Response:
        with httpx.Client(base_url=browser.base_url, cookies=browser.cookies, timeout=30) as own:
            return own.post(f"/en/{PAGE}", data=data)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert world.rows()["decisions"] == before + 1


@pytest.mark.parametrize("key", ["", "x", "1" * 500, "00000000-0000-0000-0000-00000000000G"])
def test_without_a_key_of_the_form_nothing_is_decided(
    world: "Pages", browser: httpx.Client, good: dict[str, str], key: str
):
    before = world.rows()["decisions"]
    assert submitted(browser, sent(browser, good), key=key).status_code == 422
    assert world.rows()["decisions"] == before


def test_the_stop_switch_refers_what_the_form_sends(new_pages: "NewPages", good: dict[str, str], records: AllRecords):
    pages = new_pages()
    pages.parts.store.stop(Principal(id="risk", role=Role.RISK, owner="paris"), "test")
    browser = pages.visit(Role.ADVISER)
    preview = sent(browser, good, file=children(records["accept"]))
    assert Wording("en").text("page.banner.proposed.refer") in preview.text


# -------------------------------------------------------------------- another policy, another lender


def test_a_check_that_the_policy_requires_is_asked_at_once_and_its_absence_refers(
    new_pages: "NewPages", decider: Decider, tmp_path: Path, good: dict[str, str], records: AllRecords
):
    policy = files("garant.policy").joinpath("default.toml").read_text(encoding="utf-8")
    assert policy.count("\nrequired = false") == 1
    (tmp_path / "policy.toml").write_text(policy.replace("\nrequired = false", "\nrequired = true"), encoding="utf-8")
    pages = new_pages()
    pages.parts.service.use(replace(decider, policy=load_policy(tmp_path / "policy.toml")))
    browser = pages.visit(Role.ADVISER)
    assert "Required, and not older than 30 days" in browser.get(f"/en/{PAGE}").text
    preview = sent(browser, good, file=children(records["accept"]))
    assert Wording("en").text("page.banner.proposed.refer") in preview.text
    today = f"{datetime.now(UTC).date():%d/%m/%Y}"
    check = {"check.national_register.date": today, "check.national_register.result": "clear"}
    preview = sent(browser, good | check, file=children(records["accept"]))
    assert Wording("en").text("page.banner.proposed.accept") in preview.text
    body = decision(pages, submitted(browser, preview))
    assert (body["outcome"], body["rules"]) == ("accept", [])
