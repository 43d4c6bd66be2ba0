"""Whether what a job left behind is the run that was asked for, whole, and where the pointer leads."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from garant.cloud.platform import Store
from garant.exceptions import CloudError
from garant.runs.stored_matrix import digest_of_matrix
from garant.settings import Settings
from garant.storage import Json, Run, Runs, S3Location, staging
from garant.storage.runs import POINTER
from garant.storage.s3 import Bucket


@dataclass(frozen=True, slots=True)
class Outcome:
    """A committed run in the bucket, held to its manifest.

    Parameters
    ----------
    run : Run
        What is committed.
    n_files, n_bytes : int
        Files of its manifest, which are there with these sizes.
    """

    run: Run
    n_files: int
    n_bytes: int


def is_there(store: Store, run_id: str, *, components: int, settings: Settings) -> bool:
    """Whether a scoring run is committed, with so many components; if so, the pointer is moved to it."""
    with staging(settings) as at:
        runs = at.runs(store.runs)
        run = runs.committed(run_id)
        if run is None or (components and not _has_components(at.runs(store.pca(run_id)), run, components)):
            return False
        runs.point_to(run)
    return True


def _has_components(projections: Runs, scored: Run, components: int) -> bool:
    if projections.document(POINTER) is None:
        return False
    found = projections.current().manifest
    return found["input"] == _matrix_of(scored) and found["parameters"]["components"] == components


def _matrix_of(scored: Run) -> str:
    return digest_of_matrix(scored.manifest["files"], "matrix/")


def verified(
    runs: S3Location, run_id: str, settings: Settings, *, identity: Mapping[str, Json] | None = None
) -> Outcome:
    """Hold a run to what was asked for: committed, with the identity, every file of its manifest there, pointed to.

    Parameters
    ----------
    runs : S3Location
        Folder of runs.
    run_id : str
        The run.
    settings : Settings
        All about S3.
    identity : mapping or None
        Entries that its manifest must hold.

    Raises
    ------
    CloudError
        Says what is wrong; nothing is changed.
    """
    with staging(settings) as at:
        folder = at.runs(runs)
        run = folder.committed(run_id)
        if run is None:
            raise CloudError(
                f"{runs}/run_id={run_id}: nothing is committed there, although the job has ended. What it said stands "
                f"in the logs: garant cloud follow {run_id}"
            )
        pointed = folder.current()
    different = [name for name, value in (identity or {}).items() if run.manifest.get(name) != value]
    if different:
        raise CloudError(
            f"{run.place}: its manifest says another {', '.join(different)} than this run was asked for with. "
            "Do not use it, and look at who wrote there."
        )
    n_bytes = _require_files(run, settings)
    if pointed.run_id != run_id:
        raise CloudError(
            f"{runs}: the pointer leads to run {pointed.run_id}, not to {run_id}. Another run was committed after it; "
            "ask for the run by its id."
        )
    return Outcome(run, len(run.manifest["files"]), n_bytes)


def verified_pca(runs: S3Location, scored: Run, settings: Settings) -> Outcome:
    """Hold the components of a scoring run to its matrix; of several the one that the pointer leads to.

    Raises
    ------
    CloudError
        When they were made of another matrix, or are not whole.
    RunError
        When there are none.
    """
    with staging(settings) as at:
        current = at.runs(runs).current()
    made_of = {"input": _matrix_of(scored), "verb": "pca"}
    return verified(runs, current.run_id, settings, identity=made_of)


def _require_files(run: Run, settings: Settings) -> int:
    """Compare names and sizes with the manifest; bytes are compared by `garant run verify`, which fetches them."""
    place = run.place
    assert isinstance(place, S3Location)  # noqa: S101 - for the types: it was read from a bucket
    prefix = f"{place.prefix}/"
    with closing(Bucket(place.bucket, settings)) as bucket:
        sizes = {found.key.removeprefix(prefix): found.size for found in bucket.objects(prefix)}
    files: Mapping[str, Mapping[str, Json]] = run.manifest["files"]
    wrong = [name for name, entry in files.items() if sizes.get(name) != entry["bytes"]]
    if wrong:
        shown = ", ".join(sorted(wrong)[:5])
        raise CloudError(
            f"{place}: {len(wrong)} files are not those of its manifest ({shown}). Somebody changed them after the "
            "commit: do not use it, and look at who wrote there."
        )
    return sum(int(entry["bytes"]) for entry in files.values())
