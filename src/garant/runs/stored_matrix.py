"""A matrix that is there already: what `garant feature build` wrote, or the one inside a committed run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from garant.exceptions import DataError
from garant.features.matrix import KEY
from garant.runs.matrix import CARRIED, POLICY_PREFIX
from garant.storage import Json, read_json, sha256_json
from garant.storage.runs import MANIFEST, POINTER, LocalRuns


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMatrix:
    """Parts of a matrix with what their manifest says of them.

    Parameters
    ----------
    folder : Path
        Where it and its manifest lie.
    parts : tuple of Path
        Files, in the order of their numbers.
    digests : mapping of str to str
        sha256 of each part by its name.
    rows : int
        Clients.
    columns : mapping of str to DataType
        Every column that may be a feature, sorted by name: without the key, what is carried beside the features, and
        the facts that the policy judges.
    profile : str or None
        Profile of the features, where the manifest says it.
    scores : tuple of Path
        Scores of the same clients, where the matrix is that of a scoring run.
    manifest : mapping
        What the folder says of itself.
    """

    folder: Path
    parts: tuple[Path, ...]
    digests: Mapping[str, str]
    rows: int
    columns: Mapping[str, pa.DataType]
    profile: str | None
    scores: tuple[Path, ...]
    manifest: Mapping[str, Json]

    @property
    def digest(self) -> str:
        """sha256 of the content, wherever it lies and whatever run it is part of."""
        return sha256_json({"matrix": dict(self.digests)})


def digest_of_matrix(files: Mapping[str, Mapping[str, Json]], prefix: str) -> str:
    """`StoredMatrix.digest` by the files of a manifest, wherever they lie."""
    parts = {name.removeprefix(prefix): entry for name, entry in files.items() if name.startswith(f"{prefix}part-")}
    return sha256_json({"matrix": {name: str(entry["sha256"]) for name, entry in sorted(parts.items())}})


def open_stored(folder: Path) -> StoredMatrix | None:
    """Open the matrix that `folder` holds; None where it is neither a stored matrix nor a run.

    Parameters
    ----------
    folder : Path
        What `garant feature build` wrote, a folder of runs (its pointer is followed), or one attempt of a run.

    Raises
    ------
    DataError
        When a run holds no matrix, or a part is gone.
    RunError
        When a manifest cannot be read.
    """
    folder = current_attempt(folder)
    path = folder / MANIFEST
    manifest = read_json(path) if path.is_file() else None
    if not isinstance(manifest, dict):
        return None
    if "run_id" in manifest:
        return _opened(folder, manifest, "matrix/")
    return _opened(folder, manifest, "") if "features" in manifest and "rows" in manifest else None


def current_attempt(folder: Path) -> Path:
    """Follow the pointer where `folder` is one of runs; everything else is returned as it is."""
    return LocalRuns(folder, is_read_only=True).current().folder if (folder / POINTER).is_file() else folder


def _opened(folder: Path, manifest: Mapping[str, Json], prefix: str) -> StoredMatrix:
    listed: Mapping[str, Mapping[str, Json]] = manifest.get("files", {})
    names = sorted(name for name in listed if name.startswith(f"{prefix}part-"))
    if not names:
        raise DataError(
            f"{folder}: holds no matrix. Give raw tables, a folder that `garant feature build` wrote, or a run of "
            "`garant score`."
        )
    parts = tuple(folder / name for name in names)
    gone = [part for part in parts if not part.is_file()]
    if gone:
        raise DataError(f"{gone[0]}: is gone, although {MANIFEST} lists it. Make the folder again.")
    schema = pq.read_schema(parts[0])
    left_out = {KEY, *CARRIED}
    features = sorted(name for name in schema.names if name not in left_out and not name.startswith(POLICY_PREFIX))
    return StoredMatrix(
        folder=folder,
        parts=parts,
        digests={part.name: str(listed[name]["sha256"]) for part, name in zip(parts, names, strict=True)},
        rows=sum(pq.read_metadata(part).num_rows for part in parts),
        columns={name: schema.field(name).type for name in features},
        profile=manifest.get("profile"),
        scores=tuple(folder / name for name in sorted(listed) if name.startswith("scores/part-")),
        manifest=manifest,
    )
