"""The beeswarm: where contributions lie, and whether low or high values are there."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from garant.explanations.swarm import RANKS, Rank, Swarm, SwarmRow
from garant.reports.chart_theme import FAINT, TEXT
from garant.reports.charts import Layers
from garant.reports.effect_charts import LETTERS, PLOT_WIDTH, direction_title, effect_ticks
from garant.reports.label_axis import label_axis

ROW_HEIGHT, TALLEST = 40, 34
"""Pixels of a row, and of the tallest stack of dots in it."""

DOT_STEP = 4.2
"""Pixels between two dots of a stack that has room."""

COLOURS: Mapping[Rank, str] = {
    Rank.LOW: "#a9c7e4",
    Rank.MIDDLE: "#5b7fa6",
    Rank.HIGH: "#0d1f33",
    Rank.MISSING: "#ffffff",
    Rank.LEVEL: "#8a8a8a",
}
"""Light to dark, so that grey tells low values from high ones; what is not known is an edge alone."""

SHAPES: Mapping[Rank, str] = {
    Rank.LOW: "circle",
    Rank.MIDDLE: "square",
    Rank.HIGH: "diamond",
    Rank.MISSING: "cross",
    Rank.LEVEL: "triangle-right",
}

LEGEND: dict[str, Any] = {
    "orient": "top",
    "direction": "horizontal",
    "columns": 3,
    "titleFontSize": 12,
    "titleFontWeight": "normal",
    "titleLimit": 0,
    "labelFontSize": 12,
    "labelLimit": 0,
    "symbolSize": 70,
    "symbolOpacity": 1,
}


def swarm_chart(found: Swarm, labels: Sequence[str], *, words: Mapping[str, str]) -> Layers:
    """A row of dots per feature.

    Parameters
    ----------
    found : Swarm
        What is drawn.
    labels : sequence of str
        Name of each row.
    words : mapping of str to str
        ``x``, ``raises``, ``lowers``, ``values`` above the legend and a word for each rank.
    """
    shown = label_axis(labels, letters=LETTERS)
    height = max(ROW_HEIGHT, shown.step)
    dots = [dot for label, row in zip(shown.labels, found.rows, strict=True) for dot in _stacked(label, row, words)]
    used = [rank for rank in RANKS if any(dot["rank"] == words[rank] for dot in dots)]
    names = [words[rank] for rank in used]
    colours, shapes = [COLOURS[rank] for rank in used], [SHAPES[rank] for rank in used]
    y = alt.Y("label:N", sort=list(shown.labels), title=None, axis=shown.axis)
    x = alt.X("effect:Q", title=words["x"], scale=alt.Scale(nice=True), axis=effect_ticks())
    legend = alt.Legend(title=words["values"], **LEGEND)
    chart = alt.Chart(alt.InlineData(values=dots), height=alt.Step(height), width=PLOT_WIDTH)
    return alt.layer(
        alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=FAINT, aria=False).encode(x=alt.X("zero:Q")),
        chart.mark_point(filled=True, size=16, opacity=1, strokeWidth=0.5, stroke=TEXT, aria=False).encode(
            x,
            y,
            yOffset=alt.YOffset("lift:Q", scale=alt.Scale(domain=[-height / 2, height / 2], range=[0, height])),
            color=alt.Color("rank:N", scale=alt.Scale(domain=names, range=colours), legend=legend),
            shape=alt.Shape("rank:N", scale=alt.Scale(domain=names, range=shapes), legend=legend),
        ),
        title=direction_title(words),
    )


def _stacked(label: str, row: SwarmRow, words: Mapping[str, str]) -> list[dict[str, Any]]:
    """Dots of a row, those of one position above each other around the middle, low values at the bottom."""
    at: dict[float, list[Rank]] = {}
    for dots in row.dots:
        at.setdefault(dots.effect, []).extend([dots.rank] * dots.n)
    placed: list[dict[str, Any]] = []
    for effect, ranks in at.items():
        step = min(DOT_STEP, TALLEST / len(ranks))
        placed += [
            {
                "label": label,
                "effect": effect,
                "lift": -round((number - (len(ranks) - 1) / 2) * step, 1),
                "rank": words[rank],
            }
            for number, rank in enumerate(ranks)
        ]
    return placed
