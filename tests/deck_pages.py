"""What stands on the slides of a PowerPoint file, read from the file alone: boxes, lines, numbers, notes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from PIL import ImageFont
from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.util import Emu

from garant.reports.deck import Slide
from garant.reports.deck.fit import text_width

NUMBER = re.compile("(?<![\\w])[-\N{MINUS SIGN}+]?\\d+(?:[.,\u202f]\\d+)*")
"""A number; digits behind a letter belong to a name, such as S3."""

File = Any
"""Of python-pptx, which says little of its types."""

Page = Any
Shape = Any

SMALLEST_PT = 14
LINE_HEIGHT = 1.15
TOLERANCE = 0.02
"""Inches."""

FONTS = {False: "LiberationSans-Regular.ttf", True: "LiberationSans-Bold.ttf"}


@dataclass(frozen=True, slots=True)
class Box:
    """A shape with its text."""

    name: str
    x: float
    y: float
    width: float
    height: float
    paragraphs: tuple["Paragraph", ...]
    insets: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text in one size."""

    text: str
    size: float
    bold: bool
    before: float
    indent: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A deck as it was made, and as its file says it."""

    slides: tuple[Slide, ...]
    path: Path
    file: File

    def __getitem__(self, name: str) -> tuple[Slide, Page]:
        """A slide by its name: as a value, and in the file."""
        at = [slide.name for slide in self.slides].index(name)
        return self.slides[at], self.file.slides[at]


Decks = Mapping[str, Drawn]
"""Those that tests share, by name: ``fr`` and ``en`` with a run and all results, ``bare`` with neither."""


def opened(path: Path) -> File:
    """The file."""
    return Presentation(str(path))


def boxes(slide: Page) -> Iterator[Box]:
    """Shapes that hold text, and cells of tables each as a box of its own."""
    for shape in slide.shapes:
        if shape.has_text_frame and shape.text_frame.text.strip():
            frame = shape.text_frame
            insets = (frame.margin_left.inches, frame.margin_top.inches)
            x, y, width, height = (Emu(v).inches for v in (shape.left, shape.top, shape.width, shape.height))
            yield Box(shape.name, x, y, width, height, tuple(_paragraphs(frame)), insets)
        elif shape.has_table:
            yield from _cells(shape)


def _cells(shape: Shape) -> Iterator[Box]:
    y = Emu(shape.top).inches
    for row in shape.table.rows:
        x = Emu(shape.left).inches
        for column, cell in zip(shape.table.columns, row.cells, strict=True):
            width, height = Emu(column.width).inches, Emu(row.height).inches
            insets = (Emu(cell.margin_left).inches, Emu(cell.margin_top).inches)
            yield Box(f"{shape.name} cell", x, y, width, height, tuple(_paragraphs(cell.text_frame)), insets)
            x += width
        y += Emu(row.height).inches


def _paragraphs(frame: Shape) -> Iterator[Paragraph]:
    for paragraph in frame.paragraphs:
        runs = paragraph.runs
        if not runs:
            continue
        properties = paragraph._p.find(qn("a:pPr"))
        indent = Emu(int(properties.get("marL", 0))).inches if properties is not None else 0.0
        before = paragraph.space_before.pt if paragraph.space_before is not None else 0.0
        size = runs[0].font.size.pt if runs[0].font.size is not None else 0.0
        yield Paragraph("".join(run.text for run in runs), size, bool(runs[0].font.bold), before, indent)


def faults_of_layout(deck: File) -> list[str]:
    """Text that is too small, cut, outside its box or the slide, or under another box."""
    width, height = Emu(deck.slide_width).inches, Emu(deck.slide_height).inches
    found: list[str] = []
    for number, slide in enumerate(deck.slides, start=1):
        there = [box for box in boxes(slide) if box.paragraphs]
        for box in there:
            said = f"slide {number}, {box.name}: {box.paragraphs[0].text[:40]!r}"
            if needed_height(box) > box.height + TOLERANCE:
                found.append(f"{said} needs {needed_height(box):.2f} of {box.height:.2f} inches")
            if widest(box) > box.width - 2 * box.insets[0] + TOLERANCE:
                found.append(f"{said} is too wide")
            if min(box.x, box.y) < 0 or box.x + box.width > width or box.y + box.height > height:
                found.append(f"{said} leaves the slide")
            found += [f"{said} is cut" for p in box.paragraphs if p.text.endswith("…")]
            found += [f"{said} has {p.size} pt" for p in box.paragraphs if p.size < SMALLEST_PT and _is_seen(box)]
        found += [f"slide {number}: {a} and {b} overlap" for a, b in overlapping(slide)]
    return found


def _is_seen(box: Box) -> bool:
    return not box.name.startswith("Slide Number")


def overlapping(slide: Page) -> Iterator[tuple[str, str]]:
    """Pairs of shapes with content that share ground; a box drawn behind its own text is none."""
    content = [
        shape
        for shape in slide.shapes
        if shape.has_chart or shape.has_table or (shape.has_text_frame and shape.text_frame.text.strip())
    ]
    for a, b in combinations(content, 2):
        across = min(a.left + a.width, b.left + b.width) - max(a.left, b.left)
        down = min(a.top + a.height, b.top + b.height) - max(a.top, b.top)
        if across > Emu(9_144) and down > Emu(9_144):
            yield a.name, b.name


def needed_height(box: Box) -> float:
    """Height that the text of a box takes, in inches."""
    total = 2 * box.insets[1]
    for number, paragraph in enumerate(box.paragraphs):
        lines = _lines(paragraph, box.width - 2 * box.insets[0] - paragraph.indent)
        total += (len(lines) * LINE_HEIGHT * paragraph.size + (paragraph.before if number else 0)) / 72
    return total


def widest(box: Box) -> float:
    """Width of the longest line, which a word alone may make too long."""
    return max(
        _width(line, paragraph) + paragraph.indent
        for paragraph in box.paragraphs
        for line in _lines(paragraph, box.width - 2 * box.insets[0] - paragraph.indent)
    )


def _lines(paragraph: Paragraph, width: float) -> list[str]:
    """Lines as a word processor breaks them."""
    lines: list[str] = []
    line = ""
    for word in paragraph.text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and _width(longer, paragraph) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def _width(text: str, paragraph: Paragraph) -> float:
    """Width in inches: by the font itself where this machine has it, else by garant's own table."""
    font = _font(bold=paragraph.bold)
    if font is None:
        return text_width(text, paragraph.size, bold=paragraph.bold)
    # The font lacks the narrow no-break space.
    return font.getlength(text.replace("\u202f", " ")) * paragraph.size / 1000 / 72


