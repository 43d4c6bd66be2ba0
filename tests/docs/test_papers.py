"""The papers are built as pages; what leads nowhere in one of them ends the build."""

import importlib.util
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest

Build = Callable[..., list[str]]


@pytest.fixture(scope="module")
def script(project: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("papers", project / "tools" / "papers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["papers"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def build(script: ModuleType, tmp_path: Path) -> Build:
    """Build papers of a made-up project, given by name and text."""

    def built(**papers: str) -> list[str]:
        for name, text in papers.items():
            path = tmp_path / "project" / f"{name.replace('__', '/')}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return script.build(tmp_path / "project", tmp_path / "pages")

    return built


class Targets(HTMLParser):
    """Where the links and pictures of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - not ours
        self.found += [str(value) for name, value in attrs if name in {"href", "src"}]


def test_the_papers_of_the_project_lead_somewhere(script: ModuleType, project: Path, tmp_path: Path):
    if not (project / ".github").is_dir():
        pytest.skip("an unpacked source archive holds some of the papers only")

    assert script.build(project, tmp_path) == []
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) == len(script.files_of(project))
    # What the build wrote is looked at by itself: every page that a page leads to was written.
    for page in pages:
        targets = Targets()
        targets.feed(page.read_text(encoding="utf-8"))
        paths = [target.partition("#")[0] for target in targets.found if "://" not in target]
        assert not [path for path in paths if path.endswith(".html") and not (page.parent / path).exists()]


WHOLE = {"README": "# Top\n[more](docs/more.md#two-words)", "docs__more": "# More\n## Two words\n[up](../README.md)\n"}


def test_papers_that_lead_to_each_other_are_built_with_anchors_and_links_to_pages(build: Build, tmp_path: Path):
    assert build(**WHOLE) == []
    assert 'href="docs/more.html#two-words"' in (tmp_path / "pages" / "README.html").read_text(encoding="utf-8")
    more = (tmp_path / "pages" / "docs" / "more.html").read_text(encoding="utf-8")
    assert '<h2 id="two-words">' in more
    assert '<html lang="en">' in more
    assert "<title>More</title>" in more


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("[gone](absent.md)", "docs/more.md:5: absent.md is not there"),
        ("[gone](../README.md#absent)", "docs/more.md:5: ../README.md#absent: that page has no such heading"),
        ("[gone](#absent)", "docs/more.md:5: #absent: that page has no such heading"),
        ("![gone](images/absent.png)", "docs/more.md:5: images/absent.png is not there"),
        ("| a |\n|---|\n| [gone](absent.json) |", "docs/more.md:7: absent.json is not there"),
    ],
    ids=["page", "heading of another page", "own heading", "picture", "in a table"],
)
def test_what_leads_nowhere_is_told_with_its_line(build: Build, line: str, told: str):
    assert build(README=WHOLE["README"], docs__more=f"{WHOLE['docs__more']}\n{line}\n") == [told]


def test_a_page_that_no_other_names_is_told(build: Build):
    assert build(**WHOLE, docs__lost="# Lost\n[top](../README.md)\n") == ["docs/lost.md: no other page leads here"]


def test_code_is_no_link_and_the_web_is_not_asked(build: Build):
    more = (
        WHOLE["docs__more"]
        + "\n`[code](absent.md)`\n\n```\n[code](absent.md)\n```\n[web](https://example.org/absent)\n"
    )

    assert build(README=WHOLE["README"], docs__more=more) == []


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Two words", "two-words"),
        ("`code` and *more*", "code-and-more"),
        ("What it costs: 1×, 100×", "what-it-costs-1-100"),
        ("L'été, déjà", "lété-déjà"),
        ("a_b - c", "a_b---c"),
    ],
)
def test_anchors_are_those_of_a_site_of_repositories(build: Build, heading: str, anchor: str):
    assert build(README=f"# Top\n[x](#{anchor})\n\n## {heading}\n") == []


def test_two_headings_alike_have_two_anchors(build: Build):
    assert build(README="# Top\n[x](#same) [y](#same-1)\n\n## Same\n\n## Same\n") == []
    assert build(README="# Top\n[x](#same-1)\n\n## Same\n") == ["README.md:2: #same-1: that page has no such heading"]


def test_the_command_ends_with_1_when_something_leads_nowhere(
    script: ModuleType,
    build: Build,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    build(README="# Top\n[x](absent.md)\n")
    monkeypatch.setattr(script, "ROOT", tmp_path / "project")

    assert script.main([str(tmp_path / "pages")]) == 1
    assert capsys.readouterr().out == "README.md:2: absent.md is not there\n"
    build(README="# Top\n")
    assert script.main([str(tmp_path / "pages")]) == 0
    assert script.main([]) == 2
