"""Bars as charts of PowerPoint itself: their figures can be clicked, copied and read out."""

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.chart.series import BarSeries
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.oxml import parse_xml
from pptx.shapes.shapetree import SlideShapes
from pptx.util import Inches

from garant.reports.deck import theme
from garant.reports.deck.slide import Bars, Box
from garant.reports.deck.writing import Pen

CAPTION_HEIGHT = 0.36
"""Of the line above a chart that says what is drawn."""

_NO_AUTO_TITLE = '<c:autoTitleDeleted xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" val="1"/>'

HEADROOM = 1.18
"""Length of the axis over the longest bar: room for its label."""


def chart_area(at: Box) -> Box:
    """Where the chart itself is drawn: below its caption."""
    return Box(at.x, at.y + CAPTION_HEIGHT, at.width, at.height - CAPTION_HEIGHT)


def draw_bars(shapes: SlideShapes, bars: Bars, pen: Pen) -> None:
    """Draw a chart of bars with its caption."""
    pen.box(shapes, Box(bars.at.x, bars.at.y, bars.at.width, 0.3), [bars.caption.text], colour=theme.GREY)
    data = CategoryChartData()
    data.categories = [category.text for category in bars.categories]
    for series in bars.series:
        data.add_series(series.name, [None if p.is_gap else p.drawn for p in series.points])
    area = chart_area(bars.at)
    kind = XL_CHART_TYPE.BAR_CLUSTERED if bars.across else XL_CHART_TYPE.COLUMN_CLUSTERED
    frame = shapes.add_chart(kind, *(Inches(v) for v in (area.x, area.y, area.width, area.height)), data)
    describe(frame, bars.alternative.text)
    chart: Chart = frame.chart
    plain(chart, pen)
    chart.has_legend = len(bars.series) > 1
    if chart.has_legend:
        legend(chart, pen)
    _axes(chart, bars, pen)
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = (55 if len(bars.series) > 1 else 45), (0 if len(bars.series) > 1 else 100)
    for number, (drawn, series) in enumerate(zip(plot.series, bars.series, strict=True)):
        _colour(drawn, series.colour)
        _label(drawn, bars, number, pen)


def plain(chart: Chart, pen: Pen) -> None:
    """Take away what a chart begins with and nobody needs."""
    chart.has_title = False
    pen.style(chart.font, theme.SMALL)
    space = chart._chartSpace.chart  # noqa: SLF001 - without it PowerPoint shows the name of a single series as title
    if space.find("{http://schemas.openxmlformats.org/drawingml/2006/chart}autoTitleDeleted") is None:
        space.insert(0, parse_xml(_NO_AUTO_TITLE))


def legend(chart: Chart, pen: Pen) -> None:
    """Put the legend above the chart."""
    chart.legend.position = XL_LEGEND_POSITION.TOP
    chart.legend.include_in_layout = False
    pen.style(chart.legend.font, theme.SMALL)


def describe(frame: object, text: str) -> None:
    """Say what is drawn to who cannot see it."""
    properties = frame._element.xpath(".//p:cNvPr")[0]  # type: ignore[attr-defined]  # noqa: SLF001
    properties.set("descr", text)


def _axes(chart: Chart, bars: Bars, pen: Pen) -> None:
    values, categories = chart.value_axis, chart.category_axis
    values.visible = values.has_major_gridlines = False
    largest = max((p.drawn for s in bars.series for p in s.points), default=1.0)
    least = min((p.drawn for s in bars.series for p in s.points), default=0.0)
    reach = max(largest, -least if bars.diverging else 0.0) or 1.0
    values.maximum_scale = max(largest, 0.0) * HEADROOM or 1.0
    values.minimum_scale = 0.0
    if bars.diverging:
        values.maximum_scale = max(largest, 0.0) + reach * (HEADROOM - 1) * 1.4
        values.minimum_scale = min(least, 0.0) - reach * (HEADROOM - 1) * 1.4
    categories.reverse_order = bars.across
    categories.major_tick_mark = XL_TICK_MARK.NONE
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    categories.format.line.color.rgb = RGBColor.from_string(theme.HAIRLINE[1:].upper())
    pen.style(categories.tick_labels.font, theme.SMALL)


def _colour(series: BarSeries, colour: str) -> None:
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = RGBColor.from_string(colour[1:].upper())
    series.invert_if_negative = False


def _label(drawn: BarSeries, bars: Bars, number: int, pen: Pen) -> None:
    """Write each figure at its bar, as the language writes it: a format of the chart would follow the machine."""
    for at, point in enumerate(bars.series[number].points):
        if bars.diverging and point.drawn < 0:
            fill = drawn.points[at].format.fill
            fill.solid()
            fill.fore_color.rgb = RGBColor.from_string(theme.BLUE[1:].upper())
        text = point.text
        if bars.labels is not None:
            if at not in bars.labels or number:
                continue
            text = bars.labels[at]
        label = drawn.points[at].data_label
        label.text_frame.text = text
        pen.style(label.text_frame.paragraphs[0].runs[0].font, theme.SMALL, bold=True)
        label.position = XL_LABEL_POSITION.OUTSIDE_END