@cache
def _font(*, bold: bool) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(FONTS[bold], 1000, layout_engine=ImageFont.Layout.BASIC)
    except OSError:
        return None


# ---------------------------------------------------------------- words and numbers


def texts(slide: Page) -> list[str]:
    """Everything that is read on a slide: boxes, tables, labels and categories of charts, alternative texts."""
    found = [paragraph.text for box in boxes(slide) for paragraph in box.paragraphs if _is_seen(box)]
    for shape in slide.shapes:
        found += [node.get("descr", "") for node in shape._element.iter(qn("p:cNvPr"))]
        if shape.has_chart:
            space = shape.chart._chartSpace
            found += [node.text or "" for node in space.iter(qn("a:t"))]
            found += [node.text or "" for cache in space.iter(qn("c:strCache")) for node in cache.iter(qn("c:v"))]
    return found


def drawn_values(slide: Page) -> list[float]:
    """Values that the charts of a slide draw."""
    return [
        float(node.text)
        for shape in slide.shapes
        if shape.has_chart
        for cache in shape.chart._chartSpace.iter(qn("c:numCache"))
        for node in cache.iter(qn("c:v"))
    ]


def numbers(said: Sequence[str]) -> set[str]:
    """Numbers in texts, as they are written."""
    return {number.lstrip("+-\N{MINUS SIGN}") for text in said for number in NUMBER.findall(text)}


def notes(slide: Page) -> str:
    """Notes of the speaker."""
    return slide.notes_slide.notes_text_frame.text


def sourced(slide: Page) -> dict[str, str]:
    """What stands on the slide, by where the notes say that it comes from."""
    lines = [line for line in notes(slide).split("\n") if " ← " in line]
    return {source: shown for shown, _, source in (line.partition(" ← ") for line in lines)}


def numbers_without_source(slide: Page) -> set[str]:
    """Numbers of a slide and of what is said to it that stand in no line of its sources."""
    spoken = [line for line in notes(slide).split("\n") if " ← " not in line]
    return numbers([*texts(slide), *spoken]) - numbers(list(sourced(slide).values()))
