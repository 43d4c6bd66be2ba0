"""Contributions of one feature by its value: a curve for numbers, rows for levels, and either by groups of another.

Bins of a number stand at equal steps, since each holds about as many applicants; what is not known stands apart.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from garant.reports.chart_theme import FAINT, LOWERS, RAISES, TEXT, WIDTH
from garant.reports.charts import Layers
from garant.reports.effect_charts import (
    LETTERS,
    LOWERS_SIGN,
    NUMBER,
    PLOT_WIDTH,
    RAISES_SIGN,
    colour,
    direction_title,
    effect_ticks,
    kind_of,
    shape,
)
from garant.reports.label_axis import WIDEST_LETTER, label_axis

HEIGHT = 250

LINES = (
    ("#7fa8d1", [1, 0], "circle"),
    ("#3f6690", [6, 3], "square"),
    ("#0d1f33", [2, 3], "diamond"),
    (FAINT, [10, 3], "cross"),
)
"""Colour, dash and mark of each group of a second feature: light to dark, and none of the colours of directions."""

_HEADROOM = 0.18


@dataclass(frozen=True, slots=True)
class Point:
    """Contributions in one bin: the label of the bin, the median, the ends of the middle 80 % in log-odds."""

    label: str
    median: float
    low: float
    high: float
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Medians of one group of the second feature by bin of the first; None where too few people are."""

    label: str
    medians: Sequence[float | None]


def curve_chart(points: Sequence[Point], *, words: Mapping[str, str]) -> Layers:
    """Median as a line of ▲ and ▼ over the middle 80 %.

    Parameters
    ----------
    points : sequence of Point
        Bins from low to high, what is missing last.
    words : mapping of str to str
        ``x``, ``y``, ``raises`` and ``lowers``.
    """
    rows = [
        {"x": at, "y": p.median, "low": p.low, "high": p.high, "kind": kind_of(p.median)} for at, p in _places(points)
    ]
    known = [row for row, p in zip(rows, points, strict=True) if not p.is_missing]
    low, high = _domain([*(p.low for p in points), *(p.high for p in points)])
    x = _bins_axis(_places(points), words["x"])
    y = _effects_axis(low, high, words["y"])
    base, marks = alt.Chart(_data(known)), alt.Chart(_data(rows))
    return alt.layer(
        base.mark_area(color=FAINT, opacity=0.22, aria=False).encode(x, alt.Y("low:Q"), alt.Y2("high:Q")),
        _zero(y),
        base.mark_line(color=TEXT, aria=False).encode(x, y),
        alt.Chart(_data(rows[len(known) :]))
        .mark_rule(strokeWidth=6, opacity=0.3, aria=False)
        .encode(x, alt.Y("low:Q"), alt.Y2("high:Q")),
        marks.mark_point(filled=True, size=95, opacity=1, aria=False).encode(x, y, color=colour(), shape=shape()),
        *_sides(low, high, y, words),
    ).properties(width=WIDTH, height=HEIGHT)


def rows_chart(points: Sequence[Point], *, words: Mapping[str, str]) -> Layers:
    """A row per level: ▲ or ▼ at the median over the middle 80 %."""
    shown = label_axis([point.label for point in points], letters=LETTERS)
    rows = [
        {"label": label, "x": p.median, "low": p.low, "high": p.high, "kind": kind_of(p.median)}
        for label, p in zip(shown.labels, points, strict=True)
    ]
    y = alt.Y("label:N", sort=list(shown.labels), title=None, axis=shown.axis)
    axis = effect_ticks()
    chart = alt.Chart(_data(rows), height=alt.Step(shown.step), width=PLOT_WIDTH)
    return alt.layer(
        _zero_across(),
        chart.mark_rule(strokeWidth=7, opacity=0.25, aria=False).encode(alt.X("low:Q"), y, alt.X2("high:Q")),
        chart.mark_point(filled=True, size=95, opacity=1, aria=False).encode(
            alt.X("x:Q", title=words["y"], axis=axis), y, color=colour(), shape=shape()
        ),
        title=direction_title(words),
    )


def pair_curves_chart(bins: Sequence[Point], groups: Sequence[Group], *, words: Mapping[str, str]) -> Layers:
    """A line per group of the second feature, told apart by dash and mark, named above the chart.

    Parameters
    ----------
    bins : sequence of Point
        Bins of the first feature; only their labels are read.
    groups : sequence of Group
        At most four.
    words : mapping of str to str
        ``x``, ``y``, ``other`` above the names, ``raises`` and ``lowers``.
    """
    places = list(_places(bins))
    rows = [
        {"x": at, "y": value, "group": group.label, "part": "missing" if point.is_missing else "known"}
        for group in groups
        for (at, point), value in zip(places, group.medians, strict=True)
        if value is not None
    ]
    low, high = _domain([float(row["y"]) for row in rows])
    x = _bins_axis(places, words["x"])
    y = _effects_axis(low, high, words["y"])
    chart = alt.Chart(_data(rows))
    return alt.layer(
        _zero(y),
        chart.mark_line(aria=False).encode(x, y, detail="part:N", **_by_group(groups, words["other"], with_dash=True)),
        chart.mark_point(filled=True, size=75, opacity=1, aria=False).encode(
            x, y, **_by_group(groups, words["other"], with_dash=False)
        ),
        *_sides(low, high, y, words),
    ).properties(width=WIDTH, height=HEIGHT)


