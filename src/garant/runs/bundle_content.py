"""What a judged model puts into its bundle."""

from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Literal

import numpy as np
import numpy.typing as npt

from garant import __version__
from garant.explanations.kinds import Kind
from garant.explanations.yardstick import YARDSTICKS
from garant.features.external_entries import scores_read
from garant.features.extra import extras_of
from garant.features.feature import Feature
from garant.models.bundle.content import (
    BundleContent,
    LabelEntry,
    MetricsEntry,
    PointsScale,
    metric_entries,
)
from garant.models.bundle.feature_entry import FeatureEntry
from garant.models.bundle.files import bundle_files, raw_schema
from garant.models.bundle.fingerprint import feature_fingerprint
from garant.models.bundle.money import MoneyEntry
from garant.models.bundle.training_entry import SplitEntry, TrainingEntry
from garant.models.pd_bands import accepted_contributions, judged_bands, pd_bands, product_bands
from garant.runs.bundle_groups import BundleGroups
from garant.runs.feature_definitions import definitions, features_sql
from garant.runs.judged_model import JudgedModel
from garant.runs.online_proof import online_entry
from garant.runs.words import own_texts
from garant.settings import Settings
from garant.wording.catalogue import entries
from garant.wording.own_texts import own_entries

PD_GROUPS = 50

LIBRARIES = ("lightgbm", "numpy", "duckdb", "ibis-framework")


def bundle_content(
    model: JudgedModel,
    groups: BundleGroups,
    *,
    profile: Literal["eu", "kaggle"],
    settings: Settings,
    fast: bool = False,
) -> BundleContent:
    """Everything that ``bundle.json`` says of `model`; `fast` says that it was made for a quick look."""
    evaluation, trained = model.evaluation, model.trained
    cutoffs = model.cutoffs
    means = _mean_contributions(model)
    bands = pd_bands(evaluation.pd, model.learned_from.label, means)
    by_product = product_bands(evaluation.pd, model.learned_from_loans, model.learned_from.label, means)
    judged = judged_bands(bands, by_product, cutoffs) or [(bands, cutoffs.single)]
    return BundleContent(
        garant_version=__version__,
        profile=profile,
        seed=trained.seed,
        inputs={"accepted": model.accepted.digest},
        tables=model.accepted.tables,
        features=tuple(_entry(f, c.levels) for f, c in zip(model.features, trained.columns, strict=True)),
        feature_fingerprint=feature_fingerprint(definitions(model.features, trained.columns)),
        training=TrainingEntry(
            rows=evaluation.rows,
            positives=evaluation.positives,
            folds=len(trained.iterations),
            iterations=trained.iterations,
            iteration=trained.iteration,
            parameters=asdict(trained.parameters),
            libraries={name: version(name) for name in LIBRARIES},
            fast=fast,
        ),
        calibrator=model.calibrator,
        label=LabelEntry(**model.accepted.config.label.model_dump()),
        costs=evaluation.costs,
        cutoff=evaluation.cutoff,
        refer_band=evaluation.band,
        points=PointsScale(base=settings.points_base, odds=settings.points_odds, pdo=settings.points_pdo),
        base_value=trained.base_value,
        pd_bands=bands,
        accepted_contributions=accepted_contributions(judged),
        split=_split(model),
        metrics=MetricsEntry(
            out_of_fold=metric_entries(evaluation.measures),
            out_of_time=None if model.later is None else metric_entries(model.later.measures),
        ),
        extras=extras_of(model.features) or None,
        external_scores=scores_read(model.features, model.accepted.config.scores) or None,
        absent_columns=dict(model.accepted.report.absent) or None,
        economics=model.pricing.economics,
        product_cutoffs=dict(cutoffs.products) or None,
        product_bands=by_product or None,
        cells=groups.cells,
        rare_levels={c.name: c.rare for c in trained.columns if c.levels is not None} or None,
        money=MoneyEntry(**model.accepted.config.money.model_dump()),
        online=online_entry(model.accepted, model.features, model.sample, seed=trained.seed, settings=settings),
    )


def files_of(model: JudgedModel, groups: BundleGroups) -> dict[str, bytes]:
    """Every file of the bundle beside ``bundle.json``."""
    return bundle_files(
        model_text=model.trained.model_text,
        features_sql=features_sql(model.features, model.accepted.tables),
        schema=raw_schema(
            model.accepted.tables,
            {name for feature in model.features for name in feature.inputs},
            model.accepted.config,
        ),
        wording=reason_sentences(model.features),
        reference=groups.reference(),
    )


def reason_sentences(features: Sequence[Feature]) -> dict[str, dict[str, list[str]]]:
    """Sentences that reasons may need, by language and id: a decision is replayed with the words it was made with."""
    families = {f"family.{f.family}.{kind}" for f in features for kind in ("label", "raises", "unknown")}
    wanted = families | {f"reason.{f.text}.raises" for f in features} | {f"window.{f.window}" for f in features}
    wanted |= {f"external.{part}" for part in ("named", "several")} | {f"kind.{kind}" for kind in Kind}
    wanted |= {f"yardstick.{found}" for found in YARDSTICKS}
    own = own_texts(features)
    return {
        language: {
            key: list(entry.forms)
            for key, entry in sorted({**entries(language), **own_entries(own, language)}.items())
            if key in wanted or key not in entries(language)
        }
        for language in ("en", "fr")
    }


def _split(model: JudgedModel) -> SplitEntry:
    if model.split is None or model.later is None:
        return SplitEntry()
    return SplitEntry(
        kind="out_of_time",
        start=model.split.start,
        observed_until=model.split.observed_until,
        tested_rows=model.later.rows,
        immature_rows=int(model.split.immature.sum()),
    )


def _mean_contributions(model: JudgedModel) -> dict[str, npt.NDArray[np.float64]]:
    """Of each family the mean out-of-fold contribution at about each applicant's PD, from those who were explained."""
    pd, drawn = model.evaluation.pd, model.explained.rows
    candidates = model.features if model.chosen is None else model.chosen.candidates
    families = {feature.family for feature in model.features}
    by_family = model.explained.by_family([feature for feature in candidates if feature.family in families])
    # Applicants who were not drawn take the mean of the drawn ones of about the same PD.
    groups = np.searchsorted(np.quantile(pd[drawn], np.linspace(0, 1, PD_GROUPS + 1)[1:-1]), pd)
    return {family: _group_means(values, groups[drawn])[groups] for family, values in by_family.items()}


def _group_means(values: npt.NDArray[np.float64], groups: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    counts = np.bincount(groups, minlength=PD_GROUPS)
    sums = np.bincount(groups, weights=values, minlength=PD_GROUPS)
    return np.where(counts > 0, sums / np.maximum(counts, 1), float(np.mean(values)))


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
