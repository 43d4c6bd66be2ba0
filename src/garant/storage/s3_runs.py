"""Runs in a bucket: the protocol of `garant.storage.runs` with conditional puts in place of renames.

An attempt is reserved by its mark ``attempt=<n>/.writer``, which stays: nobody else writes there again. A reader
follows the pointer and never lists.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from garant.exceptions import RunError, StorageError
from garant.failpoints import failpoint
from garant.storage.documents import Json, canonical_json, sha256_file
from garant.storage.durable import remove_unfinished
from garant.storage.location import S3Location
from garant.storage.reach import Mount, Written
from garant.storage.runs import MANIFEST, MARKER, POINTER, Run, look_or_discard, no_run, pointer_to, run_manifest
from garant.storage.s3 import Bucket
from garant.storage.writer import is_dead, read_mark, writer_mark

WRITER = ".writer"

SHARED = ".shared"
"""Folder of an attempt with what workers need of the driver's disk; it goes before the commit."""


class S3Runs:
    """Runs below a prefix.

    Parameters
    ----------
    bucket : Bucket
        Where they are.
    out : S3Location
        Folder of runs.
    scratch : callable
        Makes a local folder in which the files of an attempt are written before they are sent.
    origin : callable
        Tells from which place a local folder was fetched.
    """

    def __init__(
        self,
        bucket: Bucket,
        out: S3Location,
        scratch: Callable[[S3Location], Path],
        origin: Callable[[Path], S3Location | None] = lambda _folder: None,
    ) -> None:
        self.out = out
        self._bucket, self._scratch, self._origin = bucket, scratch, origin
        self._marks: dict[Run, bytes] = {}
        self._fetched: dict[Run, Path] = {}

    def committed(self, run_id: str) -> Run | None:
        """Return the committed attempt of `run_id`, or None."""
        place = self._of(run_id) / MARKER
        while (marker := self._read(place)) is not None:
            try:
                return self._committed(run_id, int(marker["attempt"]))
            except StorageError:
                # It may have been rewritten between the two looks: then the marker names another attempt.
                if self._read(place) == marker:
                    raise
        return None

    def current(self) -> Run:
        """Return the run that the pointer names; raise RunError when there is none."""
        found = self.document(POINTER)
        if found is None:
            raise no_run(self.out)
        run_id, attempt = str(found["run_id"]), int(found["attempt"])
        # Of a run that was rewritten meanwhile the attempt of the pointer is gone, its successor is committed.
        manifest = self._read(self._attempt(run_id, attempt) / MANIFEST)
        found = None if manifest is None else Run(run_id, attempt, self._attempt(run_id, attempt), Path(), manifest)
        return found or self.committed(run_id) or self._committed(run_id, attempt)

    def start(self, run_id: str, *, after: int = 0) -> Run:
        """Reserve the first free attempt of `run_id` above `after`; one of a dead process of this machine is free."""
        attempt, mark = after + 1, writer_mark()
        while not self._reserve(run_id, attempt, mark):
            attempt += 1
        failpoint("s3.attempt")
        place = self._attempt(run_id, attempt)
        run = Run(run_id, attempt, place, self._scratch(place))
        self._marks[run] = mark
        return run

    def commit(
        self,
        run: Run,
        manifest: Mapping[str, Json],
        *,
        written: Iterable[Written] = (),
        last_look: Callable[[], None] = lambda: None,
    ) -> Run:
        """Send the files, then the manifest, then the marker (the first writer wins), then move the pointer.

        Raises
        ------
        StorageError
            When something cannot be sent, or a file that a worker sent is not there as it says.
        """
        remove_unfinished(run.folder)
        complete = run_manifest(run, manifest)
        for name in complete["files"]:
            self._bucket.put_file(run.folder / name, self._key(run, name))
        sent = {file.path.relative_to(run.folder).as_posix(): file.entry for file in written}
        complete["files"] = dict(sorted({**complete["files"], **sent}.items()))
        self._keep_only(run, complete["files"])
        failpoint("s3.manifest")
        self._bucket.put(self._key(run, MANIFEST), canonical_json(complete).encode())
        failpoint("s3.commit")
        self._require_mark(run)
        look_or_discard(self, run, last_look)
        marker = self._of(run.run_id) / MARKER
        is_first = self._bucket.put_if_absent(marker.prefix, canonical_json({"attempt": run.attempt}).encode())
        failpoint("s3.pointer")
        winner = self.committed(run.run_id)
        if winner is None:
            raise RunError(f"{marker}: vanished while it was written.")
        self.point_to(winner)
        if is_first is None:
            self.discard(run)
        return winner

    def mounts(self, run: Run, folder: Path, files: Iterable[Path]) -> tuple[Mount, ...]:
        """Say where workers find the files of the attempt, and `files`: sent unless they came from a bucket."""
        names = {file.relative_to(folder).as_posix(): file for file in files}
        place = self._origin(folder)
        if place is None:
            place = self._attempt(run.run_id, run.attempt) / SHARED
            for name, file in names.items():
                self._bucket.put_file(file, (place / name).prefix)
        digests = {name: sha256_file(file) for name, file in names.items()}
        return Mount(run.folder, self._attempt(run.run_id, run.attempt)), Mount(folder, place, digests)

    def _keep_only(self, run: Run, files: Mapping[str, Json]) -> None:
        """Remove all of an attempt that its manifest does not list, and see that the rest is there."""
        prefix = self._key(run, "")
        found = {o.key.removeprefix(prefix): o for o in self._bucket.objects(prefix)}
        for name, entry in files.items():
            if name not in found or found[name].size != entry["bytes"]:
                raise StorageError(
                    f"{run.place / name}: is not the file that was written there. Run the command again."
                )
        self._bucket.delete(o.key for name, o in found.items() if name not in files and name != WRITER)

    def discard(self, run: Run) -> None:
        """Remove an attempt that failed, its mark last."""
        self._marks.pop(run, None)
        shutil.rmtree(run.folder, ignore_errors=True)
        mark = self._key(run, WRITER)
        self._bucket.delete(o.key for o in self._bucket.objects(self._key(run, "")) if o.key != mark)
        self._bucket.delete([mark])

    def point_to(self, run: Run) -> None:
        """Move the pointer to `run`; nothing is written when it stands there."""
        if self.document(POINTER) != pointer_to(run):
            self._bucket.put((self.out / POINTER).prefix, canonical_json(pointer_to(run)).encode())

    def document(self, name: str) -> Json:
        """Small JSON file beside the pointer; None when there is none."""
        return self._read(self.out / name)

    def _require_mark(self, run: Run) -> None:
        """Refuse to commit an attempt that was taken for a dead writer's and swept: its files may be gone."""
        there = self._bucket.read(self._key(run, WRITER))
        if run in self._marks and (there is None or there.content != self._marks[run]):
            raise StorageError(f"{run.place}: was swept while it was written. Run the command again.")

    def _reserve(self, run_id: str, attempt: int, content: bytes) -> bool:
        place = self._attempt(run_id, attempt)
        mark = (place / WRITER).prefix
        if self._bucket.put_if_absent(mark, content) is not None:
            return True
        there = self._bucket.read(mark)
        # Dead first, marker second: whoever is dead now and committed did so before.
        if there is None or not is_dead(read_mark(there.content)) or self._read(self._of(run_id) / MARKER) is not None:
            return False
        if self._bucket.put_if_unchanged(mark, content, etag=there.etag) is None:
            return False
        self._bucket.delete(o.key for o in self._bucket.objects(f"{place.prefix}/") if o.key != mark)
        return True

    def _committed(self, run_id: str, attempt: int) -> Run:
        place = self._attempt(run_id, attempt)
        manifest = self._read(place / MANIFEST)
        if manifest is None:
            raise StorageError(f"{place / MANIFEST}: is gone, although the run was committed.")
        return Run(run_id, attempt, place, Path(), manifest)

    def _of(self, run_id: str) -> S3Location:
        return self.out / f"run_id={run_id}"

    def _attempt(self, run_id: str, attempt: int) -> S3Location:
        return self._of(run_id) / f"attempt={attempt}"

    def _key(self, run: Run, name: str) -> str:
        return f"{self._attempt(run.run_id, run.attempt).prefix}/{name}"

    def _read(self, place: S3Location) -> Json:
        found = self._bucket.read(place.prefix)
        try:
            return None if found is None else json.loads(found.content)
        except ValueError as error:
            raise RunError(f"{place}: not a readable JSON file ({error}).") from error
