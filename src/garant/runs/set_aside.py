"""Applicants whose row was set aside: none of them disappears, all are referred."""

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from garant.explanations.reasons import Words
from garant.runs.score_rows import LOSS_FIELDS, SCORES, policy_reason, reason_columns
from garant.tables.accepted import AcceptedTables


def set_aside_rows(accepted: AcceptedTables, words: Words) -> pa.Table:
    """One row per distinct valid id that was set aside and not accepted, and one per row without a valid id.

    Returns
    -------
    Table of schema SCORES
        `outcome` is ``refer``, `product` and everything that a model says are NULL.
    """
    applicants = _set_aside(accepted)
    n = len(applicants)
    reasons = [
        [policy_reason("NO_VALID_ID" if applicant["SK_ID_CURR"] is None else "QUARANTINED", words)]
        for applicant in applicants
    ]
    nothing = pa.nulls(n, pa.float64())
    return pa.table(
        [
            pa.array([a["SK_ID_CURR"] for a in applicants], pa.int64()),
            nothing,
            nothing,
            pa.array(["refer"] * n, pa.string()),
            pa.nulls(n, pa.string()),
            *[nothing for _ in ("cutoff", *LOSS_FIELDS)],
            *reason_columns(reasons),
            nothing,
            nothing,
            nothing,
            nothing,
            pa.array([a["source_file"] for a in applicants], pa.string()),
            pa.array([a["source_line"] for a in applicants], pa.int64()),
        ],
        schema=SCORES,
    )


def why_set_aside(accepted: AcceptedTables, client: int) -> str | None:
    """Where and why the application of `client` was set aside; None when it was not."""
    quarantine = accepted.quarantine("application")
    if quarantine is None:
        return None
    for row in pq.read_table(quarantine).to_pylist():
        if row["SK_ID_CURR"] == client:
            where = f"{row['source_file']}, line {row['source_line']}, column {row['column']}"
            return f"{where}: {row['value']!r} breaks the rule {row['rule']}"
    return None


def _set_aside(accepted: AcceptedTables) -> list[dict[str, Any]]:
    """Rows of the application table in quarantine; of several with one id the first, none whose id was accepted."""
    quarantine = accepted.quarantine("application")
    if quarantine is None:
        return []
    accepted_ids = {
        client
        for file in accepted.files["application"]
        for client in pq.read_table(file, columns=["SK_ID_CURR"]).column(0).to_pylist()
    }
    found: list[dict[str, Any]] = []
    seen: set[int] = set()
    for row in pq.read_table(quarantine, columns=["SK_ID_CURR", "source_file", "source_line"]).to_pylist():
        client = row["SK_ID_CURR"]
        if client is None or (client not in accepted_ids and client not in seen):
            found.append(row)
        if client is not None:
            seen.add(client)
    return found
