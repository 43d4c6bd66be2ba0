"""Charts of reports: one theme, drawn offline to SVG, told apart without colour by dash, shape and direct labels."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import altair as alt
import vl_convert

from garant.metrics.intervals import Interval
from garant.metrics.sample import Array
from garant.reports.chart_theme import FAINT, HALO, LOWERS, RAISES, TEXT, THEME, WIDTH
from garant.reports.label_axis import WIDEST_LETTER, label_axis

if TYPE_CHECKING:
    # What it imports takes a second, and a process that draws other charts needs none of it.
    from garant.metrics.calibration import CalibrationBin

Number = float | str
Row = Mapping[str, Number]
Side = Literal["left", "right"]
Curve = tuple[Array, Array]
Layers = alt.LayerChart | alt.FacetChart

CLOSE = 0.45
"""A second line that starts above this share of the first one's height would have its name crossed by the first."""

LABEL_LINE = 56
"""Letters of one line of a long label."""

GROUP_MARK: dict[str, Any] = {"shape": "diamond", "filled": True, "size": 90, "color": RAISES, "opacity": 1}
BAND_MARK: dict[str, Any] = {"strokeWidth": 5, "opacity": 0.35, "color": TEXT}
PERFECT_MARK: dict[str, Any] = {"strokeDash": [8, 4], "color": FAINT}
ISOTONIC_MARK: dict[str, Any] = {"strokeDash": [2, 3], "interpolate": "step-after", "color": LOWERS}

_ADDRESSED = re.compile(r' xmlns(?::\w+)?="[^"]*"| xlink:\w+="[^"]*"')


def svg(chart: Layers, *, language: str) -> str:
    """Chart as SVG to stand inside HTML: no namespace address, no request, numbers in the language.

    HTML knows SVG without its namespace; the picture is hidden from screen readers, which get the text alternative
    that stands beside it.
    """
    plain = _ADDRESSED.sub("", drawn(chart, language=language))
    return plain.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def drawn(chart: Layers, *, language: str) -> str:
    """Chart as the SVG of a file, numbers in the language."""
    spec = specification(chart)
    locale = "fr-FR" if language == "fr" else "en-GB"
    picture = str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[], format_locale=locale))
    # The edge of a word lies behind its letters.
    return picture.replace(f'stroke="{HALO}"', f'stroke="{HALO}" paint-order="stroke"')


def specification(chart: Layers) -> dict[str, Any]:
    """What draws the chart: Vega-Lite with the theme, for the SVG of a report and for the script of a page."""
    return chart.to_dict() | {"config": THEME}


def calibration_chart(bins: "Sequence[CalibrationBin]", isotonic: Curve, *, words: Mapping[str, str]) -> Layers:
    """Observed share of defaults against mean PD, with the 99 % band of each group and the isotonic curve dotted."""
    top = 1.08 * max(*(b.high for b in bins), *(b.observed for b in bins))
    x, y = share_x(words["x"], top), _share_y(words["y"], top)
    groups = [{"x": b.mean_pd, "y": b.observed, "low": b.low, "high": b.high} for b in bins]
    steps = [{"x": a, "y": b} for a, b in zip(*_plain(*isotonic), strict=True) if max(a, b) <= top]
    return alt.layer(
        alt.Chart(data_of([{"x": 0.0, "y": 0.0}, {"x": top, "y": top}])).mark_line(**PERFECT_MARK).encode(x, y),
        alt.Chart(data_of(steps)).mark_line(**ISOTONIC_MARK).encode(x, y),
        alt.Chart(data_of(groups)).mark_rule(**BAND_MARK).encode(x, alt.Y("low:Q"), alt.Y2("high:Q")),
        alt.Chart(data_of(groups)).mark_point(**GROUP_MARK).encode(x, y),
        *_calibration_legend(top, words, x=x, y=y),
    )


