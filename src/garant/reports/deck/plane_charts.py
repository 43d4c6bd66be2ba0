"""Curves and dots over two axes, as charts of PowerPoint itself."""

from pptx.chart.axis import ValueAxis
from pptx.chart.chart import Chart
from pptx.chart.data import XyChartData
from pptx.chart.series import XySeries
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_MARKER_STYLE, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.shapes.shapetree import SlideShapes
from pptx.util import Inches, Pt

from garant.reports.deck import theme
from garant.reports.deck.bar_charts import chart_area, describe, legend, plain
from garant.reports.deck.slide import Box, Curve, Plane
from garant.reports.deck.writing import Pen

TICKS = 5
"""Parts of an axis."""

DOT = 9
"""Size of a dot."""

PERCENT = {"fr": "0\N{NO-BREAK SPACE}%", "en": "0%"}


def draw_plane(shapes: SlideShapes, plane: Plane, pen: Pen, language: str) -> None:
    """Draw curves with their caption."""
    pen.box(shapes, Box(plane.at.x, plane.at.y, plane.at.width, 0.3), [plane.caption.text], colour=theme.GREY)
    data = XyChartData()
    for curve in plane.curves:
        series = data.add_series(curve.name)
        for x, y in zip(curve.xs, curve.ys, strict=True):
            series.add_data_point(x.drawn, y.drawn)
    area = chart_area(plane.at)
    places = (Inches(v) for v in (area.x, area.y, area.width, area.height))
    frame = shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, *places, data)
    describe(frame, plane.alternative.text)
    chart: Chart = frame.chart
    plain(chart, pen)
    chart.has_legend = len(plane.curves) > 1
    if chart.has_legend:
        legend(chart, pen)
    _axis(chart.category_axis, plane.x_most, plane.x.text, pen, language=language, shown=True)
    _axis(chart.value_axis, plane.y_most, plane.y.text, pen, language=language, shown=plane.y_is_share)
    for drawn, curve in zip(chart.plots[0].series, plane.curves, strict=True):
        _draw(drawn, curve, pen)


def _axis(axis: ValueAxis, most: float, name: str, pen: Pen, *, language: str, shown: bool) -> None:
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = 0.0, most, most / TICKS
    axis.has_major_gridlines = shown and isinstance(axis, ValueAxis)
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.format.line.color.rgb = RGBColor.from_string(theme.HAIRLINE[1:].upper())
    if axis.has_major_gridlines:
        axis.major_gridlines.format.line.color.rgb = RGBColor.from_string(theme.HAIRLINE[1:].upper())
    axis.axis_title.text_frame.text = name
    pen.style(axis.axis_title.text_frame.paragraphs[0].runs[0].font, theme.SMALL, colour=theme.GREY)
    labels = axis.tick_labels
    # Whole percents alone: a decimal sign would be that of the machine that shows the slide.
    labels.number_format, labels.number_format_is_linked = (PERCENT[language] if shown else ";;;"), False
    pen.style(labels.font, theme.SMALL, colour=theme.GREY)


def _draw(drawn: XySeries, curve: Curve, pen: Pen) -> None:
    colour = RGBColor.from_string(curve.colour[1:].upper())
    drawn.marker.style = XL_MARKER_STYLE.NONE if curve.is_line else XL_MARKER_STYLE.CIRCLE
    if curve.is_line:
        drawn.format.line.color.rgb = colour
        drawn.format.line.width = Pt(1.5 if curve.is_dashed else 3)
        if curve.is_dashed:
            drawn.format.line.dash_style = MSO_LINE_DASH_STYLE.DASH
    else:
        drawn.format.line.fill.background()
        drawn.marker.size = DOT
        drawn.marker.format.fill.solid()
        drawn.marker.format.fill.fore_color.rgb = colour
        drawn.marker.format.line.fill.background()
    drawn.smooth = False
    for at, said in curve.labels.items():
        label = drawn.points[at].data_label
        label.text_frame.text = said.text
        pen.style(label.text_frame.paragraphs[0].runs[0].font, theme.SMALL, colour=curve.colour, bold=True)
        label.position = XL_LABEL_POSITION.RIGHT if at < len(curve.xs) / 2 else XL_LABEL_POSITION.ABOVE
