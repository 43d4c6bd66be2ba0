"""`--what-if`: one applicant with other raw facts, everything computed again from them by the public scoring path."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from garant.explanations.changed_facts import ChangedFact, changed_facts
from garant.explanations.counterfactual_text import Period, rate_text, term_text
from garant.explanations.moves.catalogue import MoveCatalogue, applied
from garant.explanations.moves.move import Change
from garant.explanations.reasons import Reason
from garant.models.cutoff import Outcome
from garant.policy.outcome import OUTCOMES, PolicyCode
from garant.policy.policy import Policy
from garant.policy.rule_words import rule_sentence, share_of_income
from garant.runs.score_rows import facts_of
from garant.runs.variant_scoring import ScoredVariants, VariantScoring
from garant.tables.variants import ClientRows
from garant.wording.catalogue import Wording

ReasonsOf = Callable[[npt.NDArray[np.float32], npt.NDArray[np.float64], pa.RecordBatch], tuple[Reason, ...]]
"""Reasons of one row, from what the model read of it, its margin, and its row of the matrix."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an applicant stands.

    Parameters
    ----------
    pd, points : float
        Calibrated PD, points.
    outcome : Outcome
        What would be proposed.
    policy_rule, policy_text : str or None
        Rule outside the model that decided, and its sentence.
    """

    pd: float
    points: float
    outcome: Outcome
    policy_rule: str | None
    policy_text: str | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """An applicant before and after moves.

    Parameters
    ----------
    moves : tuple of str
        As they were asked for, in order.
    before, after : Standing
        Both computed from raw facts, in the same way.
    facts : tuple of ChangedFact
        Every raw fact that changed.
    terms : tuple of str
        Of each longer term: the implied term before, the new one, and the rate.
    reasons : tuple of Reason
        At most four, of the applicant after the moves.
    """

    moves: tuple[str, ...]
    before: Standing
    after: Standing
    facts: tuple[ChangedFact, ...]
    terms: tuple[str, ...]
    reasons: tuple[Reason, ...]


def what_if(
    texts: Sequence[str],
    rows: ClientRows,
    *,
    scoring: VariantScoring,
    catalogue: MoveCatalogue,
    words: Wording,
    reasons_of: ReasonsOf,
) -> WhatIf:
    """Apply the moves `texts` in order to the applicant with these `rows`.

    Raises
    ------
    UsageError
        When a text names no move or correction, or an amount is beyond its limits.
    """
    config, policy = scoring.accepted.config, scoring.policy
    made = applied([catalogue.asked(text) for text in texts], rows)
    changed = made[-1].rows
    scored = scoring.publicly([rows, changed])
    columns = {name: {c.name: c for c in config.table_schema(name).columns} for name in scoring.accepted.tables}
    return WhatIf(
        moves=tuple(texts),
        before=_standing(scored, 0, words, policy, charges_declared=config.money.charges is not None),
        after=_standing(scored, 1, words, policy, charges_declared=config.money.charges is not None),
        facts=changed_facts(rows, changed, columns, words),
        terms=tuple(_term(change, words, period=config.money.period) for change in made if "term" in change.figures),
        reasons=reasons_of(scored.matrix[1:2], scored.scored.margin[1:2], scored.batch.slice(1, 1)),
    )


def _standing(scored: ScoredVariants, row: int, words: Wording, policy: Policy, *, charges_declared: bool) -> Standing:
    rule = PolicyCode(scored.proposals.rule[row])
    share = share_of_income(facts_of(scored.batch), row)
    return Standing(
        pd=float(scored.scored.pd[row]),
        points=float(scored.scored.points[row]),
        outcome=OUTCOMES[scored.proposals.outcome[row]],
        policy_rule=rule.name if rule else None,
        policy_text=(
            rule_sentence(rule.name, words, policy=policy, charges_declared=charges_declared, share=share)
            if rule
            else None
        ),
    )


def _term(change: Change, words: Wording, *, period: Period) -> str:
    return words.text(
        "what_if.term",
        before=term_text(change.figures["term_before"], words, period=period),
        after=term_text(change.figures["term"], words, period=period),
        rate=rate_text(change, words, period=period),
        more=words.money(change.figures["repaid_more"]),
    )
