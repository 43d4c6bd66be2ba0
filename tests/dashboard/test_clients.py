"""Finding a client and the page of one: what is shown to whom, what is computed, and that every look is recorded."""

import csv
import gzip
import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from garant.dashboard.client import INPUTS_SHOWN
from garant.dashboard.what_if_form import read_form
from garant.decisions.access import Principal, Role
from garant.decisions.ids import new_id
from garant.decisions.schema import access_events
from garant.exceptions import Problem, RecordsError
from garant.explanations.comparison import ComparedFact, Comparison, GroupValues
from garant.runs.deciding.client_files import LEAST_COMPARED, without_few
from garant.runs.deciding.move_offers import OfferedCorrection, OfferedMove, Offers
from garant.tables.columns import Kind
from garant.wording.catalogue import Wording

if TYPE_CHECKING:
    from dashboard_world import NewPages, Pages
    from garant.runs.deciding.decider import Decider
    from garant.runs.deciding.sorted_clients import SortedClients

MOST_BYTES = 80_000

Submit = Callable[..., httpx.Response]
PART = {"HX-Request": "true"}


def looks(world: "Pages") -> list[str]:
    """What was looked at so far, in order."""
    query = select(access_events.c.what).order_by(access_events.c.at, access_events.c.id)
    return list(world.parts.store.database.read(lambda connection: connection.execute(query).scalars()))


