"""Look of the deck: colours of the project's charts, one typeface, sizes that the last row can read, a grid."""

from typing import Final

from garant.reports.chart_theme import FAINT, LOWERS, RAISES, TEXT
from garant.reports.deck.parts import Box

BLUE, ORANGE, INK, GREY = LOWERS, RAISES, TEXT, FAINT
PALE_BLUE, PALE_ORANGE, HAIRLINE, WHITE = "#e8f0f5", "#f8ede3", "#d9d9d9", "#ffffff"
LIGHT_BLUE: Final = "#9dbfd6"
"""Bars that stand beside those that matter."""

FONT: Final = "Arial"
"""On every machine; Liberation Sans, which stands in for it elsewhere, has the same widths."""

WIDTH, HEIGHT = 13.333, 7.5
"""Of a slide, in inches: 16:9."""

LEFT, RIGHT = 0.7, WIDTH - 0.7

SECTION = Box(LEFT, 0.42, 7.6, 0.32)
REMARK = Box(8.4, 0.38, RIGHT - 8.4, 0.4)
TITLE = Box(LEFT, 0.8, RIGHT - LEFT, 0.95)
BODY = Box(LEFT, 1.95, RIGHT - LEFT, 4.75)
PAGE = Box(RIGHT - 1.5, 6.92, 1.5, 0.3)

CHART = Box(LEFT, 1.95, 7.35, 4.8)
BESIDE = Box(8.55, 2.05, RIGHT - 8.55, 4.6)
"""A chart, and what is said beside it."""

UPPER, LOWER = Box(LEFT, 1.95, RIGHT - LEFT, 2.1), Box(LEFT, 4.5, RIGHT - LEFT, 2.2)
"""Two halves: a flow or numbers, and what is said below."""

TITLE_SIZES = (30, 28)
"""A title stands on one line in the first of these where it can, else on two in the last."""

TEXT_SIZES = (24, 22, 20, 18, 16, 14)
BIG_SIZES = (44, 40, 36, 32, 28, 24, 20)
SMALL = 14
"""Smallest size of anything."""

LINE_HEIGHT = 1.15
"""Of the typeface, in its sizes."""

PARAGRAPH_GAP = 0.55
"""Space between lines of a list, in their size."""

BULLET_INDENT = 0.25
"""Inches that text is set in behind its mark."""
