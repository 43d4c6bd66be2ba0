"""Charts of pages: the committed bundle is current, and Chromium draws every chart under the strict policy."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from garant.decisions.access import Role
from page_checks import LISTEN, WIDTHS, require_language, require_readable

if TYPE_CHECKING:
    from dashboard_world import Pages

PROJECT = Path(__file__).parents[2]
FRONTEND = PROJECT / "frontend"
STATIC = PROJECT / "src" / "garant" / "dashboard" / "static"

MOST_BYTES = 450 * 1024

CLIPPED = """() => {
  const found = [];
  for (const svg of document.querySelectorAll(".drawn svg")) {
    const edge = svg.getBoundingClientRect();
    for (const text of svg.querySelectorAll("text")) {
      const box = text.getBoundingClientRect();
      if (!text.textContent.trim() || !box.width) continue;
      const across = box.left < edge.left - 1 || box.right > edge.right + 1;
      if (across || box.top < edge.top - 1 || box.bottom > edge.bottom + 1)
        found.push(svg.closest("[data-spec]").dataset.spec + ": " + text.textContent);
      if (text.textContent.includes("…")) found.push("cut: " + text.textContent);
    }
  }
  return found;
}"""


def digests(folder: Path, names: list[str]) -> dict[str, str]:
    """Digest of each file."""
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def test_the_built_bundle_is_that_of_its_sources():
    if not FRONTEND.is_dir():
        pytest.skip("the sources of the charts are not here: a clone has them")
    record = json.loads((FRONTEND / "built.json").read_text(encoding="utf-8"))
    sources = sorted(path.name for path in FRONTEND.iterdir() if path.is_file() and path.name != "built.json")
    assert sorted(record["inputs"]) == sources, "run: make charts"
    assert record["inputs"] == digests(FRONTEND, list(record["inputs"])), "run: make charts"
    assert record["outputs"] == digests(STATIC, list(record["outputs"])), "run: make charts"


def test_every_package_of_the_bundle_has_its_notice_and_no_registry_is_named():
    if not FRONTEND.is_dir():
        pytest.skip("the sources of the charts are not here: a clone has them")
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)
    notices = (STATIC / "LICENSES.txt").read_text(encoding="utf-8")
    for name in ("vega", "vega-lite", "vega-interpreter", "d3-scale", "delaunator"):
        assert f"---- {name} {lock['packages'][f'node_modules/{name}']['version']} " in notices
    assert "vega-embed" not in (STATIC / "charts.js").read_text(encoding="utf-8")


@pytest.fixture
def seen(chromium: Browser, watched: "Pages") -> Iterator[BrowserContext]:
    """A window of somebody who watches risk."""
    context = chromium.new_context(base_url=str(watched.client.base_url), viewport={"width": 1280, "height": 900})
    context.add_init_script(LISTEN)
    for name, value in watched.visit(Role.RISK).cookies.items():
        context.add_cookies([{"name": name, "value": value, "url": str(watched.client.base_url)}])
    yield context
    context.close()


def drawn(page: Page) -> int:
    """How many charts are drawn when all that are there should be."""
    n = page.locator("[data-spec]").count()
    page.wait_for_function("n => document.querySelectorAll('[data-drawn] svg').length === n", arg=n, timeout=30_000)
    return n


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("path", "least"), [("portfolio?costs=1:12&by=band", 3), ("model", 3)])
def test_charts_are_drawn_whole_in_the_language_without_eval_and_within_the_weight(
    seen: BrowserContext, path: str, least: int, language: str
):
    page = seen.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    network = seen.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    answer = page.goto(f"/{language}/{path}", wait_until="networkidle", timeout=60_000)
    assert answer is not None
    assert answer.status == 200
    assert drawn(page) >= least
    require_language(page, language)
    assert sum(sizes) <= MOST_BYTES
    texts = page.locator(".drawn svg text").all_text_contents()
    assert texts
    decimal = [text for text in texts if "%" in text and any(mark in text for mark in ".,")]
    assert not [text for text in decimal if ("." if language == "fr" else ",") in text], decimal
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(400)
        drawn(page)
        assert not page.evaluate(CLIPPED), width
        require_readable(page, width)
    assert page.locator(".drawn:not([aria-label])").count() == 0
    for figure in page.locator("figure.chart").all():
        assert figure.locator("table tbody tr").count() > 0
    assert not heard


def test_the_numbers_are_there_without_a_script(chromium: Browser, watched: "Pages"):
    context = chromium.new_context(base_url=str(watched.client.base_url), java_script_enabled=False)
    for name, value in watched.visit(Role.RISK).cookies.items():
        context.add_cookies([{"name": name, "value": value, "url": str(watched.client.base_url)}])
    page = context.new_page()
    page.goto("/en/portfolio?by=band")
    page.get_by_text("Numbers of the figure “Applicants by PD”").click()
    assert page.get_by_role("table", name="Applicants by PD").is_visible()
    assert "The chart needs JavaScript" in page.content()
    context.close()
