"""Boxes with arrows, big numbers, tables, and the place of what is missing."""

from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.oxml.table import CT_TableCell
from pptx.shapes.autoshape import Shape
from pptx.shapes.shapetree import SlideShapes
from pptx.util import Inches, Pt

from garant.reports.deck import theme
from garant.reports.deck.chart_frame import describe
from garant.reports.deck.figure import Said
from garant.reports.deck.fit import fitting, text_height, wrapped
from garant.reports.deck.parts import BigFigures, Box, Flow, Grid, Missing
from garant.reports.deck.writing import Pen, lengths

ARROW = 0.34
"""Inches between two boxes of a flow."""

INSET = 0.14
"""Inches around the text of a box."""

STEP_NAME_SIZES, STEP_TEXT_SIZES = (18, 16, 14), (16, 14)
STEP_NAME_SHARE = 0.36
"""Part of a box that its name may take."""

CELL_GAP = 0.4
"""Inches between two big numbers."""

NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's table style without colours and grid."""

CELL_INSET_X, CELL_INSET_Y = 0.1, 0.07


def draw_big_figures(shapes: SlideShapes, figures: BigFigures, pen: Pen) -> None:
    """Write numbers side by side, all in one size, with their captions below."""
    at, n = figures.at, len(figures.cells)
    width = (at.width - CELL_GAP * (n - 1)) / n
    number_height = min(0.85, at.height * 0.45)
    numbers = [cell.number.text for cell in figures.cells]
    size = min(fitting([text], width, number_height, theme.BIG_SIZES, bold=True)[0] for text in numbers)
    caption_height = at.height - number_height
    captions = [cell.caption.text for cell in figures.cells]
    caption_size = min(fitting([text], width, caption_height, theme.TEXT_SIZES[3:])[0] for text in captions)
    for number, cell in enumerate(figures.cells):
        x = at.x + number * (width + CELL_GAP)
        colour = theme.GREY if cell.number.has_gap else theme.BLUE
        head = Box(x, at.y, width, number_height)
        pen.box(shapes, head, [cell.number.text], sizes=(size,), colour=colour, bold=True, anchor=MSO_ANCHOR.BOTTOM)
        below = Box(x, at.y + number_height, width, caption_height)
        pen.box(shapes, below, [cell.caption.text], sizes=(caption_size,))


def draw_flow(shapes: SlideShapes, flow: Flow, pen: Pen) -> None:
    """Draw boxes in a row with an arrow between each two."""
    at, n = flow.at, len(flow.steps)
    width = (at.width - ARROW * (n - 1)) / n
    room = width - 2 * INSET
    name_height = (at.height - 2 * INSET) * STEP_NAME_SHARE
    text_room = at.height - 2 * INSET - name_height - 0.08
    name_size = min(fitting([s.name.text], room, name_height, STEP_NAME_SIZES, bold=True)[0] for s in flow.steps)
    text_size = min(fitting([s.text.text], room, text_room, STEP_TEXT_SIZES)[0] for s in flow.steps)
    for number, step in enumerate(flow.steps):
        x = at.x + number * (width + ARROW)
        ground = _rectangle(shapes, Box(x, at.y, width, at.height), fill=theme.PALE_BLUE)
        describe(ground, flow.alternative.text if number == 0 else "")
        name = Box(x + INSET, at.y + INSET, room, name_height)
        pen.box(shapes, name, [step.name.text], sizes=(name_size,), colour=theme.BLUE, bold=True)
        text = Box(x + INSET, at.y + INSET + name_height + 0.08, room, text_room)
        pen.box(shapes, text, [step.text.text], sizes=(text_size,))
        if number:
            place = Box(x - ARROW + 0.06, at.y + at.height / 2 - 0.12, ARROW - 0.12, 0.24)
            arrow = _shape(shapes, MSO_SHAPE.RIGHT_ARROW, place, fill=theme.BLUE)
            describe(arrow, "")


