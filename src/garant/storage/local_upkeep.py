"""Upkeep of runs on a local disk."""

import os
import shutil
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path

from garant.exceptions import RunError, StorageError
from garant.failpoints import failpoint
from garant.storage.documents import Json, read_json, write_json
from garant.storage.durable import exclusive, remove_if_dead, sync, sync_tree
from garant.storage.runs import MANIFEST, MARKER, POINTER, LocalRuns, Run, described
from garant.storage.upkeep import Attempt, superseded, superseding_manifest

LEFT = "its writer lives, or this disk does not tell"


class LocalUpkeep(LocalRuns):
    """Upkeep of the runs below a local folder; see `garant.storage.upkeep.RunUpkeep`.

    Raises
    ------
    RunError
        When there is no such folder.
    """

    def __init__(self, out: Path) -> None:
        if not out.is_dir():
            raise RunError(f"{out}: is no folder. Give the folder that `garant score --out` wrote into.")
        super().__init__(out)

    def all_committed(self) -> list[Run]:
        """Return the committed attempt of every run, by run id."""
        found = (self.committed(run_id) for run_id in self.run_ids())
        return [run for run in found if run is not None]

    def current_id(self) -> str | None:
        """Id of the run that the pointer names."""
        pointer = self.document(POINTER)
        return None if pointer is None else str(pointer["run_id"])

    def file(self, run: Run, name: str) -> Path:
        """Path of a file of a committed run."""
        return run.folder / name

    def supersede(self, old: Run, new: Run, manifest: Mapping[str, Json], *, kept: Collection[str]) -> Run | None:
        """Commit `new` in place of `old`; None, and nothing left, when `old` is no longer the committed attempt."""
        marker = self._of(old.run_id) / MARKER
        try:
            written = described(new.folder)
            for name in kept:
                _take_over(old.folder / name, new.folder / name)
            complete = superseding_manifest(old, manifest, kept=kept, written=written)
            sync_tree(new.folder)
            write_json(new.folder / MANIFEST, complete)
            failpoint("storage.commit")
            with exclusive(marker.parent):
                is_ours = int(read_json(marker)["attempt"]) == old.attempt
                if is_ours:
                    write_json(marker, {"attempt": new.attempt})
        except OSError as error:
            self.discard(new)
            raise StorageError(f"{new.place}: cannot be committed ({error.strerror or error}).") from error
        failpoint("storage.superseded")
        if not is_ours:
            self.discard(new)
            return None
        self._unlock(new)
        return Run(new.run_id, new.attempt, new.place, new.folder, complete)

    def settle(self, run_id: str) -> tuple[list[Attempt], bool]:
        """Let the pointer follow the committed attempt of `run_id`, and remove the earlier ones."""
        run = self.committed(run_id)
        if run is None:
            return [], True
        with exclusive(self.out):
            if self.current_id() == run_id:
                self._point_to(run)
        failpoint("storage.repointed")
        return self._removed(run_id), True

    def sweep(self) -> list[Attempt]:
        """Remove attempts of dead writers and those that were superseded; leave the committed and the living."""
        for half in [*self.out.glob(".*.partial"), *self.out.glob("run_id=*/.*.partial")]:
            remove_if_dead(half)
        return [attempt for run_id in self.run_ids() for attempt in self._removed(run_id)]

    def change(self, name: str, change: Callable[[Json], Json]) -> Json:
        """Replace the small JSON file beside the pointer by what `change` makes of it (None when there is none)."""
        with exclusive(self.out):
            before = self.document(name)
            after = change(before)
            if after != before:
                write_json(self.out / name, after)
        return after

    def _removed(self, run_id: str) -> list[Attempt]:
        """Attempts of a run that are not the committed one, removed where that may be done."""
        run = self.committed(run_id)
        found: list[Attempt] = []
        for folder in sorted(self._of(run_id).glob("attempt=*")):
            if run is not None and folder == run.folder:
                continue
            if run is not None and _number(folder) in superseded(run):
                shutil.rmtree(folder, ignore_errors=True)
                found.append(Attempt(folder, not folder.exists(), "its run was rewritten"))
            elif remove_if_dead(folder, unless=lambda folder=folder: self._is_committed(run_id, folder)):
                found.append(Attempt(folder, is_removed=True, why="its writer died"))
            elif folder.exists() and not self._is_committed(run_id, folder):
                found.append(Attempt(folder, is_removed=False, why=LEFT))
        if any(attempt.is_removed for attempt in found):
            sync(self._of(run_id))
            failpoint("storage.removed")
        with suppress(OSError):
            # Of a run without any attempt nothing is left to say.
            self._of(run_id).rmdir()
        return found

    def _is_committed(self, run_id: str, folder: Path) -> bool:
        marker = self._of(run_id) / MARKER
        return marker.exists() and int(read_json(marker)["attempt"]) == _number(folder)

    def run_ids(self) -> list[str]:
        """Ids of all runs, committed or not."""
        return sorted(folder.name.removeprefix("run_id=") for folder in self.out.glob("run_id=*") if folder.is_dir())


def _number(folder: Path) -> int:
    number = folder.name.removeprefix("attempt=")
    return int(number) if number.isdigit() else -1


def _take_over(file: Path, target: Path) -> None:
    """Give a file a second name: nobody changes a committed file, so nothing need be copied."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(file)
    except FileExistsError:
        raise
    except OSError:
        shutil.copyfile(file, target)
        os.chmod(target, file.stat().st_mode)  # noqa: PTH101 - as the line above
