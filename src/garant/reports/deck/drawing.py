"""From slides as values to a file of PowerPoint."""

import copy
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import PP_ALIGN
from pptx.slide import Slide as Drawn
from pptx.util import Emu

from garant.exceptions import InvariantError
from garant.reports.deck import theme
from garant.reports.deck.bar_charts import draw_bars
from garant.reports.deck.fit import SLACK, fits_line, fitting, text_width
from garant.reports.deck.master import COVER_TITLE, Master, new_master
from garant.reports.deck.notes import write_notes
from garant.reports.deck.parts import Bars, BigFigures, Box, Flow, Grid, Missing, Plane, Points
from garant.reports.deck.plane_charts import draw_plane
from garant.reports.deck.shapes import draw_big_figures, draw_flow, draw_grid, draw_missing
from garant.reports.deck.slide import Slide
from garant.reports.deck.writing import Pen
from garant.wording.catalogue import Wording

COVER_SIZES = (48, 44)


def draw_deck(path: Path, slides: Sequence[Slide], words: Wording, *, made_on: datetime) -> None:
    """Write `slides` to `path`.

    Parameters
    ----------
    path : Path
        File to write.
    slides : sequence of Slide
        In their order; the first may be a cover.
    words : Wording
        Language of the file.
    made_on : datetime
        What the file says of itself.
    """
    master, pen = new_master(), Pen(words.language)
    for slide in slides:
        _draw(master, slide, pen, words)
    about = master.deck.core_properties
    about.title, about.author, about.language = slides[0].title.text, "garant", words.language
    about.subject = about.keywords = about.comments = ""
    about.last_modified_by, about.revision = "garant", 1
    about.created = about.modified = made_on
    master.deck.save(str(path))


def _draw(master: Master, slide: Slide, pen: Pen, words: Wording) -> None:
    drawn = master.deck.slides.add_slide(master.cover if slide.is_cover else master.content)
    room, sizes = (COVER_TITLE, COVER_SIZES) if slide.is_cover else (theme.TITLE, theme.TITLE_SIZES)
    size, title = _title(slide.title.text, room, sizes)
    ink, accent = (theme.WHITE, theme.PALE_BLUE) if slide.is_cover else (theme.INK, theme.BLUE)
    heading = drawn.shapes.title
    if heading is None:
        raise InvariantError("The layout of a slide has no title.")
    frame = heading.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
    run = frame.paragraphs[0].add_run()
    run.text = title
    pen.style(run.font, size, colour=ink, bold=True)
    pen.box(drawn.shapes, _section_at(slide), [slide.section.text], colour=accent, bold=True)
    if slide.remark is not None:
        _remark(drawn, slide.remark.text, pen)
    for part in slide.parts:
        if isinstance(part, Points) and slide.is_cover:
            texts = [line.text for line in part.lines]
            pen.box(drawn.shapes, part.at, texts, sizes=theme.TEXT_SIZES[2:], colour=theme.WHITE)
        else:
            _part(drawn, part, pen, words.language)
    if not slide.is_cover:
        _page_number(drawn)
    write_notes(drawn, slide, words)


def _title(text: str, room: Box, sizes: Sequence[int]) -> tuple[int, str]:
    """Size and text of a title: on one line in the largest size in which it is one, else on as few as there is room."""
    for size in sizes:
        if fits_line(text, room.width, size, bold=True):
            return size, text
    size, fitted = fitting([text], room.width, room.height, sizes[-1:], bold=True)
    return size, fitted[0]


def _section_at(slide: Slide) -> Box:
    return Box(theme.LEFT, COVER_TITLE.y - 0.55, 7.6, 0.32) if slide.is_cover else theme.SECTION


def _part(drawn: Drawn, part: object, pen: Pen, language: str) -> None:
    shapes = drawn.shapes
    match part:
        case Points():
            sizes = tuple(size for size in theme.TEXT_SIZES if size <= part.size)
            texts = [line.text for line in part.lines]
            if len(texts) == 1:
                pen.box(shapes, part.at, texts, sizes=sizes, colour=theme.INK)
            else:
                pen.listed(shapes, part.at, texts, sizes=sizes)
        case BigFigures():
            draw_big_figures(shapes, part, pen)
        case Bars():
            draw_bars(shapes, part, pen)
        case Plane():
            draw_plane(shapes, part, pen, language)
        case Flow():
            draw_flow(shapes, part, pen)
        case Grid():
            draw_grid(shapes, part, pen)
        case Missing():
            draw_missing(shapes, part, pen)
        case _:
            raise TypeError(type(part))


def _remark(drawn: Drawn, text: str, pen: Pen) -> None:
    """A mark at the upper right: what must be known before anything on the slide is believed."""
    room = theme.REMARK
    width = min(room.width, text_width(text, theme.SMALL, bold=True) / SLACK + 0.05)
    at = Box(room.x + room.width - width, room.y + 0.04, width, 0.32)
    pen.box(drawn.shapes, at, [text], colour=theme.ORANGE, bold=True, align=PP_ALIGN.RIGHT)


def _page_number(drawn: Drawn) -> None:
    """Number of the page: a layout only offers it, each slide has to take it."""
    for shape in drawn.slide_layout.shapes:
        if shape.is_placeholder and shape.placeholder_format.type == PP_PLACEHOLDER.SLIDE_NUMBER:
            drawn.shapes.element.append(copy.deepcopy(shape.element))
