"""A committed run as the process aside reads it: refused unless it was committed and every byte is what was written."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.exceptions import AsideError, RunError
from garant.storage import Json, LocalRuns, Run, sha256_file
from garant.storage.runs import MANIFEST, MARKER, POINTER

SCORED, PROJECTED = "score", "pca"
"""Verbs of the runs that are read."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that a run is still the one that was read: its place, and size and time of each file."""

    folder: Path
    files: tuple[tuple[str, int, int], ...]


def committed_run(place: Path, *, verb: str) -> Run:
    """Run that `place` holds: the current one of a folder of runs, or the attempt itself.

    Raises
    ------
    AsideError
        ``not_committed`` when nothing there was committed, ``other_run`` when another command made it.
    """
    is_attempt = place.name.startswith("attempt=") and len(place.parents) > 1
    root = place.parents[1] if is_attempt else place
    runs = LocalRuns(root, is_read_only=True)
    try:
        run_id = place.parent.name.removeprefix("run_id=") if is_attempt else runs.current().run_id
        found = runs.committed(run_id)
    except (RunError, OSError, ValueError, KeyError, TypeError) as error:
        raise AsideError("not_committed", str(error)) from error
    if found is None:
        raise AsideError("not_committed", f"{place}: has no {MARKER} or {POINTER}")
    if found.manifest.get("verb") != verb:
        raise AsideError("other_run", f"{found.folder}: is a run of `garant {found.manifest.get('verb')}`")
    return found


def files_of(run: Run, folder: str) -> tuple[str, ...]:
    """Parquet parts below `folder` that the manifest of `run` lists, in their order."""
    return tuple(name for name in sorted(run.manifest["files"]) if name.startswith(f"{folder}/part-"))


def stamp_of(run: Run, names: Sequence[str]) -> Stamp:
    """Stamp of `names` and of the manifest.

    Raises
    ------
    AsideError
        ``changed`` when one is gone.
    """
    try:
        known = [(name, (run.folder / name).stat()) for name in (MANIFEST, *names)]
    except OSError as error:
        raise AsideError("changed", f"{run.folder}: {error}") from error
    return Stamp(run.folder, tuple((name, at.st_size, at.st_mtime_ns) for name, at in known))


def require_unchanged(run: Run, names: Sequence[str]) -> None:
    """Compare files with the sha256 of the manifest.

    Raises
    ------
    AsideError
        ``changed`` names the first that is another file, or is gone.
    """
    for name in names:
        try:
            is_right = sha256_file(run.folder / name) == run.manifest["files"][name]["sha256"]
        except (OSError, RunError) as error:
            raise AsideError("changed", f"{run.folder / name}: {error}") from error
        if not is_right:
            raise AsideError("changed", f"{run.folder / name}: is not the file that was written there")


def columns_of(run: Run, names: Sequence[str], wanted: Sequence[str]) -> pa.Table:
    """Those of the columns `wanted` that parts have, in the order of the parts."""
    parts: list[pa.Table] = []
    for name in names:
        path = run.folder / name
        there = set(pq.read_schema(path).names)
        parts.append(pq.read_table(path, columns=[each for each in wanted if each in there]))
    return pa.concat_tables(parts, promote_options="default")


def matched(scores: pa.Table, facts: pa.Table, *, key: str) -> pa.Table:
    """`scores` with the columns of `facts`, by `key`; NULL for whoever has none there, and rows keep their order."""
    places = pc.index_in(scores.column(key), value_set=facts.column(key).combine_chunks())
    for name in facts.schema.names:
        if name != key:
            scores = scores.append_column(name, facts.column(name).combine_chunks().take(places))
    return scores


def digest_of_matrix(run: Run) -> dict[str, Json]:
    """sha256 of each part of the matrix of a run by its name."""
    return {Path(name).name: str(run.manifest["files"][name]["sha256"]) for name in files_of(run, "matrix")}
