"""Charts of principal components: what each explains, and where clients lie in the plane of the first two."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from garant.projection.cells import FEWEST, Cells
from garant.reports.chart_theme import FAINT, HEIGHT, LOWERS, RAISES, TEXT, WIDTH
from garant.reports.charts import Layers, Row

LOW_PD, HIGH_PD = "#cfe0ee", "#7a2d04"
"""Ends of the colours of PDs, light to dark, so that grey tells them apart as well."""

SMALLEST_DOT, LARGEST_DOT = 20, 480
"""Areas of a dot of the fewest and of the most clients; the largest fills about one cell of the finest grid."""

MOST_TICKS = 10
"""Numbers below an axis of components."""

HEADROOM = 1.12
"""Height of an axis above its highest line, so that words find room."""

DARKEST_AT = 0.95
"""Share of the dots below the PD that has the darkest colour: a few extreme ones would make all others look alike."""


def scree_chart(
    ratio: Sequence[float], kept: int, target: float | None, *, title: alt.TitleParams, words: Mapping[str, str]
) -> Layers:
    """A bar per component, and the line of their sum; components that were not kept are pale.

    The dashed line is the share that was asked for.
    """
    shares = np.cumsum(ratio)
    rows: list[Row] = [
        {"n": number, "share": share, "sum": float(shares[number - 1]), "kept": "yes" if number <= kept else "no"}
        for number, share in enumerate(ratio, start=1)
    ]
    step = next(step for step in (5, 10, 20, 50, 100, len(rows)) if len(rows) <= MOST_TICKS * step)
    ticks = sorted({1, *range(step, len(rows) + 1, step)})
    top = min(1.0, HEADROOM * max(float(shares[-1]), target or 0.0))
    domain = [0.4, len(rows) + 0.6]
    x = alt.X(
        "n:Q",
        title=words["x"],
        scale=alt.Scale(domain=domain, nice=False),
        axis=alt.Axis(values=ticks, format="d", grid=False),
    )
    y_axis = alt.Axis(format=".1~%", tickCount=6)
    scale = alt.Scale(domain=[0, top], nice=False)
    y = alt.Y("share:Q", title=words["y"], scale=scale, axis=y_axis)
    width = max(2.0, 0.7 * WIDTH / len(rows))
    pale = alt.condition(alt.datum.kept == "yes", alt.value(1.0), alt.value(0.35))
    chart = alt.Chart(_data(rows), title=title)
    bars = chart.mark_bar(color=LOWERS, size=width).encode(x, y, opacity=pale)
    total = y.copy()
    total.shorthand = "sum:Q"
    line = chart.mark_line(color=RAISES).encode(x, total)
    points = chart.mark_point(color=RAISES, shape="diamond", filled=True, size=40).encode(x, total, opacity=pale)
    text = _data([{"n": len(rows), "share": rows[-1]["sum"], "text": words["sum"]}])
    layers = [
        bars,
        line,
        points,
        alt.Chart(text).mark_text(align="right", color=RAISES, dy=24).encode(x, y, text="text:N"),
    ]
    if target is not None:
        asked = _data([{"n": 0.5, "share": target, "text": words["target"]}])
        layers += [
            alt.Chart(asked).mark_rule(strokeDash=[6, 4], color=FAINT).encode(y),
            alt.Chart(asked).mark_text(align="left", baseline="bottom", dx=4, dy=-3).encode(x, y, text="text:N"),
        ]
    return alt.layer(*layers)


def plane_chart(found: Cells, *, title: alt.TitleParams | None = None, words: Mapping[str, str]) -> Layers:
    """A dot per cell: its area grows with the clients, its colour is their mean PD; without PDs all have one colour."""
    has_pd = bool(np.isfinite(found.mean).any())
    rows: list[Row] = [
        {"x": x, "y": y, "n": n, "pd": pd if np.isfinite(pd) else 0.0}
        for x, y, n, pd in zip(*(a.tolist() for a in (found.x, found.y, found.n, found.mean)), strict=True)
    ]
    legend: dict[str, Any] = {"titleFontSize": 13, "labelFontSize": 12, "titleLimit": 0, "titleFontWeight": "normal"}
    scale = alt.Scale(nice=True, zero=False)
    axis = alt.Axis(tickCount=6, format=".1~f")
    most = float(found.n.max(initial=FEWEST))
    size = alt.Size(
        "n:Q",
        scale=alt.Scale(range=[SMALLEST_DOT, LARGEST_DOT], domain=[FEWEST, most], nice=False),
        legend=alt.Legend(
            title=words["clients"],
            symbolFillColor="white",
            symbolStrokeColor=TEXT,
            values=sorted({FEWEST, *(_round(most * share) for share in (0.25, 0.5, 0.95))}),
            format=",d",
            **legend,
        ),
    )
    color: alt.Color | Any = alt.value(LOWERS)
    if has_pd:
        known = found.mean[np.isfinite(found.mean)]
        top = float(np.quantile(known, DARKEST_AT))
        ends = [float(known.min()), top if top > known.min() else float(known.min()) + 0.01]
        color = alt.Color(
            "pd:Q",
            scale=alt.Scale(domain=ends, range=[LOW_PD, HIGH_PD], clamp=True, interpolate="rgb"),
            legend=alt.Legend(title=words["pd"], format=".1~%", gradientLength=140, **legend),
        )
    dots = (
        alt.Chart(_data(rows), title=title or alt.Undefined, width=WIDTH, height=round(HEIGHT * 1.15))
        .mark_circle(opacity=1, stroke=FAINT, strokeWidth=0.5)
        .encode(
            alt.X("x:Q", title=words["x"], scale=scale, axis=axis),
            alt.Y("y:Q", title=words["y"], scale=scale, axis=axis),
            size=size,
            color=color,
        )
    )
    return alt.layer(dots)


def _round(number: float) -> int:
    """Down to one digit that counts: 95 is 90, 236 is 200."""
    digits = 10 ** max(len(str(int(number))) - 1, 0)
    return max(int(number) // digits * digits, FEWEST)


def _data(rows: Sequence[Row]) -> alt.InlineData:
    return alt.InlineData(values=[dict(row) for row in rows])
