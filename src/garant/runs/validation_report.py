"""The report of `garant bundle validate`: the sections of a training's report, about other data."""

from pathlib import Path
from typing import Literal

import numpy as np

from garant.models.cohorts import cohorts
from garant.models.pricing import Pricing
from garant.reports.report_data import Importance, ReportData, Split
from garant.reports.section import SectionMaker
from garant.reports.sections.gates import gates_section
from garant.reports.validation_report import write_validation_report
from garant.runs.findings.economics import cutoffs_section
from garant.runs.report_data import made_fast
from garant.runs.validation import Validation
from garant.runs.validation_sections import Validated, feature_labels, validation_sections
from garant.tables.synthetic.config import SYNTHETIC_LABEL
from garant.wording.catalogue import Wording


def write_report(found: Validation, path: Path, *, language: Literal["fr", "en"]) -> None:
    """Write the report to the HTML file `path`, whole or not at all."""
    write_validation_report(path, validation_data(found, language=language), language=language)


def validation_data(found: Validation, *, language: Literal["fr", "en"]) -> ReportData:
    """What the report shows."""
    content = found.bundle.content
    gain = np.asarray(found.bundle.booster.feature_importance("gain"), dtype=np.float64)
    labels = feature_labels(found.features)[language]
    shares = gain / (gain.sum() or 1.0)
    validated = Validated(
        evaluation=found.evaluation,
        label=found.judged.label,
        challenger=found.challenger,
        segment=found.segment,
        segments=found.segments,
        populations=found.populations,
        features=found.features,
    )
    return ReportData(
        evaluation=found.evaluation,
        label=found.judged.label,
        label_text=content.label.text(language),
        profile=content.profile,
        synthetic=found.accepted.config.label.name == SYNTHETIC_LABEL,
        n_features=len(content.features),
        importance=tuple(Importance(labels[f.name], float(s)) for f, s in zip(found.features, shares, strict=True)),
        split=_split(found),
        tables=tuple((name, found.accepted.report.table(name).accepted) for name in found.accepted.tables),
        parameters=_parameters(found),
        sections=(
            *validation_sections(validated),
            *found.fairness.sections,
            _cutoffs_section(found),
            gates_section(found.verdicts, later=True),
        ),
        notices=_notices(found, Wording(language)),
    )


def _cutoffs_section(found: Validation) -> SectionMaker:
    content = found.bundle.content
    products = {name: terms.costs for name, terms in content.cutoffs.products.items()}
    return cutoffs_section(
        found.evaluation,
        found.judged.label,
        found.loans,
        Pricing(content.cutoffs.single.costs, products, content.economics),
        is_default=content.label.is_default,
        currency=found.accepted.config.money.currency,
    )


def _split(found: Validation) -> Split:
    dates = found.labelled.application_date
    known = () if dates is None else cohorts(dates, found.labelled.label, found.pd, mature=found.mature)
    kind = "own_data" if found.own_data else "new_data"
    return Split(kind, found.bundle.content.training.folds, cohorts=known, n_immature=found.n_immature)


def _notices(found: Validation, wording: Wording) -> tuple[str, ...]:
    said = [*made_fast(found.bundle, wording)]
    if found.own_data:
        said.append(wording.text("report.notice.own_data"))
    if found.other_label:
        names = {"bundle": found.bundle.content.label.name, "data": found.accepted.config.label.name}
        said.append(wording.text("report.notice.other_label", **names))
    if found.missing_columns:
        said.append(wording.text("report.notice.missing_columns", columns=", ".join(found.missing_columns)))
    return tuple(said)


def _parameters(found: Validation) -> tuple[tuple[str, str], ...]:
    content = found.bundle.content
    given = (
        ("bundle", found.bundle.digest),
        ("data", found.accepted.digest),
        ("trained_on", ", ".join(content.inputs.values())),
        ("garant", content.garant_version),
        ("seed", str(content.seed)),
    )
    return given if found.observed_until is None else (*given, ("observed_until", found.observed_until))
