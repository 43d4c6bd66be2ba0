"""Figures of every validation report, in its order."""

import numpy as np

from garant.models.calibrator import pd_of
from garant.reports import charts
from garant.reports.figure import Figure, figure
from garant.reports.report_data import ReportData
from garant.wording.catalogue import Wording

MOST_IMPORTANT = 30

ROC_STEPS = 20
"""Steps of the table beside the ROC curve."""

COST_ROW_STEP = 10
"""The table beside the cost curve shows every tenth of its points, and the cut-off."""

HIGHEST_CUTOFF = 0.5
"""Cut-offs above it are no lender's, and would squeeze the others."""


def figures(data: ReportData, wording: Wording) -> tuple[Figure, ...]:
    """All figures in the order of the report."""
    makers = (calibration_figure, roc_figure, distribution_figure, cost_figure, importance_figure)
    return tuple(make(data, wording) for make in makers)


def calibration_figure(data: ReportData, wording: Wording) -> Figure:
    """Observed rate against mean PD by tenths of the applicants."""
    bins = data.evaluation.deciles
    words = {
        "x": wording.text("report.column.mean_pd"),
        "y": wording.text("report.column.observed"),
        **{name: wording.text(f"report.calibration.{name}") for name in ("group", "band", "perfect", "isotonic")},
    }
    alternative = wording.text(
        "report.calibration.alt",
        n=wording.number(sum(not b.is_inside for b in bins)),
        groups=wording.number(len(bins)),
        lowest=wording.percent(bins[0].mean_pd),
        highest=wording.percent(bins[-1].mean_pd),
        observed_lowest=wording.percent(min(b.observed for b in bins)),
        observed_highest=wording.percent(max(b.observed for b in bins)),
    )
    rows = tuple(
        (
            wording.number(position),
            wording.number(b.rows),
            *(_percent(wording, share) for share in (b.mean_pd, b.observed, b.low, b.high)),
        )
        for position, b in enumerate(bins, start=1)
    )
    return figure(
        "calibration",
        wording,
        chart=charts.calibration_chart(bins, data.evaluation.isotonic, words=words),
        alternative=alternative,
        columns=("lowest_first", "applicants", "mean_pd", "observed", "band_low", "band_high"),
        rows=rows,
    )


def roc_figure(data: ReportData, wording: Wording) -> Figure:
    """Defaults found against good payers refused."""
    refused, found = data.refused_at_cutoff(0), data.refused_at_cutoff(1)
    words = {
        "x": wording.text("report.column.refused_good"),
        "y": wording.text("report.column.found_bad"),
        "cutoff": _cutoff_mark(data, wording),
        "chance": wording.text("report.roc.chance"),
    }
    alternative = wording.text(
        "report.roc.alt",
        cutoff=wording.percent(data.evaluation.cutoff),
        found=wording.percent(found),
        refused=wording.percent(refused),
    )
    wanted = np.linspace(0.0, 1.0, ROC_STEPS + 1)
    # Where the curve rises straight up its top counts; np.interp needs distinct x.
    x, from_right = np.unique(data.evaluation.roc[0][::-1], return_index=True)
    y = np.interp(wanted, x, data.evaluation.roc[1][::-1][from_right])
    return figure(
        "roc",
        wording,
        chart=charts.roc_chart(data.evaluation.roc, (refused, found), words=words),
        alternative=alternative,
        columns=("refused_good", "found_bad"),
        rows=tuple(tuple(_percent(wording, cell) for cell in cells) for cells in zip(wanted, y, strict=True)),
    )


def distribution_figure(data: ReportData, wording: Wording) -> Figure:
    """PDs of those who repaid and of those who defaulted."""
    scores, cutoff = data.evaluation.scores, data.evaluation.cutoff
    edges = pd_of(scores.edges)
    repaid, defaulted = scores.good / scores.good.sum(), scores.bad / scores.bad.sum()
    words = {
        "x": wording.text("report.column.pd"),
        "y": wording.text("report.distribution.share"),
        "repaid": wording.text("report.distribution.repaid"),
        "defaulted": wording.text("report.distribution.defaulted"),
        "cutoff": _cutoff_mark(data, wording),
    }
    alternative = wording.text(
        "report.distribution.alt",
        repaid=wording.percent(data.median_pd(0)),
        defaulted=wording.percent(data.median_pd(1)),
        cutoff=wording.percent(cutoff),
    )
    shown = zip(edges[:-1], edges[1:], repaid, defaulted, strict=True)
    return figure(
        "distribution",
        wording,
        chart=charts.distribution_chart(edges, repaid, defaulted, cutoff, words=words),
        alternative=alternative,
        columns=("from_pd", "to_pd", "repaid", "defaulted"),
        rows=tuple(tuple(_percent(wording, cell) for cell in cells) for cells in shown),
    )


def cost_figure(data: ReportData, wording: Wording) -> Figure:
    """Mean cost by cut-off."""
    evaluation, costs = data.evaluation, data.evaluation.costs
    shown = evaluation.cost_curve.cutoff <= HIGHEST_CUTOFF
    cutoffs, means = evaluation.cost_curve.cutoff[shown], evaluation.cost_curve.cost[shown]
    words = {
        "x": wording.text("report.column.cutoff"),
        "y": wording.text("report.column.cost"),
        "cutoff": _cutoff_mark(data, wording),
    }
    lowest = int(np.argmin(means))
    alternative = wording.text(
        "report.cost.alt",
        cost=_cost(wording, evaluation.measures["cost"].value),
        cutoff=wording.percent(evaluation.cutoff),
        lowest=_cost(wording, means[lowest]),
        at=wording.percent(cutoffs[lowest]),
        everybody=_cost(wording, costs.c_fn * data.bad_rate),
        nobody=_cost(wording, costs.c_fp * (1.0 - data.bad_rate)),
    )
    in_table = sorted({*range(0, len(cutoffs), COST_ROW_STEP), int(np.searchsorted(cutoffs, evaluation.cutoff))})
    return figure(
        "cost",
        wording,
        chart=charts.cost_chart((cutoffs, means), evaluation.cutoff, words=words),
        alternative=alternative,
        caption_values={
            "c_fp": wording.number(costs.c_fp, decimals=4),
            "c_fn": wording.number(costs.c_fn, decimals=4),
        },
        columns=("cutoff", "cost"),
        rows=tuple((_percent(wording, float(cutoffs[i])), _cost(wording, float(means[i]))) for i in in_table),
    )


def importance_figure(data: ReportData, wording: Wording) -> Figure:
    """Most important features."""
    first = sorted(data.importance, key=lambda entry: -entry.share)[:MOST_IMPORTANT]
    alternative = wording.text(
        "report.importance.alt",
        n=wording.number(len(first)),
        first=first[0].label,
        share=_percent(wording, first[0].share),
    )
    return figure(
        "importance",
        wording,
        chart=charts.importance_chart(
            [entry.label for entry in first],
            [entry.share for entry in first],
            words={"x": wording.text("report.importance.share")},
        ),
        alternative=alternative,
        columns=("feature", "share"),
        rows=tuple((entry.label, _percent(wording, entry.share)) for entry in first),
    )


def _cutoff_mark(data: ReportData, wording: Wording) -> str:
    return wording.text("report.cutoff_mark", cutoff=wording.percent(data.evaluation.cutoff))


def _percent(wording: Wording, share: float) -> str:
    return wording.percent(share, decimals=2, fixed=True)


def _cost(wording: Wording, cost: float) -> str:
    return wording.number(cost, decimals=4, fixed=True)
