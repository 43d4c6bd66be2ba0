"""Upkeep of runs in a bucket. What is removed is removed with all its versions, where the server tells them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Literal

from garant.exceptions import StorageError
from garant.failpoints import failpoint
from garant.storage.documents import Json, canonical_json
from garant.storage.runs import MANIFEST, MARKER, POINTER, Run, described, pointer_to
from garant.storage.s3 import S3Version
from garant.storage.s3_runs import WRITER, S3Runs
from garant.storage.upkeep import Attempt, superseded, superseding_manifest
from garant.storage.writer import describe, is_dead, is_here, is_silent, read_mark

ABANDONED_SECONDS = 86_400.0
"""A run on a cluster computes for hours without a sign: only after a day is a writer elsewhere taken for dead."""

_TRIES = 20
"""Of a small document that others change at the same time."""

Fate = Literal["superseded", "dead", "living", "unknown"]

_WHY = {
    "superseded": "its run was rewritten",
    "dead": "its writer died",
    "living": "its writer lives",
    "unknown": "its writer is elsewhere and may live",
}


class S3Upkeep(S3Runs):
    """Upkeep of the runs below a prefix; see `garant.storage.upkeep.RunUpkeep`."""

    def all_committed(self) -> list[Run]:
        """Return the committed attempt of every run, by run id."""
        found = (self.committed(run_id) for run_id in self.run_ids())
        return [run for run in found if run is not None]

    def current_id(self) -> str | None:
        """Id of the run that the pointer names."""
        pointer = self.document(POINTER)
        return None if pointer is None else str(pointer["run_id"])

    def file(self, run: Run, name: str) -> Path:
        """Local copy of a file of a committed run."""
        if run not in self._fetched:
            self._fetched[run] = self._scratch(self._attempt(run.run_id, run.attempt))
        path, key = self._fetched[run] / name, self._key(run, name)
        if not path.exists():
            listed = [found for found in self._bucket.objects(key) if found.key == key]
            if not listed:
                raise StorageError(f"{self._bucket.where(key)}: is gone, although the manifest lists it.")
            path.parent.mkdir(parents=True, exist_ok=True)
            self._bucket.get(listed[0], path)
        return path

    def supersede(self, old: Run, new: Run, manifest: Mapping[str, Json], *, kept: Collection[str]) -> Run | None:
        """Commit `new` in place of `old`; None, and nothing left, when `old` is no longer the committed attempt."""
        written = described(new.folder)
        for name in kept:
            self._bucket.copy(self._key(old, name), self._key(new, name))
        for name in written:
            self._bucket.put_file(new.folder / name, self._key(new, name))
        complete = superseding_manifest(old, manifest, kept=kept, written=written)
        self._bucket.put(self._key(new, MANIFEST), canonical_json(complete).encode())
        failpoint("s3.commit")
        self._require_mark(new)
        marker = self._of(old.run_id) / MARKER
        there = self._bucket.read(marker.prefix)
        before, after = ({"attempt": run.attempt} for run in (old, new))
        is_ours = (
            there is not None
            and there.content == canonical_json(before).encode()
            and self._bucket.put_if_unchanged(marker.prefix, canonical_json(after).encode(), etag=there.etag)
        )
        failpoint("s3.superseded")
        if not is_ours:
            self.discard(new)
            return None
        return Run(new.run_id, new.attempt, new.place, new.folder, complete)

    def settle(self, run_id: str) -> tuple[list[Attempt], bool]:
        """Let the pointer follow the committed attempt of `run_id`; remove the earlier ones and every old version."""
        run = self.committed(run_id)
        if run is None:
            return [], True
        for _ in range(_TRIES):
            there = self._bucket.read((self.out / POINTER).prefix)
            content = canonical_json(pointer_to(run)).encode()
            if there is None or there.content == content or self.current_id() != run_id:
                break
            if self._bucket.put_if_unchanged((self.out / POINTER).prefix, content, etag=there.etag):
                break
        failpoint("s3.repointed")
        return self._removed(run_id, old_versions=True)

    def sweep(self) -> list[Attempt]:
        """Remove attempts of dead writers and those that were superseded; leave the committed and the living."""
        return [attempt for run_id in self.run_ids() for attempt in self._removed(run_id)[0]]

    def change(self, name: str, change: Callable[[Json], Json]) -> Json:
        """Replace the small JSON file beside the pointer by what `change` makes of it (None when there is none)."""
        key = (self.out / name).prefix
        for _ in range(_TRIES):
            there, before = self._bucket.read(key), self.document(name)
            after = change(before)
            content = canonical_json(after).encode()
            if there is None:
                is_written = before is None and self._bucket.put_if_absent(key, content) is not None
            else:
                is_same = there.content == content
                is_written = is_same or self._bucket.put_if_unchanged(key, content, etag=there.etag) is not None
            if is_written:
                return after
        raise StorageError(f"{self.out / name}: others change it all the time. Run the command again.")

    def _removed(self, run_id: str, *, old_versions: bool = False) -> tuple[list[Attempt], bool]:
        """Attempts of a run that are not the committed one, removed where that may be done."""
        run = self.committed(run_id)
        prefix = f"{self._of(run_id).prefix}/"
        told = self._bucket.versions(prefix)
        versions = told if told is not None else self._only_versions(prefix)
        found: list[Attempt] = []
        for number, of_attempt in sorted(_by_attempt(versions, prefix).items()):
            if run is not None and number == run.attempt:
                if old_versions:
                    self._bucket.delete_versions(v for v in of_attempt if not v.is_latest)
                continue
            is_there = any(v.is_latest and not v.is_deletion for v in of_attempt)
            fate, who = self._fate(run_id, number, run) if is_there else ("dead", "")
            is_removed = fate in {"superseded", "dead"}
            if is_removed and told is not None:
                self._bucket.delete_versions(of_attempt)
            elif is_removed:
                self._bucket.delete(v.key for v in of_attempt)
            if is_there:
                found.append(Attempt(self._attempt(run_id, number), is_removed, _WHY[fate] + who))
            failpoint("s3.removed")
        return found, told is not None

    def _only_versions(self, prefix: str) -> list[S3Version]:
        """What a listing without versions shows."""
        return [S3Version(found.key, "", is_latest=True, is_deletion=False) for found in self._bucket.objects(prefix)]

    def _fate(self, run_id: str, number: int, run: Run | None) -> tuple[Fate, str]:
        """Whether an attempt may go, and who writes it if it may not."""
        if run is not None and number in superseded(run):
            return "superseded", ""
        there = self._bucket.read((self._attempt(run_id, number) / WRITER).prefix)
        mark = {} if there is None else read_mark(there.content)
        if is_here(mark):
            return ("dead", "") if is_dead(mark) else ("living", f": {describe(mark)}")
        return ("dead", "") if is_silent(mark, ABANDONED_SECONDS) else ("unknown", f": {describe(mark)}")

    def run_ids(self) -> list[str]:
        """Ids of all runs, committed or not."""
        prefix = f"{self.out.prefix}/run_id=".lstrip("/")
        return sorted({found.key.removeprefix(prefix).partition("/")[0] for found in self._bucket.objects(prefix)})


def _by_attempt(versions: Sequence[S3Version], prefix: str) -> dict[int, list[S3Version]]:
    found: defaultdict[int, list[S3Version]] = defaultdict(list)
    for version in versions:
        name = version.key.removeprefix(prefix).partition("/")[0].removeprefix("attempt=")
        if name.isdigit():
            found[int(name)].append(version)
    return found
