"""`garant bundle validate`: a bundle judged on labelled data that it need not come from."""

from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import DataError, UsageError
from garant.features.encode import unknown_levels
from garant.features.feature import Feature
from garant.models.bundle.content import BundleContent, MetricsEntry, metric_entries
from garant.models.bundle.promotion.gates import verdicts
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.reference import REFERENCE_FILE, read_reference
from garant.models.bundle.trust import Trust
from garant.models.evaluation import Evaluation, evaluate_held_out
from garant.models.loans import Loans
from garant.models.out_of_time import is_mature
from garant.models.pd_bands import pd_bands
from garant.models.population import PopulationStability, population_stability
from garant.models.scorecard.reading import read_scorecard
from garant.models.training_data import TrainingData
from garant.reports.sections.population import Compared
from garant.runs.accept import tables_for_bundle
from garant.runs.bundle_columns import require_columns
from garant.runs.bundle_features import bundle_features
from garant.runs.findings.fairness import judged_groups
from garant.runs.findings.finding import Finding
from garant.runs.loans import loans_of
from garant.runs.matrix import build_matrix
from garant.runs.progress import Progress, silent
from garant.runs.protected_attributes import protected_attributes
from garant.runs.segment import judged_segments, require_segment
from garant.runs.training_data import labelled_data, unlabelled_rows
from garant.runs.validation import ValidateOptions, Validation
from garant.settings import Settings
from garant.storage.scratch import scratch_folder
from garant.tables.accepted import AcceptedTables

MOST_UNLABELLED = 100_000
"""Applicants without an outcome that are compared with the training sample: more are drawn from."""


def validate(
    data: Path, bundle_folder: Path, *, options: ValidateOptions, settings: Settings, progress: Progress = silent
) -> Validation:
    """Judge the bundle in `bundle_folder` on the labelled applicants of `data`.

    Raises
    ------
    DataError
        When the data are refused, have more rows in quarantine than `options` accept, or hold no mature outcome of
        either kind.
    BundleError
        When the bundle cannot be trusted, or was trained on tables or columns that the data lack.
    UsageError
        When the segment or the day of observation does not fit the data.
    """
    bundle = read_bundle(bundle_folder, Trust.of(settings))
    content = bundle.content
    accepted = tables_for_bundle(data, content.tables, without=options.without, settings=settings, progress=progress)
    options.accept_quarantine.require(accepted, data=data)
    features = bundle_features(bundle)
    missing = require_columns(features, content, accepted, allow_missing=options.allow_missing_columns)
    if options.segment is not None:
        require_segment(accepted, options.segment)
    labelled, unlabelled, unknown = _samples(bundle, accepted, features, settings=settings, progress=progress)
    if not len(labelled.label):
        raise DataError(
            f"{data}: no applicant has an outcome (TARGET is absent or empty everywhere), and PDs can only be judged "
            "against outcomes. Add the column TARGET (0 paid, 1 payment difficulties) to the application table, or "
            "name the lender's column in [columns.application] of tables.toml."
        )
    progress("evaluation", 0, 1)
    until, mature = _mature(labelled, accepted, content, options, data=data)
    judged = labelled.rows(mature)
    _require_both_outcomes(judged, len(labelled.label), until=until, data=data)
    loans = loans_of(accepted, judged.ids)
    margin = bundle.predict_margin(labelled.matrix, num_threads=settings.threads)
    evaluation = evaluate_held_out(
        judged.label,
        margin[mature],
        content.calibrator,
        cutoffs=content.cutoffs,
        loans=loans,
        seed=content.seed,
    )
    pd = content.calibrator.pd(margin)
    fairness = judged_groups(
        judged.label,
        evaluation.pd,
        protected_attributes(accepted, judged.ids),
        cutoffs=content.cutoffs,
        rows=evaluation.rows_cutoffs,
        profile=content.profile,
        unseen=False,
    )
    found = Validation(
        bundle=bundle,
        accepted=accepted,
        features=features,
        labelled=labelled,
        mature=mature,
        pd=pd,
        evaluation=evaluation,
        loans=loans,
        challenger=_challenger(bundle, judged, loans),
        segment=options.segment,
        segments=judged_segments(
            accepted, options.segment, evaluation, label=judged.label, ids=judged.ids, seed=content.seed
        ),
        fairness=fairness,
        populations=_populations(bundle, labelled, unlabelled, pd, threads=settings.threads),
        verdicts=verdicts(_judged_later(content, evaluation, judged.label, fairness)),
        missing_columns=tuple(sorted(missing)),
        unknown_levels=unknown,
        observed_until=until,
    )
    progress("evaluation", 1, 1)
    return found


