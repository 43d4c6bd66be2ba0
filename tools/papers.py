"""Build the papers as pages, and refuse what leads nowhere: a link, an anchor, a picture, a page that no other names.

    python tools/papers.py build/docs

Papers are the Markdown files of the root and of docs/; each becomes a page at the same place under the folder, with the
anchors that a site of repositories gives its headings. Addresses of the web are not asked. Exit code 1 lists every
problem.
"""

from __future__ import annotations

import html
import re
import shutil
import sys
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem 2rem 4rem; }}
pre {{ background: #f4f4f2; overflow-x: auto; padding: 0.8rem; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; }}
td, th {{ border: 1px solid #ccc; padding: 0.3rem 0.6rem; text-align: left; vertical-align: top; }}
img {{ max-width: 100%; }}
</style>
{body}
</html>
"""


@dataclass
class Paper:
    """One Markdown file, read."""

    file: Path
    tokens: list[Token]
    title: str
    anchors: set[str]
    # Line and target of each link and picture.
    targets: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])


def files_of(root: Path) -> list[Path]:
    """Return the papers of a project."""
    folders = (root / "docs", root / "certificates", root / "infra")
    return sorted([*root.glob("*.md"), *(path for folder in folders for path in folder.rglob("*.md"))])


def slug(heading: str) -> str:
    """Return the anchor that a site of repositories gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def read(file: Path, markdown: MarkdownIt) -> Paper:
    """Parse a paper; headings get their anchors as ids."""
    tokens = markdown.parse(file.read_text(encoding="utf-8"))
    paper = Paper(file, tokens, file.stem, set())
    counts: dict[str, int] = {}
    for opening, content in pairwise(tokens):
        if opening.type == "heading_open":
            text = "".join(child.content for child in content.children or [])
            name = slug(text)
            anchor = f"{name}-{counts[name]}" if name in counts else name
            counts[name] = counts.get(name, 0) + 1
            opening.attrSet("id", anchor)
            paper.anchors.add(anchor)
            paper.title = text if opening.tag == "h1" else paper.title
    paper.targets = list(targets(tokens))
    return paper


def targets(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    """Yield line and target of each link and picture; links are turned towards the pages on the way."""
    for token in tokens:
        line = (token.map or [0])[0] + 1
        for child in token.children or []:
            for attribute in ("href", "src"):
                target = str(child.attrGet(attribute) or "")
                if target:
                    yield line, target
                    child.attrSet(attribute, re.sub(r"\.md(?=#|$)", ".html", target) if is_inside(target) else target)


def is_inside(target: str) -> bool:
    """Whether a target lies in the project and not on the web."""
    return not urlsplit(target).scheme


def problems(papers: dict[Path, Paper], root: Path) -> list[str]:
    """Return what leads nowhere, and which papers nobody names."""
    found: list[str] = []
    named: set[Path] = set()
    for paper in papers.values():
        for line, target in paper.targets:
            if is_inside(target):
                path, anchor = (unquote(part) for part in (urlsplit(target).path, urlsplit(target).fragment))
                aim = (paper.file.parent / path).resolve() if path else paper.file
                named |= {aim} - {paper.file}
                where = f"{paper.file.relative_to(root)}:{line}: {target}"
                if not aim.exists():
                    found.append(f"{where} is not there")
                elif anchor and aim in papers and anchor not in papers[aim].anchors:
                    found.append(f"{where}: that page has no such heading")
    # Where a reader begins, and a series that is read by its numbers.
    begins = {
        file for file in papers if file.parent == root or file.name == "index.md" or file.parent.name == "decisions"
    }
    unnamed = [file for file in papers if file not in named | begins]
    return found + [f"{file.relative_to(root)}: no other page leads here" for file in unnamed]


def write(paper: Paper, markdown: MarkdownIt, root: Path, out: Path) -> None:
    """Write the page of a paper."""
    page = out / paper.file.relative_to(root).with_suffix(".html")
    page.parent.mkdir(parents=True, exist_ok=True)
    body = markdown.renderer.render(paper.tokens, markdown.options, {})
    language = "fr" if paper.file.name.endswith(".fr.md") else "en"
    page.write_text(PAGE.format(language=language, title=html.escape(paper.title), body=body), encoding="utf-8")


def build(root: Path, out: Path) -> list[str]:
    """Build all pages of a project; return the problems that were found."""
    markdown = MarkdownIt("commonmark").enable("table")
    papers = {file: read(file, markdown) for file in files_of(root)}
    shutil.rmtree(out, ignore_errors=True)
    for paper in papers.values():
        write(paper, markdown, root, out)
    if (root / "docs" / "images").is_dir():
        shutil.copytree(root / "docs" / "images", out / "docs" / "images")
    return problems(papers, root)


def main(arguments: list[str]) -> int:
    """Run the command line; return the exit code."""
    if len(arguments) != 1:
        print("papers: where to? python tools/papers.py build/docs")
        return 2
    found = build(ROOT, Path(arguments[0]))
    print(*found, sep="\n") if found else print(f"papers: {len(files_of(ROOT))} pages in {arguments[0]}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
