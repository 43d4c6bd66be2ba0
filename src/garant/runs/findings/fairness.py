"""How the cut-off treats groups of protected attributes, and what the model's inputs say of those attributes."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from garant.features.feature import Feature
from garant.metrics.fairness import Grouping
from garant.models.bundle.fairness import FairnessEntry
from garant.models.fairness import Fairness
from garant.models.fairness_judgement import judge_fairness
from garant.models.product_cutoffs import Cutoffs, RowCutoffs
from garant.models.proxies import Proxy, proxies
from garant.reports.fairness_section import fairness_section
from garant.reports.section import Section
from garant.runs.findings.finding import Finding, Inquiry
from garant.runs.protected_attributes import protected_attributes
from garant.runs.words import words_of
from garant.wording.catalogue import Wording


def fairness(inquiry: Inquiry) -> Finding:
    """Treatment of groups on out-of-fold PDs; what the inputs say of the attributes, unless training is to be fast.

    Out of fold even with an out-of-time split: groups are small, and the folds hold more of them.
    """
    model, options = inquiry.model, inquiry.options
    sample, evaluation = model.learned_from, model.evaluation
    groupings = protected_attributes(model.accepted, sample.ids)
    told: tuple[Proxy, ...] = ()
    if not options.fast:
        threads = inquiry.settings.threads
        told = proxies(groupings, sample, seed=options.seed, num_threads=threads, progress=inquiry.progress)
    return judged_groups(
        sample.label,
        evaluation.pd,
        groupings,
        cutoffs=model.cutoffs,
        rows=evaluation.rows_cutoffs,
        profile=options.profile.value,
        told=told,
        features=model.features,
    )


def judged_groups(  # noqa: PLR0913 - applicants, rule and words
    label: npt.NDArray[np.int8],
    pd: npt.NDArray[np.float64],
    groupings: Mapping[str, Grouping | None],
    *,
    cutoffs: Cutoffs,
    rows: RowCutoffs,
    profile: Literal["eu", "kaggle"],
    unseen: bool = True,
    told: Sequence[Proxy] = (),
    features: Sequence[Feature] = (),
) -> Finding:
    """Judge the groups of any applicants with a known outcome, whatever model and sample the PDs are from.

    Parameters
    ----------
    label : array of {0, 1}, shape (n,)
        1 = payment difficulties.
    pd : array of float64, shape (n,)
        PD of each applicant.
    groupings : mapping of str to Grouping or None
        Group of each applicant by attribute, see `garant.runs.protected_attributes`.
    cutoffs : Cutoffs
        What applicants are judged by: the bundle's.
    rows : RowCutoffs
        The same for each applicant, see `Evaluation`.
    profile : {"eu", "kaggle"}
        Profile of the model.
    unseen : bool
        Whether the PDs are by models that have not seen the row; False where they are the bundle's, which may have.
    told : sequence of Proxy
        What the inputs say of the attributes; features that they name must be among `features`.
    features : sequence of Feature
        Inputs of the model, for their words.
    """
    found = judge_fairness(label, pd, groupings, cutoffs=cutoffs, rows=rows)
    return Finding(
        bundle={"fairness": FairnessEntry.of(found)},
        sections=(partial(_section, found, profile, told, features, unseen=unseen),),
        said=(_said(found, len(label), unseen=unseen),),
    )


def _section(
    found: Fairness,
    profile: Literal["eu", "kaggle"],
    told: Sequence[Proxy],
    features: Sequence[Feature],
    wording: Wording,
    *,
    unseen: bool,
) -> Section:
    words = words_of(features, wording.language)
    labels = {f.name: words.label(f.text, window=str(f.window)) for f in features}
    return fairness_section(found, wording, profile=profile, unseen=unseen, proxies=told, label=labels.__getitem__)


def _said(found: Fairness, rows: int, *, unseen: bool) -> str:
    judged, waived = len(found.judged), found.waived
    who = f"{rows} applicants{' trained on, out of fold' if unseen else ''}"
    if not judged:
        return "Fairness: no group is large enough to be judged; promotion needs a waiver."
    if not waived:
        return f"Fairness: none of {judged} groups needs a waiver ({who})."
    names = ", ".join(f"{attribute} {group.group}" for attribute, group in waived)
    need = "needs" if len(waived) == 1 else "need"
    return f"Fairness: {len(waived)} of {judged} groups {need} a waiver ({who}): {names}."
