"""Folders for what a command needs while it works: gone when it ends, in the system's place for such things."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from garant.exceptions import StorageError


@contextmanager
def scratch_folder(purpose: str, *, parent: Path | None = None) -> Generator[Path]:
    """Yield a new folder ``garant-<purpose>-…`` that its owner alone may read, and remove it with all that is in it.

    Parameters
    ----------
    purpose : str
        What it is for.
    parent : Path, optional
        Where; by default TMPDIR, or where the system keeps temporary files.

    Raises
    ------
    StorageError
        When no such folder can be made.
    """
    try:
        made = tempfile.TemporaryDirectory(prefix=f"garant-{purpose}-", dir=parent, ignore_cleanup_errors=True)
    except OSError as error:
        # Python says so where it tried to write and could not, in whatever folder it knows.
        where = "the folder for temporary files" if parent is None else str(parent)
        reason = error.strerror or str(error)
        raise StorageError(
            f"{where}: cannot be written ({reason}). Free space, or name another folder in TMPDIR."
        ) from error
    with made as name:
        yield Path(name)
