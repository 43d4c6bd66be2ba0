"""Durable files and folders: nothing half written ever stands under a final name.

What is being written lies in a folder ``.NAME.xxxx.partial`` beside its final place. The writer holds a lock on it as
long as it lives, so that the next writer can tell what a dead one left behind, and removes it.
"""

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from garant.exceptions import OccupiedError, StorageError
from garant.failpoints import failpoint
from garant.storage.exchange import exchange

_LONGEST_NAME = 100
"""Of a final name, so that the temporary name stays below the 255 bytes of a file system."""


@contextmanager
def atomic_path(path: Path, *, private: bool = False) -> Generator[Path]:
    """Yield a temporary path; on success it is fsynced and renamed to `path`, on failure removed.

    Parameters
    ----------
    path : Path
        Final name of the file.
    private : bool
        Whether nobody but the owner may read it: for rows of persons.

    Raises
    ------
    StorageError
        When the folder cannot be written.
    """
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with reserved_folder(path.parent, path.name) as folder:
            temporary = folder / path.name
            yield temporary
            failpoint("storage.written")
            if private:
                temporary.chmod(0o600)
            sync(temporary)
            failpoint("storage.rename")
            temporary.replace(path)
            failpoint("storage.renamed")
            sync(path.parent)


@contextmanager
def atomic_folder(path: Path, *, replace: bool = False, private: bool = False) -> Generator[Path]:
    """Yield a temporary folder that takes its name when everything in it is written.

    Parameters
    ----------
    path : Path
        Final name of the folder.
    replace : bool
        Whether a folder of that name is replaced, in one step where the system can; else its presence is an error.
    private : bool
        Whether nobody but the owner may read the folder and its files: for rows of persons.

    Raises
    ------
    StorageError
        When the folder cannot be written, is there already, or another process made it meanwhile.
    """
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with reserved_folder(path.parent, path.name) as temporary:
            before = _identity(path)
            _refuse_occupied(path, replace=replace)
            yield temporary
            failpoint("storage.folder_written")
            if private:
                _close_to_others(temporary)
            sync_tree(temporary)
            temporary.chmod(0o700 if private else 0o755)
            failpoint("storage.rename_folder")
            _give_name(temporary, path, before, replace=replace)
            failpoint("storage.folder_renamed")
            sync(path.parent)


def _close_to_others(folder: Path) -> None:
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


def _give_name(temporary: Path, path: Path, before: int | None, *, replace: bool) -> None:
    """Rename; what stood under the name goes to the temporary name, where it is removed with the rest."""
    if _identity(path) != before:
        message = f"{path}: another command wrote it meanwhile; what that one wrote was left alone. Look at it first."
        raise StorageError(message)
    _refuse_occupied(path, replace=replace)
    if before is None:
        temporary.rename(path)
    else:
        exchange(temporary, path)


def _refuse_occupied(path: Path, *, replace: bool) -> None:
    if not replace and path.exists() and any(path.iterdir()):
        raise OccupiedError(f"{path}: exists already and is not empty. Choose another folder or remove it.")


@contextmanager
def reserved_folder(parent: Path, name: str) -> Generator[Path]:
    """Yield a new folder ``.NAME.xxxx.partial`` in `parent` (mode 0700) that is removed in the end.

    Folders of that name whose writer is dead are removed first.
    """
    name = name[:_LONGEST_NAME]
    for old in parent.glob(f".{_escaped(name)}.*.partial"):
        remove_if_dead(old)
    folder, lock = _locked_folder(parent, name)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked_folder(parent: Path, name: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f".{name}.", suffix=".partial", dir=parent))
        lock = lock_folder(folder)
        if lock is not None:
            return folder, lock


def lock_folder(folder: Path) -> int | None:
    """Lock `folder` for as long as the returned descriptor is open or this process lives.

    None when another process holds it, or removed it between its making and the lock. Where the file system knows no
    locks a descriptor without one is returned.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        return descriptor
    if os.fstat(descriptor).st_ino != _identity(folder):
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def exclusive(folder: Path) -> Generator[None]:
    """Let one process at a time into the block; where the file system knows no locks, whoever comes.

    `folder` is there; what is done inside is short, since others wait.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def remove_if_dead(folder: Path, *, unless: Callable[[], bool] = lambda: False) -> bool:
    """Remove `folder` if its writer is dead, as its lock tells; leave it alone where locks are not known.

    `unless` is asked when the writer is known to be dead.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if unless():
            return False
        shutil.rmtree(folder)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def remove_unfinished(folder: Path) -> None:
    """Remove what killed writers left anywhere below `folder`, when nobody has anything to write there any more."""
    for half in folder.rglob(".*.partial"):
        shutil.rmtree(half, ignore_errors=True)


def check_writable(path: Path) -> None:
    """Raise StorageError when `path` could not be written, before the long work that leads to it; makes nothing.

    Raises
    ------
    StorageError
        Names the folder that refuses.
    """
    parent = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    if not parent.is_dir() and parent != path:
        raise StorageError(f"{path}: cannot be written, because {parent} is a file. Choose another folder.")
    if not os.access(parent, os.W_OK | (os.X_OK if parent.is_dir() else 0)):
        raise StorageError(f"{path}: cannot be written ({parent} is not writable for you). Check the folder's rights.")


def sync(path: Path) -> None:
    """Make the content of a file, or the names in a folder, survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Sync every file and folder below `folder`, and itself."""
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)


@contextmanager
def _explained(path: Path) -> Generator[None]:
    """Say of an error of the system which path could not be written and what to do."""
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        remedy = "Free space, or choose another disk." if full else "Check the folder, its rights and free space."
        raise StorageError(f"{path}: cannot be written ({error.strerror or error}). {remedy}") from error


def _identity(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _escaped(name: str) -> str:
    """Return `name` as a pattern that matches itself only."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