def _calibration_legend(top: float, words: Mapping[str, str], *, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Drawn samples with their words, in the upper left, where calibrated groups never lie."""
    names = ("group", "band", "perfect", "isotonic")
    height = dict(zip(names, (0.95 * top, 0.89 * top, 0.83 * top, 0.77 * top), strict=True))
    ends = {
        name: data_of([{"x": 0.02 * top, "y": height[name]}, {"x": 0.07 * top, "y": height[name]}]) for name in names
    }
    middle = {name: data_of([{"x": 0.045 * top, "y": height[name]}]) for name in names}
    texts = data_of([{"x": 0.085 * top, "y": height[name], "text": words[name]} for name in names])
    return [
        alt.Chart(middle["group"]).mark_point(**GROUP_MARK).encode(x, y),
        alt.Chart(ends["band"]).mark_line(**BAND_MARK).encode(x, y),
        alt.Chart(ends["perfect"]).mark_line(**PERFECT_MARK).encode(x, y),
        alt.Chart(ends["isotonic"]).mark_line(**ISOTONIC_MARK).encode(x, y),
        alt.Chart(texts).mark_text(align="left").encode(x, y, text="text:N"),
    ]


def roc_chart(curve: Curve, at_cutoff: tuple[float, float], *, words: Mapping[str, str]) -> Layers:
    """Share of defaults found against share of good payers refused; the cut-off is a point on it."""
    x, y = share_x(words["x"], 1.0), _share_y(words["y"], 1.0)
    points = [{"x": a, "y": b} for a, b in zip(*_plain(*curve), strict=True)]
    cutoff = [{"x": at_cutoff[0], "y": at_cutoff[1], "text": words["cutoff"]}]
    return alt.layer(
        alt.Chart(data_of([{"x": 0.0, "y": 0.0}, {"x": 1.0, "y": 1.0}]))
        .mark_line(color=FAINT, strokeDash=[8, 4])
        .encode(x, y),
        alt.Chart(data_of(points)).mark_line(color=LOWERS).encode(x, y),
        alt.Chart(data_of(cutoff))
        .mark_point(shape="diamond", filled=True, size=120, color=RAISES, opacity=1)
        .encode(x, y),
        alt.Chart(data_of(cutoff)).mark_text(align="left", dx=12, dy=8).encode(x, y, text="text:N"),
        _label(0.62, 0.56, words["chance"]),
    )


def distribution_chart(
    pd_edges: Array, repaid_share: Array, defaulted_share: Array, cutoff: float, *, words: Mapping[str, str]
) -> Layers:
    """Share of each class by PD, on a scale of equal steps in log-odds, with the cut-off."""
    edges, repaid, defaulted = _plain(pd_edges, repaid_share, defaulted_share)
    top = 1.2 * max(*repaid, *defaulted)
    ticks = [t for t in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8) if edges[0] < t < edges[-1]]
    x = alt.X("x:Q", title=words["x"], scale=alt.Scale(type="log", domain=[edges[0], edges[-1]], nice=False))
    x = x.axis(format=".1~%", values=ticks)
    y = _share_y(words["y"], top)
    lines = [
        alt.Chart(data_of([{"x": a, "y": b} for a, b in zip(edges, [*shares, shares[-1]], strict=True)]))
        .mark_area(
            interpolate="step-after",
            color=color,
            fillOpacity=0.12,
            line={"color": color, "strokeDash": dash, "strokeWidth": 2},
        )
        .encode(x, y)
        for shares, color, dash in ((repaid, LOWERS, [1, 0]), (defaulted, RAISES, [6, 3]))
    ]
    labels = (
        _peak(edges, repaid, words["repaid"], x=x, y=y, align="right"),
        _peak(edges, defaulted, words["defaulted"], x=x, y=y, align="left"),
    )
    return alt.layer(*lines, *labels, *cutoff_rule(cutoff, top, words["cutoff"], x=x, y=y))


def importance_chart(labels: Sequence[str], shares: Sequence[float], *, words: Mapping[str, str]) -> Layers:
    """One bar per feature, the most important first; long labels take two lines."""
    shown = label_axis(labels, letters=LABEL_LINE)
    rows = [{"label": label, "share": share} for label, share in zip(shown.labels, shares, strict=True)]
    y = alt.Y("label:N", sort=None, title=None, axis=shown.axis)
    x = alt.X("share:Q", title=words["x"], axis=alt.Axis(format=".1~%", tickCount=5))
    bars = alt.Chart(data_of(rows), height=alt.Step(30)).mark_bar(color=LOWERS, size=16).encode(x, y)
    numbers = bars.mark_text(align="left", dx=4, fontSize=12).encode(x, y, text=alt.Text("share:Q", format=".1%"))
    return alt.layer(bars, numbers)


def cost_chart(curve: Curve, cutoff: float, *, words: Mapping[str, str]) -> Layers:
    """Mean cost per applicant against the cut-off."""
    points = [{"x": a, "y": b} for a, b in zip(*_plain(*curve), strict=True)]
    top = 1.08 * float(curve[1].max())
    x = share_x(words["x"], float(curve[0].max()))
    y = alt.Y("y:Q", title=words["y"], scale=_from_zero(top), axis=alt.Axis(format=".2~f", tickCount=6))
    line = alt.Chart(data_of(points)).mark_line(color=LOWERS).encode(x, y)
    return alt.layer(line, *cutoff_rule(cutoff, top, words["cutoff"], x=x, y=y))


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of one group, its words in the language of the chart."""

    attribute: str
    group: str
    ratio: Interval
    is_alarming: bool


def ratio_chart(ratios: Sequence[Ratio], limit: float, *, words: Mapping[str, str]) -> Layers:
    """A dot and a 95 % interval per group, below the name of its attribute; a diamond where the interval alarms.

    The dashed line is the limit, the plain one equality.
    """
    rows = [
        {
            "attribute": r.attribute,
            "group": r.group,
            "x": r.ratio.value,
            "low": r.ratio.low,
            "high": r.ratio.high,
            "kind": "alarming" if r.is_alarming else "plain",
        }
        for r in ratios
    ]
    first, last = min(limit, *(r.ratio.low for r in ratios)), max(1.0, *(r.ratio.high for r in ratios))
    room = 0.04 * (last - first)
    scale = alt.Scale(domain=[first - room, last + room], nice=False)
    axis = alt.Axis(format=".1~f", tickCount=6)
    x = alt.X("x:Q", title=words["x"], scale=scale, axis=axis)
    widest = WIDEST_LETTER * max(len(r.group) for r in ratios)
    y = alt.Y(
        "group:N", sort=None, title=None, axis=alt.Axis(labelLimit=0, minExtent=widest, ticks=False, domain=False)
    )
    mark = alt.condition(alt.datum.kind == "alarming", alt.value(RAISES), alt.value(LOWERS))
    shape = alt.condition(alt.datum.kind == "alarming", alt.value("diamond"), alt.value("circle"))
    chart = alt.Chart(height=alt.Step(26), width=WIDTH)
    layers = alt.layer(
        chart.mark_rule(color=FAINT, strokeWidth=1.5, strokeDash=[6, 4]).encode(x=alt.XDatum(limit, scale=scale)),
        chart.mark_rule(color=FAINT, strokeWidth=1.5).encode(x=alt.XDatum(1.0, scale=scale)),
        chart.mark_rule(strokeWidth=3, opacity=0.55).encode(
            alt.X("low:Q", scale=scale), y, alt.X2("high:Q"), color=mark
        ),
        chart.mark_point(filled=True, size=90, opacity=1).encode(x, y, color=mark, shape=shape),
        data=data_of(rows),
    )
    order = list(dict.fromkeys(r.attribute for r in ratios))
    header = alt.Header(
        title=words["limit"],
        labelAnchor="start",
        labelOrient="top",
        labelFontSize=14,
        labelFontWeight="bold",
        labelPadding=4,
        titleFontSize=13,
        titleFontWeight="normal",
        titleAnchor="start",
    )
    return layers.facet(facet=alt.Facet("attribute:N", sort=order, header=header), columns=1, spacing=14).resolve_scale(
        y="independent"
    )


def flips_chart(
    referred: Sequence[float], shares: Mapping[str, Sequence[float]], chosen: float, *, words: Mapping[str, str]
) -> Layers:
    """Share of applicants who flip between two retrains against the share referred: one line per kind of retrain.

    `shares` and `words` are keyed alike; the first line is drawn whole, the second dashed.
    """
    top = 1.15 * max(0.001, *(max(values) for values in shares.values()))
    x, y = share_x(words["x"], max(*referred, chosen)), _share_y(words["y"], top)
    layers: list[alt.Chart] = []
    for (name, values), color, dash, shape in zip(
        shares.items(), (RAISES, LOWERS), ([1, 0], [6, 3]), ("diamond", "circle"), strict=True
    ):
        points = [{"x": a, "y": b} for a, b in zip(referred, values, strict=True)]
        # Beside the start of its line; the lower of two lines that start close together is named at the bottom.
        is_below = name != next(iter(shares)) and values[0] > CLOSE * shares[next(iter(shares))][0]
        named = [{"x": points[0]["x"], "y": 0.02 * top if is_below else points[0]["y"], "text": words[name]}]
        layers += [
            alt.Chart(data_of(points)).mark_line(color=color, strokeDash=dash).encode(x, y),
            alt.Chart(data_of(points))
            .mark_point(shape=shape, filled=True, size=70, color=color, opacity=1)
            .encode(x, y),
            alt.Chart(data_of(named))
            .mark_text(align="left", baseline="bottom", dx=8, dy=-2)
            .encode(x, y, text="text:N"),
        ]
    return alt.layer(*layers, *cutoff_rule(chosen, top, words["chosen"], x=x, y=y))


def share_x(title: str, top: float) -> alt.X:
    """Axis of shares from 0 to `top`."""
    return alt.X("x:Q", title=title, scale=_from_zero(top), axis=alt.Axis(format=".1~%", tickCount=6))


def _share_y(title: str, top: float) -> alt.Y:
    return alt.Y("y:Q", title=title, scale=_from_zero(top), axis=alt.Axis(format=".1~%", tickCount=6))


def _from_zero(top: float) -> alt.Scale:
    return alt.Scale(domain=[0, top], nice=False)


def cutoff_rule(cutoff: float, top: float, text: str, *, x: alt.X, y: alt.Y) -> tuple[alt.Chart, alt.Chart]:
    """Vertical line at the cut-off with its words at the top."""
    data = data_of([{"x": cutoff, "y": top, "text": text}])
    rule = alt.Chart(data).mark_rule(strokeWidth=1.5, strokeDash=[3, 2]).encode(x)
    return rule, alt.Chart(data).mark_text(align="left", baseline="top", dx=6, dy=2).encode(x, y, text="text:N")


def _peak(edges: Sequence[float], shares: Sequence[float], text: str, *, x: alt.X, y: alt.Y, align: Side) -> alt.Chart:
    """Words above the highest bin of a distribution, on the side where the other class does not stand."""
    at = max(range(len(shares)), key=lambda i: shares[i])
    data = data_of([{"x": (edges[at] * edges[at + 1]) ** 0.5, "y": shares[at], "text": text}])
    return alt.Chart(data).mark_text(align=align, baseline="bottom", dy=-4).encode(x, y, text="text:N")


def _label(x: float, y: float, text: str) -> alt.Chart:
    data = data_of([{"x": x, "y": y, "text": text}])
    return alt.Chart(data).mark_text(color=FAINT, align="left").encode(x="x:Q", y="y:Q", text="text:N")


def data_of(rows: Sequence[Row]) -> alt.InlineData:
    """Rows that stand inside the chart."""
    return alt.InlineData(values=[dict(row) for row in rows])


def _plain(*arrays: Array) -> tuple[list[float], ...]:
    return tuple(array.tolist() for array in arrays)
