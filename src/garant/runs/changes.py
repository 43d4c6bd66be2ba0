"""What `garant explain` says about other raw facts: what would have changed the result, or what-if."""

from contextlib import nullcontext
from dataclasses import dataclass

import pyarrow as pa

from garant.explanations.counterfactual_text import Counterfactuals, End, told
from garant.explanations.moves.catalogue import MoveCatalogue
from garant.explanations.moves.terms import load_terms
from garant.policy.outcome import ACCEPT, REFUSE, PolicyCode
from garant.runs.counterfactuals import CounterfactualSearch
from garant.runs.explain_options import ExplainOptions
from garant.runs.variant_scoring import ScoredVariants, VariantScoring
from garant.runs.what_if import ReasonsOf, WhatIf, what_if
from garant.tables.variants import ClientRows
from garant.wording.catalogue import Wording


@dataclass(frozen=True, slots=True)
class Changes:
    """Either, or neither where there is nothing to say."""

    counterfactuals: Counterfactuals | None = None
    what_if: WhatIf | None = None


def changes_of(
    row: pa.RecordBatch,
    rows: ClientRows,
    *,
    scoring: VariantScoring,
    options: ExplainOptions,
    words: Wording,
    reasons_of: ReasonsOf,
    search: CounterfactualSearch | None = None,
) -> Changes:
    """What other raw facts would have done to one applicant.

    Parameters
    ----------
    row : RecordBatch of one row
        The applicant in the matrix of the public path.
    rows : mapping of str to Table
        Accepted rows of the applicant.
    scoring : VariantScoring
        Bundle, policy and tables.
    options : ExplainOptions
        What was asked for.
    words : Wording
        The language.
    reasons_of : callable
        Reasons after a what-if.
    search : CounterfactualSearch or None
        An open one of the same scoring and moves; one of its own when None.

    Raises
    ------
    UsageError
        When a what-if names no move or correction, or an amount is beyond its limits.
    """
    terms = load_terms(scoring.settings.moves_file)
    catalogue = MoveCatalogue.of(terms, scoring.accepted.config)
    if options.what_if:
        found = what_if(options.what_if, rows, scoring=scoring, catalogue=catalogue, words=words, reasons_of=reasons_of)
        return Changes(what_if=found)
    known = scoring.of_batch(row)
    if not options.counterfactuals or known.proposals.outcome[0] == ACCEPT:
        return Changes()
    with nullcontext(search) if search is not None else CounterfactualSearch(scoring, catalogue) as searching:
        results = searching.confirmed(searching.of(rows, known))
    period = scoring.accepted.config.money.period
    return Changes(counterfactuals=told(results, catalogue, words, period=period, end=_end(known)))


def _end(known: ScoredVariants) -> End:
    """What an accepted change achieves: whoever is referred by the PD may be below the cut-off already."""
    if known.proposals.rule[0] != PolicyCode.NONE:
        return "rule_met"
    return "below_cutoff" if known.proposals.outcome[0] == REFUSE else "below_review"
