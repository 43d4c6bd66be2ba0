"""One file of a table: what it is called, how it is written by its suffix, by what a change of it is noticed."""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

from garant.storage import sha256_file
from garant.tables.rules import refuse


class Format(StrEnum):
    """Format of a source file."""

    PARQUET = ".parquet"
    CSV = ".csv"
    CSV_GZ = ".csv.gz"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that holds rows of a table.

    Parameters
    ----------
    table : str
        Our name of the table.
    path : Path
        Where the file is.
    name : str
        Its path inside the data folder, with ``/``: what messages and ``source_file`` say.
    format : Format
        By its suffix.
    """

    table: str
    path: Path
    name: str
    format: Format


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a file that changes while it is read is noticed.

    The number of the file on its disk tells one that was put in its place; the time of its last change of any kind,
    which no program can set, tells one that was written over and given its old time.
    """

    size: int
    written_ns: int
    changed_ns: int
    number: tuple[int, int]


def stamp(file: SourceFile) -> Stamp:
    """State of `file` now.

    Raises
    ------
    TableError
        When it is not there or may not be looked at.
    """
    try:
        status = file.path.stat()
    except OSError as error:
        refuse_access(file.name, error)
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, (status.st_dev, status.st_ino))


def digest(file: SourceFile) -> str:
    """Hexadecimal sha256 of `file`; TableError when it cannot be read."""
    try:
        return sha256_file(file.path)
    except OSError as error:
        refuse_access(file.name, error)


def refuse_access(where: str, error: OSError) -> NoReturn:
    """Refuse a file that the system does not let us read, with what to do in each case."""
    code = "gone" if isinstance(error, FileNotFoundError) else "unreadable"
    code = "no_permission" if isinstance(error, PermissionError) else code
    refuse(code, where, cause=error, detail=error.strerror or str(error))


def format_of(path: Path) -> Format | None:
    """Format by the suffix of the name, without regard to case."""
    name = path.name.lower()
    return next((known for known in Format if name.endswith(known.value)), None)


def stem_of(path: Path) -> str:
    """Name in lower case without the suffix of a format."""
    found = format_of(path)
    return path.name.lower().removesuffix(found.value if found else "")


def leaving_link(folder: Path, path: Path) -> tuple[str, str] | None:
    """Name of the link below `folder` by which `path` leaves it, with where it leads to; None when it stays inside.

    `folder` itself may be a link. Nothing is opened: only the links are read.
    """
    root = os.path.realpath(folder)
    if _inside(root, os.path.realpath(path)):
        return None
    at = folder
    for part in path.relative_to(folder).parts:
        at /= part
        if at.is_symlink() and not _inside(root, os.path.realpath(at)):
            break
    return at.relative_to(folder).as_posix(), os.path.realpath(at)


def _inside(root: str, path: str) -> bool:
    return os.path.commonpath([root, path]) == root
