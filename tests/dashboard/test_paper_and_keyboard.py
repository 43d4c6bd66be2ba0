"""The page of a client on paper, and the way from a search to a review that is asked for, by keyboard alone."""

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Page

from garant.decisions.access import Role
from garant.wording.catalogue import Wording

if TYPE_CHECKING:
    from dashboard_world import Pages

MOST_TABS = 60


@pytest.fixture
def adviser(window: BrowserContext, world: "Pages") -> Page:
    """Page of somebody who is logged in as an adviser."""
    for name, value in world.visit(Role.ADVISER).cookies.items():
        window.add_cookies([{"name": name, "value": value, "url": str(world.client.base_url)}])
    return window.new_page()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_client_on_paper_has_banner_reasons_comparison_and_page_numbers(
    adviser: Page, people: dict[str, int], tmp_path: Path, language: str
):
    if shutil.which("pdftotext") is None:
        pytest.skip("there is no pdftotext on this machine: apt-get install poppler-utils")
    adviser.goto(f"/{language}/clients/{people['refuse']}", wait_until="networkidle")
    reason = adviser.locator(".reasons li p").first.inner_text()
    adviser.pdf(path=tmp_path / "client.pdf", format="A4", prefer_css_page_size=True)
    found = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "client.pdf"), "-"], capture_output=True, text=True, check=True
    )
    printed, text = " ".join(found.stdout.split()), Wording(language).text
    assert text("page.banner.proposed.refuse") in printed
    assert " ".join(reason.split()) in printed
    assert text("compared.title") in printed
    n_pages = found.stdout.count("\f")
    numbers = found.stdout.replace(" ", "").split()
    assert {f"{number}/{n_pages}" for number in range(1, n_pages + 1)} <= set(numbers)
    # What one clicks on is no use on paper.
    assert text("page.logout") not in printed
    assert text("page.nav.new") not in printed


def test_by_keyboard_from_the_search_to_a_review_that_is_asked_for(adviser: Page, people: dict[str, int]):
    adviser.goto("/en/clients")
    # Past the head of the page in one step.
    for key in ("Tab", "Enter", "Tab"):
        adviser.keyboard.press(key)
    assert adviser.evaluate("document.activeElement.name") == "q"
    adviser.keyboard.type(str(people["refuse"]))
    adviser.keyboard.press("Enter")
    adviser.wait_for_url("**/clients?q=*")
    adviser.wait_for_load_state("networkidle")
    _reach(adviser, f"Client {people['refuse']}")
    adviser.keyboard.press("Enter")
    adviser.wait_for_url(f"**/clients/{people['refuse']}")
    words = Wording("en").text
    if adviser.locator("[name=again]").count():
        # Others have decided about the person before.
        _reach(adviser, "again", by="document.activeElement.name")
        adviser.keyboard.press("Space")
    _reach(adviser, words("page.client.decide_submit"))
    adviser.keyboard.press("Enter")
    adviser.wait_for_url("**/decisions/*")
    _reach(adviser, words("page.decision.contest"))
    adviser.keyboard.press("Enter")
    for _ in range(3):
        adviser.keyboard.press("Tab")
        if adviser.evaluate("document.activeElement.name") == "statement":
            break
    adviser.keyboard.type("My charges are on the third page of the file.")
    adviser.keyboard.press("Tab")
    adviser.keyboard.press("Enter")
    adviser.get_by_text("My charges are on the third page of the file.").first.wait_for()
    assert "My charges are on the third page" in adviser.locator("main").inner_text()
    assert words("decision.state.contested") in adviser.locator("main").inner_text()


def _reach(page: Page, text: str, *, by: str = "document.activeElement.innerText.trim()") -> None:
    """Tab to what shows `text`; what has the focus must be seen to have it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(by) == text:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", text
            return
    raise AssertionError(f"{text!r} is not reached within {MOST_TABS} tabs")
