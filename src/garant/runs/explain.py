"""`garant explain`: one applicant, in words and in numbers."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import DataError, UnknownNameError
from garant.explanations.accepted import Accepted
from garant.explanations.comparison import Comparison
from garant.explanations.contributions import check_additive, contributions_of_few
from garant.explanations.counterfactual_text import Counterfactuals
from garant.explanations.external_notes import external_notes
from garant.explanations.reasons import MAX_REASONS, Reason, ReasonWriter
from garant.explanations.stability import Stability, stability
from garant.features.encode import encode
from garant.models.bundle.members import read_members
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.trust import Trust
from garant.models.cutoff import Outcome, ReferBand
from garant.policy.outcome import OUTCOMES, PolicyCode, propose
from garant.policy.policy import load_policy
from garant.runs.accept import tables_for_bundle
from garant.runs.beside_others import beside_others
from garant.runs.bundle_columns import require_columns
from garant.runs.bundle_features import bundle_features
from garant.runs.changes import changes_of
from garant.runs.cut_out import cut_out
from garant.runs.explain_options import DEFAULT_OPTIONS, ExplainOptions
from garant.runs.matrix import build_matrix, read_matrix
from garant.runs.progress import Progress, silent
from garant.runs.score_rows import facts_of, loans_of_batch, policy_reason
from garant.runs.set_aside import why_set_aside
from garant.runs.variant_scoring import VariantScoring
from garant.runs.what_if import WhatIf
from garant.runs.words import words_of
from garant.scoring.predict import predict
from garant.settings import Settings
from garant.storage.scratch import scratch_folder
from garant.tables.accepted import AcceptedTables
from garant.wording.catalogue import Wording


@dataclass(frozen=True, slots=True)
class FamilyEffect:
    """What one reason family does to the margin.

    Parameters
    ----------
    family, label : str
        Its id and its name in the asked language.
    effect : float
        Log-odds beyond its mean among accepted applicants; positive raises the risk.
    """

    family: str
    label: str
    effect: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """One applicant, explained.

    Parameters
    ----------
    client : int
        ``SK_ID_CURR``.
    pd, cutoff, points : float
        Calibrated PD, the cut-off of the product that is asked for, points.
    refer_band : ReferBand
        PDs between which a person decides.
    outcome : Outcome
        What is proposed.
    policy_rule : str or None
        Rule outside the model that decided, with its sentence in `policy_text`.
    reasons : tuple of Reason
        At most four, the strongest first.
    families : tuple of FamilyEffect
        All families, the strongest effect first; with `typical_margin` they add up to `margin`.
    base_value, typical_margin, margin : float
        Log-odds that contributions start from, mean of accepted applicants, and the applicant's own.
    label : str
        What the PD is a probability of.
    profile : {"eu", "kaggle"}
        Profile of the model; ``kaggle`` is said loudly.
    missing_columns : tuple of str
        Columns that the bundle learned from and that were read as empty, on demand.
    stability : Stability or None
        In how many retrained models each reason stays; None of a bundle without any, or when it was not asked for.
    counterfactuals : Counterfactuals or None
        What would have changed the result; None for somebody who is accepted, and where it was not asked for.
    what_if : WhatIf or None
        The same applicant with other raw facts; None when it was not asked for.
    comparison : Comparison or None
        The facts that weigh most beside those of accepted, refused and similar applicants.
    """

    client: int
    pd: float
    cutoff: float
    points: float
    refer_band: ReferBand
    outcome: Outcome
    policy_rule: str | None
    policy_text: str | None
    reasons: tuple[Reason, ...]
    families: tuple[FamilyEffect, ...]
    base_value: float
    typical_margin: float
    margin: float
    label: str
    profile: Literal["eu", "kaggle"]
    language: Literal["fr", "en"]
    missing_columns: tuple[str, ...] = ()
    stability: Stability | None = None
    counterfactuals: Counterfactuals | None = None
    what_if: WhatIf | None = None
    comparison: Comparison | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def explain(  # noqa: PLR0913 - one parameter per option of the command
    client: int,
    *,
    data: Path,
    bundle_folder: Path,
    language: Literal["fr", "en"],
    settings: Settings,
    without: Collection[str] = (),
    allow_missing_columns: bool = False,
    options: ExplainOptions = DEFAULT_OPTIONS,
    progress: Progress = silent,
) -> Explanation:
    """Explain the applicant `client` of `data`, whether or not anybody scored them before.

    The reasons are compared with those of the bundle's retrained models, where it has any: unless the options refuse
    it, and in any case when they ask for it.

    How many rows of the data are in quarantine does not matter here: one applicant is looked at, not a portfolio.

    Raises
    ------
    UnknownNameError
        When there is no such applicant.
    DataError
        When the applicant's row was set aside; says where and why.
    BundleError
        When the bundle cannot be trusted, or was trained on tables or columns that the data lack.
    UsageError
        When stability is asked of a bundle without retrained models, or a what-if names no move or goes beyond
        its limits.
    """
    trust = Trust.of(settings)
    bundle = read_bundle(bundle_folder, trust)
    wanted = bundle.content.retrains is not None if options.stability is None else options.stability
    members = read_members(bundle, trust) if wanted else ()
    accepted = tables_for_bundle(data, bundle.content.tables, without=without, settings=settings, progress=progress)
    features = bundle_features(bundle)
    missing = require_columns(features, bundle.content, accepted, allow_missing=allow_missing_columns)
    words = words_of(features, language, currency=accepted.config.money.currency)
    period_declared = accepted.config.money.period is not None
    charges_declared = accepted.config.money.charges is not None
    notes = external_notes(features, bundle.content.external_scores, words)
    writer = ReasonWriter(features, words, accepted=Accepted.of(bundle), period_declared=period_declared, notes=notes)
    with (
        scratch_folder("explain") as scratch,
        DuckDBEngine(memory_limit=settings.memory_limit, threads=settings.threads) as engine,
    ):
        files = _rows_of(engine, accepted, client, scratch, words)
        parts = build_matrix(engine, replace(accepted, files=files), features, scratch / "matrix")
        row = read_matrix(parts)
        rows = {name: pq.read_table(list(of_table)) for name, of_table in files.items()}
    matrix = encode(row, bundle.columns)
    scored = predict(bundle, matrix)
    values = _contributions(bundle, matrix, scored.margin)
    loans = loans_of_batch(row)
    policy = load_policy(settings.policy_file)
    made = propose(
        scored.pd,
        facts_of(row),
        policy=policy,
        cutoffs=bundle.content.cutoffs.rows(loans.product),
        period_declared=period_declared,
    )
    rule = PolicyCode(made.rule[0])
    reasons = next(writer.reasons(values, row))[:MAX_REASONS]
    kept = stability(reasons, members, matrix=matrix, values=row, writer=writer) if members else None
    effects = zip(writer.families, writer.by_family(values)[0], strict=True)
    terms = bundle.content.cutoffs.terms(loans.product[0])
    changes = changes_of(
        row,
        rows,
        scoring=VariantScoring(bundle, features, accepted, policy, settings),
        options=options,
        words=words,
        reasons_of=lambda of, margin, batch: next(writer.reasons(_contributions(bundle, of, margin), batch)),
    )
    return Explanation(
        client=client,
        pd=float(scored.pd[0]),
        cutoff=terms.cutoff,
        points=float(scored.points[0]),
        refer_band=terms.refer_band,
        outcome=OUTCOMES[made.outcome[0]],
        policy_rule=rule.name if rule else None,
        policy_text=policy_reason(rule.name, words, charges_declared=charges_declared)[1] if rule else None,
        reasons=reasons,
        families=tuple(
            FamilyEffect(family, words.text(f"family.{family}.label"), float(effect))
            for family, effect in sorted(effects, key=lambda pair: -abs(pair[1]))
        ),
        base_value=float(values[0, -1]),
        typical_margin=writer.typical_margin(float(values[0, -1])),
        margin=float(scored.margin[0]),
        label=bundle.content.label.text(language),
        profile=bundle.content.profile,
        language=language,
        missing_columns=tuple(sorted(missing)),
        stability=kept,
        counterfactuals=changes.counterfactuals,
        what_if=changes.what_if,
        comparison=beside_others(bundle, features, row.to_pylist()[0], writer.leading(values)[0], reasons, words),
    )


def _contributions(
    bundle: Bundle, matrix: npt.NDArray[np.float32], margin: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    values = contributions_of_few(bundle.booster, matrix)
    check_additive(values, margin)
    return values


def _rows_of(
    engine: DuckDBEngine, accepted: AcceptedTables, client: int, folder: Path, words: Wording
) -> dict[str, tuple[Path, ...]]:
    """Rows of the applicant; one whose row was set aside is not unknown but referred, and told where to look."""
    try:
        return cut_out(engine, accepted, [client], folder)
    except UnknownNameError as error:
        why = why_set_aside(accepted, client)
        if why is None:
            raise
        proposed = words.text("outcome.refer.proposed")
        message = (
            f"{client}: {proposed}. {policy_reason('QUARANTINED', words)[1]} {why}. Correct the cell at its source."
        )
        raise DataError(message) from error
