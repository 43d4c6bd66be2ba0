"""A native chart on a slide: its frame, its words for who cannot see it, and nothing that a chart begins with."""

from typing import TYPE_CHECKING, Any

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.shapes.base import BaseShape
from pptx.shapes.shapetree import SlideShapes

from garant.reports.deck import theme
from garant.reports.deck.figure import Said
from garant.reports.deck.parts import Box
from garant.reports.deck.writing import Pen, lengths

if TYPE_CHECKING:
    from pptx.shapes.graphfrm import GraphicFrame

CAPTION_HEIGHT = 0.36
"""Of the line above a chart that says what is drawn."""

_NO_AUTO_TITLE = '<c:autoTitleDeleted xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" val="1"/>'


def new_chart(
    shapes: SlideShapes,
    kind: XL_CHART_TYPE,
    data: CategoryChartData | XyChartData,
    *,
    at: Box,
    caption: Said,
    alternative: Said,
    pen: Pen,
) -> Chart:
    """Add a chart below its caption."""
    pen.box(shapes, Box(at.x, at.y, at.width, 0.3), [caption.text], colour=theme.GREY)
    area = Box(at.x, at.y + CAPTION_HEIGHT, at.width, at.height - CAPTION_HEIGHT)
    # python-pptx says of its own method that it returns the chart: it is the frame.
    untyped: Any = shapes
    frame: GraphicFrame = untyped.add_chart(kind, *lengths(area), data)
    describe(frame, alternative.text)
    chart = frame.chart
    chart.has_title = False
    pen.style(chart.font, theme.SMALL)
    # Without it PowerPoint shows the name of a single series as the title.
    space = next(chart.element.iter(qn("c:chart")))
    if space.find(qn("c:autoTitleDeleted")) is None:
        space.insert(0, parse_xml(_NO_AUTO_TITLE))
    return chart


def set_legend(chart: Chart, pen: Pen, *, shown: bool) -> None:
    """Put a legend above the chart, or none."""
    chart.has_legend = shown
    if chart.legend is not None:
        chart.legend.position = XL_LEGEND_POSITION.TOP
        chart.legend.include_in_layout = False
        pen.style(chart.legend.font, theme.SMALL)


def describe(shape: BaseShape, text: str) -> None:
    """Say what is drawn to who cannot see it."""
    next(shape.element.iter(qn("p:cNvPr"))).set("descr", text)
