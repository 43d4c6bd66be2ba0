"""How much room a text takes: from the widths of the typeface's characters, so that no font needs to be there."""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from garant.reports.deck.theme import LINE_HEIGHT, PARAGRAPH_GAP

POINTS_PER_INCH = 72
THOUSANDTHS = 1000

UNKNOWN_WIDTH = 1000
"""Of a character that the table lacks, in thousandths of the size: as wide as the widest letter."""

SLACK = 0.98
"""Part of a line that is filled: programs round the widths of characters each in its own way."""

ELLIPSIS = "…"


@cache
def _widths(*, bold: bool) -> dict[str, int]:
    """Width of each character in thousandths of the size; of Liberation Sans, which has those of Arial."""
    text = files("garant.reports.deck").joinpath("widths.json").read_text(encoding="utf-8")
    faces: dict[str, dict[str, str]] = json.loads(text)
    face = faces["bold" if bold else "regular"]
    return {character: int(width) for width, characters in face.items() for character in characters}


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of one line in inches."""
    widths = _widths(bold=bold)
    total = sum(widths.get(character, UNKNOWN_WIDTH) for character in text)
    return total * size / THOUSANDTHS / POINTS_PER_INCH


def fits_line(text: str, width: float, size: float, *, bold: bool = False) -> bool:
    """Whether a text stands on one line of `width` inches, whoever draws it."""
    return text_width(text, size, bold=bold) <= width * SLACK


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Lines of `text` in a column of `width` inches; broken at spaces, never at no-break ones."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and fits_line(longer, width, size, bold=bold):
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def text_height(
    paragraphs: Sequence[str], width: float, size: float, *, bold: bool = False, gap: float = PARAGRAPH_GAP
) -> float:
    """Height of paragraphs in inches; infinite where a word alone is too wide."""
    lines = [line for paragraph in paragraphs for line in wrapped(paragraph, width, size, bold=bold)]
    if not all(fits_line(line, width, size, bold=bold) for line in lines):
        return float("inf")
    space = len(lines) * LINE_HEIGHT + (len(paragraphs) - 1) * gap
    return space * size / POINTS_PER_INCH


def fitting(
    paragraphs: Sequence[str],
    width: float,
    height: float,
    sizes: Sequence[int],
    *,
    bold: bool = False,
    gap: float = PARAGRAPH_GAP,
) -> tuple[int, list[str]]:
    """Largest of `sizes`, falling, in which `paragraphs` fit; in none, the smallest with the longest cut at a word.

    What is cut ends with an ellipsis: words of a lender have no known length. Those of garant are never cut, which the
    tests look after.
    """
    for size in sizes:
        if text_height(paragraphs, width, size, bold=bold, gap=gap) <= height:
            return size, list(paragraphs)
    left = list(paragraphs)
    while text_height(left, width, sizes[-1], bold=bold, gap=gap) > height:
        longest = max(range(len(left)), key=lambda at: len(left[at]))
        shorter = left[longest].removesuffix(ELLIPSIS).rstrip().rpartition(" ")[0]
        if not shorter:
            break
        left[longest] = shorter.rstrip(" ,;:") + ELLIPSIS
    return sizes[-1], left
