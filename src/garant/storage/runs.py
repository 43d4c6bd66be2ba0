"""Runs on a local disk, committed as a whole or not there at all.

A run writes into ``OUT/run_id=<id>/attempt=<n>/``; when all is there its ``manifest.json`` is written, then
``OUT/run_id=<id>/COMMITTED`` is created once (the first writer wins), then the pointer ``OUT/current.json`` moves.
A reader follows the pointer and never lists a folder. `garant.storage.s3_runs` does the same in a bucket.
"""

import itertools
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

import pyarrow.parquet as pq

from garant.exceptions import RunError, StorageError
from garant.failpoints import failpoint
from garant.storage.documents import Json, canonical_json, read_json, sha256_file, sha256_json, write_json
from garant.storage.durable import (
    check_writable,
    exclusive,
    lock_folder,
    remove_if_dead,
    remove_unfinished,
    reserved_folder,
    sync,
    sync_tree,
)
from garant.storage.location import Location
from garant.storage.reach import Mount, Written

MARKER = "COMMITTED"
MANIFEST = "manifest.json"
POINTER = "current.json"

SUPERSEDES = "supersedes"
"""Entry of a manifest: earlier attempts of the run that this one took the place of, because rows were erased."""

OF_AN_ATTEMPT = (SUPERSEDES,)
"""Entries of a manifest that say something of the attempt and not of its content."""


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt at a run.

    Parameters
    ----------
    run_id : str
        Digest of what decides the content.
    attempt : int
        Which attempt.
    place : Location
        Where a reader finds it.
    folder : Path
        Where its files are written: `place` itself on a local disk, a scratch folder for a bucket.
    manifest : mapping
        What was written, once it is committed.
    """

    run_id: str
    attempt: int
    place: Location
    folder: Path
    manifest: Mapping[str, Json] = field(default_factory=dict[str, Json], compare=False)


class Runs(Protocol):
    """A folder of runs."""

    def committed(self, run_id: str) -> Run | None:
        """Return the committed attempt of `run_id`, or None."""
        ...

    def current(self) -> Run:
        """Return the run that the pointer names; raise RunError when there is none."""
        ...

    def start(self, run_id: str, *, after: int = 0) -> Run:
        """Reserve an attempt of `run_id` with a number above `after` for this process."""
        ...

    def commit(
        self,
        run: Run,
        manifest: Mapping[str, Json],
        *,
        written: Iterable[Written] = (),
        last_look: Callable[[], None] = lambda: None,
    ) -> Run:
        """Commit: files, manifest, marker, pointer; return the attempt that is committed, maybe another writer's.

        `written` are files that workers wrote where they belong; the others lie in the folder of the run. When all is
        there `last_look` may refuse by an error: nothing of the attempt is kept then.
        """
        ...

    def mounts(self, run: Run, folder: Path, files: Iterable[Path]) -> tuple[Mount, ...]:
        """Make `files` in `folder`, and the folder of `run`, reachable for workers that do not see this disk.

        What is sent for that lies with the attempt, and is gone when it is committed or discarded.
        """
        ...

    def discard(self, run: Run) -> None:
        """Remove an attempt that failed."""
        ...

    def point_to(self, run: Run) -> None:
        """Move the pointer to `run`; nothing is written when it stands there."""
        ...

    def document(self, name: str) -> Json:
        """Small JSON file beside the pointer; None when there is none."""
        ...


class LocalRuns:
    """Runs below a local folder.

    Parameters
    ----------
    out : Path
        The folder.
    is_read_only : bool
        Whether nothing will be written there.

    Raises
    ------
    StorageError
        When the folder could not be written.
    """

    def __init__(self, out: Path, *, is_read_only: bool = False) -> None:
        if not is_read_only:
            check_writable(out)
        self.out = out
        self._locks: dict[Run, int] = {}

    def committed(self, run_id: str) -> Run | None:
        """Return the committed attempt of `run_id`, or None."""
        marker = self._of(run_id) / MARKER
        while marker.exists():
            attempt = int(read_json(marker)["attempt"])
            try:
                return self._read(run_id, attempt)
            except RunError:
                # It may have been rewritten between the two looks: then the marker names another attempt.
                if int(read_json(marker)["attempt"]) == attempt:
                    raise
        return None

    def current(self) -> Run:
        """Return the run that the pointer names; raise RunError when there is none."""
        found = self.document(POINTER)
        if found is None:
            raise no_run(self.out)
        run_id, attempt = str(found["run_id"]), int(found["attempt"])
        # Of a run that was rewritten meanwhile the attempt of the pointer is gone, its successor is committed.
        is_there = (self._of(run_id) / f"attempt={attempt}" / MANIFEST).exists()
        return (None if is_there else self.committed(run_id)) or self._read(run_id, attempt)

    def start(self, run_id: str, *, after: int = 0) -> Run:
        """Reserve the first free attempt of `run_id` above `after`; what dead writers left behind is removed."""
        try:
            numbers = itertools.count(after + 1)
            run = next(run for run in map(partial(self._reserve, run_id), numbers) if run is not None)
        except OSError as error:
            raise StorageError(f"{self.out}: cannot be written ({error.strerror or error}).") from error
        failpoint("storage.attempt")
        return run

    def _reserve(self, run_id: str, attempt: int) -> Run | None:
        folder = self._of(run_id) / f"attempt={attempt}"
        # A committed attempt has no living writer either, but its marker was there before its lock was gone.
        remove_if_dead(folder, unless=(self._of(run_id) / MARKER).exists)
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            return None
        lock = lock_folder(folder)
        if lock is None:
            return None
        run = Run(run_id, attempt, folder, folder)
        self._locks[run] = lock
        return run

    def commit(
        self,
        run: Run,
        manifest: Mapping[str, Json],
        *,
        written: Iterable[Written] = (),
        last_look: Callable[[], None] = lambda: None,
    ) -> Run:
        """Commit the attempt: manifest, then the marker (the first writer wins), then the pointer.

        Raises
        ------
        StorageError
            When it cannot be written, or a file is not what the worker that wrote it says.
        """
        try:
            remove_unfinished(run.folder)
            sync_tree(run.folder)
            complete = run_manifest(run, manifest)
            check_written(complete["files"], written, run)
            write_json(run.folder / MANIFEST, complete)
            failpoint("storage.commit")
            look_or_discard(self, run, last_look)
            is_first = self._mark(run)
        except (OSError, StorageError) as error:
            if not (self._of(run.run_id) / MARKER).exists():
                self.discard(run)
            if isinstance(error, StorageError):
                raise
            raise StorageError(f"{run.place}: cannot be committed ({error.strerror or error}).") from error
        failpoint("storage.pointer")
        winner = self.committed(run.run_id)
        if winner is None:
            raise RunError(f"{self._of(run.run_id) / MARKER}: vanished while it was written.")
        self.point_to(winner)
        if is_first:
            self._unlock(run)
        else:
            self.discard(run)
        return winner

    def mounts(self, run: Run, folder: Path, files: Iterable[Path]) -> tuple[Mount, ...]:  # noqa: ARG002 - the protocol
        """Return none: workers must see the disk of the run anyway."""
        return ()

    def discard(self, run: Run) -> None:
        """Remove an attempt that failed: it was never committed and nobody can have read it."""
        shutil.rmtree(run.folder, ignore_errors=True)
        with suppress(OSError):
            # Not empty where another attempt is there.
            self._of(run.run_id).rmdir()
        self._unlock(run)

    def point_to(self, run: Run) -> None:
        """Move the pointer to `run`; nothing is written when it stands there."""
        with exclusive(self.out):
            self._point_to(run)

    def _point_to(self, run: Run) -> None:
        if self.document(POINTER) != pointer_to(run):
            write_json(self.out / POINTER, pointer_to(run))

    def document(self, name: str) -> Json:
        """Small JSON file beside the pointer; None when there is none."""
        path = self.out / name
        return read_json(path) if path.exists() else None

    def _mark(self, run: Run) -> bool:
        """Create the marker; False when another attempt has it."""
        marker = self._of(run.run_id) / MARKER
        with reserved_folder(marker.parent, MARKER) as folder:
            temporary = folder / MARKER
            temporary.write_text(canonical_json({"attempt": run.attempt}), encoding="utf-8")
            sync(temporary)
            try:
                # A hard link fails when the name exists: the conditional put of a local disk.
                marker.hardlink_to(temporary)
            except FileExistsError:
                return False
            failpoint("storage.marked")
            sync(marker.parent)
        return True

    def _unlock(self, run: Run) -> None:
        lock = self._locks.pop(run, None)
        if lock is not None:
            os.close(lock)

    def _of(self, run_id: str) -> Path:
        return self.out / f"run_id={run_id}"

    def _read(self, run_id: str, attempt: int) -> Run:
        folder = self._of(run_id) / f"attempt={attempt}"
        return Run(run_id, attempt, folder, folder, read_json(folder / MANIFEST))


def no_run(out: Location) -> RunError:
    """Error of whoever looks for a run where none was committed."""
    return RunError(f"{out}: holds no committed run (no {POINTER}). Run `garant score` into it first.")


def pointer_to(run: Run) -> Json:
    """What the pointer says when `run` is the current one."""
    return {"run_id": run.run_id, "attempt": run.attempt}


def manifest_digest(manifest: Mapping[str, Json]) -> str:
    """sha256 of a manifest without what differs by attempt: equal when identity, counts and every file are equal."""
    return sha256_json({name: value for name, value in manifest.items() if name not in OF_AN_ATTEMPT})


def local_runs_around(folder: Path) -> LocalRuns | None:
    """Runs that `folder` holds, or one of whose attempts it is, for reading; None where it is neither."""
    root = folder.parents[1] if folder.name.startswith("attempt=") and len(folder.parents) > 1 else folder
    return LocalRuns(root, is_read_only=True) if (root / POINTER).is_file() else None


def look_or_discard(runs: Runs, run: Run, last_look: Callable[[], None]) -> None:
    """Take the last look before a commit; whatever it refuses, nothing of the attempt is kept."""
    try:
        last_look()
    except BaseException:
        # Also when it is stopped by hand: personal data of an attempt that nobody can read must not stay.
        runs.discard(run)
        raise


def run_manifest(run: Run, manifest: Mapping[str, Json]) -> Json:
    """Complete the manifest of a run with its id and the size and sha256 of every file, rows too where it has them."""
    return {**manifest, "run_id": run.run_id, "files": described(run.folder)}


def described(folder: Path) -> dict[str, Json]:
    """What a manifest says of every file below `folder`, by its name there."""
    return {
        file.relative_to(folder).as_posix(): file_entry(file) for file in sorted(folder.rglob("*")) if file.is_file()
    }


def file_entry(file: Path) -> Json:
    """What a manifest says of a file."""
    entry: dict[str, Json] = {"bytes": file.stat().st_size, "sha256": sha256_file(file)}
    if file.suffix == ".parquet":
        entry["rows"] = pq.read_metadata(file).num_rows
    return entry


def check_written(files: Mapping[str, Json], written: Iterable[Written], run: Run) -> None:
    """Raise StorageError unless every file that a worker wrote is there as it wrote it."""
    for file in written:
        if files.get(name := file.path.relative_to(run.folder).as_posix()) != file.entry:
            raise StorageError(f"{run.place / name}: is not the file that was written there. Run the command again.")
