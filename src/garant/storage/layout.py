"""Keys of a bucket as files of a folder: which become one, and whether they are what the folder's manifest says."""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from garant.exceptions import StorageError
from garant.storage.documents import sha256_file
from garant.storage.runs import MANIFEST

if TYPE_CHECKING:
    from garant.storage.s3 import S3Object

_LONGEST_NAME = 255


def files(folder: Path) -> list[Path]:
    """Files below `folder` that are sent to a bucket."""
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and not is_hidden(path.relative_to(folder).as_posix())
    )


def version(path: Path) -> tuple[int, int]:
    """Tell a file that was replaced or changed from one that was not."""
    about = path.stat()
    return about.st_ino, about.st_mtime_ns


def is_hidden(name: str) -> bool:
    """Whether a name, or a folder in it, is one that tools leave behind or that a writer marks a place with."""
    return any(part.startswith((".", "_")) for part in PurePosixPath(name).parts)


def is_folder(found: "S3Object") -> bool:
    """Whether an object is the empty mark that consoles make for a folder."""
    return found.key.endswith("/") and not found.size


def check_layout(objects: Mapping[str, "S3Object"]) -> None:
    """Refuse keys that cannot be files of one folder."""
    folders = {parent.as_posix() for name in objects for parent in PurePosixPath(name).parents}
    for name, found in objects.items():
        parts = name.split("/")
        plain = all(part and len(part.encode()) <= _LONGEST_NAME and "\0" not in part for part in parts)
        if not plain or name in folders:
            raise StorageError(
                f"The key {found.key!r} cannot be a file: an empty or too long part, or other keys lie below it. "
                "Rename or remove that object."
            )


def check_digests(folder: Path) -> None:
    """Compare every file with the sha256 that the folder's own manifest states."""
    try:
        said: Any = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return
    files: Any = said.get("files") if isinstance(said, dict) else None
    for name, about in files.items() if isinstance(files, dict) else ():
        digest = about.get("sha256") if isinstance(about, dict) else None
        path = folder / name
        if digest is not None and path.is_file() and sha256_file(path) != digest:
            raise StorageError(f"{path}: is not the file that {MANIFEST} describes. Make the folder again.")
