"""Durable files and committed runs: nothing half written ever stands under a final name.

A run writes into ``OUT/run_id=<id>/attempt=<n>/``; when all is there its ``manifest.json`` is written, then
``OUT/run_id=<id>/COMMITTED`` is created once (the first writer wins), then the pointer ``OUT/current.json`` moves.
A reader follows the pointer and never lists a folder.
"""

import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from garant.exceptions import RunError
from garant.failpoints import failpoint

Json = Any
"""What ``json`` reads and writes."""

_CHUNK_BYTES = 1 << 20


@contextmanager
def atomic_path(path: Path) -> Generator[Path]:
    """Yield a temporary path beside `path`; on success it is fsynced and renamed to `path`, on failure removed.

    Raises
    ------
    RunError
        When the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _sync(temporary)
        failpoint("storage.rename")
        temporary.replace(path)
        _sync(path.parent)
    except OSError as error:
        message = f"{path}: cannot be written ({error.strerror or error}). Check the folder, its rights and free space."
        raise RunError(message) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


@contextmanager
def atomic_folder(path: Path, *, replace: bool = False) -> Generator[Path]:
    """Yield a temporary folder beside `path` that takes its name when everything in it is written.

    Parameters
    ----------
    path : Path
        Final name of the folder.
    replace : bool
        Whether a folder of that name is replaced; else its presence is an error.
    """
    temporary = Path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent))
        yield temporary
        for file in sorted(temporary.rglob("*")):
            _sync(file)
        temporary.chmod(0o755)
        failpoint("storage.rename_folder")
        if path.exists():
            if not replace and any(path.iterdir()):
                message = f"{path}: exists already and is not empty. Choose another folder or remove it."
                raise RunError(message)
            old = temporary.with_suffix(".old")
            path.rename(old)
            temporary.rename(path)
            shutil.rmtree(old)
        else:
            temporary.rename(path)
        _sync(path.parent)
    except OSError as error:
        message = f"{path}: cannot be written ({error.strerror or error}). Check the folder, its rights and free space."
        raise RunError(message) from error
    finally:
        if temporary != Path() and temporary.exists():
            shutil.rmtree(temporary, ignore_errors=True)


def write_json(path: Path, value: Json) -> None:
    """Write `value` as JSON with sorted keys, durably."""
    with atomic_path(path) as temporary:
        temporary.write_text(canonical_json(value), encoding="utf-8")


def read_json(path: Path) -> Json:
    """Read the JSON file `path`; raise RunError with its name when it is not readable."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: not a readable JSON file ({error}).") from error


def canonical_json(value: Json) -> str:
    """One text per value: sorted keys, two spaces, a final newline."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def sha256_file(path: Path) -> str:
    """Hexadecimal sha256 of the content of `path`."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_json(value: Json) -> str:
    """Hexadecimal sha256 of the canonical text of `value`."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt at a run: where it writes and, once committed, what its manifest says."""

    out: Path
    run_id: str
    attempt: int

    @property
    def folder(self) -> Path:
        """Folder of the attempt."""
        return self.out / f"run_id={self.run_id}" / f"attempt={self.attempt}"

    @property
    def manifest(self) -> Mapping[str, Json]:
        """The manifest of a committed attempt."""
        return read_json(self.folder / "manifest.json")


def committed_run(out: Path, run_id: str) -> Run | None:
    """Return the committed attempt of `run_id` under `out`, or None."""
    marker = out / f"run_id={run_id}" / "COMMITTED"
    return Run(out, run_id, int(read_json(marker)["attempt"])) if marker.exists() else None


def current_run(out: Path) -> Run:
    """Return the run that the pointer ``current.json`` names; raise RunError when there is none."""
    pointer = out / "current.json"
    if not pointer.exists():
        raise RunError(f"{out}: holds no committed run (no current.json). Run `garant score` into it first.")
    found = read_json(pointer)
    return Run(out, str(found["run_id"]), int(found["attempt"]))


def start_attempt(out: Path, run_id: str) -> Run:
    """Reserve the next free attempt of `run_id` by creating its folder."""
    try:
        parent = out / f"run_id={run_id}"
        parent.mkdir(parents=True, exist_ok=True)
        attempt = 1
        while True:
            try:
                (parent / f"attempt={attempt}").mkdir()
            except FileExistsError:
                attempt += 1
            else:
                return Run(out, run_id, attempt)
    except OSError as error:
        raise RunError(f"{out}: cannot be written ({error.strerror or error}).") from error


def commit(run: Run, manifest: Mapping[str, Json]) -> Run:
    """Commit the attempt: manifest, then COMMITTED (the first writer wins), then the pointer.

    Returns
    -------
    Run
        The attempt that is committed: this one, or the one of another writer that was first.
    """
    files = {
        str(file.relative_to(run.folder)): {"bytes": file.stat().st_size, "sha256": sha256_file(file)}
        for file in sorted(run.folder.rglob("*"))
        if file.is_file()
    }
    write_json(run.folder / "manifest.json", {**manifest, "run_id": run.run_id, "files": files})
    failpoint("storage.commit")
    marker = run.out / f"run_id={run.run_id}" / "COMMITTED"
    temporary = marker.with_name(f".COMMITTED.{run.attempt}.partial")
    temporary.write_text(canonical_json({"attempt": run.attempt}), encoding="utf-8")
    _sync(temporary)
    try:
        # A hard link fails when the name exists: the conditional put of a local disk.
        marker.hardlink_to(temporary)
    except FileExistsError:
        shutil.rmtree(run.folder, ignore_errors=True)
    finally:
        temporary.unlink(missing_ok=True)
    failpoint("storage.pointer")
    winner = committed_run(run.out, run.run_id)
    if winner is None:
        raise RunError(f"{marker}: vanished while it was written.")
    point_to(winner)
    return winner


def point_to(run: Run) -> None:
    """Move the pointer ``current.json`` to `run`."""
    write_json(run.out / "current.json", {"run_id": run.run_id, "attempt": run.attempt})


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
