"""Text on a slide: runs with size, colour and language, in boxes that were measured before."""

from collections.abc import Sequence

from pptx.dml.color import RGBColor
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.shapes.shapetree import SlideShapes
from pptx.text.text import Font, TextFrame
from pptx.util import Inches, Length, Pt

from garant.reports.deck import theme
from garant.reports.deck.fit import fitting
from garant.reports.deck.parts import Box

_BULLET = (
    '<a:buChar xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" char="•"/>',
    '<a:buClr xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:srgbClr val="{}"/></a:buClr>',
)

EMU_PER_INCH = 914_400


def lengths(at: Box) -> tuple[Length, Length, Length, Length]:
    """Place and size as python-pptx takes them."""
    return Inches(at.x), Inches(at.y), Inches(at.width), Inches(at.height)


class Pen:
    """Writes in one language.

    Parameters
    ----------
    language : {"fr", "en"}
        Of the runs, so that nobody's spelling checker underlines them.
    """

    def __init__(self, language: str) -> None:
        self._language = MSO_LANGUAGE_ID.FRENCH if language == "fr" else MSO_LANGUAGE_ID.ENGLISH_UK

    def style(self, font: Font, size: float, *, colour: str = theme.INK, bold: bool = False) -> None:
        """Set size, colour, weight and language of a run or of labels."""
        font.size, font.bold = Pt(size), bold
        font.color.rgb = RGBColor.from_string(colour[1:].upper())
        font.language_id = self._language

    def box(
        self,
        shapes: SlideShapes,
        at: Box,
        paragraphs: Sequence[str],
        *,
        sizes: Sequence[int] = (theme.SMALL,),
        colour: str = theme.INK,
        bold: bool = False,
        align: PP_ALIGN = PP_ALIGN.LEFT,
        anchor: MSO_ANCHOR = MSO_ANCHOR.TOP,
    ) -> None:
        """Add a box of text in the largest of `sizes` that fits."""
        frame = shapes.add_textbox(*lengths(at)).text_frame
        size, fitted = fitting(paragraphs, at.width, at.height, sizes, bold=bold)
        self.fill(frame, fitted, size, colour=colour, bold=bold, align=align, anchor=anchor)

    def fill(
        self,
        frame: TextFrame,
        paragraphs: Sequence[str],
        size: float,
        *,
        colour: str = theme.INK,
        bold: bool = False,
        align: PP_ALIGN = PP_ALIGN.LEFT,
        anchor: MSO_ANCHOR = MSO_ANCHOR.TOP,
        inset: float = 0.0,
    ) -> None:
        """Write paragraphs into a frame that has none yet."""
        frame.word_wrap, frame.auto_size, frame.vertical_anchor = True, MSO_AUTO_SIZE.NONE, anchor
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Inches(inset)
        for number, text in enumerate(paragraphs):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.alignment = align
            if number:
                paragraph.space_before = Pt(size * theme.PARAGRAPH_GAP)
            run = paragraph.add_run()
            run.text = text
            self.style(run.font, size, colour=colour, bold=bold)

    def listed(self, shapes: SlideShapes, at: Box, lines: Sequence[str], *, sizes: Sequence[int]) -> None:
        """Add lines with a mark before each."""
        shape = shapes.add_textbox(*lengths(at))
        size, fitted = fitting(lines, at.width - theme.BULLET_INDENT, at.height, sizes)
        self.fill(shape.text_frame, fitted, size)
        indent = int(theme.BULLET_INDENT * EMU_PER_INCH)
        # python-pptx has no name for bullets.
        for paragraph in shape.element.iter(qn("a:p")):
            properties = paragraph.get_or_add_pPr()
            properties.set("marL", str(indent))
            properties.set("indent", str(-indent))
            properties.append(parse_xml(_BULLET[1].format(theme.BLUE[1:])))
            properties.append(parse_xml(_BULLET[0]))
