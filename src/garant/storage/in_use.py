"""Folders of a cache that somebody is reading: other commands, which clear it, leave them alone."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


class InUse:
    """Says that the folder is used as long as this object lives, or until the process ends.

    Parameters
    ----------
    folder : Path
        Must be there.

    Raises
    ------
    OSError
        When it is not.
    """

    def __init__(self, folder: Path) -> None:
        self._handle: int | None = None
        self._handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        # A disk without locks: then nobody is told, and the folder is used all the same.
        with suppress(OSError):
            fcntl.flock(self._handle, fcntl.LOCK_SH)

    def __del__(self) -> None:
        if self._handle is not None:
            os.close(self._handle)

    def __reduce__(self) -> tuple[type[None], tuple[()]]:
        """In another process nothing is held: who sent it there still does."""
        return type(None), ()


def is_in_use(folder: Path) -> bool:
    """Whether some process uses `folder`."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        # A disk without locks: nobody can say that it is used.
        return False
    finally:
        os.close(handle)
    return False
