"""What the model's choices cost or bring: trained again with one choice made otherwise, on the same folds.

To price another choice, write a function `Priced -> Variant | None`, list it in `VARIANTS`, and give it the text
``report.variant.<name>``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import lightgbm
import numpy as np

from garant.engines.duckdb import DuckDBEngine
from garant.explanations.contributions import checked_contributions
from garant.explanations.reasons import ReasonWriter
from garant.features.catalogue import catalogue_of
from garant.features.feature import PROTECTED, Feature, Legal, Profile
from garant.models.bundle.variants import DifferenceEntry, VariantEntry, VariantsEntry
from garant.models.cutoff import Outcome
from garant.models.directions import directions
from garant.models.parameters import default_parameters
from garant.models.training import ONE_THREAD_ROWS, out_of_fold
from garant.models.variants import (
    VARIANT_ROWS,
    Compared,
    Judge,
    Variant,
    chosen_again,
    drawn_rows,
    with_columns,
    without_columns,
)
from garant.reports.variants_section import variants_said, variants_section
from garant.runs.bundle_groups import BundleGroups
from garant.runs.findings.finding import Finding, Inquiry
from garant.runs.judged_model import JudgedModel
from garant.runs.matrix import build_matrix
from garant.runs.progress import Progress
from garant.runs.training_data import training_data
from garant.runs.words import words_of
from garant.storage.scratch import scratch_folder

EXPLAINED_REFUSALS = 10_000
"""Refused applicants whose first reason is looked at: a share of 90 % is told to within 0.6 points."""

_STEP = "variants"


@dataclass(frozen=True, kw_only=True, eq=False)
class Priced:
    """What variants are made from: the training, and the model on the applicants that variants are compared on."""

    inquiry: Inquiry
    judge: Judge

    @property
    def features(self) -> list[Feature]:
        """Inputs that a model of a fold can have, in the order of the columns of `judge`."""
        model = self.inquiry.model
        return list(model.features if model.chosen is None else model.chosen.candidates)

    def without(self, name: str, left_out: list[Feature]) -> Variant | None:
        """Variant without some features; None when no fold's model has one of them, or one has no others."""
        names = {feature.name for feature in left_out}
        of_folds = self.judge.chosen or [frozenset(column.name for column in self.judge.data.columns)]
        if all(names.isdisjoint(own) for own in of_folds) or any(names >= own for own in of_folds):
            return None
        return Variant(name=name, data=without_columns(self.judge.data, names), parameters=self.judge.parameters)


def choices_priced(inquiry: Inquiry, *, most: int = VARIANT_ROWS) -> Finding:
    """Price each choice of the model on at most `most` applicants; nothing where `fast` or not asked for."""
    if inquiry.options.fast or not inquiry.options.variants:
        return Finding()
    judge = _judge(inquiry, most)
    priced = Priced(inquiry=inquiry, judge=judge)
    variants = [variant for make in VARIANTS if (variant := make(priced)) is not None]
    compared = [
        judge.compared(variant, _counted(inquiry.progress, number, len(variants)))
        for number, variant in enumerate(variants)
    ]
    refusals, share = external_first_share(inquiry.model, threads=inquiry.settings.threads)
    entry = VariantsEntry(
        rows=len(judge.data.label),
        features_chosen=judge.chosen is not None,
        sampled=len(judge.data.label) < len(inquiry.model.learned_from.label),
        auc=judge.auc,
        variants={found.name: _entry(found) for found in compared},
        refusals=refusals,
        external_first_share=share,
    )
    inquiry.progress(_STEP, 1, 1)
    return Finding(bundle={"variants": entry}, sections=(variants_section(entry),), said=variants_said(entry))


def without_directions(priced: Priced) -> Variant | None:
    """The model without garant's directions; those that the lender declares of its own columns still bind."""
    parameters = priced.judge.parameters
    own = directions(priced.features, own_only=True)
    if len(parameters.monotone) == len(own):
        return None
    return Variant(name="without_directions", data=priced.judge.data, parameters=replace(parameters, monotone=own))


def without_external_scores(priced: Priced) -> Variant | None:
    """The model without what outside providers say: their scores, and everything that reads one."""
    return priced.without("without_external_scores", [f for f in priced.features if f.legal is Legal.EXTERNAL])


