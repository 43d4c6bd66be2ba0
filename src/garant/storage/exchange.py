"""Two folders swap names in one step, so that at no instant there is nothing under the name."""

import ctypes
import os
import shutil
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def exchange(new: Path, place: Path) -> None:
    """Let `new` take the name `place`; what stood there stands under the name of `new` afterwards, or is gone.

    Linux swaps both names in one step. Elsewhere two renames are needed, with an instant in which there is nothing
    under the name, but never half of something.
    """
    if not _swapped(new, place):
        old = new.with_suffix(".old")
        place.rename(old)
        new.rename(place)
        shutil.rmtree(old, ignore_errors=True)


def _swapped(first: Path, second: Path) -> bool:
    """Swap two names; False where the system or the file system cannot, and nothing has changed."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    return rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) == 0
