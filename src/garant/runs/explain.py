"""`garant explain`: one applicant, in words and in numbers."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pyarrow.parquet as pq

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import DataError, UnknownNameError
from garant.models.bundle.members import read_members
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.trust import Trust
from garant.policy.policy import load_policy
from garant.runs.accept import tables_for_bundle
from garant.runs.bundle_columns import require_columns
from garant.runs.bundle_features import bundle_features
from garant.runs.cut_out import cut_out
from garant.runs.explain_options import DEFAULT_OPTIONS, ExplainOptions
from garant.runs.explanation import Explanation, PersonExplainer
from garant.runs.matrix import build_matrix, read_matrix
from garant.runs.progress import Progress, silent
from garant.runs.score_rows import policy_reason
from garant.runs.set_aside import why_set_aside
from garant.settings import Settings
from garant.storage.scratch import scratch_folder
from garant.tables.accepted import AcceptedTables
from garant.wording.catalogue import Wording


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
    features = bundle_features(bundle, memory=trust.loaded)
    missing = require_columns(features, bundle.content, accepted, allow_missing=allow_missing_columns)
    explainer = PersonExplainer.of(
        bundle,
        features,
        accepted,
        language=language,
        policy=load_policy(settings.policy_file),
        settings=settings,
        members=members,
    )
    with (
        scratch_folder("explain") as scratch,
        DuckDBEngine(memory_limit=settings.memory_limit, threads=settings.threads) as engine,
    ):
        files = _rows_of(engine, accepted, client, scratch, explainer.words)
        parts = build_matrix(engine, replace(accepted, files=files), features, scratch / "matrix")
        row = read_matrix(parts)
        rows = {name: pq.read_table(list(of_table)) for name, of_table in files.items()}
    return explainer.explain(client, row, rows, options=options, missing=tuple(missing))


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