def _samples(
    bundle: Bundle,
    accepted: AcceptedTables,
    features: tuple[Feature, ...],
    *,
    settings: Settings,
    progress: Progress,
) -> tuple[TrainingData, npt.NDArray[np.float32], dict[str, int]]:
    """Applicants with and without an outcome, encoded for the bundle; those with a level new to it, per category."""
    unknown: Counter[str] = Counter()
    with (
        scratch_folder("validate") as scratch,
        DuckDBEngine(memory_limit=settings.memory_limit, threads=settings.threads) as engine,
    ):
        parts = build_matrix(engine, accepted, features, scratch / "matrix", progress=progress)
        for part in parts:
            unknown.update(unknown_levels(pq.read_table(part), bundle.columns))
        labelled = labelled_data(parts, bundle.columns)
        unlabelled = unlabelled_rows(parts, bundle.columns, most=MOST_UNLABELLED, seed=bundle.content.seed)
    return labelled, unlabelled, dict(sorted(unknown.items()))


def _mature(
    labelled: TrainingData, accepted: AcceptedTables, content: BundleContent, options: ValidateOptions, *, data: Path
) -> tuple[str | None, npt.NDArray[np.bool_]]:
    """Until when outcomes were observed, and which applications had their whole outcome window by then.

    The window is that of the label which the data declare, else that of the bundle's.
    """
    dates = labelled.application_date
    window = accepted.config.label.window_months or content.label.window_months
    if dates is None or window is None:
        if options.observed_until is not None:
            raise UsageError(
                "--observed-until needs the column APPLICATION_DATE in the application table and window_months in "
                "[label] of tables.toml: without both every outcome counts as mature."
            )
        return None, np.ones(len(labelled.label), dtype=np.bool_)
    undated = int(np.count_nonzero(np.isnat(dates)))
    if undated:
        raise DataError(
            f"{data}: APPLICATION_DATE is empty for {undated} applicants with an outcome, expected a day: the label "
            f"has an outcome window of {window} months."
        )
    until = np.max(dates) if options.observed_until is None else _day(options.observed_until)
    return str(until), is_mature(dates, window_months=window, observed_until=until)


def _day(text: str) -> np.datetime64:
    try:
        return np.datetime64(text, "D")
    except ValueError as error:
        raise UsageError(f"--observed-until {text}: expected a day such as 2026-09-30.") from error


def _require_both_outcomes(judged: TrainingData, n_labelled: int, *, until: str | None, data: Path) -> None:
    if not len(judged.label):
        raise DataError(
            f"{data}: none of {n_labelled} outcomes is mature: the outcome window of no application had ended by "
            f"{until}. If outcomes were observed longer than that, say until when with --observed-until."
        )
    positives = int(np.sum(judged.label))
    if positives in (0, len(judged.label)):
        raise DataError(
            f"{data}: {positives} of {len(judged.label)} judged applicants had payment difficulties; ranking and "
            "calibration can only be judged where there are both outcomes. Add applicants with the other one."
        )


def _challenger(bundle: Bundle, judged: TrainingData, loans: Loans) -> Evaluation | None:
    scorecard = read_scorecard(bundle)
    if scorecard is None:
        return None
    return evaluate_held_out(
        judged.label,
        scorecard.card.margin(judged.matrix, judged.columns),
        scorecard.calibrator,
        cutoffs=bundle.content.cutoffs,
        loans=loans,
        seed=bundle.content.seed,
    )


def _populations(
    bundle: Bundle,
    labelled: TrainingData,
    unlabelled: npt.NDArray[np.float32],
    pd: npt.NDArray[np.float64],
    *,
    threads: int,
) -> dict[Compared, PopulationStability]:
    score = bundle.content.score_reference
    if score is None:
        return {}
    references = read_reference(bundle.files[REFERENCE_FILE])
    compared: dict[Compared, tuple[npt.NDArray[np.float32], npt.NDArray[np.float64]]] = {
        "labelled": (labelled.matrix, pd)
    }
    if len(unlabelled):
        margin = bundle.predict_margin(unlabelled, num_threads=threads)
        compared["unlabelled"] = (unlabelled, bundle.content.calibrator.pd(margin))
    return {
        who: population_stability(references, score, matrix=matrix, columns=bundle.columns, pd=pds)
        for who, (matrix, pds) in compared.items()
    }


def _judged_later(
    content: BundleContent, evaluation: Evaluation, label: npt.NDArray[np.int8], fairness: Finding
) -> BundleContent:
    """What the bundle would say of itself had these been its out-of-time applicants."""
    metrics = MetricsEntry(out_of_fold=content.metrics.out_of_fold, out_of_time=metric_entries(evaluation.measures))
    bands = pd_bands(evaluation.pd, label, {})
    return content.model_copy(update={"metrics": metrics, "pd_bands": bands, **fairness.bundle})
