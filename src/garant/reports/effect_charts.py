"""Charts of effects on the score, in log-odds: their mean sizes, and the way from one score to another.

What raises the risk is filled, points up and is orange; what lowers it is pale with an edge, points down and is blue:
one can be told from the other without colour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from garant.metrics.intervals import Interval
from garant.reports.chart_theme import FAINT, LOWERS, RAISES, TEXT
from garant.reports.charts import Layers, Row
from garant.reports.label_axis import label_axis

RAISES_SIGN, LOWERS_SIGN = "▲", "▼"

SIGNS: Mapping[str, str] = {"raises": RAISES_SIGN, "lowers": LOWERS_SIGN, "neither": ""}

LETTERS = 34
"""Letters of a line of a label: with it a chart is as wide as a page of 700 pixels."""

PLOT_WIDTH = 370

NUMBER = ".2~f"
"""Log-odds on an axis; the drawing library writes them as the language does."""

_APART = "\N{EM SPACE}|\N{EM SPACE}"

_ROOM = 0.18
"""Part of the axis that is kept free for the number beside the longest bar."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a waterfall.

    Parameters
    ----------
    label : str
        What moves the score.
    effect : float
        By how much, in log-odds; positive raises the risk.
    said : str
        The effect as it is read.
    """

    label: str
    effect: float
    said: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a waterfall starts or ends: its label, the score in log-odds, and the score as it is read."""

    label: str
    at: float
    said: str


def sizes_chart(labels: Sequence[str], sizes: Sequence[Interval], said: Sequence[str], *, title: str) -> Layers:
    """A bar per label with its 95 % interval; a size has no direction and no colour of one."""
    shown = label_axis(labels, letters=LETTERS)
    top = max((size.high for size in sizes), default=0.0) or 1.0
    rows = [
        {"label": label, "size": size.value, "low": size.low, "high": size.high, "said": text}
        for label, size, text in zip(shown.labels, sizes, said, strict=True)
    ]
    scale = alt.Scale(domain=[0, top * (1 + _ROOM)], nice=False)
    x = alt.X("size:Q", title=title, scale=scale, axis=effect_ticks())
    y = alt.Y("label:N", sort=None, title=None, axis=shown.axis)
    chart = alt.Chart(_data(rows), height=alt.Step(shown.step), width=PLOT_WIDTH)
    ends = (alt.X("low:Q", scale=scale), alt.X2("high:Q"))
    return alt.layer(
        chart.mark_bar(color="#b9b9b9", size=14, aria=False).encode(x, y),
        chart.mark_rule(strokeWidth=2, aria=False).encode(*ends, y),
        chart.mark_tick(thickness=2, size=9, color=TEXT, aria=False).encode(alt.X("low:Q", scale=scale), y),
        chart.mark_tick(thickness=2, size=9, color=TEXT, aria=False).encode(alt.X("high:Q", scale=scale), y),
        chart.mark_text(align="left", dx=6, fontSize=12).encode(alt.X("high:Q", scale=scale), y, text="said:N"),
    )


def waterfall_chart(start: Place, steps: Sequence[Step], end: Place, *, words: Mapping[str, str]) -> Layers:
    """Bars that lead from one score to another, one below the other.

    Parameters
    ----------
    start, end : Place
        The two scores; `end` is `start` and all effects together.
    steps : sequence of Step
        What lies between.
    words : mapping of str to str
        ``x``, ``raises`` and ``lowers``.
    """
    shown = label_axis([start.label, *(step.label for step in steps), end.label], letters=LETTERS)
    bars: list[dict[str, Any]] = []
    at = start.at
    for label, after, step in zip(shown.labels[1:-1], shown.labels[2:], steps, strict=True):
        bars.append(
            {
                "label": label,
                "after": after,
                "from": at,
                "to": at + step.effect,
                "kind": kind_of(step.effect),
                "right": max(at, at + step.effect),
                "said": f"{SIGNS[kind_of(step.effect)]} {step.said}".strip(),
            }
        )
        at += step.effect
    places = [
        {"label": label, "at": place.at, "said": place.said}
        for label, place in ((shown.labels[0], start), (shown.labels[-1], end))
    ]
    reached = [start.at, end.at, *(bar["to"] for bar in bars)]
    low, high = min(reached), max(reached)
    room = (high - low or 1.0) * _ROOM
    scale = alt.Scale(domain=[low - room / 3, high + room * 1.3], nice=False, zero=False)
    y = alt.Y("label:N", sort=list(shown.labels), title=None, axis=shown.axis)
    x = alt.X("from:Q", title=words["x"], scale=scale, axis=effect_ticks())
    chart = alt.Chart(_data(bars), height=alt.Step(shown.step), width=PLOT_WIDTH)
    ends = alt.Chart(_data(places), height=alt.Step(shown.step), width=PLOT_WIDTH)
    here = alt.X("at:Q", scale=scale)
    layers = [
        ends.mark_point(shape="diamond", filled=True, size=130, color=TEXT, opacity=1, aria=False).encode(here, y),
        chart.mark_bar(size=15, strokeWidth=1.5, aria=False).encode(
            x, alt.X2("to:Q"), y, color=colour(), fillOpacity=_fill(), stroke=_edge()
        ),
        # From the end of a bar down to where the next one begins.
        chart.mark_rule(color=FAINT, strokeWidth=1, strokeDash=[2, 2], aria=False).encode(
            alt.X("to:Q", scale=scale), y, alt.Y2("after:N")
        ),
        chart.mark_text(align="left", dx=6, fontSize=12).encode(alt.X("right:Q", scale=scale), y, text="said:N"),
        ends.mark_text(align="left", dx=10, fontSize=12, fontWeight="bold").encode(here, y, text="said:N"),
    ]
    return alt.layer(*layers, title=direction_title(words))


def effect_ticks() -> alt.Axis:
    """Axis of log-odds that leaves out numbers for which there is no room."""
    return alt.Axis(format=NUMBER, tickCount=5, labelOverlap="greedy", labelSeparation=6)


def direction_title(words: Mapping[str, str]) -> alt.TitleParams:
    """What the marks mean, above a chart of effects."""
    raises, lowers = f"{RAISES_SIGN} {words['raises']}", f"{LOWERS_SIGN} {words['lowers']}"
    return alt.TitleParams(f"{lowers}{_APART}{raises}", anchor="middle", fontSize=13, fontWeight="normal", offset=8)


def kind_of(effect: float) -> str:
    """What an effect does, as marks know it."""
    if effect == 0:
        return "neither"
    return "raises" if effect > 0 else "lowers"


def colour() -> alt.Color:
    """Colour of marks by their ``kind``."""
    return alt.Color("kind:N", scale=_by_kind(RAISES, LOWERS, FAINT), legend=None)


def shape() -> alt.Shape:
    """Shape of points by their ``kind``."""
    return alt.Shape("kind:N", scale=_by_kind("triangle-up", "triangle-down", "circle"), legend=None)


def _fill() -> Any:  # noqa: ANN401 - a condition of the drawing library
    return alt.condition(alt.datum.kind == "lowers", alt.value(0.25), alt.value(1.0))


def _edge() -> alt.Stroke:
    return alt.Stroke("kind:N", scale=_by_kind(RAISES, LOWERS, FAINT), legend=None)


def _by_kind(raises: str, lowers: str, neither: str) -> alt.Scale:
    return alt.Scale(domain=["raises", "lowers", "neither"], range=[raises, lowers, neither])


def _data(rows: Sequence[Row]) -> alt.InlineData:
    return alt.InlineData(values=[dict(row) for row in rows])
