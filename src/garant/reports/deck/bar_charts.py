"""Bars as charts of PowerPoint itself: their figures can be clicked, copied and read out."""

from typing import Any

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.chart.point import Point
from pptx.chart.series import BarSeries
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.shapes.shapetree import SlideShapes

from garant.reports.deck import theme
from garant.reports.deck.chart_frame import new_chart, set_legend
from garant.reports.deck.parts import Bars
from garant.reports.deck.writing import Pen

HEADROOM = 1.18
"""Length of the axis over the longest bar: room for its label."""

DIVERGING_ROOM = 0.55
"""The same on either side of zero, in lengths of the longest bar."""


def draw_bars(shapes: SlideShapes, bars: Bars, pen: Pen) -> None:
    """Draw a chart of bars with its caption."""
    data = CategoryChartData()
    data.categories = [category.text for category in bars.categories]
    for series in bars.series:
        data.add_series(series.name, [None if p.is_gap else p.drawn for p in series.points])
    kind = XL_CHART_TYPE.BAR_CLUSTERED if bars.across else XL_CHART_TYPE.COLUMN_CLUSTERED
    chart = new_chart(shapes, kind, data, at=bars.at, caption=bars.caption, alternative=bars.alternative, pen=pen)
    set_legend(chart, pen, shown=len(bars.series) > 1)
    _axes(chart, bars, pen)
    # What python-pptx says of its own types ends here.
    plot: Any = chart.plots[0]
    plot.gap_width, plot.overlap = (55 if len(bars.series) > 1 else 45), (0 if len(bars.series) > 1 else 100)
    for number, (drawn, series) in enumerate(zip(plot.series, bars.series, strict=True)):
        _colour(drawn, theme.LIGHT_BLUE if bars.highlighted else series.colour)
        drawn.invert_if_negative = False
        _label(drawn, bars, number, pen)


def _axes(chart: Chart, bars: Bars, pen: Pen) -> None:
    values, categories = chart.value_axis, chart.category_axis
    values.visible = values.has_major_gridlines = False
    largest = max((p.drawn for s in bars.series for p in s.points), default=1.0)
    least = min((p.drawn for s in bars.series for p in s.points), default=0.0)
    reach = max(largest, -least if bars.diverging else 0.0) or 1.0
    values.maximum_scale = max(largest, 0.0) * HEADROOM or 1.0
    values.minimum_scale = 0.0
    if bars.diverging:
        values.maximum_scale = largest + reach * DIVERGING_ROOM if largest > 0 else 0.0
        values.minimum_scale = least - reach * DIVERGING_ROOM if least < 0 else 0.0
    categories.reverse_order = bars.across
    categories.major_tick_mark = XL_TICK_MARK.NONE
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    categories.format.line.color.rgb = RGBColor.from_string(theme.HAIRLINE[1:].upper())
    pen.style(categories.tick_labels.font, theme.SMALL)


def _colour(drawn: BarSeries | Point, colour: str) -> None:
    drawn.format.fill.solid()
    drawn.format.fill.fore_color.rgb = RGBColor.from_string(colour[1:].upper())


def _label(drawn: BarSeries, bars: Bars, number: int, pen: Pen) -> None:
    """Write each figure at its bar, as the language writes it: a format of the chart would follow the machine."""
    for at, point in enumerate(bars.series[number].points):
        if bars.diverging and point.drawn < 0:
            _colour(drawn.points[at], theme.ORANGE)
        elif at in bars.highlighted:
            _colour(drawn.points[at], bars.series[number].colour)
        text = point.text
        if bars.labels is not None:
            if at not in bars.labels or number:
                continue
            text = bars.labels[at]
        label = drawn.points[at].data_label
        label.text_frame.text = text
        pen.style(label.text_frame.paragraphs[0].runs[0].font, theme.SMALL, bold=True)
        label.position = XL_LABEL_POSITION.OUTSIDE_END
