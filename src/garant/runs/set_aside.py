"""Applicants whose row was set aside: none of them disappears, all are referred."""

import pyarrow as pa

from garant.explanations.reasons import Words
from garant.runs.score_rows import SCORES, policy_reason, reason_columns
from garant.tables.accepted import AcceptedTables
from garant.tables.quarantine import set_aside_applicants


def set_aside_rows(accepted: AcceptedTables, words: Words) -> pa.Table:
    """One row per distinct valid id that was set aside and not accepted, and one per row without a valid id.

    Returns
    -------
    Table of schema SCORES
        `pd`, `points`, `margin` and `base_value` are NULL, `outcome` is ``refer``.
    """
    applicants = set_aside_applicants(accepted)
    n = len(applicants)
    reasons = [
        [policy_reason("NO_VALID_ID" if applicant.client is None else "QUARANTINED", words)] for applicant in applicants
    ]
    nothing = pa.nulls(n, pa.float64())
    return pa.table(
        [
            pa.array([a.client for a in applicants], pa.int64()),
            nothing,
            nothing,
            pa.array(["refer"] * n, pa.string()),
            *reason_columns(reasons),
            nothing,
            nothing,
            pa.array([a.file for a in applicants], pa.string()),
            pa.array([a.line for a in applicants], pa.int64()),
        ],
        schema=SCORES,
    )
