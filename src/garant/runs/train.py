"""`garant train`: from a data folder to a calibrated model in a bundle, with its report."""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

from garant import __version__
from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import UsageError
from garant.explanations.contributions import contributions
from garant.features.catalogue import catalogue
from garant.features.feature import Feature, Profile
from garant.models.bundle.content import (
    BundleContent,
    FeatureEntry,
    LabelEntry,
    MetricsEntry,
    PointsScale,
    SplitEntry,
    TrainingEntry,
    metric_entries,
)
from garant.models.bundle.files import bundle_files, raw_schema
from garant.models.bundle.fingerprint import feature_fingerprint
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.reference import reference_table
from garant.models.bundle.writing import write_bundle
from garant.models.calibration import Calibrator, fit_calibrator
from garant.models.cutoff import Costs, ReferBand, cutoff
from garant.models.evaluation import Evaluation, evaluate_held_out, evaluate_out_of_fold
from garant.models.oof import write_oof
from garant.models.out_of_time import TimeSplit, out_of_time_split
from garant.models.parameters import fast_parameters
from garant.models.pd_bands import PdBand, accepted_contributions, pd_bands
from garant.models.training import Trained, TrainingData, train_champion
from garant.reports.validation_report import write_validation_report
from garant.runs.accept import accepted_tables
from garant.runs.feature_definitions import definitions, features_sql
from garant.runs.matrix import build_matrix
from garant.runs.progress import Progress, silent
from garant.runs.report_data import report_data
from garant.runs.training_data import training_data
from garant.settings import Settings
from garant.tables.accepted import AcceptedTables
from garant.wording.catalogue import entries

EXPLAINED_ROWS = 10_000
"""Applicants whose contributions give the means of the bundle; all would take minutes on a large sample."""

PD_GROUPS = 50

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
    """

    profile: Profile = Profile.EU
    seed: int = 7
    folds: int = 5
    without: tuple[str, ...] = ()
    out_of_time: str | None = None
    fast: bool = False
    overwrite: bool = False


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
    """

    bundle: Bundle
    report: Path
    oof: Path
    evaluation: Evaluation
    later: Evaluation | None
    accepted: AcceptedTables


def train(
    data: Path, bundle_folder: Path, *, options: TrainOptions, settings: Settings, progress: Progress = silent
) -> TrainResult:
    """Train, calibrate and evaluate a champion on `data`; write its bundle, report and out-of-fold predictions.

    Raises
    ------
    DataError
        When the data are refused or too small.
    UsageError
        When the bundle's folder may not be replaced or the options do not fit the data.
    """
    if (bundle_folder / "bundle.json").exists() and not options.overwrite:
        raise UsageError(f"{bundle_folder} holds a bundle already. Choose another folder, or say --overwrite.")
    costs = Costs.parse(settings.costs)
    accepted = accepted_tables(data, purpose="train", without=options.without, settings=settings, progress=progress)
    features = catalogue(accepted.tables, options.profile)
    sample = _sample(accepted, features, settings=settings, progress=progress)
    split = _time_split(sample, accepted, options)
    inner = sample if split is None else sample.rows(split.train)
    trained = train_champion(
        inner,
        seed=options.seed,
        folds=options.folds,
        parameters=fast_parameters(len(inner.label)) if options.fast else None,
        num_threads=settings.threads,
        progress=progress,
    )
    progress("evaluation", 0, 1)
    calibrator = fit_calibrator(trained.oof_margin, inner.label)
    evaluation = evaluate_out_of_fold(inner.label, trained.oof_margin, trained.fold, costs=costs, seed=options.seed)
    booster = lightgbm.Booster(model_str=trained.model_text)
    later = _held_out(sample, split, booster, calibrator, costs=costs, seed=options.seed)
    bands = _bands(booster, inner, evaluation.pd, features, seed=options.seed, threads=settings.threads)
    content = _content(
        accepted, features, trained, inner, split,
        calibrator=calibrator, evaluation=evaluation, later=later, bands=bands, options=options, settings=settings,
    )  # fmt: skip
    files = bundle_files(
        model_text=trained.model_text,
        features_sql=features_sql(features, accepted.tables),
        schema=raw_schema(accepted.tables, {name for feature in features for name in feature.inputs}),
        wording=reason_sentences(features),
        reference=reference_table(inner.matrix, inner.columns),
    )
    write_bundle(bundle_folder, content, files, overwrite=options.overwrite)
    bundle = read_bundle(bundle_folder)
    oof, report = bundle_folder.with_name(f"{bundle_folder.name}.{OOF}"), bundle_folder / REPORT
    write_oof(oof, ids=inner.ids, label=inner.label, fold=trained.fold, margin=trained.oof_margin, pd=evaluation.pd)
    shown = report_data(
        bundle, accepted, trained, evaluation, inner, sample=sample, split=split, later=later, language="en"
    )
    write_validation_report(report, shown)
    progress("evaluation", 1, 1)
    return TrainResult(bundle, report, oof, evaluation, later, accepted)


