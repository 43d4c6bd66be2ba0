"""A chart of a few curves that are told apart by dash and direct label, not by colour alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import altair as alt

from garant.metrics.sample import Array
from garant.reports import charts

DASHES = ([1, 0], [6, 3], [2, 3], [10, 3, 2, 3])
COLORS = (charts.LOWERS, charts.RAISES, charts.TEXT, charts.FAINT)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """One curve.

    Parameters
    ----------
    label : str
        What it is, in the report's language.
    x, y : arrays of float64, one length
        Its points.
    label_at : int
        Point beside which the label stands.
    align : {"left", "right", "center"}
        Side of the label: ``left`` writes to the right of the point.
    lift : int
        Pixels that the label stands below the point.
    dots : bool
        Whether each point is marked: for curves over a few groups.
    """

    label: str
    x: Array
    y: Array
    label_at: int = -1
    align: Literal["left", "right", "center"] = "left"
    lift: int = 0
    dots: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Title, domain and format of an axis.

    Parameters
    ----------
    title : str
        What is measured.
    low, high : float
        Ends.
    number : str
        Format of the drawing library, ``.1~%`` for shares.
    """

    title: str
    low: float = 0.0
    high: float = 1.0
    number: str = ".1~%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A vertical line from `low` to `high` at `x`, with words beside its middle."""

    x: float
    low: float
    high: float
    text: str
    align: Literal["left", "right"] = "left"


def lines_chart(lines: Sequence[Line], *, x: Axis, y: Axis, mark: Mark | None = None) -> charts.Layers:
    """Curves on shared axes."""
    across = alt.X("x:Q", title=x.title, scale=_scale(x), axis=alt.Axis(format=x.number, tickCount=6))
    up = alt.Y("y:Q", title=y.title, scale=_scale(y), axis=alt.Axis(format=y.number, tickCount=6))
    layers: list[alt.Chart] = []
    for number, line in enumerate(lines):
        color = COLORS[number]
        points = [{"x": a, "y": b} for a, b in zip(line.x.tolist(), line.y.tolist(), strict=True)]
        base = alt.Chart(alt.InlineData(values=points))
        layers.append(base.mark_line(color=color, strokeDash=DASHES[number]).encode(across, up))
        if line.dots:
            layers.append(base.mark_point(color=color, filled=True, size=50, opacity=1).encode(across, up))
        label = [{**points[line.label_at], "text": line.label}]
        layers.append(
            alt.Chart(alt.InlineData(values=label))
            .mark_text(align=line.align, dx={"left": 6, "right": -6, "center": 0}[line.align], dy=line.lift)
            .encode(across, up, text="text:N")
        )
    if mark is not None:
        layers += _mark(mark, across, up)
    return alt.layer(*layers)


def _scale(axis: Axis) -> alt.Scale:
    return alt.Scale(domain=[axis.low, axis.high], nice=False)


def _mark(mark: Mark, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    data = alt.InlineData(values=[{"x": mark.x, "y": mark.low, "y2": mark.high}])
    rule = alt.Chart(data).mark_rule(strokeWidth=1.5, strokeDash=[3, 2]).encode(x, y, alt.Y2("y2:Q"))
    middle = alt.InlineData(values=[{"x": mark.x, "y": (mark.low + mark.high) / 2, "text": mark.text}])
    words = (
        alt.Chart(middle)
        .mark_text(align=mark.align, dx=6 if mark.align == "left" else -6, baseline="middle")
        .encode(x, y, text="text:N")
    )
    return [rule, words]
