"""`garant run list` and `garant run verify`: which runs a folder holds, and whether their files are what they say."""

from dataclasses import dataclass
from typing import Any

from garant.exceptions import RunError, StorageError
from garant.runs.progress import Progress, silent
from garant.storage import Run, manifest_digest, sha256_file
from garant.storage.upkeep import RunUpkeep, superseded

SHOWN_DIGITS = 12
"""Of a digest in a table: enough to tell two apart."""


@dataclass(frozen=True, slots=True)
class ListedRun:
    """One committed run of a folder."""

    run: Run
    is_current: bool

    @property
    def digest(self) -> str:
        """Digest of its manifest."""
        return manifest_digest(self.run.manifest)

    @property
    def n_erased(self) -> int:
        """Clients who were erased from it."""
        return int(self.run.manifest.get("erased", {}).get("clients", 0))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        manifest = self.run.manifest
        return {
            "attempt": self.run.attempt,
            "bundle": manifest.get("bundle"),
            "code": manifest.get("code"),
            "current": self.is_current,
            "digest": self.digest,
            "erased": self.n_erased,
            "files": len(manifest["files"]),
            "input": manifest.get("input"),
            "place": str(self.run.place),
            "run_id": self.run.run_id,
            "supersedes": superseded(self.run),
            "verb": manifest.get("verb"),
        }


def list_runs(runs: RunUpkeep) -> tuple[list[ListedRun], list[str]]:
    """Every committed run, by id; and what keeps others from being read."""
    current = runs.current_id()
    found, unreadable = _readable(runs)
    return [ListedRun(run, run.run_id == current) for run in found], unreadable


def verify_runs(runs: RunUpkeep, *, progress: Progress = silent) -> int:
    """Compare every file of every committed run with the sha256 of its manifest; return how many files these are.

    Raises
    ------
    StorageError
        Names every file that is gone or another one, and every manifest that cannot be read.
    """
    found, wrong = _readable(runs)
    listed = [(run, name, said) for run in found for name, said in run.manifest["files"].items()]
    for number, (run, name, said) in enumerate(listed):
        progress("verify", number, len(listed))
        try:
            is_right = sha256_file(runs.file(run, name)) == said["sha256"]
        except (OSError, StorageError):
            wrong.append(f"{run.place / name} is gone")
        else:
            if not is_right:
                wrong.append(f"{run.place / name} is another file")
    progress("verify", len(listed), len(listed))
    if wrong:
        raise StorageError(f"{'; '.join(wrong)}. Score again into another folder, or restore what was there.")
    return len(listed)


def _readable(runs: RunUpkeep) -> tuple[list[Run], list[str]]:
    """Committed runs, and what is wrong with the manifests of others: one that is broken must not hide the rest."""
    found: list[Run] = []
    wrong: list[str] = []
    for run_id in runs.run_ids():
        try:
            run = runs.committed(run_id)
        except RunError as error:
            wrong.append(str(error).rstrip("."))
        else:
            found += [run] if run is not None else []
    return found, wrong
