"""The deck's own master: colours, typeface, two layouts in 16:9, page numbers."""

import re
from dataclasses import dataclass

from pptx import Presentation
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.shapes.base import BaseShape
from pptx.slide import SlideLayout, SlideMaster
from pptx.util import Emu, Inches

from garant.reports.deck import theme
from garant.reports.deck.parts import Box

_COVER, _CONTENT = "Title Slide", "Title Only"
_KEPT = {PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.SLIDE_NUMBER}
_NAMESPACE = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'

COVER_TITLE = Box(theme.LEFT, 2.0, 11.2, 1.75)


@dataclass(frozen=True, slots=True)
class Master:
    """An empty deck and the layouts of its slides."""

    deck: Deck
    cover: SlideLayout
    content: SlideLayout


def new_master() -> Master:
    """Empty deck with the project's look."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(theme.WIDTH), Inches(theme.HEIGHT)
    layouts = {layout.name: layout for layout in deck.slide_layouts}
    for name, layout in layouts.items():
        if name not in {_COVER, _CONTENT}:
            deck.slide_layouts.remove(layout)
    _set_theme(deck)
    _set_text_styles(deck)
    for shape in _placeholders(deck.slide_master):
        if shape.placeholder_format.type in _KEPT:
            _place_known(shape, theme.TITLE)
        elif shape.placeholder_format.type != PP_PLACEHOLDER.BODY:
            _remove(shape)
        else:
            place(shape, theme.BODY)
    for name, title in ((_COVER, COVER_TITLE), (_CONTENT, theme.TITLE)):
        for shape in _placeholders(layouts[name]):
            if shape.placeholder_format.type in _KEPT:
                _place_known(shape, title)
            else:
                _remove(shape)
    ground = layouts[_COVER].background.fill
    ground.solid()
    ground.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
    layouts[_COVER].name, layouts[_CONTENT].name = "garant cover", "garant slide"
    return Master(deck, layouts[_COVER], layouts[_CONTENT])


def _placeholders(of: SlideMaster | SlideLayout) -> list[BaseShape]:
    """Placeholders, to be changed while one goes through them."""
    return [shape for shape in of.shapes if shape.is_placeholder]


def place(shape: BaseShape, at: Box) -> None:
    """Put a shape where `at` says."""
    shape.left, shape.top = Inches(at.x), Inches(at.y)
    shape.width, shape.height = Inches(at.width), Inches(at.height)


def _place_known(shape: BaseShape, title: Box) -> None:
    is_page = shape.placeholder_format.type == PP_PLACEHOLDER.SLIDE_NUMBER
    place(shape, theme.PAGE if is_page else title)
    body = next(shape.element.iter(qn("a:bodyPr")))
    for side in ("lIns", "tIns", "rIns", "bIns"):
        body.set(side, str(Emu(0)))
    body.set("anchor", "b" if is_page else "t")
    for child in list(body):
        body.remove(child)


def _remove(shape: BaseShape) -> None:
    parent = shape.element.getparent()
    if parent is not None:
        parent.remove(shape.element)


def _set_theme(deck: Deck) -> None:
    """Put colours and typeface into the theme; forget the printer that the shipped template remembers."""
    rels = deck.part.rels
    for rid, rel in list(rels.items()):
        if rel.reltype.endswith("/printerSettings"):
            rels.pop(rid)
    old = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    text = old.blob.decode()
    text = re.sub(r"<a:clrScheme .*?</a:clrScheme>", _colours(), text, flags=re.DOTALL)
    text = re.sub(r"<a:fontScheme .*?</a:fontScheme>", _fonts(), text, flags=re.DOTALL)
    text = text.replace('name="Office Theme"', 'name="garant"')
    new = Part.load(old.partname, old.content_type, old.package, text.encode())
    for part in (deck.part, deck.slide_master.part):
        part.rels.pop(part.relate_to(old, RELATIONSHIP_TYPE.THEME))
        part.relate_to(new, RELATIONSHIP_TYPE.THEME)


def _colours() -> str:
    named = {
        "dk1": theme.INK,
        "lt1": theme.WHITE,
        "dk2": theme.GREY,
        "lt2": theme.PALE_BLUE,
        "accent1": theme.BLUE,
        "accent2": theme.ORANGE,
        "accent3": theme.LIGHT_BLUE,
        "accent4": theme.GREY,
        "accent5": theme.PALE_ORANGE,
        "accent6": theme.HAIRLINE,
        "hlink": theme.BLUE,
        "folHlink": theme.GREY,
    }
    entries = "".join(f'<a:{name}><a:srgbClr val="{colour[1:]}"/></a:{name}>' for name, colour in named.items())
    return f'<a:clrScheme name="garant">{entries}</a:clrScheme>'


def _fonts() -> str:
    face = f'<a:latin typeface="{theme.FONT}"/><a:ea typeface=""/><a:cs typeface=""/>'
    faces = "".join(f"<a:{kind}Font>{face}</a:{kind}Font>" for kind in ("major", "minor"))
    return f'<a:fontScheme name="garant">{faces}</a:fontScheme>'


def _set_text_styles(deck: Deck) -> None:
    """Titles stand to the left, bold, in the ink of the text; nothing of the master is smaller than the smallest."""
    title = next(deck.slide_master.element.iter(qn("p:titleStyle")))
    for child in list(title):
        title.remove(child)
    title.append(
        parse_xml(
            f'<a:lvl1pPr {_NAMESPACE} algn="l"><a:buNone/><a:defRPr sz="{theme.TITLE_SIZES[0] * 100}" b="1">'
            '<a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="+mj-lt"/></a:defRPr></a:lvl1pPr>'
        )
    )
    for number in _placeholders(deck.slide_master):
        if number.placeholder_format.type == PP_PLACEHOLDER.SLIDE_NUMBER:
            for run in number.element.iter(qn("a:defRPr")):
                run.set("sz", str(theme.SMALL * 100))
