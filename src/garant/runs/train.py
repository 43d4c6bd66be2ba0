"""`garant train`: from a data folder to a calibrated model in a bundle, with its report."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import lightgbm
import numpy as np
import numpy.typing as npt

from garant.engines.duckdb import DuckDBEngine
from garant.features.catalogue import catalogue_of
from garant.features.feature import Feature, Profile
from garant.models.bundle.promotion.gates import verdicts
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.signature import Signer
from garant.models.bundle.trust import Trust
from garant.models.bundle.writing import check_place, fill_bundle
from garant.models.calibration import fit_calibrator
from garant.models.calibrator import Calibrator
from garant.models.directions import directions
from garant.models.evaluation import Evaluation, evaluate_held_out, evaluate_out_of_fold
from garant.models.leaks.adversarial import MOST_ROWS
from garant.models.loans import Loans
from garant.models.oof import write_oof
from garant.models.out_of_time import TimeSplit, out_of_time_split
from garant.models.parameters import Parameters, default_parameters, fast_parameters
from garant.models.pricing import Pricing, pricing_of
from garant.models.product_cutoffs import Cutoffs
from garant.models.training import Trained
from garant.models.training_data import TrainingData
from garant.models.tuning.study import require_optuna
from garant.reports.sections.gates import gates_section
from garant.reports.validation_report import write_validation_report
from garant.runs.absent_columns import losing_information
from garant.runs.accept import accepted_tables
from garant.runs.bundle_content import bundle_content, files_of
from garant.runs.bundle_groups import BundleGroups
from garant.runs.challenger import Challenger, challenger_of
from garant.runs.champion import ChampionMaker
from garant.runs.findings.finding import Inquiry
from garant.runs.findings.findings import findings_of
from garant.runs.judged_model import JudgedModel
from garant.runs.leak_checks import check_reasons, checked_features
from garant.runs.loans import loans_of
from garant.runs.matrix import build_matrix
from garant.runs.progress import Progress, silent
from garant.runs.report_data import report_data
from garant.runs.retrained import Retrained, check_members, retrained_of
from garant.runs.segment import require_segment
from garant.runs.train_options import TrainOptions
from garant.runs.train_result import TrainResult
from garant.runs.training_data import training_data, uninformative, unlabelled_rows
from garant.settings import Settings
from garant.storage import atomic_folder, check_writable
from garant.storage.scratch import scratch_folder
from garant.tables.accepted import AcceptedTables

REPORT = "validation.html"
OOF = "oof.parquet"


def train(
    data: Path,
    bundle_folder: Path,
    *,
    options: TrainOptions,
    settings: Settings,
    language: Literal["fr", "en"] = "en",
    progress: Progress = silent,
) -> TrainResult:
    """Train, calibrate and judge a champion on `data`; write its bundle, report and out-of-fold predictions.

    Raises
    ------
    DataError
        When the data are refused, too small, or have more rows in quarantine than `options` accept; a `LeakError` when
        a feature tells the outcome too well, or shuffled outcomes are told at all.
    MissingPartError
        When tuning is asked for and its library is not installed.
    UsageError
        When the bundle's folder may not be replaced, the options do not fit the data, the settings do not say what
        wrong decisions cost, or the development key that signs the bundle cannot be used.
    """
    if options.tune is not None:
        require_optuna()
    check_place(bundle_folder, overwrite=options.overwrite)
    check_members(options.members)
    check_reasons(options.allow_strong)
    check_writable(bundle_folder.absolute().parent)
    signer, prices = Signer.of(settings), pricing_of(settings)
    accepted = accepted_tables(data, purpose="train", without=options.without, settings=settings, progress=progress)
    options.accept_quarantine.require(accepted, data=data)
    if options.segment is not None:
        require_segment(accepted, options.segment)
    sample, unlabelled = samples_of(accepted, options.profile, seed=options.seed, settings=settings, progress=progress)
    strengths = checked_features(sample, _features(accepted, options.profile), options=options)
    model = _judged(accepted, sample, prices, options=options, settings=settings, progress=progress)
    used = {column.name for column in model.sample.columns}
    kept = [number for number, column in enumerate(sample.columns) if column.name in used]
    model = replace(model, strengths=strengths, unlabelled=unlabelled[:, kept])
    challenger = challenger_of(model, settings=settings, progress=progress) if options.challenger else None
    inquiry = Inquiry(
        model=model,
        options=options,
        settings=settings,
        progress=progress,
        challenger=challenger if isinstance(challenger, Challenger) else None,
    )
    found = findings_of(inquiry)
    groups = BundleGroups(model)
    content = bundle_content(model, groups, profile=options.profile.value, settings=settings, fast=options.fast)
    files = files_of(model, groups)
    if isinstance(challenger, Challenger):
        content, files = content.model_copy(update={"challenger": challenger.entry}), files | challenger.files
    content, files = content.model_copy(update=dict(found.bundle)), {**files, **found.files}
    oof = bundle_folder.with_name(f"{bundle_folder.name}.{OOF}")
    _write_oof(oof, model)
    # The bundle takes its name last, with its report in it: a training that died is simply started again.
    with atomic_folder(bundle_folder, replace=options.overwrite) as folder:
        fill_bundle(folder, content, files, signer=signer)
        written = read_bundle(folder, Trust.of(settings))
        sections = (*found.sections, gates_section(verdicts(written.content)))
        told = report_data(model, written, language=language, sections=sections)
        write_validation_report(folder / REPORT, told, language=language)
    bundle = read_bundle(bundle_folder, Trust.of(settings))
    progress("evaluation", 1, 1)
    kept_names = {column.name for column in sample.columns}
    left_out = tuple(f.name for f in _features(accepted, options.profile) if f.name not in kept_names)
    return TrainResult(
        bundle,
        bundle_folder / REPORT,
        oof,
        model.evaluation,
        model.later,
        accepted,
        left_out,
        challenger,
        found.said,
        has_dates=sample.application_date is not None,
    )


def _judged(
    accepted: AcceptedTables,
    sample: TrainingData,
    prices: Pricing,
    *,
    options: TrainOptions,
    settings: Settings,
    progress: Progress,
) -> JudgedModel:
    split = _time_split(sample, accepted, options)
    learned_from = sample if split is None else sample.rows(split.train)
    used = {column.name for column in sample.columns}
    features = [feature for feature in _features(accepted, options.profile) if feature.name in used]
    parameters = _parameters(len(learned_from.label), features, options)
    champion = ChampionMaker(
        sample=learned_from,
        features=features,
        start=parameters,
        data_digest=accepted.digest,
        options=options,
        settings=settings,
        progress=progress,
    ).make()
    trained, chosen = champion.trained, champion.chosen
    if chosen is not None:
        which = chosen.selection.chosen
        features, sample, learned_from = [features[n] for n in which], sample.only(which), learned_from.only(which)
    loans = loans_of(accepted, sample.ids)
    asked = loans if split is None else loans.rows(split.train)
    retrained = retrained_of(
        learned_from,
        trained,
        prices.cutoffs,
        asked,
        members=options.members,
        threads=settings.threads,
        progress=progress,
    )
    band = retrained.band if isinstance(retrained, Retrained) else None
    cutoffs = Cutoffs.of(prices.costs, prices.products, band=band)
    progress("evaluation", 0, 1)
    calibrator = fit_calibrator(trained.oof_margin, learned_from.label)
    return JudgedModel(
        accepted=accepted,
        features=features,
        sample=sample,
        learned_from=learned_from,
        loans=loans,
        pricing=prices,
        split=split,
        trained=trained,
        explained=champion.explained,
        calibrator=calibrator,
        evaluation=evaluate_out_of_fold(
            learned_from.label,
            trained.oof_margin,
            trained.fold,
            cutoffs=cutoffs,
            loans=asked,
            seed=options.seed,
        ),
        later=_held_out(sample, split, trained, calibrator, cutoffs=cutoffs, loans=loans),
        retrained=retrained,
        chosen=chosen,
        tuning=champion.tuning,
    )


def sample_of(
    accepted: AcceptedTables, profile: Profile, *, settings: Settings, progress: Progress = silent
) -> TrainingData:
    """Labelled applicants of `accepted` with the features of `profile`, encoded.

    See `samples_of`.
    """
    return samples_of(accepted, profile, seed=0, settings=settings, progress=progress)[0]


def samples_of(
    accepted: AcceptedTables, profile: Profile, *, seed: int, settings: Settings, progress: Progress = silent
) -> tuple[TrainingData, npt.NDArray[np.float32]]:
    """Labelled applicants of `accepted` with the features of `profile`, and features of some without an outcome.

    A feature that reads a column which is absent, and so has one value or none in all rows, is left out: a bundle that
    used it would ask for a column that has taught it nothing.
    """
    features = _features(accepted, profile)
    with (
        scratch_folder("train") as scratch,
        DuckDBEngine(memory_limit=settings.memory_limit, threads=settings.threads) as engine,
    ):
        parts = build_matrix(engine, accepted, features, scratch / "matrix", progress=progress)
        losing = {name for names in losing_information(accepted, profile).values() for name in names}
        empty = set(uninformative(parts, [feature for feature in features if feature.name in losing]))
        labelled = training_data(parts, [feature for feature in features if feature not in empty])
        return labelled, unlabelled_rows(parts, labelled.columns, most=MOST_ROWS, seed=seed)


def _features(accepted: AcceptedTables, profile: Profile) -> tuple[Feature, ...]:
    return catalogue_of(accepted.config, accepted.tables, profile)


def _parameters(rows: int, features: list[Feature], options: TrainOptions) -> Parameters:
    """Parameters for `rows` applicants; a direction that the lender declares of its own column binds in any case."""
    chosen = fast_parameters(rows) if options.fast else default_parameters(rows)
    return replace(chosen, monotone=directions(features, own_only=not options.directions))


def _time_split(sample: TrainingData, accepted: AcceptedTables, options: TrainOptions) -> TimeSplit | None:
    if options.out_of_time is None:
        return None
    window = accepted.config.label.window_months
    return out_of_time_split(sample.application_date, start=options.out_of_time, window_months=window)


def _held_out(
    sample: TrainingData,
    split: TimeSplit | None,
    trained: Trained,
    calibrator: Calibrator,
    *,
    cutoffs: Cutoffs,
    loans: Loans,
) -> Evaluation | None:
    if split is None:
        return None
    later = sample.rows(split.test)
    booster = lightgbm.Booster(model_str=trained.model_text)
    margin = np.asarray(booster.predict(later.matrix, raw_score=True), dtype=np.float64)
    asked = loans.rows(split.test)
    return evaluate_held_out(later.label, margin, calibrator, cutoffs=cutoffs, loans=asked, seed=trained.seed)


def _write_oof(path: Path, model: JudgedModel) -> None:
    sample, trained = model.learned_from, model.trained
    write_oof(
        path,
        ids=sample.ids,
        label=sample.label,
        fold=trained.fold,
        margin=trained.oof_margin,
        pd=model.evaluation.pd,
    )
