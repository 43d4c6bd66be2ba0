"""Where a chart stands, or the gap in its place."""

from garant.reports.deck.parts import Bars, Missing
from garant.reports.deck.telling import Teller


def bars_or_gap(tell: Teller, bars: Bars) -> Bars | Missing:
    """The chart; where one of its bars was not measured, its place says so: the others would compare with nothing."""
    gaps = [point for series in bars.series for point in series.points if point.is_gap]
    if not gaps:
        return bars
    return Missing(bars.at, tell.nothing_in(gaps[0].source))
