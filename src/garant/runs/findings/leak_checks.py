"""Leak checks: the strongest features, shuffled outcomes, and how applicants without an outcome differ."""

from functools import partial
from math import isnan

import numpy as np
import numpy.typing as npt

from garant.models.bundle.leak_checks import (
    AdversarialEntry,
    FeatureAucEntry,
    LeakChecksEntry,
    SeparatingEntry,
    ShuffledEntry,
)
from garant.models.leaks.adversarial import Adversarial, adversarial
from garant.models.leaks.shuffled_target import ShuffledTarget, shuffled_target
from garant.models.leaks.single_features import LARGEST_AUC
from garant.models.splits import stratified_folds
from garant.models.training import ONE_THREAD_ROWS, out_of_fold
from garant.models.training_data import TrainingData
from garant.runs.findings.finding import Finding, Inquiry
from garant.runs.findings.leak_section import Checked, leak_section

SHOWN_FEATURES = 10


def leak_checks_finding(inquiry: Inquiry) -> Finding:
    """What was looked at; training has stopped already where a feature was too strong.

    Raises
    ------
    LeakError
        When a model of shuffled outcomes tells them.
    """
    model, options = inquiry.model, inquiry.options
    checked = Checked(
        features=tuple(f for i, f in enumerate(model.strengths) if i < SHOWN_FEATURES or f.is_strong),
        allowed=dict(options.allow_strong),
        shuffled=_shuffled(inquiry) if options.leak_check else None,
        apart=_apart(inquiry),
    )
    # All features were looked at, also those that a model of chosen ones left out.
    looked_at = model.features if model.chosen is None else model.chosen.candidates
    return Finding(
        bundle={"leak_checks": _entry(checked)},
        sections=(partial(leak_section, checked, looked_at),),
        said=_said(checked, len(inquiry.model.sample.label)),
    )


def _apart(inquiry: Inquiry) -> Adversarial | None:
    model = inquiry.model
    if model.unlabelled is None:
        return None
    threads = inquiry.settings.threads
    return adversarial(model.sample, model.unlabelled, seed=inquiry.options.seed, num_threads=threads)


def _shuffled(inquiry: Inquiry) -> ShuffledTarget:
    """The champion's road on shuffled outcomes: same columns, parameters and early stopping."""
    trained, data = inquiry.model.trained, inquiry.model.learned_from
    numbers = {column.name: i for i, column in enumerate(data.columns)}
    threads = 1 if len(data.label) <= ONE_THREAD_ROWS else inquiry.settings.threads

    def road(sample: TrainingData) -> npt.NDArray[np.float64]:
        # Folds of the shuffled outcomes: with those of the true ones, bad rates of folds would push the AUC below 0.5.
        fold = stratified_folds(sample.label, sample.ids, folds=len(trained.iterations), seed=trained.seed)
        return out_of_fold(
            sample,
            fold,
            seed=trained.seed,
            parameters=trained.parameters,
            num_threads=threads,
            progress=lambda _step, done, total: inquiry.progress("leak check", done, total),
        )[0]

    used = data.only([numbers[column.name] for column in trained.columns])
    return shuffled_target(used, road, seed=trained.seed)


def _entry(checked: Checked) -> LeakChecksEntry:
    shuffled = checked.shuffled
    return LeakChecksEntry(
        largest_auc=LARGEST_AUC,
        features=tuple(
            FeatureAucEntry(
                feature=feature.name,
                auc=_known(feature.auc),
                rows=feature.rows,
                auc_with_missing=feature.auc_with_missing,
                is_strong=feature.is_strong,
                allowed_because=checked.allowed[feature.name] if feature.is_strong else None,
            )
            for feature in checked.features
        ),
        shuffled_target=None if shuffled is None else ShuffledEntry(auc=shuffled.auc, sd=shuffled.sd),
        adversarial=None if checked.apart is None else _adversarial(checked.apart),
    )


def _adversarial(apart: Adversarial) -> AdversarialEntry:
    return AdversarialEntry(
        auc=apart.auc,
        labelled=apart.labelled,
        unlabelled=apart.unlabelled,
        features=tuple(
            SeparatingEntry(feature=found.name, share=found.share, auc=_known(found.auc)) for found in apart.features
        ),
    )


def _known(value: float) -> float | None:
    return None if isnan(value) else value


def _said(checked: Checked, rows: int) -> tuple[str, ...]:
    said: list[str] = []
    if checked.features:
        first = checked.features[0]
        told = f"AUC {first.strongest:.3f} among all {rows} applicants with an outcome"
        said.append(f"Leak checks: {first.name} tells the outcome best alone, {told}.")
    said += [
        f"  ALLOWED although it tells the outcome alone: {feature.name}, AUC {feature.strongest:.3f}. "
        f"Reason: {checked.allowed[feature.name]}"
        for feature in checked.strong
    ]
    if (shuffled := checked.shuffled) is not None:
        said.append(f"  Shuffled outcomes: AUC {shuffled.auc:.4f}, expected 0.5 ± {shuffled.reach:.4f}.")
    if (apart := checked.apart) is not None:
        said.append(
            f"  Applicants without an outcome ({apart.unlabelled}) are told from those with one ({apart.labelled}) "
            f"with an AUC of {apart.auc.value:.3f} [{apart.auc.low:.3f}, {apart.auc.high:.3f}]; 0.5 means alike."
        )
        said.append(f"  Most separating: {', '.join(found.name for found in apart.features)}.")
    return tuple(said)
