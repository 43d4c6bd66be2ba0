"""Curves and dots over two axes, as charts of PowerPoint itself."""

from typing import Any

from pptx.chart.axis import ValueAxis
from pptx.chart.data import XyChartData
from pptx.chart.series import XySeries
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_MARKER_STYLE, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.shapes.shapetree import SlideShapes
from pptx.util import Pt

from garant.reports.deck import theme
from garant.reports.deck.chart_frame import new_chart, set_legend
from garant.reports.deck.parts import Curve, Plane
from garant.reports.deck.writing import Pen

TICKS = 5
"""Parts of an axis."""

_GAP = "\N{NO-BREAK SPACE}" * 2

_SIDES = {
    "right": XL_LABEL_POSITION.RIGHT,
    "above": XL_LABEL_POSITION.ABOVE,
    "below": XL_LABEL_POSITION.BELOW,
}

DOT = 11
"""Size of a dot."""

PERCENT = {"fr": "0\N{NO-BREAK SPACE}%", "en": "0%"}


def draw_plane(shapes: SlideShapes, plane: Plane, pen: Pen, language: str) -> None:
    """Draw curves with their caption."""
    data = XyChartData()
    for curve in plane.curves:
        series = data.add_series(curve.name)
        for x, y in zip(curve.xs, curve.ys, strict=True):
            series.add_data_point(x.drawn, y.drawn)
    kind = XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS
    chart = new_chart(shapes, kind, data, at=plane.at, caption=plane.caption, alternative=plane.alternative, pen=pen)
    set_legend(chart, pen, shown=len(plane.curves) > 1)
    # What python-pptx says of its own types ends here.
    across: Any = chart.category_axis
    plot: Any = chart.plots[0]
    _axis(across, plane.x_most, plane.x.text, pen, language=language, shown=True)
    _axis(chart.value_axis, plane.y_most, plane.y.text, pen, language=language, shown=plane.y_is_share)
    for drawn, curve in zip(plot.series, plane.curves, strict=True):
        drawn.smooth = False
        _draw(drawn, curve, pen)


def _axis(axis: ValueAxis, most: float, name: str, pen: Pen, *, language: str, shown: bool) -> None:
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = 0.0, most, most / TICKS
    axis.has_major_gridlines = shown
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
    for at, said in curve.labels.items():
        label = drawn.points[at].data_label
        # The label begins at the middle of its dot: without the spaces it would stand on it.
        label.text_frame.text = f"{_GAP}{said.text}" if curve.side == "right" else said.text
        pen.style(label.text_frame.paragraphs[0].runs[0].font, theme.SMALL, colour=curve.colour, bold=True)
        label.position = _SIDES[curve.side]
