"""`garant bundle directions`: whether a bundle keeps to its directions on any data."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from garant.exceptions import UsageError
from garant.features.matrix import KEY
from garant.models.bundle.reading import Bundle
from garant.runs.accept import tables_for_bundle
from garant.runs.bundle_columns import require_columns
from garant.runs.bundle_features import bundle_features
from garant.runs.direction_check import DirectionCheck, JudgedScore, check_directions
from garant.runs.progress import Progress, silent
from garant.runs.worse_facts import APPLICANTS, drawn_clients, worsened
from garant.settings import Settings


def bundle_directions(
    bundle: Bundle,
    data: Path,
    *,
    applicants: int = APPLICANTS,
    seed: int = 7,
    without: Collection[str] = (),
    settings: Settings,
    progress: Progress = silent,
) -> DirectionCheck:
    """Raise each bound feature and worsen each raw fact of applicants drawn from `data`.

    Raises
    ------
    UsageError
        When no direction binds the bundle, or fewer than one applicant is asked for.
    DataError, BundleError
        As scoring would.
    """
    bound = bundle.content.training.parameters.get("monotone") or {}
    if not bound:
        raise UsageError(f"{bundle.folder}: no direction binds this model. Train without --no-directions.")
    if applicants < 1:
        raise UsageError(f"--applicants {applicants}: expected 1 or more.")
    accepted = tables_for_bundle(data, bundle.content.tables, without=without, settings=settings, progress=progress)
    features = bundle_features(bundle)
    require_columns(features, bundle.content, accepted, allow_missing=False)
    ids = [pq.read_table(file, columns=[KEY]).column(0).to_numpy() for file in accepted.files["application"]]
    clients = drawn_clients(np.concatenate(ids), seed=seed, n=applicants)
    worse = worsened(accepted, clients, features, bundle.columns, settings=settings, progress=progress)
    score = JudgedScore(
        booster=bundle.booster,
        columns=bundle.columns,
        calibrator=bundle.content.calibrator,
        threads=settings.threads,
    )
    return check_directions(score, worse[0].before, bound, worse, seed=seed)