def pair_rows_chart(bins: Sequence[Point], groups: Sequence[Group], *, words: Mapping[str, str]) -> Layers:
    """A row per level of the first feature, a mark per group of the second."""
    shown = label_axis([point.label for point in bins], letters=LETTERS)
    rows = [
        {"label": label, "x": value, "group": group.label}
        for group in groups
        for label, value in zip(shown.labels, group.medians, strict=True)
        if value is not None
    ]
    y = alt.Y("label:N", sort=list(shown.labels), title=None, axis=shown.axis)
    axis = effect_ticks()
    chart = alt.Chart(_data(rows), height=alt.Step(shown.step), width=PLOT_WIDTH)
    return alt.layer(
        _zero_across(),
        chart.mark_point(filled=True, size=95, opacity=1, aria=False).encode(
            alt.X("x:Q", title=words["y"], axis=axis), y, **_by_group(groups, words["other"], with_dash=False)
        ),
        title=direction_title(words),
    )


def _places(points: Sequence[Point]) -> Sequence[tuple[float, Point]]:
    """Place of each bin on the axis; what is missing stands half a step further away."""
    return [(at + 0.5 if point.is_missing else float(at), point) for at, point in enumerate(points)]


def _bins_axis(places: Sequence[tuple[float, Point]], title: str) -> alt.X:
    """Axis that names bins; only as many as have room."""
    longest = max((len(point.label) for _, point in places if not point.is_missing), default=1)
    step = (WIDTH - 20) / max(1.0, places[-1][0] - places[0][0] + 0.8) if places else WIDTH
    every = max(1, math.ceil((longest * WIDEST_LETTER + 10) / step))
    labels = {f"{at:g}": p.label for number, (at, p) in enumerate(places) if p.is_missing or number % every == 0}
    first, end = (places[0][0], places[-1][0]) if places else (0.0, 1.0)
    axis = alt.Axis(
        values=[float(at) for at in labels],
        labelExpr=f"({json.dumps(labels, ensure_ascii=False)})['' + datum.value]",
        labelOverlap=False,
        labelFontSize=12,
        grid=False,
        titleLimit=WIDTH,
    )
    return alt.X("x:Q", title=title, scale=alt.Scale(domain=[first - 0.4, end + 0.4], nice=False), axis=axis)


def _effects_axis(low: float, high: float, title: str) -> alt.Y:
    scale = alt.Scale(domain=[low, high], nice=False)
    return alt.Y("y:Q", title=title, scale=scale, axis=alt.Axis(format=NUMBER, tickCount=5))


def _domain(ends: Sequence[float]) -> tuple[float, float]:
    """Ends of an axis of effects: zero and room for words at both ends are in it."""
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    room = _HEADROOM * (high - low or 1.0)
    return low - room, high + room


def _zero(y: alt.Y) -> alt.Chart:
    return alt.Chart(_data([{"y": 0}])).mark_rule(color=FAINT, strokeWidth=1.5, aria=False).encode(y)


def _zero_across() -> alt.Chart:
    return alt.Chart(_data([{"zero": 0}])).mark_rule(color=FAINT, strokeWidth=1.5, aria=False).encode(alt.X("zero:Q"))


def _sides(low: float, high: float, y: alt.Y, words: Mapping[str, str]) -> list[alt.Chart]:
    """Words at both ends of the axis of effects."""
    sides: tuple[tuple[float, str, Literal["top", "bottom"], int, str], ...] = (
        (high, f"{RAISES_SIGN} {words['raises']}", "top", 2, RAISES),
        (low, f"{LOWERS_SIGN} {words['lowers']}", "bottom", -2, LOWERS),
    )
    return [
        alt.Chart(_data([{"y": at, "text": text}]))
        .mark_text(align="left", baseline=baseline, dx=6, dy=lift, color=color)
        .encode(y, x=alt.value(0), text="text:N")
        for at, text, baseline, lift, color in sides
    ]


def _by_group(groups: Sequence[Group], title: str, *, with_dash: bool) -> dict[str, Any]:
    names = [group.label for group in groups]
    colours, dashes, shapes = zip(*LINES[: len(names)], strict=True)
    legend = alt.Legend(
        title=title,
        orient="top",
        direction="horizontal",
        columns=2,
        labelLimit=0,
        titleLimit=0,
        labelFontSize=12,
        titleFontSize=12,
        titleFontWeight="normal",
        symbolSize=90,
        symbolOpacity=1,
    )
    by: dict[str, Any] = {
        "color": alt.Color("group:N", scale=alt.Scale(domain=names, range=list(colours)), legend=legend)
    }
    if with_dash:
        dash = alt.Scale(domain=names, range=[list(dash) for dash in dashes])
        by["strokeDash"] = alt.StrokeDash("group:N", scale=dash, legend=None)
    else:
        by["shape"] = alt.Shape("group:N", scale=alt.Scale(domain=names, range=list(shapes)), legend=legend)
    return by


def _data(rows: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=[dict(row) for row in rows])