def shown_text(page: str) -> str:
    """Text of a page without markup."""
    body = re.sub(r"<script.*?</script>|<style.*?</style>", "", page, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", body).replace("&#39;", "'").replace("&amp;", "&").replace("&lt;", "<")
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ").split())


def plain(text: str) -> str:
    """A text as `shown_text` gives it."""
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ").split())


def ids_in(page: str) -> list[int]:
    """Clients that a page leads to, in order."""
    return [int(each) for each in re.findall(r'href="/en/clients/(\d+)"', page)]


@pytest.fixture(scope="module")
def every_id(lender: Path) -> list[int]:
    """Ids of all applications."""
    found: set[int] = set()
    for path in sorted(lender.glob("application*.csv")):
        with path.open(encoding="utf-8") as file:
            found |= {int(row["SK_ID_CURR"]) for row in csv.DictReader(file)}
    return sorted(found)


@pytest.fixture(scope="module")
def records(decider: "Decider", clients: "SortedClients", people: dict[str, int]) -> dict[str, Any]:
    """Records of the refused client as an API sends them."""
    return json.loads(decider.reader.of_accepted(clients.rows(people["refuse"])).raw)


@pytest.fixture(scope="module")
def everything(clients: "SortedClients", every_id: list[int]) -> int:
    """A client with rows in every table that the tests look at."""
    wanted = ("bureau", "previous_application", "installments_payments")
    return next(each for each in every_id if all(clients.rows(each)[name].num_rows > 2 for name in wanted))


@pytest.fixture(scope="module")
def sent(world: "Pages", records: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """Decide about somebody whom the store does not have, under a reference."""

    def send(reference: str | None, client: int, branch: str = "paris") -> dict[str, Any]:
        changed = {
            name: [{**row, "SK_ID_CURR": client} if "SK_ID_CURR" in row else row for row in rows]
            for name, rows in records.items()
            if name != "application"
        }
        application = {**records["application"], "SK_ID_CURR": client, "subject_ref": reference}
        body = {**changed, "application": application}
        answer = world.post("/v1/decisions", body, branch=branch)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return send


# ---------------------------------------------------------------------- search


@pytest.mark.parametrize("headers", [{}, PART])
@pytest.mark.parametrize("digits", ["1", "1000", "10004"])
def test_the_first_ten_clients_whose_id_begins_so_are_shown(
    world: "Pages", every_id: list[int], digits: str, headers: dict[str, str]
):
    before = looks(world)
    answer = world.visit().get(f"/en/clients?q={digits}", headers=headers)
    assert answer.status_code == 200
    assert ids_in(answer.text) == [each for each in every_id if str(each).startswith(digits)][:10]
    assert ("<html" in answer.text) is (headers == {})
    # Ids alone are no look at anybody.
    assert looks(world) == before


def test_a_reference_is_looked_for_when_the_form_is_sent_and_each_look_is_recorded(
    world: "Pages", sent: Callable[..., dict[str, Any]]
):
    decision = sent("ref-7f3a", 900_000_001)
    before = looks(world)
    typing = world.visit().get("/en/clients?q=ref-7f3a", headers=PART)
    assert decision["id"] not in typing.text
    assert looks(world) == before
    found = world.visit().get("/en/clients?q=ref-7f3a")
    assert f"/en/decisions/{decision['id']}" in found.text
    # The store has no client 900000001: there is no page to lead to.
    assert ids_in(found.text) == []
    assert looks(world) == [*before, "decisions_of"]


def test_a_reference_of_another_branch_is_as_unknown_as_one_that_never_was(
    world: "Pages", sent: Callable[..., dict[str, Any]]
):
    decision = sent("ref-lyon", 900_000_002, branch="lyon")
    mine = shown_text(world.visit().get("/en/clients?q=ref-lyon").text)
    nobodys = shown_text(world.visit().get("/en/clients?q=ref-none").text)
    assert mine == nobodys
    for who in (world.visit(Role.ADVISER, "lyon", "C. Petit"), world.visit(Role.AUDITOR)):
        assert decision["id"] in who.get("/en/clients?q=ref-lyon").text


def test_what_is_typed_is_shown_again_and_never_as_markup(world: "Pages"):
    answer = world.visit().get("/fr/clients", params={"q": '"><b>x</b>'})
    assert "<b>x" not in answer.text
    assert "&lt;b&gt;x" in answer.text
    assert "Personne n’a été trouvé" in answer.text


def test_who_may_read_nothing_finds_nobody(world: "Pages"):
    assert world.visit(Role.ADMIN).get("/fr/clients?q=1").status_code == 403


def test_neither_ids_nor_references_come_into_the_log(world: "Pages", people: dict[str, int]):
    world.visit().get("/en/clients?q=ref-in-no-log")
    world.visit().get(f"/en/clients/{people['refuse']}")
    log = world.log.getvalue()
    assert "ref-in-no-log" not in log
    assert str(people["refuse"]) not in log


# ---------------------------------------------------------------------- the page


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("outcome", ["accept", "refer", "refuse"])
def test_the_page_says_what_the_service_would_answer(
    world: "Pages", people: dict[str, int], outcome: str, language: str
):
    told = world.post(
        "/v1/decisions/preview", {"client": people[outcome]}, headers={"Accept-Language": language}
    ).json()
    page = world.visit().get(f"/{language}/clients/{people[outcome]}").text
    text, words = shown_text(page), world.parts.service.decider.words("fr" if language == "fr" else "en")
    said = plain(words.text(f"page.banner.proposed.{outcome}"))
    assert f"<title>Client {people[outcome]} – " in page
    assert text.count(said) >= 2
    assert plain(words.percent(told["pd"])) in text
    assert plain(words.percent(told["cutoff"])) in text
    assert told["digests"]["bundle"][:12] in text
    for each in (*told["reasons"], *told["warnings"], *told["rules"]):
        assert plain(each["text"]) in text
    for reason in told["reasons"]:
        assert plain(words.text(f"kind.{reason['kind']}")) in text


def test_each_look_at_a_client_is_recorded_with_what_was_looked_at(world: "Pages", people: dict[str, int]):
    client, adviser = people["refuse"], world.visit()
    inputs = adviser.get(f"/en/clients/{client}/contributions").text
    fact = re.findall(rf"/en/clients/{client}/facts/\w+", inputs)[0]
    expected = {
        f"/en/clients/{client}": "client",
        f"/en/clients/{client}/changes": "explanation",
        f"/en/clients/{client}/contributions": "explanation",
        f"/en/clients/{client}/payments": "client_rows",
        fact: "client_rows",
    }
    for path, what in expected.items():
        before = looks(world)
        assert adviser.get(path).status_code == 200
        assert looks(world) == [*before, what], path
    before = looks(world)
    assert world.visit(Role.RISK).get(f"/en/clients/{client}").status_code == 200
    assert looks(world) == [*before, "decisions_of"]


def test_the_proposal_of_the_moment_is_for_whoever_may_decide(world: "Pages", people: dict[str, int]):
    client = people["refuse"]
    decision = world.decided(client)
    for role in (Role.REVIEWER, Role.RISK, Role.AUDITOR):
        visitor = world.visit(role)
        page = visitor.get(f"/en/clients/{client}").text
        assert decision in page
        assert "PROPOSED REFUSAL" not in page
        assert 'class="banner' not in page
        for part in ("changes", "contributions", "payments", "facts/any"):
            assert visitor.get(f"/en/clients/{client}/{part}").status_code == 403
    assert world.visit(Role.ADMIN).get(f"/en/clients/{client}").status_code == 403


def test_a_reviewer_reads_no_proposal_of_an_open_decision_before_a_view_of_their_own(
    world: "Pages", people: dict[str, int]
):
    client = people["refer"]
    decision = world.decided(client)
    row = re.compile(rf"<td[^>]*><a href=\"/en/decisions/{decision}.*?</tr>", re.DOTALL)
    name = Wording("en").text("outcome.refer.name")
    found = row.search(world.visit(Role.REVIEWER).get(f"/en/clients/{client}").text)
    assert found
    assert name not in found[0]
    seen = row.search(world.visit(Role.AUDITOR).get(f"/en/clients/{client}").text)
    assert seen
    assert name in seen[0]


def test_the_history_shows_decisions_of_the_own_branch_alone(world: "Pages", people: dict[str, int]):
    client = people["accept"]
    here, there = world.decided(client), world.decided(client, branch="lyon")
    mine = world.visit().get(f"/en/clients/{client}").text
    assert here in mine
    assert there not in mine
    both = world.visit(Role.AUDITOR).get(f"/en/clients/{client}").text
    assert here in both
    assert there in both


def test_a_client_that_is_nowhere_has_no_page(world: "Pages"):
    for path in ("1", "0", "-3", "abc", str(2**63)):
        assert world.visit().get(f"/fr/clients/{path}").status_code == 404, path
        assert world.visit(Role.AUDITOR).get(f"/fr/clients/{path}").status_code == 404, path


def test_of_a_client_whose_records_were_sent_there_is_what_was_decided(
    world: "Pages", sent: Callable[..., dict[str, Any]]
):
    decision = sent(None, 900_000_003)
    page = world.visit().get("/en/clients/900000003").text
    assert decision["id"] in page
    assert "No proposal can be computed" in page
    assert "/decide" not in page
    assert world.visit(Role.ADVISER, "lyon", "C. Petit").get("/en/clients/900000003").status_code == 404


def test_a_page_moves_no_more_than_it_may(world: "Pages", people: dict[str, int]):
    static = files("garant.dashboard") / "static"
    moved = sum(
        len(gzip.compress((static / name).read_bytes(), 9)) for name in ("app.css", "app.js", "htmx.min.js", "icon.svg")
    )
    for client in people.values():
        page = world.visit().get(f"/fr/clients/{client}").content
        changes = world.visit().get(f"/fr/clients/{client}/changes", headers=PART).content
        assert len(page) + len(changes) + moved <= MOST_BYTES


# ---------------------------------------------------------------------- parts


def test_what_would_have_changed_the_result_is_that_of_an_explanation(world: "Pages", people: dict[str, int]):
    for outcome in ("refer", "refuse"):
        client = people[outcome]
        told = world.post("/v1/explanations", {"client": client}).json()["counterfactuals"]
        said = [told["none"]] if told["none"] else [each["text"] for each in told["results"]]
        for headers in ({}, PART):
            answer = world.visit().get(f"/en/clients/{client}/changes", headers=headers)
            assert all(plain(each) in shown_text(answer.text) for each in said)
            assert ("<html" in answer.text) is (headers == {})
            assert "HX-Request" in answer.headers["vary"]


def test_every_input_of_the_model_is_shown_with_its_value_its_definition_and_its_effect(
    world: "Pages", people: dict[str, int]
):
    client = people["refuse"]
    told = world.post("/v1/explanations", {"client": client}).json()["effects"]
    strongest = world.visit().get(f"/en/clients/{client}/contributions").text
    assert f"/en/clients/{client}/contributions?every=true" in strongest
    page = world.visit().get(f"/en/clients/{client}/contributions?every=true").text
    words = Wording("en")
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page, re.DOTALL)
    assert re.findall(r"<tr><th scope=\"row\">.*?</tr>", strongest, re.DOTALL) == rows[:INPUTS_SHOWN]
    assert len(rows) == len(told)
    for row, each in zip(rows, told, strict=True):
        text = shown_text(row)
        assert f"/facts/{each['feature']}" in row
        assert plain(each["label"]) in text
        assert plain(each["value"] or "unknown") in text
        assert plain(words.number(each["effect"], decimals=3, fixed=True)) in text
        assert ("▲ raises the risk" in text) is (each["effect"] > 0)
        assert "a higher value:" in text
        assert "missing means:" in text


@pytest.mark.parametrize("table", ["bureau", "previous_application", "installments_payments"])
def test_the_rows_behind_a_value_are_those_of_the_tables(
    world: "Pages", decider: "Decider", clients: "SortedClients", everything: int, table: str
):
    adviser, words = world.visit(), decider.words("en")
    name, columns = next(
        (name, [each.partition(".")[2] for each in feature.inputs])
        for name, feature in decider.features.items()
        if any("AMT_" in each for each in feature.inputs)
        and all(each.startswith(f"{table}.") for each in feature.inputs)
    )
    page = adviser.get(f"/en/clients/{everything}/facts/{name}").text
    rows = json.loads(decider.reader.of_accepted(clients.rows(everything)).raw)[table]
    shown = [each.partition("</table>")[0].partition("<tbody>") for each in page.split("<table>")[1:]]
    ((_, _, body),) = shown
    assert body.count("<tr>") == min(len(rows), 200)
    money = next(each for each in columns if each.startswith("AMT_"))
    for row in rows[:200]:
        if row.get(money) is not None:
            assert plain(words.money(row[money])) in shown_text(page)


def test_what_is_no_input_of_the_model_has_no_page(world: "Pages", people: dict[str, int]):
    assert world.visit().get(f"/en/clients/{people['refuse']}/facts/no_such_fact").status_code == 404


def test_credits_and_years_of_payments_are_those_of_the_raw_rows(
    world: "Pages", decider: "Decider", clients: "SortedClients", everything: int
):
    raw = json.loads(decider.reader.of_accepted(clients.rows(everything)).raw)
    page = world.visit().get(f"/en/clients/{everything}/payments").text
    taken, years = (each.partition("</tbody>")[0] for each in page.split("<tbody>")[1:])
    assert taken.count("<tr>") == len(raw["bureau"]) + len(raw["previous_application"])
    words = decider.words("en")
    begun = [(row["DAYS_CREDIT"], row["AMT_CREDIT_SUM"]) for row in raw["bureau"]]
    begun += [(row["DAYS_DECISION"], row["AMT_CREDIT"]) for row in raw["previous_application"]]
    shown = [re.findall(r'data-label="([^"]+)">([^<]*)<', row) for row in taken.split("<tr>")[1:]]
    assert [row[0] for row in shown] == [
        ("Opened, before the application", words.value("days", -day)) for day, _ in sorted(begun, reverse=True)
    ]
    amounts = sorted("–" if amount is None else words.money(amount) for _, amount in begun)
    assert sorted(dict(row)["Amount"] for row in shown) == amounts
    starts = [float(x) for x in re.findall(r'class="(?:lowers|raises)" x="([\d.]+)"', taken)]
    assert starts == sorted(starts, reverse=True)
    assert starts[-1] == 0
    dues: dict[tuple[int, ...], list[dict[str, Any]]] = {}
    for row in raw["installments_payments"]:
        key = tuple(row[name] for name in ("SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER"))
        dues.setdefault((*key, row["DAYS_INSTALMENT"]), []).append(row)
    counted: dict[int, list[int]] = {}
    for (*_, day), rows in dues.items():
        late = max((row["DAYS_ENTRY_PAYMENT"] or day) - day for row in rows)
        unpaid = max(row["AMT_INSTALMENT"] for row in rows) - sum(row["AMT_PAYMENT"] or 0 for row in rows)
        of_year = counted.setdefault(-day // 365, [0, 0, 0])
        of_year[0] += 1
        of_year[1] += late > 0 or unpaid > 0.0005
        of_year[2] = max(of_year[2], late)
    told = [re.findall(r'data-label="[^"]+">([^<]*)<', row)[:3] for row in years.split("<tr>")[1:]]
    assert told == [
        [words.number(due), words.number(late), words.value("days", longest)]
        for _, (due, late, longest) in sorted(counted.items())
    ]


def test_a_group_of_few_clients_tells_no_value(world: "Pages", people: dict[str, int]):
    few, many = GroupValues(LEAST_COMPARED - 1, "1", "0", "2"), GroupValues(LEAST_COMPARED, "1", "0", "2")
    fact = ComparedFact("f", "F", "1", accepted=many, refused=few, similar=few)
    (told,) = without_few(Comparison(("F",), 300, (fact,))).facts
    assert told.accepted == many
    assert told.refused == told.similar == GroupValues(LEAST_COMPARED - 1)
    page = shown_text(world.visit().get(f"/en/clients/{people['refuse']}").text)
    assert not [n for n in re.findall(r"\) n = (\d+)\b(?!,)", page) if int(n) < LEAST_COMPARED]


# ---------------------------------------------------------------------- what if


def test_a_what_if_is_that_of_a_preview_and_is_recorded_as_a_look_alone(
    world: "Pages", people: dict[str, int], submit: Submit
):
    client = people["refuse"]
    told = world.post("/v1/decisions/preview", {"client": client, "moves": ["income=60000"]}).json()["what_if"]
    rows, seen = world.rows(), looks(world)
    page = submit(world.visit(), f"/en/clients/{client}", f"/en/clients/{client}/what-if", income="60,000")
    assert page.status_code == 200
    text, words = shown_text(page.text), world.parts.service.decider.words("en")
    for standing in ("before", "after"):
        assert plain(words.percent(told[standing]["pd"])) in text
    for each in told["facts"]:
        assert plain(each["after_text"]) in text
    for each in told["reasons"]:
        assert plain(each["text"]) in text
    after = world.rows()
    assert {name for name in after if after[name] != rows[name]} == {"access_events"}
    # The page itself, then the form and the preview.
    assert looks(world)[len(seen) :] == ["client", "preview", "preview"]


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ({"down-payment": "much"}, "down-payment"),
        ({"down-payment": "-5"}, "down-payment"),
        ({"longer-term": "9999"}, "longer-term"),
        ({"income": "NaN"}, "income"),
        ({"income": "60.000"}, "income"),
        ({"education": "<i>none</i>"}, "education"),
        ({"income": "60000", "smaller-purchase": "1"}, "smaller-purchase"),
        ({"zanzibar": "1"}, ""),
        ({}, ""),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(
    world: "Pages", people: dict[str, int], submit: Submit, typed: dict[str, str], at: str
):
    client = people["refuse"]
    page = submit(world.visit(), f"/fr/clients/{client}", f"/fr/clients/{client}/what-if", **typed)
    assert page.status_code == 422
    assert (f'id="p-{at}"' in page.text) is bool(at)
    # One at the field, or above the form; above it also that nothing was computed.
    assert page.text.count('class="problem"') == (2 if at else 1)
    assert "Résultat de la simulation" not in page.text
    assert "<i>" not in page.text
    for name, value in typed.items():
        if name in {"down-payment", "longer-term", "income", "smaller-purchase"}:
            assert f'name="{name}" value="{value}"' in page.text


def test_a_form_becomes_moves_as_the_service_takes_them():
    offers = Offers(
        (OfferedMove("arrears-paid", "all", 10, 10), OfferedMove("longer-term", "instalments", 12, 36)),
        (
            OfferedCorrection("employed-since", "Employed since", Kind.DAYS, "2 years"),
            OfferedCorrection("education", "Education", Kind.CATEGORY, "Lower", (("Higher", "Higher"),)),
        ),
    )
    sent = {"employed-since": " 730 ", "education": "Higher", "arrears-paid": "on", "longer-term": "", "other": "1"}
    read = read_form(sent, offers, "en")
    assert read.moves == ("arrears-paid=all", "employed-since=-730", "education=Higher")
    assert not read.form.problems
    refused = read.refused(RecordsError([Problem("/moves/1", "moves", ""), Problem("/moves", "moves", "")]))
    assert set(refused.problems) == {"employed-since", ""}


# ---------------------------------------------------------------------- in a browser


@pytest.fixture
def at_work(window: BrowserContext, world: "Pages") -> Page:
    """A window of somebody who is logged in."""
    for name, value in world.visit().cookies.items():
        window.add_cookies([{"name": name, "value": value, "url": str(world.client.base_url)}])
    return window.new_page()


def test_clients_appear_while_one_types_and_open_from_the_keyboard(at_work: Page, people: dict[str, int]):
    at_work.goto("/en/clients")
    at_work.get_by_role("searchbox").focus()
    at_work.keyboard.type(str(people["refuse"]), delay=20)
    links = at_work.locator("#matches a")
    expect(links).to_have_text([f"Client {people['refuse']}"])
    assert str(people["refuse"]) not in at_work.url
    for _ in range(5):
        at_work.keyboard.press("Tab")
        if at_work.evaluate("document.activeElement.closest('#matches') !== null"):
            break
    at_work.keyboard.press("Enter")
    at_work.wait_for_url(f"**/en/clients/{people['refuse']}")


def test_what_takes_longer_comes_after_the_page(at_work: Page, people: dict[str, int]):
    at_work.goto(f"/en/clients/{people['refuse']}")
    at_work.wait_for_selector("#changes :is(.changes, p:not(:has(a)))")
    assert at_work.locator("#contributions table").count() == 0
    at_work.locator("details:has(#contributions) > summary").click()
    at_work.wait_for_selector("#contributions table")
    at_work.locator("#tried details > summary").click()
    at_work.get_by_label("income", exact=False).first.fill("60,000")
    at_work.get_by_role("button", name="Compute").click()
    at_work.wait_for_selector(".result")
    assert at_work.url.endswith(f"/clients/{people['refuse']}")
    assert at_work.locator("#tried").count() == 1
    assert at_work.locator("#w-income").input_value() == "60,000"
    expect(at_work.locator(".result h3")).to_be_focused()
    at_work.get_by_label("income", exact=False).first.fill("a lot")
    at_work.get_by_role("button", name="Compute").click()
    expect(at_work.locator("#tried > [role=alert]")).to_be_focused()
    # A form that is too old: what is wrong is told in its place, not a page within the page.
    at_work.locator("#tried input[name=csrf]").evaluate("each => { each.value = 'old'; }")
    at_work.get_by_role("button", name="Compute").click()
    at_work.wait_for_selector("#what-if > [role=alert]")
    assert at_work.locator("h1").count() == 1


# ---------------------------------------------------------------------- deciding


def test_a_decision_is_recorded_once_however_often_the_form_is_sent(
    world: "Pages", people: dict[str, int], submit: Submit
):
    client = people["refuse"]
    before, key = world.rows()["decisions"], new_id()
    shown = f"/fr/clients/{client}"
    first = submit(world.visit(), shown, f"{shown}/decide", key=key, again="yes")
    again = submit(world.visit(), shown, f"{shown}/decide", key=key, again="yes")
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert world.rows()["decisions"] == before + 1
    id_ = first.headers["location"].removeprefix("/fr/decisions/")
    told = world.get(f"/v1/decisions/{id_}").json()
    assert (told["client"], told["state"], told["owner"]) == (client, "proposed", "paris")


def test_beside_a_decision_that_stands_another_is_made_only_when_it_is_asked_for(
    new_pages: "NewPages", people: dict[str, int], submit: Submit
):
    world = new_pages()
    page = f"/fr/clients/{people['refuse']}"
    adviser = world.visit()
    assert 'class="standing"' not in adviser.get(page).text
    made = submit(adviser, page, f"{page}/decide", key=new_id())
    id_ = made.headers["location"].rpartition("/")[2]
    service, reviewer = world.parts.service, Principal(id="local:R. Petit", role=Role.REVIEWER, owner="paris")
    world.post(f"/v1/decisions/{id_}/contest", {"statement": "Mon revenu a augmenté."})
    service.note_view(reviewer, id_, view="accept", note="Le revenu est prouvé.", person="R. Petit", language="fr")
    service.review(reviewer, id_, outcome="accept", ground="file", comment="Le revenu est prouvé par trois bulletins.")
    shown = adviser.get(page).text
    above = shown[: shown.index('class="banner')]
    assert f'href="/fr/decisions/{id_}"' in above
    assert "accord" in above
    assert "n’y figurent pas" in above
    refused = submit(adviser, page, f"{page}/decide", key=new_id())
    assert refused.headers["location"] == f"{page}#decide"
    assert world.rows()["decisions"] == 1
    assert submit(adviser, page, f"{page}/decide", key=new_id(), again="yes").status_code == 303
    assert world.rows()["decisions"] == 2


def test_the_page_says_what_is_asked_for(world: "Pages", records: dict[str, Any], people: dict[str, int]):
    text = shown_text(world.visit().get(f"/fr/clients/{people['refuse']}").text)
    words = world.parts.service.decider.words("fr")
    for name in ("AMT_CREDIT", "AMT_INCOME_TOTAL"):
        assert plain(words.money(records["application"][name])) in text


def test_each_page_has_a_key_of_its_own(world: "Pages", people: dict[str, int]):
    keys = {
        re.findall(r'name="key" value="([^"]+)"', world.visit().get(f"/fr/clients/{people['refuse']}").text)[0]
        for _ in range(2)
    }
    assert len(keys) == 2


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "with space 1"])
def test_without_a_key_nothing_is_decided(world: "Pages", people: dict[str, int], submit: Submit, key: str):
    before = world.rows()["decisions"]
    shown = f"/fr/clients/{people['refuse']}"
    answer = submit(world.visit(), shown, f"{shown}/decide", key=key)
    assert (answer.status_code, answer.headers["location"]) == (303, shown)
    assert world.rows()["decisions"] == before


@pytest.mark.parametrize("action", ["decide", "what-if"])
def test_a_form_of_another_session_or_of_another_role_does_nothing(
    world: "Pages", people: dict[str, int], submit: Submit, action: str
):
    before = world.rows()["decisions"]
    shown = f"/fr/clients/{people['refuse']}"
    fields = {"key": new_id(), "income": "60000"}
    foreign = world.visit().post(f"{shown}/{action}", data={"csrf": "x" * 32, **fields})
    assert foreign.status_code == 403
    for role in (Role.RISK, Role.REVIEWER, Role.AUDITOR):
        assert submit(world.visit(role), shown, f"{shown}/{action}", **fields).status_code == 403
    assert world.rows()["decisions"] == before
