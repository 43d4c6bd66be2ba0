"""The validation report: one self-contained HTML file without script and without any address."""

import math
from pathlib import Path

from garant.metrics.intervals import Interval
from garant.reports.figure import Cells
from garant.reports.figures import figures
from garant.reports.page import render_page, write_page
from garant.reports.report_data import ReportData, Split
from garant.wording.catalogue import Wording

TEMPLATE = "validation_report.html"

SHARES = frozenset({"accept", "refer", "refuse"})
"""Measures that are shown as percentages."""


_METRICS = {
    "random": "report.metrics.caption",
    "out_of_time": "report.metrics.caption",
    "new_data": "report.metrics.caption",
    "own_data": "report.metrics.caption_own_data",
}
"""What the table of measures is called, by kind of split."""


def write_validation_report(path: Path, data: ReportData, *, language: str = "en") -> None:
    """Write the report of `data` to `path`, whole or not at all.

    Parameters
    ----------
    path : Path
        HTML file to write or replace.
    data : ReportData
        What is shown; its own words must be in `language`.
    language : {"en", "fr"}
        Language of the report.
    """
    write_page(path, render(data, Wording(language)))


def render(data: ReportData, wording: Wording) -> str:
    """Return the report as HTML."""
    return render_page(
        TEMPLATE,
        wording,
        data=data,
        facts=_facts(data, wording),
        metrics_caption=wording.text(_METRICS[data.split.kind]),
        measure_columns=_columns(wording, "measure", "value", "low", "high"),
        measures=[_measure(name, measure, wording) for name, measure in data.evaluation.measures.items()],
        split=_split(data.split, wording),
        cohort_columns=_columns(wording, "cohort", "applicants", "immature", "observed", "mean_pd", "auc"),
        cohorts=_cohorts(data.split, wording),
        figures=figures(data, wording),
        sections=[make(wording) for make in data.sections],
        table_columns=_columns(wording, "table", "rows"),
        tables=[(name, wording.number(rows)) for name, rows in data.tables],
        parameter_columns=_columns(wording, "parameter", "value"),
        limits=_limits(data, wording),
    )


def _columns(wording: Wording, *names: str) -> Cells:
    return tuple(wording.text(f"report.column.{name}") for name in names)


def _facts(data: ReportData, wording: Wording) -> list[tuple[str, str]]:
    evaluation = data.evaluation
    best = evaluation.best_cutoff
    said = {
        "label": wording.text("report.fact.label_said", label=data.label_text),
        "applicants": wording.number(evaluation.rows),
        "bad_rate": _percent(evaluation.positives / evaluation.rows, wording),
        "mean_pd": wording.text(
            "report.fact.mean_pd_said",
            pd=_percent(evaluation.mean_pd, wording),
            gap=wording.number(evaluation.gap_standard_errors, decimals=1, fixed=True),
        ),
        "features": wording.number(data.n_features),
        "costs": wording.text(
            "report.fact.costs_said",
            c_fp=wording.number(evaluation.costs.c_fp, decimals=4),
            c_fn=wording.number(evaluation.costs.c_fn, decimals=4),
        ),
        "cutoff": _percent(evaluation.cutoff, wording),
        "best_cutoff": wording.text(
            "report.fact.best_cutoff_said",
            best=_percent(best.value, wording),
            low=_percent(best.low, wording),
            high=_percent(best.high, wording),
        ),
    }
    return [(wording.text(f"report.fact.{name}"), text) for name, text in said.items()]


def _measure(name: str, measure: Interval, wording: Wording) -> Cells:
    shown = (_measured(name, number, wording) for number in (measure.value, measure.low, measure.high))
    return (wording.text(f"report.metric.{name}"), *shown)


def _measured(name: str, value: float, wording: Wording) -> str:
    if name in SHARES or math.isnan(value):
        return _percent(value, wording)
    return wording.number(value, decimals=4, fixed=True)


def _percent(share: float, wording: Wording) -> str:
    """Share as a percentage; a dash where the sample cannot tell it."""
    return wording.text("report.none") if math.isnan(share) else wording.percent(share, decimals=2, fixed=True)


def _split(split: Split, wording: Wording) -> list[str]:
    if split.kind == "random":
        said = [wording.text("report.split.random", n=wording.number(split.folds))]
    elif split.kind == "out_of_time":
        said = [wording.text("report.split.out_of_time", boundary=split.start)]
    else:
        said = [wording.text(f"report.split.{split.kind}")]
    if split.n_immature:
        said.append(wording.text("report.split.immature", n=wording.number(split.n_immature)))
    return said


def _cohorts(split: Split, wording: Wording) -> list[Cells]:
    return [
        (
            cohort.period,
            wording.number(cohort.rows),
            wording.number(cohort.immature),
            _percent(cohort.observed, wording),
            _percent(cohort.mean_pd, wording),
            _measured("auc", cohort.auc, wording),
        )
        for cohort in split.cohorts
    ]


def _limits(data: ReportData, wording: Wording) -> list[str]:
    """Limits that hold for every report, and those of this one."""
    named = ["report.limit.accepted_only", "report.limit.label"]
    if data.split.kind in ("random", "out_of_time"):
        named.append("report.limit.refitted")
    if data.split.kind == "random":
        named.append("report.limit.random")
    if data.synthetic:
        named.append("report.limit.synthetic")
    return [wording.text(key) for key in named]
