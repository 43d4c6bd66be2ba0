"""What is done to a folder of runs besides writing and reading them: listing, rewriting, sweeping.

Only upkeep lists folders. A rewritten run is a new attempt with a higher number: it is committed by replacing the
marker if nobody else did meanwhile, then the pointer moves, then the earlier attempts go. A process that dies at any
point leaves the old or the new attempt committed, and `RunUpkeep.settle` of the next one finishes.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from garant.storage.documents import Json
from garant.storage.location import Location
from garant.storage.runs import SUPERSEDES, Run, Runs


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of an attempt that is not the committed one.

    Parameters
    ----------
    place : Location
        Where it is or was.
    is_removed : bool
        Whether it is gone now.
    why : str
        Why it was removed or left.
    """

    place: Location
    is_removed: bool
    why: str


class RunUpkeep(Runs, Protocol):
    """A folder of runs that is looked after."""

    @property
    def out(self) -> Location:
        """Where it is."""
        ...

    def run_ids(self) -> list[str]:
        """Ids of all runs, committed or not."""
        ...

    def all_committed(self) -> list[Run]:
        """Return the committed attempt of every run, by run id."""
        ...

    def current_id(self) -> str | None:
        """Id of the run that the pointer names."""
        ...

    def file(self, run: Run, name: str) -> Path:
        """Local copy of one file of a committed run, or the file itself."""
        ...

    def supersede(self, old: Run, new: Run, manifest: Mapping[str, Json], *, kept: Collection[str]) -> Run | None:
        """Commit `new` in place of `old`; None, and nothing left, when `old` is no longer the committed attempt.

        Parameters
        ----------
        old, new : Run
            The committed attempt, and a started one whose folder holds the files that changed.
        manifest : mapping
            Manifest of `new` but for its files and what it supersedes.
        kept : collection of str
            Files that are taken over from `old` as they are.
        """
        ...

    def settle(self, run_id: str) -> tuple[list[Attempt], bool]:
        """Let the pointer follow the committed attempt of `run_id`; remove the earlier ones and every old version.

        Returns
        -------
        list of Attempt
            What was removed, and attempts of living writers, which were left.
        bool
            False where the store does not tell whether older versions of what was removed exist.
        """
        ...

    def sweep(self) -> list[Attempt]:
        """Remove attempts of dead writers and those that were superseded; leave the committed and the living."""
        ...

    def change(self, name: str, change: Callable[[Json], Json]) -> Json:
        """Replace the small JSON file beside the pointer by what `change` makes of it (None when there is none)."""
        ...


def superseding_manifest(
    old: Run, manifest: Mapping[str, Json], *, kept: Iterable[str], written: Mapping[str, Json]
) -> Json:
    """Complete the manifest of an attempt that takes the place of `old`: `kept` files are described as before."""
    files = {**{name: old.manifest["files"][name] for name in kept}, **written}
    return {
        **manifest,
        "files": dict(sorted(files.items())),
        "run_id": old.run_id,
        SUPERSEDES: [*superseded(old), old.attempt],
    }


def superseded(run: Run) -> list[int]:
    """Attempts that `run` took the place of."""
    return [int(number) for number in run.manifest.get(SUPERSEDES, ())]