def other_profile(priced: Priced) -> Variant | None:
    """A model of the other profile: with the protected attributes, or without them.

    The protected columns are built for this comparison alone; nothing but an AUC leaves it.
    """
    model, inquiry = priced.inquiry.model, priced.inquiry
    if inquiry.options.profile is Profile.KAGGLE:
        return priced.without("profile_eu", [f for f in priced.features if f.legal in PROTECTED])
    known = catalogue_of(model.accepted.config, model.accepted.tables, Profile.KAGGLE)
    protected = [feature for feature in known if feature.legal in PROTECTED]
    with (
        scratch_folder("variants") as scratch,
        DuckDBEngine(memory_limit=inquiry.settings.memory_limit, threads=inquiry.settings.threads) as engine,
    ):
        more = training_data(build_matrix(engine, model.accepted, protected, scratch / "matrix"), protected)
    data = with_columns(priced.judge.data, more)
    return Variant(name="profile_kaggle", data=data, parameters=priced.judge.parameters)


VARIANTS: tuple[Callable[[Priced], Variant | None], ...] = (
    without_directions,
    without_external_scores,
    other_profile,
)
"""Choices that are priced, in the order of the report."""


def external_first_share(model: JudgedModel, *, threads: int) -> tuple[int, float | None]:
    """Refused applicants looked at, and the share of them whose first reason is an external score.

    Refused are those whom their out-of-fold PD refuses; the reasons are those that the champion would give.
    """
    refused = np.flatnonzero(model.evaluation.rows_cutoffs.outcomes(model.evaluation.pd)[Outcome.REFUSE])
    drawn = drawn_rows(len(refused), seed=model.trained.seed, most=EXPLAINED_REFUSALS)
    rows = refused if drawn is None else refused[drawn]
    if not len(rows):
        return 0, None
    booster = lightgbm.Booster(model_str=model.trained.model_text)
    accepted = BundleGroups(model).typical()
    writer = ReasonWriter(model.features, words_of(model.features, "en"), accepted=accepted, period_declared=False)
    first = writer.first_families(checked_contributions(booster, model.learned_from.matrix[rows], threads=threads))
    external = {feature.family for feature in model.features if feature.legal is Legal.EXTERNAL}
    return len(rows), sum(family in external for family in first) / len(rows)


def _judge(inquiry: Inquiry, most: int) -> Judge:
    """The model on all its applicants; or trained again, with the same folds, where it was trained otherwise.

    On a sample of the applicants the parameters and numbers of trees are those of that size: as many as for all would
    fit its noise. The features of a fold's model are those that its training rows chose, never those of the champion,
    which all rows chose: it would be judged on what it has seen.
    """
    model, trained, chosen = inquiry.model, inquiry.model.trained, inquiry.model.chosen
    everything = model.learned_from if chosen is None else chosen.sample
    drawn = drawn_rows(len(everything.label), seed=trained.seed, most=most)
    data = everything if drawn is None else everything.rows(drawn)
    fold = trained.fold if drawn is None else trained.fold[drawn]
    threads = 1 if len(data.label) <= ONE_THREAD_ROWS else inquiry.settings.threads
    parameters, trees, margin = trained.parameters, trained.iterations, trained.oof_margin
    if chosen is not None:
        parameters = chosen.parameters
    if drawn is not None:
        parameters = replace(default_parameters(len(data.label)), monotone=parameters.monotone)
    of_folds = None if chosen is None else chosen.of_folds
    if drawn is not None or not parameters.refit:
        margin, trees = out_of_fold(
            data,
            fold,
            seed=trained.seed,
            parameters=parameters,
            num_threads=threads,
            choose=chosen_again(of_folds, data.columns),
            trees=trees if drawn is None else None,
            progress=_counted(inquiry.progress, 0, len(VARIANTS) + 1),
        )
    return Judge(
        data=data,
        fold=fold,
        parameters=parameters,
        trees=trees,
        margin=margin,
        seed=trained.seed,
        num_threads=threads,
        chosen=of_folds,
    )


def _counted(progress: Progress, number: int, total: int) -> Callable[[str, int, int], None]:
    """Progress of one variant as a part of all."""

    def note(_step: str, done: int, models: int) -> None:
        progress(_STEP, number * models + done, total * models)

    return note


def _entry(found: Compared) -> VariantEntry:
    known = [None if np.isnan(x) else x for x in (found.difference.value, found.difference.low, found.difference.high)]
    return VariantEntry(
        features=found.features,
        auc=found.auc,
        difference=DifferenceEntry(value=known[0], low=known[1], high=known[2]),
    )
