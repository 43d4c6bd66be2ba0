"""Whether what a job left behind is the run that was asked for, whole, and where the pointer leads."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from garant.exceptions import CloudError
from garant.settings import Settings
from garant.storage import Json, Run, S3Location, staging
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


def committed_run(runs: S3Location, run_id: str, settings: Settings) -> Run | None:
    """Committed attempt of a run; None when there is none."""
    with staging(settings) as at:
        return at.runs(runs).committed(run_id)


def pointed_run(runs: S3Location, settings: Settings) -> Run:
    """Run that the pointer of a folder leads to; raise RunError when there is none."""
    with staging(settings) as at:
        return at.runs(runs).current()


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
            f"{run.place}: its manifest says another {', '.join(different)} than this run was asked for with. Do not use "
            f"it; look at who wrote there."
        )
    n_bytes = _require_files(run, settings)
    if pointed.run_id != run_id:
        raise CloudError(
            f"{runs}: the pointer leads to run {pointed.run_id}, not to {run_id}. Another run was committed after it; "
            "ask for the run by its id."
        )
    return Outcome(run, len(run.manifest["files"]), n_bytes)


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
            f"{place}: {len(wrong)} files are not those of its manifest ({shown}). Do not use it; have the run made again "
            "after `garant run erase` or with another bundle."
        )
    return sum(int(entry["bytes"]) for entry in files.values())
