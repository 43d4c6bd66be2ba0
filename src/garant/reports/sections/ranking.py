"""How the score ranks: KS chart, lift chart and the gains table by tenths of the applicants."""

import numpy as np
import numpy.typing as npt

from garant.metrics.gains import Cumulated, Gain, cumulated, gains
from garant.reports.figure import Cells, Figure, figure
from garant.reports.lines import Axis, Line, Mark, lines_chart
from garant.reports.section import Section, SectionMaker, Table
from garant.reports.sections.cells import columns, number, percent
from garant.wording.catalogue import Wording

CURVE_POINTS = 200

STEPS = 20
"""Steps of the table beside the KS chart."""


def ranking_section(label: npt.NDArray[np.int8], score: npt.NDArray[np.float64]) -> SectionMaker:
    """Section on ranking.

    Parameters
    ----------
    label : array of {0, 1}, shape (n,)
        1 = payment difficulties; each value at least once.
    score : array of float64, shape (n,)
        Higher is riskier.
    """
    curve, table = cumulated(label, score), gains(label, score)

    def make(wording: Wording) -> Section:
        return Section(
            name="ranking",
            heading=wording.text("report.heading.ranking"),
            tables=(_gains_table(table, wording),),
            figures=(_ks_figure(curve, wording), _lift_figure(table, wording)),
        )

    return make


def _gains_table(table: tuple[Gain, ...], wording: Wording) -> Table:
    names = (
        "riskiest_first",
        "applicants",
        "bad",
        "observed",
        "cumulated",
        "found_bad",
        "refused_good",
        "ks",
        "lift",
        "lift_cum",
    )
    return Table(
        caption=wording.text("report.gains.caption"),
        columns=columns(wording, *names),
        rows=tuple(_gain(position, gain, wording) for position, gain in enumerate(table, start=1)),
    )


def _gain(position: int, gain: Gain, wording: Wording) -> Cells:
    shares = (gain.positives / gain.rows, gain.cumulated_share, gain.found, gain.refused_good, gain.ks)
    return (
        wording.number(position),
        wording.number(gain.rows),
        wording.number(gain.positives),
        *(percent(share, wording) for share in shares),
        *(number(lift, wording, decimals=2) for lift in (gain.lift, gain.cumulated_lift)),
    )


def _ks_figure(curve: Cumulated, wording: Wording) -> Figure:
    widest = curve.widest
    x, bad, good = curve.applicants, curve.bad, curve.good
    distance = abs(bad[widest] - good[widest])
    shown = _thinned(len(x), keep=widest)
    ks_text = wording.text("report.ks.mark", ks=percent(float(distance), wording))
    lines = (
        Line(
            label=wording.text("report.distribution.defaulted"),
            x=x[shown],
            y=bad[shown],
            label_at=int(np.searchsorted(x[shown], 0.55)),
            align="right",
            lift=-14,
        ),
        Line(
            label=wording.text("report.distribution.repaid"),
            x=x[shown],
            y=good[shown],
            label_at=int(np.searchsorted(x[shown], 0.6)),
            lift=14,
        ),
    )
    low, high = sorted((float(good[widest]), float(bad[widest])))
    axes = (wording.text("report.column.cumulated"), wording.text("report.ks.found"))
    wanted = np.linspace(0.0, 1.0, STEPS + 1)
    at = [np.interp(wanted, x, values) for values in (bad, good)]
    return figure(
        "ks",
        wording,
        chart=lines_chart(
            lines,
            x=Axis(title=axes[0]),
            y=Axis(title=axes[1]),
            mark=Mark(x=float(x[widest]), low=low, high=high, text=ks_text),
        ),
        alternative=wording.text(
            "report.ks.alt",
            ks=percent(float(distance), wording),
            share=percent(float(x[widest]), wording),
            found=percent(float(bad[widest]), wording),
            refused=percent(float(good[widest]), wording),
        ),
        columns=("cumulated", "found_bad", "refused_good", "ks"),
        rows=tuple(
            tuple(percent(float(cell), wording) for cell in (share, b, g, abs(b - g)))
            for share, b, g in zip(wanted, *at, strict=True)
        ),
    )


def _lift_figure(table: tuple[Gain, ...], wording: Wording) -> Figure:
    shares = np.array([gain.cumulated_share for gain in table])
    lift = np.array([gain.lift for gain in table])
    so_far = np.array([gain.cumulated_lift for gain in table])
    top = 1.15 * float(max(lift.max(), so_far.max()))
    half = len(table) // 2
    lines = (
        Line(label=wording.text("report.column.lift_cum"), x=shares, y=so_far, label_at=half, lift=-14, dots=True),
        Line(label=wording.text("report.column.lift"), x=shares, y=lift, label_at=2, lift=-8, dots=True),
        Line(
            label=wording.text("report.lift.chance"),
            x=np.array([0.0, 1.0]),
            y=np.array([1.0, 1.0]),
            label_at=0,
            lift=-10,
        ),
    )
    return figure(
        "lift",
        wording,
        chart=lines_chart(
            lines,
            x=Axis(title=wording.text("report.column.cumulated")),
            y=Axis(title=wording.text("report.lift.axis"), high=top, number=".2~f"),
        ),
        alternative=wording.text(
            "report.lift.alt",
            first=number(table[0].lift, wording, decimals=2),
            share=percent(table[0].cumulated_share, wording),
            last=number(table[-1].lift, wording, decimals=2),
        ),
        columns=("cumulated", "lift", "lift_cum"),
        rows=tuple(
            (percent(g.cumulated_share, wording), number(g.lift, wording), number(g.cumulated_lift, wording))
            for g in table
        ),
    )


def _thinned(points: int, *, keep: int) -> npt.NDArray[np.int64]:
    """Numbers of at most `CURVE_POINTS` points, the ends and `keep` among them."""
    spread = np.linspace(0, points - 1, min(points, CURVE_POINTS)).round().astype(np.int64)
    return np.unique(np.append(spread, keep))
