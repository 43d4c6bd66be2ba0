"""What holds of every page in Debian's Chromium, whoever looks at it, at whatever width."""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from garant.wording.catalogue import Wording

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
"""Put into a window first: what the policy forbids becomes an error of the console."""


def require_language(page: Page, language: str) -> None:
    """Language, title, and decimals and per cent as the language writes them."""
    assert page.locator("html").get_attribute("lang") == language
    assert page.title().strip() not in {"", "garant"}
    text = page.locator("main").inner_text()
    if language == "fr":
        assert not re.search(r"\d\.\d+\s?%|\d%", text)
    else:
        assert not re.search(r"\d,\d+\s%|\d\s%", text)
    # An id of the catalogue on a page is a text that is missing.
    assert not re.search(r"\bpage\.[a-z]+\.", text)
    assert Wording(language).text("page.skip") in page.locator(".skip").inner_text()


def require_readable(page: Page, width: int) -> None:
    """Nothing beyond the edge, no small text, no rule of accessibility broken, in a window of this width."""
    assert page.evaluate(WIDE) <= 0, f"wider than {width} px"
    assert not page.evaluate(SMALL_TEXT), width
    assert not _violations(page), width


def _violations(page: Page) -> list[Any]:
    found = Axe().run(page, options=AXE_RULES).response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]][:5]) for each in found]
