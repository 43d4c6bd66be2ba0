"""Letters on pages: read first, taken as PDF, every look recorded; one sentence on screen, in the ledger, in print."""

import html
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext

from garant.dashboard import letters
from garant.decisions.access import Role
from garant.exceptions import MissingPartError

if TYPE_CHECKING:
    from dashboard_world import Pages

KINDS_OF_REVIEWED = ("refusal", "review", "explanation")
STATEMENT = "J’ai tout payé : #let x = <b>1</b> & $2$ *3*"


def one_line(text: str) -> str:
    """Text with single spaces, whatever their kind."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def text_of(page: str) -> str:
    """What a page says, without its markup."""
    return one_line(html.unescape(re.sub(r"<[^>]+>", " ", page)))


def letter_text(page: str) -> str:
    """What the letter on a page says."""
    found = re.search(r'<section class="letter".*?</section>', page, re.DOTALL)
    assert found, page
    return text_of(found[0])


def act(world: "Pages", id_: str, verb: str, role: Role, **content: str) -> None:
    """Do something with a decision through the API."""
    answer = world.post(f"/v1/decisions/{id_}/{verb}", content, role)
    assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def refused(world: "Pages", people: dict[str, int]) -> str:
    """Id of a refusal that a person confirmed."""
    id_ = world.decided(people["refuse"])
    act(world, id_, "confirm", Role.ADVISER, person="Ann Bell", outcome="refuse", ground="agrees")
    return id_


@pytest.fixture(scope="module")
def reviewed(world: "Pages", people: dict[str, int]) -> str:
    """Id of a refusal that was contested, and that another person left as it was."""
    id_ = world.decided(people["refuse"])
    act(world, id_, "confirm", Role.ADVISER, person="Ann Bell", outcome="refuse", ground="agrees")
    act(world, id_, "contest", Role.ADVISER, statement=STATEMENT)
    comment = "The late payments stand in the books of the lender."
    act(world, id_, "view", Role.REVIEWER, view="unsure", note="Are they paid?")
    act(world, id_, "review", Role.REVIEWER, outcome="refuse", ground="file", comment=comment)
    return id_


def record(world: "Pages", id_: str, language: str) -> dict[str, Any]:
    """The decision as the API tells it."""
    return world.get(f"/v1/decisions/{id_}", headers={"Accept-Language": language}).json()


def pdf_text(content: bytes, folder: Path) -> str:
    """Text of a PDF, with words that were parted at a line's end put together again."""
    if shutil.which("pdftotext") is None:
        pytest.skip("there is no pdftotext on this machine: apt-get install poppler-utils")
    (folder / "letter.pdf").write_bytes(content)
    found = subprocess.run(["pdftotext", str(folder / "letter.pdf"), "-"], capture_output=True, check=True, text=True)
    return one_line(re.sub("\u00ad\\s*", "", found.stdout))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", KINDS_OF_REVIEWED)
def test_sentences_are_the_same_in_the_record_on_the_page_and_in_the_pdf(
    world: "Pages", reviewed: str, kind: str, language: str, tmp_path: Path
):
    told = record(world, reviewed, language)
    sentences = [one_line(each["text"]) for each in (*told["rules"], *told["reasons"])]
    assert sentences
    browser = world.visit()
    page = browser.get(f"/en/decisions/{reviewed}/letter?kind={kind}&in={language}")
    pdf = browser.get(f"/en/decisions/{reviewed}/letter.pdf?kind={kind}&in={language}")
    assert (page.status_code, pdf.status_code, pdf.headers["content-type"]) == (200, 200, "application/pdf")
    shown, printed = letter_text(page.text), pdf_text(pdf.content, tmp_path)
    for sentence in sentences[:4]:
        assert sentence in shown
        assert sentence in printed


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_letter_has_a_language_of_its_own_on_a_page_in_another(world: "Pages", refused: str, language: str):
    other = {"fr": "en", "en": "fr"}[language]
    page = world.visit().get(f"/{other}/decisions/{refused}/letter?in={language}").text
    assert f'<html lang="{other}">' in page
    assert f'<section class="letter" lang="{language}"' in page
    title = {"fr": "Refus de votre demande de crédit", "en": "Refusal of your loan application"}
    assert title[language] in letter_text(page)
    assert title[other] not in letter_text(page)
    pdf = world.visit().get(f"/{other}/decisions/{refused}/letter.pdf?in={language}")
    assert pdf.headers["content-language"] == language
    assert pdf.headers["content-disposition"] == f'attachment; filename="refusal-{language}-{refused[-8:]}.pdf"'
    assert pdf.headers["cache-control"] == "no-store"
    assert {"fr": b"(fr-FR)", "en": b"(en-GB)"}[language] in pdf.content