def draw_grid(shapes: SlideShapes, grid: Grid, pen: Pen) -> None:
    """Draw a table in one size, with a line below its head and hairlines between rows."""
    at, parts = grid.at, sum(grid.widths)
    widths = [at.width * part / parts for part in grid.widths]
    size = _grid_size(grid, widths)
    heights = [_row_height([c.text for c in row], widths, size, bold=n == 0) for n, row in enumerate(_all_rows(grid))]
    # What is left is given to the rows, so that a short table does not stick to its title.
    spare = min(max(0.0, at.height - sum(heights)) / len(heights), 0.22)
    place = Box(at.x, at.y, at.width, sum(heights) + spare * len(heights))
    frame = shapes.add_table(len(heights), len(widths), *lengths(place))
    describe(frame, grid.alternative.text)
    table = frame.table
    table.horz_banding = False
    next(frame.element.iter(qn("a:tableStyleId"))).text = NO_STYLE
    for column, width in enumerate(widths):
        table.columns[column].width = Inches(width)
    cells = frame.element.iter(qn("a:tc"))
    for number, (row, height) in enumerate(zip(_all_rows(grid), heights, strict=True)):
        table.rows[number].height = Inches(height + spare)
        for at_column, said in enumerate(row):
            cell, is_marked = table.cell(number, at_column), (number - 1, at_column) in grid.marked
            pen.fill(
                cell.text_frame,
                [said.text],
                size,
                colour=theme.ORANGE if is_marked else theme.GREY if number == 0 or said.has_gap else theme.INK,
                bold=number == 0 or is_marked,
                align=PP_ALIGN.RIGHT if at_column in grid.numeric else PP_ALIGN.LEFT,
            )
            cell.margin_left = cell.margin_right = Inches(CELL_INSET_X)
            cell.margin_top = cell.margin_bottom = Inches(CELL_INSET_Y)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            _rule_below(next(cells), theme.BLUE if number == 0 else theme.HAIRLINE, 1.5 if number == 0 else 0.75)


def draw_missing(shapes: SlideShapes, missing: Missing, pen: Pen) -> None:
    """Draw an empty frame that says what is not there."""
    frame = _rectangle(shapes, missing.at, fill=None)
    frame.line.color.rgb = RGBColor.from_string(theme.GREY[1:].upper())
    frame.line.dash_style = MSO_LINE_DASH_STYLE.DASH
    describe(frame, missing.text.text)
    room = missing.at.width - 4 * INSET
    size, text = fitting([missing.text.text], room, missing.at.height - 4 * INSET, (18, 16, 14))
    pen.fill(
        frame.text_frame,
        text,
        size,
        colour=theme.GREY,
        align=PP_ALIGN.CENTER,
        anchor=MSO_ANCHOR.MIDDLE,
        inset=2 * INSET,
    )


def _all_rows(grid: Grid) -> list[tuple[Said, ...]]:
    return [grid.header, *grid.rows]


def _grid_size(grid: Grid, widths: list[float]) -> int:
    """Largest size in which all rows fit below each other."""
    for size in theme.TEXT_SIZES[3:]:
        rows = enumerate(_all_rows(grid))
        if sum(_row_height([c.text for c in row], widths, size, bold=n == 0) for n, row in rows) <= grid.at.height:
            return size
    return theme.SMALL


def _row_height(texts: list[str], widths: list[float], size: int, *, bold: bool) -> float:
    rooms = [width - 2 * CELL_INSET_X for width in widths]
    lines = max(len(wrapped(text, room, size, bold=bold)) for text, room in zip(texts, rooms, strict=True))
    return text_height(["x"] * lines, 1.0, size, gap=0) + 2 * CELL_INSET_Y


def _rectangle(shapes: SlideShapes, at: Box, *, fill: str | None) -> Shape:
    return _shape(shapes, MSO_SHAPE.RECTANGLE, at, fill=fill)


def _shape(shapes: SlideShapes, kind: MSO_SHAPE, at: Box, *, fill: str | None) -> Shape:
    shape = shapes.add_shape(kind, *lengths(at))
    # The style of a drawn shape brings a line and a shadow along.
    style = shape.element.find(qn("p:style"))
    if style is not None:
        shape.element.remove(style)
    if fill is None:
        shape.fill.background()
    else:
        shape.fill.solid()
        shape.fill.fore_color.rgb = RGBColor.from_string(fill[1:].upper())
        shape.line.fill.background()
    return shape


def _rule_below(cell: CT_TableCell, colour: str, width: float) -> None:
    """Line below a cell: python-pptx has no name for borders."""
    cell.get_or_add_tcPr().insert(
        0,
        parse_xml(
            f'<a:lnB xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" w="{int(Pt(width))}">'
            f'<a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill></a:lnB>'
        ),
    )