def reason_sentences(features: Sequence[Feature]) -> dict[str, dict[str, list[str]]]:
    """Sentences that the reasons of a bundle may need, by language and id: a decision is replayed with its own words."""
    families = {f"family.{f.family}.{kind}" for f in features for kind in ("label", "raises", "unknown")}
    wanted = families | {f"reason.{f.text}.raises" for f in features} | {f"window.{f.window}" for f in features}
    return {
        language: {key: list(entry.forms) for key, entry in sorted(entries(language).items()) if key in wanted}
        for language in ("en", "fr")
    }


def _sample(
    accepted: AcceptedTables, features: Sequence[Feature], *, settings: Settings, progress: Progress
) -> TrainingData:
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
    sample: TrainingData,
    split: TimeSplit | None,
    booster: lightgbm.Booster,
    calibrator: Calibrator,
    *,
    costs: Costs,
    seed: int,
) -> Evaluation | None:
    if split is None:
        return None
    later = sample.rows(split.test)
    margin = np.asarray(booster.predict(later.matrix, raw_score=True), dtype=np.float64)
    return evaluate_held_out(later.label, margin, calibrator, costs=costs, seed=seed)


def _bands(
    booster: lightgbm.Booster,
    sample: TrainingData,
    pd: npt.NDArray[np.float64],
    features: Sequence[Feature],
    *,
    seed: int,
    threads: int,
) -> tuple[PdBand, ...]:
    """Counts and mean contributions by PD; the means come from at most `EXPLAINED_ROWS` applicants drawn at random."""
    n = len(pd)
    drawn = np.sort(np.random.default_rng(seed).permutation(n)[:EXPLAINED_ROWS])
    values = contributions(booster, sample.matrix[drawn], threads=threads)[:, :-1]
    families = sorted({feature.family for feature in features})
    members = {name: [i for i, feature in enumerate(features) if feature.family == name] for name in families}
    # Applicants who were not drawn take the mean of the drawn ones of about the same PD.
    groups = np.searchsorted(np.quantile(pd[drawn], np.linspace(0, 1, PD_GROUPS + 1)[1:-1]), pd)
    spread = {
        name: _group_means(values[:, found].sum(axis=1), groups[drawn])[groups] for name, found in members.items()
    }
    return pd_bands(pd, sample.label, spread)


def _group_means(values: npt.NDArray[np.float64], groups: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    counts = np.bincount(groups, minlength=PD_GROUPS)
    sums = np.bincount(groups, weights=values, minlength=PD_GROUPS)
    return np.where(counts > 0, sums / np.maximum(counts, 1), float(np.mean(values)))


def _content(
    accepted: AcceptedTables,
    features: Sequence[Feature],
    trained: Trained,
    sample: TrainingData,
    split: TimeSplit | None,
    *,
    calibrator: Calibrator,
    evaluation: Evaluation,
    later: Evaluation | None,
    bands: Sequence[PdBand],
    options: TrainOptions,
    settings: Settings,
) -> BundleContent:
    band = ReferBand.at(cutoff(evaluation.costs))
    parameters: dict[str, Any] = asdict(trained.parameters)
    return BundleContent(
        garant_version=__version__,
        profile=options.profile.value,
        seed=options.seed,
        inputs={"accepted": accepted.digest},
        tables=accepted.tables,
        features=tuple(_entry(f, c.levels) for f, c in zip(features, trained.columns, strict=True)),
        feature_fingerprint=feature_fingerprint(definitions(features, trained.columns)),
        training=TrainingEntry(
            rows=len(sample.label),
            positives=int(sample.label.sum()),
            folds=options.folds,
            iterations=trained.iterations,
            iteration=trained.iteration,
            parameters=parameters,
            libraries={name: version(name) for name in ("lightgbm", "numpy", "duckdb", "ibis-framework")},
        ),
        calibrator=calibrator,
        label=LabelEntry(**accepted.config.label.model_dump()),
        costs=evaluation.costs,
        cutoff=evaluation.cutoff,
        refer_band=band,
        points=PointsScale(base=settings.points_base, odds=settings.points_odds, pdo=settings.points_pdo),
        base_value=trained.base_value,
        pd_bands=tuple(bands),
        accepted_contributions=accepted_contributions(bands, below=band.lower),
        split=SplitEntry()
        if split is None or later is None
        else SplitEntry(
            kind="out_of_time",
            start=split.start,
            observed_until=split.observed_until,
            tested_rows=later.rows,
            immature_rows=int(split.immature.sum()),
        ),
        metrics=MetricsEntry(
            out_of_fold=metric_entries(evaluation.measures),
            out_of_time=None if later is None else metric_entries(later.measures),
        ),
    )


def _entry(feature: Feature, levels: tuple[str, ...] | None) -> FeatureEntry:
    return FeatureEntry(
        name=feature.name,
        dtype="category" if feature.is_category else "number",
        levels=levels,
        family=feature.family,
        sign=feature.sign.value,
        unit=feature.unit.value,
        text=feature.text,
        window=str(feature.window),
        missing=feature.missing.value,
        legal=feature.legal.value,
        table=feature.table,
    )
