"""`garant explain --global`: what a model does with all applicants of a data folder, of whom no row is kept."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from garant.engines.duckdb import DuckDBEngine
from garant.engines.protocol import BATCH_ROWS
from garant.exceptions import DataError
from garant.explanations.contributions import check_additive, contributions, slow_notice
from garant.explanations.global_views import ExplainedRows, GlobalViews, global_views
from garant.features.encode import encode
from garant.features.feature import Feature
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.trust import Trust
from garant.models.cutoff import Outcome
from garant.runs.accept import tables_for_bundle
from garant.runs.bundle_columns import require_columns
from garant.runs.bundle_features import bundle_features
from garant.runs.cut_out import accepted_ids, cut_out
from garant.runs.matrix import build_matrix
from garant.runs.progress import Progress, silent
from garant.runs.score_rows import loans_of_batch
from garant.runs.worse_facts import drawn_clients
from garant.scoring.predict import predict
from garant.settings import Settings
from garant.storage.scratch import scratch_folder
from garant.tables.accepted import AcceptedTables

MOST_EXPLAINED = 100_000
"""Applicants beyond which a random part is explained: intervals are as narrow as 1 % then, and memory stays small."""

FEWEST_EXPLAINED = 100
"""Applicants below whom nothing is shown: pictures of so few would be pictures of persons."""

DEFAULT_SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalExplanation:
    """What a model does with everybody.

    Parameters
    ----------
    bundle : Bundle
        The model.
    features : tuple of Feature
        Its inputs.
    accepted : AcceptedTables
        The data.
    applicants : int
        Applicants of the data; `views` are made of all, or of a random part.
    seed : int
        Seed of that part, of intervals and of dots.
    views : GlobalViews
        What is shown.
    missing_columns : tuple of str
        Columns that the bundle learned from and that were read as empty, on demand.
    notice : str or None
        What to tell somebody who explains so many rows slowly.
    """

    bundle: Bundle
    features: tuple[Feature, ...]
    accepted: AcceptedTables
    applicants: int
    seed: int
    views: GlobalViews
    missing_columns: tuple[str, ...]
    notice: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; no row of a person."""
        views = asdict(self.views)
        return {
            "bundle": self.bundle.digest,
            "data": self.accepted.digest,
            "applicants": self.applicants,
            "explained": self.views.n,
            "seed": self.seed,
            **{name: views[name] for name in ("base_value", "families", "features", "dependence", "pairs", "groups")},
        }


def explain_all(
    data: Path,
    bundle_folder: Path,
    *,
    settings: Settings,
    seed: int = DEFAULT_SEED,
    most: int = MOST_EXPLAINED,
    without: Collection[str] = (),
    allow_missing_columns: bool = False,
    progress: Progress = silent,
) -> GlobalExplanation:
    """Explain all applicants of `data`, or `most` of them drawn at random.

    Raises
    ------
    DataError
        When there are fewer than a hundred applicants, or the data are refused.
    BundleError
        When the bundle cannot be trusted, or was trained on tables or columns that the data lack.
    InvariantError
        When contributions do not add up to a margin.
    """
    bundle = read_bundle(bundle_folder, Trust.of(settings))
    accepted = tables_for_bundle(data, bundle.content.tables, without=without, settings=settings, progress=progress)
    features = bundle_features(bundle)
    missing = require_columns(features, bundle.content, accepted, allow_missing=allow_missing_columns)
    ids = accepted_ids(accepted)
    if len(ids) < FEWEST_EXPLAINED:
        raise DataError(
            f"{data}: holds {len(ids)} accepted applicants; a view of a model needs {FEWEST_EXPLAINED}, since one of "
            "fewer would show persons. Explain one with `garant explain ID`."
        )
    with (
        scratch_folder("explain") as scratch,
        DuckDBEngine(memory_limit=settings.memory_limit, threads=settings.threads) as engine,
    ):
        looked_at = accepted
        if len(ids) > most:
            chosen = drawn_clients(ids, seed=seed, n=most).tolist()
            progress("draw", 0, 1)
            looked_at = replace(accepted, files=cut_out(engine, accepted, chosen, scratch))
            progress("draw", 1, 1)
        parts = build_matrix(engine, looked_at, features, scratch / "matrix", progress=progress)
        rows = _explained(bundle, features, parts, threads=engine.threads_per_file, progress=progress)
    progress("views", 0, 1)
    views = global_views(rows, seed=seed)
    progress("views", 1, 1)
    return GlobalExplanation(
        bundle=bundle,
        features=features,
        accepted=accepted,
        applicants=len(ids),
        seed=seed,
        views=views,
        missing_columns=tuple(sorted(missing)),
        notice=slow_notice(bundle.booster, views.n),
    )


def _explained(
    bundle: Bundle, features: Sequence[Feature], parts: Sequence[Path], *, threads: int, progress: Progress
) -> ExplainedRows:
    """Contributions of all rows of a matrix; each is checked before it counts."""
    total = sum(pq.read_metadata(part).num_rows for part in parts)
    values = np.empty((total, len(features)), dtype=np.float32)
    effects = np.empty_like(values)
    refused, accepted = np.zeros(total, dtype=np.bool_), np.zeros(total, dtype=np.bool_)
    done = 0
    for part in parts:
        with pq.ParquetFile(part) as file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS):
                here = slice(done, done + batch.num_rows)
                matrix = encode(batch, bundle.columns)
                scored = predict(bundle, matrix, threads=threads)
                found = contributions(bundle.booster, matrix, threads=threads, of=total)
                check_additive(found, scored.margin)
                values[here], effects[here] = matrix, found[:, :-1]
                outcomes = bundle.content.cutoffs.rows(loans_of_batch(batch).product).outcomes(scored.pd)
                refused[here], accepted[here] = outcomes[Outcome.REFUSE], outcomes[Outcome.ACCEPT]
                done += batch.num_rows
                progress("explain", done, total)
    return ExplainedRows(
        names=[feature.name for feature in features],
        families=[feature.family for feature in features],
        is_category=[feature.is_category for feature in features],
        values=values,
        effects=effects,
        base_value=bundle.content.base_value,
        groups={str(Outcome.REFUSE): refused, str(Outcome.ACCEPT): accepted},
    )
