"""Write and verify the manifest that ships with a folder of raw tables."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from garant.exceptions import TableError, UsageError
from garant.runs.progress import Progress, silent
from garant.tables.accepted import is_accepted
from garant.tables.manifest import (
    MANIFEST_NAME,
    Difference,
    Listed,
    Manifest,
    listing_differences,
    read_manifest,
    refuse_differences,
    write_manifest,
)
from garant.tables.measure import measure
from garant.tables.sources import DataFolder, find_present, find_raw


@dataclass(frozen=True, slots=True)
class Written:
    """A manifest and where it stands; `changed` is False when the same one stood there."""

    path: Path
    manifest: Manifest
    changed: bool


def write(
    data: Path, *, without: Collection[str] = (), overwrite: bool = False, progress: Progress = silent
) -> Written:
    """Measure every table file of `data` and list it in the manifest of the folder.

    Parameters
    ----------
    data : Path
        Folder of raw tables.
    without : collection of str
        Child tables that are not there.
    overwrite : bool
        Replace a manifest that says something else.
    progress : Progress
        Told of the bytes of each file.

    Raises
    ------
    UsageError
        Another manifest stands there, or the folder holds accepted tables.
    TableError
        A file is no table that can be read to its end.
    """
    _require_raw(data)
    found = find_raw(data, without=without)
    measured = {
        file.name: measure(file, found.config.read_options(table), progress=progress)
        for table, files in found.files.items()
        for file in files
    }
    tables = {file.name: table for table, files in found.files.items() for file in files}
    manifest = Manifest(
        files={
            name: Listed(table=tables[name], rows=m.rows, bytes=m.bytes, sha256=m.sha256)
            for name, m in measured.items()
        }
    )
    path = data / MANIFEST_NAME
    if path.exists() and not overwrite:
        if _standing(data) != manifest:
            message = f"{path} says something else of these files. See `garant manifest verify`, or add --overwrite."
            raise UsageError(message)
        return Written(path, manifest, changed=False)
    return Written(write_manifest(data, manifest), manifest, changed=True)


def verify(data: Path, *, without: Collection[str] = (), progress: Progress = silent) -> Manifest:
    """Measure every table file of `data` and compare all of it with the manifest.

    Returns
    -------
    Manifest
        What it says of the tables that are not left out.

    Raises
    ------
    UsageError
        There is no manifest.
    TableError
        Names every difference; where there is none, a table that neither the folder nor the manifest has.
    """
    _require_raw(data)
    found = find_present(data, without=without)
    manifest = read_manifest(data)
    if manifest is None:
        raise UsageError(f"{data} has no {MANIFEST_NAME}. Write one with: garant manifest write {data}")
    differences = [
        *listing_differences(manifest, found.all_files, found.without),
        *_content_differences(found, manifest, progress),
    ]
    if differences:
        refuse_differences(differences)
    find_raw(data, without=without)
    return manifest.leaving_out(found.without)


def _require_raw(data: Path) -> None:
    if is_accepted(data):
        raise UsageError(f"{data} holds accepted tables, which have a manifest of their own. Give the raw tables.")


def _standing(data: Path) -> Manifest | None:
    """The manifest that stands there, None when it is none that can be read."""
    try:
        return read_manifest(data)
    except TableError:
        return None


def _content_differences(found: DataFolder, manifest: Manifest, progress: Progress) -> Iterator[Difference]:
    for table, files in found.files.items():
        for file in files:
            listed = manifest.files.get(file.name)
            if listed is None:
                continue
            try:
                measured = measure(file, found.config.read_options(table), progress=progress)
            except TableError as error:
                yield Difference(file.name, "unreadable", found=str(error).removeprefix(f"{file.name}: ").rstrip("."))
                continue
            for kind in ("bytes", "rows", "sha256"):
                expected, is_now = getattr(listed, kind), getattr(measured, kind)
                if expected != is_now:
                    yield Difference(file.name, kind, str(expected), str(is_now))
