"""`garant train`: from a data folder to a calibrated model in a bundle, with its report."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import lightgbm
import numpy as np

from garant.engines.duckdb import DuckDBEngine
from garant.features.catalogue import catalogue
from garant.features.feature import Profile
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.writing import check_place, write_bundle
from garant.models.calibration import Calibrator, fit_calibrator
from garant.models.cutoff import Costs
from garant.models.evaluation import Evaluation, evaluate_held_out, evaluate_out_of_fold
from garant.models.oof import write_oof
from garant.models.out_of_time import TimeSplit, out_of_time_split
from garant.models.parameters import fast_parameters
from garant.models.training import Trained, TrainingData, train_champion
from garant.reports.validation_report import write_validation_report
from garant.runs.accept import accepted_tables
from garant.runs.bundle_content import bundle_content, files_of
from garant.runs.challenger import Challenger, challenger_of
from garant.runs.judged_model import JudgedModel
from garant.runs.matrix import build_matrix
from garant.runs.progress import Progress, silent
from garant.runs.report_data import report_data
from garant.runs.training_data import training_data
from garant.settings import Settings
from garant.tables.accepted import AcceptedTables

REPORT = "validation.html"
OOF = "oof.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainOptions:
    """How to train.

    Parameters
    ----------
    profile : Profile
        Which features the model may see.
    seed : int
        Seed of folds, trees and intervals.
    folds : int
        Folds of the out-of-fold predictions.
    without : tuple of str
        Child tables to go on without.
    out_of_time : str or None
        First month that is tested instead of trained on, ``"2026-01"``.
    fast : bool
        Few large trees, for a demonstration.
    overwrite : bool
        Whether an older bundle is replaced.
    challenger : bool
        Whether a points scorecard is trained beside the champion.
    """

    profile: Profile = Profile.EU
    seed: int = 7
    folds: int = 5
    without: tuple[str, ...] = ()
    out_of_time: str | None = None
    fast: bool = False
    overwrite: bool = False
    challenger: bool = True


@dataclass(frozen=True, slots=True)
class TrainResult:
    """What training made.

    Parameters
    ----------
    bundle : Bundle
        The bundle, read back and checked.
    report : Path
        Validation report, in the bundle's folder.
    oof : Path
        Out-of-fold predictions: rows of persons, so beside the bundle and never inside.
    evaluation : Evaluation
        Out-of-fold quality.
    later : Evaluation or None
        Quality on later applicants, where there was an out-of-time split.
    accepted : AcceptedTables
        The data.
    challenger : Challenger, str or None
        The scorecard; or why it was skipped; None when it was not asked for.
    """

    bundle: Bundle
    report: Path
    oof: Path
    evaluation: Evaluation
    later: Evaluation | None
    accepted: AcceptedTables
    challenger: Challenger | str | None = None


def train(
    data: Path, bundle_folder: Path, *, options: TrainOptions, settings: Settings, progress: Progress = silent
) -> TrainResult:
    """Train, calibrate and judge a champion on `data`; write its bundle, report and out-of-fold predictions.

    Raises
    ------
    DataError
        When the data are refused or too small.
    UsageError
        When the bundle's folder may not be replaced or the options do not fit the data.
    """
    check_place(bundle_folder, overwrite=options.overwrite)
    costs = Costs.parse(settings.costs)
    accepted = accepted_tables(data, purpose="train", without=options.without, settings=settings, progress=progress)
    sample = sample_of(accepted, options.profile, settings=settings, progress=progress)
    model = _judged(accepted, sample, costs, options=options, settings=settings, progress=progress)
    challenger = challenger_of(model, settings=settings, progress=progress) if options.challenger else None
    content, files = bundle_content(model, profile=options.profile.value, settings=settings), files_of(model)
    if isinstance(challenger, Challenger):
        content, files = content.model_copy(update={"challenger": challenger.entry}), files | challenger.files
    write_bundle(bundle_folder, content, files, overwrite=options.overwrite)
    bundle = read_bundle(bundle_folder)
    oof = bundle_folder.with_name(f"{bundle_folder.name}.{OOF}")
    _write_oof(oof, model)
    write_validation_report(bundle_folder / REPORT, report_data(model, bundle, language="en"))
    progress("evaluation", 1, 1)
    return TrainResult(bundle, bundle_folder / REPORT, oof, model.evaluation, model.later, accepted, challenger)


def _judged(
    accepted: AcceptedTables,
    sample: TrainingData,
    costs: Costs,
    *,
    options: TrainOptions,
    settings: Settings,
    progress: Progress,
) -> JudgedModel:
    split = _time_split(sample, accepted, options)
    learned_from = sample if split is None else sample.rows(split.train)
    trained = train_champion(
        learned_from,
        seed=options.seed,
        folds=options.folds,
        parameters=fast_parameters(len(learned_from.label)) if options.fast else None,
        num_threads=settings.threads,
        progress=progress,
    )
    progress("evaluation", 0, 1)
    calibrator = fit_calibrator(trained.oof_margin, learned_from.label)
    return JudgedModel(
        accepted=accepted,
        features=catalogue(accepted.tables, options.profile),
        sample=sample,
        learned_from=learned_from,
        split=split,
        trained=trained,
        calibrator=calibrator,
        evaluation=evaluate_out_of_fold(
            learned_from.label, trained.oof_margin, trained.fold, costs=costs, seed=options.seed
        ),
        later=_held_out(sample, split, trained, calibrator, costs=costs),
    )


def sample_of(
    accepted: AcceptedTables, profile: Profile, *, settings: Settings, progress: Progress = silent
) -> TrainingData:
    """Labelled applicants of `accepted` with the features of `profile`, encoded."""
    features = catalogue(accepted.tables, profile)
    with (
        tempfile.TemporaryDirectory(prefix="garant-train-") as name,
        DuckDBEngine(memory_limit=settings.memory_limit, threads=settings.threads) as engine,
    ):
        parts = build_matrix(engine, accepted, features, Path(name) / "matrix", progress=progress)
        return training_data(parts, features)


def _time_split(sample: TrainingData, accepted: AcceptedTables, options: TrainOptions) -> TimeSplit | None:
    if options.out_of_time is None:
        return None
    window = accepted.config.label.window_months
    return out_of_time_split(sample.application_date, start=options.out_of_time, window_months=window)


def _held_out(
    sample: TrainingData, split: TimeSplit | None, trained: Trained, calibrator: Calibrator, *, costs: Costs
) -> Evaluation | None:
    if split is None:
        return None
    later = sample.rows(split.test)
    booster = lightgbm.Booster(model_str=trained.model_text)
    margin = np.asarray(booster.predict(later.matrix, raw_score=True), dtype=np.float64)
    return evaluate_held_out(later.label, margin, calibrator, costs=costs, seed=trained.seed)


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