def test_an_explanation_says_what_would_have_changed_the_result_by_the_model_that_decided(
    world: "Pages", people: dict[str, int], refused: str
):
    asked = world.post("/v1/explanations", {"client": people["refuse"]}).json()["counterfactuals"]
    wanted = [each["text"] for each in asked["results"]] or [asked["none"]]
    shown = letter_text(world.visit().get(f"/en/decisions/{refused}/letter?kind=explanation").text)
    assert [each for each in wanted if one_line(each) not in shown] == []
    assert "neither a promise nor a decision" in shown
    told = record(world, refused, "en")
    assert f"Score (points) {told['points']:.0f}" in shown
    assert "What you stated" not in shown
    assert "credit register" in shown


def test_words_of_the_person_stay_words(world: "Pages", reviewed: str, tmp_path: Path):
    browser = world.visit()
    page = browser.get(f"/fr/decisions/{reviewed}/letter?kind=review").text
    assert "<b>1</b>" not in page
    assert one_line(STATEMENT) in letter_text(page)
    printed = pdf_text(browser.get(f"/fr/decisions/{reviewed}/letter.pdf?kind=review").content, tmp_path)
    assert one_line(STATEMENT) in printed


@pytest.mark.parametrize("path", ["letter", "letter.pdf"])
@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "a proposal is no decision"), ("fr", "une proposition n’est pas une décision")],
)
def test_a_proposal_has_no_letter_and_the_page_says_why(
    world: "Pages", people: dict[str, int], path: str, language: str, said: str
):
    id_ = world.decided(people["refuse"])
    answer = world.visit().get(f"/{language}/decisions/{id_}/{path}?kind=refusal")
    assert answer.status_code == 409
    assert said in answer.text
    assert 'class="letter"' not in answer.text


def test_a_contested_decision_waits_and_an_approval_is_no_refusal(world: "Pages", people: dict[str, int]):
    browser = world.visit()
    id_ = world.decided(people["accept"])
    act(world, id_, "confirm", Role.ADVISER, person="Ann Bell", outcome="accept", ground="agrees")
    none = browser.get(f"/en/decisions/{id_}/letter?kind=refusal")
    assert (none.status_code, "there is no letter of refusal" in none.text) == (409, True)
    assert 'value="explanation"' in none.text
    assert browser.get(f"/en/decisions/{id_}/letter").status_code == 200
    act(world, id_, "contest", Role.ADVISER, statement="Too little.")
    waits = browser.get(f"/en/decisions/{id_}/letter")
    assert (waits.status_code, "while the decision is contested" in waits.text) == (409, True)


def test_papers_that_a_reviewer_asks_for_are_a_letter_the_decision_leads_to(world: "Pages", people: dict[str, int]):
    client = people["refuse"]
    id_ = world.decided(client)
    act(world, id_, "confirm", Role.ADVISER, person="Ann Bell", outcome="refuse", ground="agrees")
    act(world, id_, "contest", Role.ADVISER, statement="Too little.")
    browser = world.visit()
    assert f"/en/decisions/{id_}/letter" not in browser.get(f"/en/decisions/{id_}").text
    act(world, id_, "view", Role.REVIEWER, view="unsure", note="Income?")
    act(world, id_, "papers", Role.REVIEWER, ground="income", comment="Your last three payslips, please.")
    assert f"/en/decisions/{id_}/letter" in browser.get(f"/en/decisions/{id_}").text
    page = browser.get(f"/en/decisions/{id_}/letter")
    assert page.status_code == 200
    assert "Your last three payslips, please." in letter_text(page.text)
    assert "refused" not in letter_text(page.text)


