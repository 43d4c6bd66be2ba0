"""Every page, both languages, three widths, in Debian's Chromium: what a person with other eyes or hands would miss."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext

from garant.decisions.access import Principal, Role
from page_checks import LISTEN, WIDTHS, require_language, require_readable

if TYPE_CHECKING:
    from dashboard_world import Pages


@dataclass(frozen=True)
class Shown:
    """A page and whose it is; ``{refuse}`` and the like stand for prepared people."""

    path: str
    role: Role | None = Role.ADVISER
    status: int = 200


# Those with charts are looked at in test_charts.
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
    "new application": Shown("applications/new"),
    "unknown client": Shown("clients/999999999", status=404),
    "page of another role": Shown("portfolio", status=403),
    "no such page": Shown("nowhere", status=404),
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
        assert answer.status == shown.status
        require_language(page, language)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            require_readable(page, width)
        page.emulate_media(media="print")
        assert page.locator("h1").first.is_visible()
        # The browser itself reports the status of a page that is refused.
        told = [] if shown.status == 200 else [text for text in heard if f"status of {shown.status} " in text][:1]
        assert heard == told
        assert not elsewhere
    finally:
        page.close()
