"""Take a picture of every page in both languages for the docs, from the demonstration's lender.

Run: make screenshots
Beside the pictures lies the digest of what they show (`SOURCES`); a test says when it is no longer that of the sources,
so that pictures are taken again. Pixels are not compared: fonts and browsers differ.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "images" / "pages"
DIGEST = TARGET / "sources.sha256"
SOURCES = ("src/garant/dashboard/templates/*.html", "src/garant/dashboard/static/app.css")
CATALOGUES = "src/garant/wording/locales/*/LC_MESSAGES/garant.po"
WIDTH, MOST_HEIGHT = 1000, 1400

NAMES = {"adviser": "A. Martin", "reviewer": "B. Durand", "risk": "C. Petit"}


def digest() -> str:
    """Sha256 of templates, style and the texts of pages."""
    found = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            found.update(path.name.encode() + path.read_bytes())
    for path in sorted(ROOT.glob(CATALOGUES)):
        entries = path.read_text("utf-8").split("\n\n")
        found.update("\n".join(entry for entry in entries if 'msgid "page.' in entry).encode())
    return found.hexdigest()


def main() -> None:
    """Take all pictures."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as scratch,
        _served(Path(scratch)) as (url, people),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        windows = {role: _window(browser.new_context(base_url=url), role) for role in NAMES}
        for language in ("fr", "en"):
            refuse = people["refuse"]
            decision, referred, final = (
                _decided(windows["adviser"], language, people[outcome]) for outcome in ("refuse", "refer", "refuse")
            )
            _confirm(windows["adviser"], language, final)
            for name, role, path in (
                ("login", None, "login"),
                ("search", "adviser", f"clients?q={str(refuse)[:3]}"),
                ("client", "adviser", f"clients/{refuse}"),
                ("application", "adviser", "applications/new"),
                ("decision", "adviser", f"decisions/{decision}"),
                ("letter", "adviser", f"decisions/{final}/letter"),
                ("reviews", "reviewer", "reviews"),
                ("review", "reviewer", f"reviews/{referred}"),
                ("portfolio", "risk", "portfolio"),
                ("model", "risk", "model"),
            ):
                page = windows[role] if role else browser.new_page(base_url=url)
                _take(page, f"/{language}/{path}", TARGET / f"{name}-{language}.png")
        browser.close()
    DIGEST.write_text(digest() + "\n", encoding="utf-8")
    print(f"{len(list(TARGET.glob('*.png')))} pictures in {TARGET.relative_to(ROOT)}")


@contextmanager
def _served(scratch: Path) -> Generator[tuple[str, dict[str, int]]]:
    """Pages of the demonstration, and its prepared people."""
    garant = Path(sys.executable).parent / "garant"
    command = [str(garant), "demo", "--folder", str(scratch / "demo"), "--serve", "--port", "0", "--lang", "en"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None  # noqa: S101 - asked for above
        url, people = "", dict[str, int]()
        words = {"APPROVAL": "accept", "REVIEW": "refer", "REFUSAL": "refuse"}
        for line in process.stdout:
            if found := re.search(r"(http://[\d.:]+)/en/clients/(\d+)\s+(.*)", line):
                url = found[1]
                people |= {name: int(found[2]) for word, name in words.items() if word in found[3].upper()}
            if "refuse" in people:
                break
        try:
            yield url, people
        finally:
            process.terminate()


def _window(context: BrowserContext, role: str) -> Page:
    page = context.new_page()
    page.goto("/en/login")
    page.fill("#name", NAMES[role])
    page.select_option("#role", role)
    page.click("main button")
    return page


def _decided(page: Page, language: str, client: int) -> str:
    """Id of a decision that is recorded from the page of a client."""
    page.goto(f"/{language}/clients/{client}")
    form = page.locator(f"form[action='/{language}/clients/{client}/decide']")
    if form.locator("[name=again]").count():
        form.locator("[name=again]").check()
    form.locator("button").click()
    page.wait_for_url("**/decisions/*")
    return page.url.rsplit("/", 1)[1]


def _confirm(page: Page, language: str, decision: str) -> None:
    """Make a proposed refusal final."""
    page.goto(f"/{language}/decisions/{decision}")
    form = f"form[action='/{language}/decisions/{decision}/confirm']"
    page.locator("details", has=page.locator(form)).locator("summary").click()
    page.check(f"{form} input[name=outcome][value=refuse]")
    page.select_option(f"{form} select[name=ground]", "agrees")
    page.click(f"{form} button")


def _take(page: Page, path: str, target: Path) -> None:
    page.set_viewport_size({"width": WIDTH, "height": 800})
    page.goto(path, wait_until="networkidle")
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), MOST_HEIGHT)
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.screenshot(path=target)


if __name__ == "__main__":
    main()
