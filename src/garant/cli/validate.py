"""`garant bundle validate`: a bundle judged on labelled data."""

import shlex
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from garant.cli.bundle import BundleArgument
from garant.cli.parameters import LOCAL, AcceptQuarantine, AllowMissingColumns, Data, Language, Segment, Without
from garant.cli.show import print_json, print_rows, say, step_progress, warn
from garant.settings import load_settings
from garant.storage import Location, staging
from garant.tables.quarantine_limit import DEFAULT_LIMIT, QuarantineLimit

if TYPE_CHECKING:
    from garant.metrics.intervals import Interval
    from garant.runs.validation import Validation


def validate_bundle(  # noqa: PLR0913 - one parameter per option of the command
    bundle: BundleArgument,
    data: Data,
    /,
    *,
    segment: Segment = None,
    lang: Language = None,
    report: Annotated[
        Path | None, LOCAL, Parameter(help="HTML file to write the report to; nothing is written without it.")
    ] = None,
    observed_until: Annotated[
        str | None,
        Parameter(
            help="Day until which outcomes were observed, e.g. 2026-09-30; default is the last day of application. "
            "Outcomes whose window (window_months of [label]) had not ended by then are left out."
        ),
    ] = None,
    without: Without = (),
    accept_quarantine: AcceptQuarantine = DEFAULT_LIMIT.text,
    allow_missing_columns: AllowMissingColumns = False,
    output: Annotated[Literal["table", "json"], Parameter(help="How the result is printed.")] = "table",
) -> int:
    """Judge a bundle on the applicants of DATA whose outcome is known: measures, gates of promotion, PSI.

    Ends with 1 when rows are in quarantine, a gate fails, or score or features moved moderately or far; with 3 when
    the bundle or the data are refused, or no applicant has an outcome.

    Example: garant bundle validate MODEL DATA --report validation.html --lang fr
    """
    from garant.runs.validate import validate
    from garant.runs.validation import ValidateOptions
    from garant.runs.validation_report import write_report

    settings = load_settings()
    options = ValidateOptions(
        segment=segment,
        observed_until=observed_until,
        without=without,
        accept_quarantine=QuarantineLimit.parse(accept_quarantine),
        allow_missing_columns=allow_missing_columns,
    )
    with step_progress() as progress, staging(settings, progress=progress) as at:
        found = validate(at.fetched(data), at.fetched(bundle), options=options, settings=settings, progress=progress)
        if report is not None:
            write_report(found, report, language=lang or settings.language)
    _warn(found)
    if output == "json":
        print_json(_json(found))
    else:
        _print(found, bundle, data, report)
    return 1 if found.accepted.report.n_quarantined or found.is_alarming else 0


def _print(found: "Validation", bundle: Location, data: Location, report: Path | None) -> None:
    from garant.cli.measures import measure_rows
    from garant.models.bundle.content import metric_entries
    from garant.runs.absent_columns import ABSENT_COLUMNS
    from garant.runs.validation_sections import population_lines, segment_lines

    print_rows(measure_rows(metric_entries(found.evaluation.measures)), output="table")
    for warning in found.accepted.report.warnings:
        if warning.rule != ABSENT_COLUMNS:
            say(f"warning: {warning.en}")
    content, evaluation = found.bundle.content, found.evaluation
    say(f"{content.label.text_en}; {evaluation.rows} applicants, {evaluation.positives} with payment difficulties.")
    if found.n_immature:
        say(f"{found.n_immature} outcomes are not mature by {found.observed_until}: left out.")
    if content.profile == "kaggle":
        say("PROFILE KAGGLE: protected attributes are among the features; for comparison only.")
    if found.challenger is not None:
        area = found.challenger.measures["auc"]
        say(f"Challenger: scorecard, AUC {area.value:.4f} ({area.low:.4f} to {area.high:.4f}).")
    say(
        "The rules of the promotion gates, on these data. `garant bundle promote` does not read this: it judges what "
        "the bundle itself states."
    )
    for verdict in found.verdicts:
        say(f"  {verdict.gate}: {'passed' if verdict.passed else f'FAILED, {verdict.wrong}'}")
    asked = "" if found.segment is None else f" --segment {shlex.quote(found.segment)}"
    segments = () if found.segment is None else segment_lines(found.segment, found.segments, page=report)
    for line in (*segments, *found.fairness.said, *population_lines(found.populations)):
        say(line)
    if not found.populations:
        say("No PSI: the bundle does not keep the distribution of its score. Train again with this garant.")
    if report is not None:
        say(f"Report: {report}")
    else:
        say(f"Write the report with: garant bundle validate {bundle} {data}{asked} --report validation.html")


def _warn(found: "Validation") -> None:
    if found.own_data:
        warn(
            "these are the data that the bundle was trained on: every measure is too good. Those of "
            "`garant bundle show` were taken on applicants that the model had not seen."
        )
    if found.other_label:
        warn(f"the bundle's label is '{found.bundle.content.label.name}', that of the data is another.")
    if found.missing_columns:
        warn(f"read as empty although the bundle learned from them: {', '.join(found.missing_columns)}.")
    if found.unknown_levels:
        features = ", ".join(f"{name}: {rows}" for name, rows in found.unknown_levels.items())
        warn(f"values of categories that training never met, taken as rare ones (applicants per feature): {features}.")


def _measures(measures: "Mapping[str, Interval]") -> dict[str, Any]:
    from garant.models.bundle.content import metric_entries

    return {name: entry.model_dump() for name, entry in metric_entries(measures).items()}


def _json(found: "Validation") -> dict[str, Any]:
    from garant.models.segments import FEW_POSITIVES, FEW_ROWS

    return {
        "bundle": found.bundle.digest,
        "challenger": None if found.challenger is None else _measures(found.challenger.measures),
        "data": found.accepted.digest,
        "gates": [{"gate": v.gate, "passed": v.passed, "wrong": v.wrong} for v in found.verdicts],
        "immature": found.n_immature,
        "metrics": _measures(found.evaluation.measures),
        "missing_columns": list(found.missing_columns),
        "observed_until": found.observed_until,
        "own_data": found.own_data,
        "populations": {
            who: {
                "rows": each.rows_now,
                "psi": each.score.psi,
                "limit": each.score.limit,
                "change": each.score.change.value,
                "features": [
                    {"feature": f.name, "csi": f.found.psi, "limit": f.found.limit, "change": f.found.change.value}
                    for f in each.alarms
                ],
            }
            for who, each in found.populations.items()
        },
        "positives": found.evaluation.positives,
        "quarantined": found.accepted.report.n_quarantined,
        "rows": found.evaluation.rows,
        "segments": [
            {
                **asdict(segment.name),
                "rows": segment.rows,
                "positives": segment.positives,
                "few_rows": segment.rows < FEW_ROWS,
                "few_positives": segment.positives < FEW_POSITIVES,
                "metrics": _measures(segment.measures),
            }
            for segment in found.segments
        ],
        "unknown_levels": found.unknown_levels,
    }
