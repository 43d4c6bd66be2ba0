"""Every page, both languages, three widths, in Debian's Chromium: what a person with other eyes or hands would miss."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from garant.decisions.access import Principal, Role
from garant.wording.catalogue import Wording

if TYPE_CHECKING:
    from dashboard_world import Pages

WIDTHS = (1280, 640, 320)
SMALLEST_PX = 12

AXE_RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}

SMALL_TEXT = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), holder = walker.currentNode.parentElement;
    if (!text || !holder.checkVisibility({visibilityProperty: true})) continue;
    if (["SCRIPT", "STYLE", "OPTION", "TITLE"].includes(holder.tagName)) continue;
    let size = parseFloat(getComputedStyle(holder).fontSize);
    const drawing = holder.closest("svg");
    if (drawing) { const matrix = holder.getScreenCTM(); size *= Math.hypot(matrix.a, matrix.b); }
    if (size < LEAST - 0.01) found.push(text.slice(0, 40) + " " + size.toFixed(1));
  }
  return found;
}""".replace("LEAST", str(SMALLEST_PX))

WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

LISTEN = """document.addEventListener("securitypolicyviolation", (event) => {
  console.error("policy: " + event.violatedDirective + " " + event.blockedURI);
});"""


@dataclass(frozen=True)
class Shown:
    """A page and whose it is; ``{refuse}`` and the like stand for prepared people."""

    path: str
    role: Role | None = Role.ADVISER
    opened: bool = field(default=False)


PAGES = {
    "login": Shown("login", None),
    "clients": Shown("clients?q=1"),
    "client refused": Shown("clients/{refuse}"),
    "client referred": Shown("clients/{refer}"),
    "client accepted": Shown("clients/{accept}"),
    "client, recorded": Shown("clients/{refuse}", Role.AUDITOR),
    "changes": Shown("clients/{refuse}/changes"),
    "contributions": Shown("clients/{refuse}/contributions"),
    "payments": Shown("clients/{accept}/payments"),
    "decision": Shown("decisions/{refused}"),
    "decision that a reviewer has not looked at": Shown("decisions/{referred}", Role.REVIEWER),
    "correction": Shown("decisions/{refused}/correction"),
    "reviews": Shown("reviews", Role.RISK),
    "review of a file": Shown("reviews/{contested}?rows=all", Role.REVIEWER),
    "review of a proposal": Shown("reviews/{viewed}", Role.REVIEWER),
    "figures of reviews": Shown("reviews/figures", Role.AUDITOR),
    "model": Shown("model", Role.RISK),
    "portfolio": Shown("portfolio", Role.RISK),
    "new application": Shown("applications/new"),
}


@pytest.fixture(scope="module")
def places(people: dict[str, int], world: "Pages") -> dict[str, str]:
    """What stands for the names in paths: clients, and decisions in some states."""
    decisions = {
        "refused": world.decided(people["refuse"]),
        "referred": world.decided(people["refer"]),
        "viewed": world.decided(people["refer"]),
        "contested": world.decided(people["refuse"]),
    }
    service, who = world.parts.service, Principal(id="local:A. Martin", role=Role.REVIEWER, owner="paris")
    world.post(f"/v1/decisions/{decisions['contested']}/contest", {"statement": "I earn more now."})
    for id_ in (decisions["viewed"], done := world.decided(people["refer"])):
        service.note_view(who, id_, view="accept", note="The income is steady.", person="A. Martin", language="en")
    service.review(who, done, outcome="accept", ground="file", comment="The income is steady and proved.")
    return {outcome: str(client) for outcome, client in people.items()} | decisions


@pytest.fixture(scope="module")
def windows(chromium: Browser, world: "Pages") -> Iterator[dict[Role | None, BrowserContext]]:
    """A browser window for each role."""
    found: dict[Role | None, BrowserContext] = {}
    for role in (None, *Role):
        context = chromium.new_context(base_url=str(world.client.base_url))
        context.add_init_script(LISTEN)
        if role is not None:
            for name, value in world.visit(role).cookies.items():
                context.add_cookies([{"name": name, "value": value, "url": str(world.client.base_url)}])
        found[role] = context
    yield found
    for context in found.values():
        context.close()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_can_be_read_by_everybody(
    windows: dict[Role | None, BrowserContext], places: dict[str, str], name: str, language: str
):
    shown = PAGES[name]
    page = windows[shown.role].new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url) if "127.0.0.1" not in request.url else None)
    try:
        answer = page.goto(f"/{language}/{shown.path.format(**places)}", wait_until="networkidle")
        assert answer is not None
        assert answer.status == 200
        assert page.locator("html").get_attribute("lang") == language
        assert page.title().strip() not in {"", "garant"}
        _require_numbers(page, language)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(WIDE) <= 0, f"wider than {width} px"
            assert not page.evaluate(SMALL_TEXT), width
            assert not _violations(page), width
        page.emulate_media(media="print")
        assert page.locator("h1").first.is_visible()
        assert not heard
        assert not elsewhere
    finally:
        page.close()


def _violations(page: Page) -> list[Any]:
    found = Axe().run(page, options=AXE_RULES).response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]][:5]) for each in found]


def _require_numbers(page: Page, language: str) -> None:
    """Decimals and per cent as the language writes them."""
    text = page.locator("main").inner_text()
    if language == "fr":
        assert not re.search(r"\d\.\d+\s?%|\d%", text)
    else:
        assert not re.search(r"\d,\d+\s%|\d\s%", text)
    # An id of the catalogue on a page is a text that is missing.
    assert not re.search(r"\bpage\.[a-z]+\.", text)
    assert Wording(language).text("page.skip") in page.locator(".skip").inner_text()