@pytest.mark.parametrize("path", ["letter", "letter.pdf"])
def test_every_look_at_a_letter_is_recorded(world: "Pages", people: dict[str, int], path: str):
    id_ = world.decided(people["refuse"])
    act(world, id_, "confirm", Role.ADVISER, person="Ann Bell", outcome="refuse", ground="agrees")
    before = looks(world, people["refuse"])
    world.visit().get(f"/en/decisions/{id_}/{path}")
    assert looks(world, people["refuse"]) == before + 1


def looks(world: "Pages", client: int) -> int:
    """How often somebody saw a letter about a person."""
    accesses = world.parts.store.export(str(client)).accesses
    return sum(times for (_, _, what), times in accesses.items() if what == "letter")


@pytest.mark.parametrize("path", ["letter", "letter.pdf"])
def test_a_decision_of_another_branch_or_of_nobody_is_not_there(world: "Pages", refused: str, path: str):
    elsewhere = world.visit(Role.ADVISER, "lyon", "C. Petit")
    assert elsewhere.get(f"/en/decisions/{refused}/{path}").status_code == 404
    assert world.visit().get(f"/en/decisions/nothing/{path}").status_code == 404
    assert world.visit(Role.ADMIN).get(f"/en/decisions/{refused}/{path}").status_code == 403
    nobody = httpx.get(f"{world.client.base_url}/en/decisions/{refused}/{path}")
    assert nobody.status_code == 303


@pytest.mark.parametrize("query", ["kind=threat", "in=de", "kind="])
def test_a_kind_or_language_that_there_is_not_is_no_page(world: "Pages", refused: str, query: str):
    assert world.visit().get(f"/en/decisions/{refused}/letter?{query}").status_code == 404


def test_an_erased_person_has_no_letter(world: "Pages", people: dict[str, int]):
    client = people["refer"]
    id_ = world.decided(client)
    act(world, id_, "confirm", Role.ADVISER, person="Ann", outcome="refuse", ground="other", comment="No income.")
    assert world.visit().get(f"/en/decisions/{id_}/letter").status_code == 200
    world.parts.store.erase(str(client), reason="asked", actor="test")
    for path in ("letter", "letter.pdf"):
        assert world.visit().get(f"/en/decisions/{id_}/{path}").status_code == 410


def test_without_typst_the_page_says_so(world: "Pages", refused: str, monkeypatch: pytest.MonkeyPatch):
    def none(_: object) -> bytes:
        raise MissingPartError("typst is missing")

    monkeypatch.setattr(letters, "letter_pdf", none)
    answer = world.visit().get(f"/fr/decisions/{refused}/letter.pdf")
    assert (answer.status_code, "ne peuvent pas être produits ici" in answer.text) == (503, True)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_can_be_read_by_everybody(window: BrowserContext, world: "Pages", refused: str, language: str):
    heard: list[str] = []
    for name, value in world.visit().cookies.items():
        window.add_cookies([{"name": name, "value": value, "url": str(world.client.base_url)}])
    page = window.new_page()
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.goto(f"/{language}/decisions/{refused}/letter?kind=explanation", wait_until="networkidle")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag22aa"]}})
        assert [each["id"] for each in found.response["violations"]] == []
    assert not heard
    page.get_by_label({"fr": "Type de lettre", "en": "Kind of letter"}[language]).select_option("refusal")
    page.get_by_role("button", name={"fr": "Afficher", "en": "Show"}[language]).press("Enter")
    page.wait_for_load_state()
    assert "kind=refusal" in page.url
