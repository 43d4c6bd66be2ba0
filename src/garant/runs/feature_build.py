"""`garant feature build`: the matrix of a data folder, stored."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from garant.features.catalogue import catalogue_of
from garant.features.feature import Profile
from garant.runs.accept import accepted_tables
from garant.runs.engine import EngineName, open_engine
from garant.runs.findings.external_scores import left_out_scores
from garant.runs.matrix import build_matrix
from garant.runs.progress import Progress, silent
from garant.settings import Settings
from garant.storage import atomic_folder, write_json
from garant.storage.runs import file_entry


@dataclass(frozen=True, slots=True)
class BuiltFeatures:
    """A stored matrix: its folder and size, and one line about external scores that the profile leaves out."""

    folder: Path
    n_clients: int
    n_features: int
    left_out: str | None = None


def build_features(
    data: Path,
    *,
    out: Path,
    profile: Profile,
    settings: Settings,
    without: Collection[str] = (),
    engine: EngineName = "duckdb",
    progress: Progress = silent,
) -> BuiltFeatures:
    """Write the matrix of all features of `profile` to `out`, with a manifest of its columns.

    Raises
    ------
    RunError
        When `out` exists and is not empty.
    """
    accepted = accepted_tables(data, purpose="score", without=without, settings=settings, progress=progress)
    features = catalogue_of(accepted.config, accepted.tables, profile)
    with atomic_folder(out) as temporary, open_engine(engine, settings) as running:
        parts = build_matrix(running, accepted, features, temporary, progress=progress)
        n_clients = sum(pq.read_metadata(part).num_rows for part in parts)
        manifest = {
            "features": [feature.name for feature in features],
            "files": {part.name: file_entry(part) for part in parts},
            "input": accepted.digest,
            "profile": profile.value,
            "rows": n_clients,
        }
        write_json(temporary / "manifest.json", manifest)
    return BuiltFeatures(out, n_clients, len(features), left_out_scores(accepted.config, profile))
