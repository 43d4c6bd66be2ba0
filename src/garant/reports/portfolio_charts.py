"""Charts of a portfolio: how many applicants lie at which PD, and what is proposed for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from garant.reports.chart_theme import LOWERS, RAISES
from garant.reports.charts import Layers, Row, cutoff_rule, data_of, share_x

COLOURS = {"accept": "#a9c7e4", "refer": LOWERS, "refuse": RAISES}
"""Light, dark, and of another hue: told apart in grey by the two borders that stand between them as well."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Applicants whose PD lies from `low` to below `high`, by what is proposed for them."""

    low: float
    high: float
    counts: Mapping[str, int]


def volume_chart(slices: Sequence[Slice], cutoff: float | None, *, words: Mapping[str, str]) -> Layers:
    """A bar per slice of PD, stacked by outcome, with the cut-off where all share one.

    `words` has the titles ``x``, ``y``, ``outcome``, a word per outcome, and ``cutoff``.
    """
    top = 1.12 * max((sum(each.counts.values()) for each in slices), default=1)
    x, y_axis = share_x(words["x"], slices[-1].high), alt.Axis(tickCount=5, format="~s")
    scale = alt.Scale(domain=[0, top], nice=False)
    rows: list[Row] = []
    for each in slices:
        base = 0
        for outcome in COLOURS:
            n = each.counts.get(outcome, 0)
            rows.append({"x": each.low, "x2": each.high, "y": base, "y2": base + n, "outcome": words[outcome]})
            base += n
    color = alt.Color(
        "outcome:N",
        scale=alt.Scale(domain=[words[each] for each in COLOURS], range=list(COLOURS.values())),
        legend=alt.Legend(
            title=words["outcome"], orient="top", columns=1, labelFontSize=13, titleFontSize=13, labelLimit=0
        ),
    )
    bars = (
        alt.Chart(data_of(rows))
        .mark_rect(stroke="white", strokeWidth=0.5)
        .encode(x, alt.Y("y:Q", title=words["y"], scale=scale, axis=y_axis), color=color)
        .encode(x2="x2:Q", y2="y2:Q")
    )
    if cutoff is None:
        return alt.layer(bars)
    y = alt.Y("y:Q", title=words["y"], scale=scale, axis=y_axis)
    return alt.layer(bars, *cutoff_rule(cutoff, top, words["cutoff"], x=x, y=y))


def promise_chart(bands: Sequence[tuple[float, float, float]], *, words: Mapping[str, str]) -> Layers:
    """Observed rate of each band of PD as a diamond, and as a bar behind it the PDs that the band reaches over.

    `bands` has (lowest PD, highest PD, observed rate); `words` the titles ``x`` and ``y``.
    """
    names = [f"{position}" for position in range(1, len(bands) + 1)]
    rows: list[Row] = [
        {"band": name, "low": low, "high": high, "seen": seen}
        for name, (low, high, seen) in zip(names, bands, strict=True)
    ]
    top = 1.05 * max(max(high, seen) for _, high, seen in bands)
    x = alt.X("band:N", sort=None, title=words["x"], axis=alt.Axis(labelAngle=0, labelOverlap=True))
    scale, axis = alt.Scale(domain=[0, top], nice=False), alt.Axis(format=".1~%", tickCount=6)
    chart = alt.Chart(data_of(rows))
    return alt.layer(
        chart.mark_bar(color=LOWERS, opacity=0.35, size=10).encode(
            x, alt.Y("low:Q", title=words["y"], scale=scale, axis=axis), y2="high:Q"
        ),
        chart.mark_point(shape="diamond", filled=True, size=70, color=RAISES, opacity=1).encode(
            x, alt.Y("seen:Q", title=words["y"], scale=scale, axis=axis)
        ),
    )
