"""Accepted tables on disk: what every engine reads, with a manifest that says what is there.

::

    OUT/manifest.json              written last
    OUT/TABLE/part-00000.parquet   rows of the first source file of the table, and so on
    OUT/quarantine/TABLE.parquet   rows that broke a rule (only where there are any)
    OUT/quarantine/summary.csv     broken rules and how many rows break them (only where there are any)
    OUT/orphans/TABLE.parquet      child rows without their parent (only where there are any)
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from garant.exceptions import DataError, GarantError, TableError
from garant.storage import read_json, sha256_file, sha256_json
from garant.storage.in_use import InUse
from garant.tables.config import TablesConfig
from garant.tables.report import AcceptanceReport
from garant.tables.schema import TABLES

FORMAT = "garant accepted tables"

FORMAT_VERSION = 2
"""Raised whenever the same raw files would be accepted differently: it is part of the digest of an input."""

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class AcceptedTables:
    """Tables that passed the rules.

    Parameters
    ----------
    folder : Path
        Where they are.
    tables : tuple of str
        Tables that are present, in the order of `TABLES`.
    files : mapping of str to tuple of Path
        Parquet parts of each table.
    report : AcceptanceReport
        What reading found.
    digest : str
        sha256 of the accepted content and the configuration; independent of time and place.
    config : TablesConfig
        Label text, money, the lender's own columns.
    in_use : InUse or None
        Keeps other commands from clearing them away, of tables in a cache.
    """

    folder: Path
    tables: tuple[str, ...]
    files: Mapping[str, tuple[Path, ...]]
    report: AcceptanceReport
    digest: str
    config: TablesConfig
    in_use: InUse | None = field(default=None, repr=False, compare=False)

    def quarantine(self, table: str) -> Path | None:
        """Parquet file of the rows of `table` that broke a rule; None when there are none."""
        return _existing(self.folder / "quarantine" / f"{table}.parquet")

    def orphans(self, table: str) -> Path | None:
        """Parquet file of the rows of `table` without a parent; None when there are none."""
        return _existing(self.folder / "orphans" / f"{table}.parquet")

    def without(self, tables: Collection[str]) -> "AcceptedTables":
        """The same without some child tables, and with another digest."""
        left_out = [name for name in self.tables if name in tables]
        if not left_out:
            return self
        return replace(
            self,
            tables=tuple(name for name in self.tables if name not in left_out),
            files={name: parts for name, parts in self.files.items() if name not in left_out},
            digest=sha256_json({"digest": self.digest, "without": left_out}),
        )


def is_accepted(folder: Path) -> bool:
    """Whether `folder` holds accepted tables, by its manifest."""
    try:
        return (folder / MANIFEST).is_file() and _manifest(folder).get("format") == FORMAT
    except DataError:
        return False


def open_accepted(folder: Path, *, verify: bool = False) -> AcceptedTables:
    """Open the accepted tables in `folder`.

    Parameters
    ----------
    folder : Path
        What `accept_tables` wrote.
    verify : bool
        Read every file and compare its sha256, beyond presence and size.

    Raises
    ------
    DataError
        When the folder holds something else, another format, or a file is not what the manifest says.
    """
    manifest = _manifest(folder)
    opened = described(manifest, folder)
    try:
        _check_files(folder, manifest["files"], verify=verify)
    except (KeyError, TypeError, AttributeError) as error:
        raise _damaged(folder, error) from error
    return opened


def described(manifest: Mapping[str, Any], folder: Path) -> AcceptedTables:
    """Accepted tables as their manifest describes them; whether the files are in `folder` is not looked at.

    Raises
    ------
    DataError
        When it is the manifest of something else, of another format, or damaged.
    """
    if manifest.get("format") != FORMAT:
        raise DataError(f"{folder}: holds no accepted tables. Make them with `garant check DATA --out {folder}`.")
    if manifest.get("format_version") != FORMAT_VERSION:
        found = manifest.get("format_version")
        raise DataError(
            f"{folder}: accepted tables of format {found}, this garant reads format {FORMAT_VERSION}. "
            "Make them again with `garant check`."
        )
    try:
        tables: dict[str, list[str]] = manifest["tables"]
        return AcceptedTables(
            folder=folder,
            tables=tuple(name for name in TABLES if name in tables),
            files={name: tuple(folder / part for part in tables[name]) for name in TABLES if name in tables},
            report=AcceptanceReport.from_dict(manifest["report"]),
            digest=manifest["digest"],
            config=TablesConfig.model_validate(manifest["config"]),
        )
    except (KeyError, TypeError, AttributeError, ValidationError) as error:
        raise _damaged(folder, error) from error


def _damaged(folder: Path, error: Exception) -> DataError:
    return DataError(f"{folder / MANIFEST}: damaged ({error}). Make the tables again with `garant check`.")


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = read_json(folder / MANIFEST)
    except GarantError as error:
        raise DataError(f"{folder}: holds no accepted tables that can be read ({error})") from error
    return manifest if isinstance(manifest, dict) else {}


def _check_files(folder: Path, files: Mapping[str, Mapping[str, Any]], *, verify: bool) -> None:
    for name, said in files.items():
        path = folder / name
        if not path.is_file():
            raise TableError(
                f"{path}: is gone, although the manifest lists it. Make the tables again with `garant check`."
            )
        size = path.stat().st_size
        if size != said["bytes"] or (verify and sha256_file(path) != said["sha256"]):
            raise TableError(
                f"{path}: {size} bytes that are not the {said['bytes']} of the manifest. "
                "It was changed: make the tables again with `garant check`."
            )


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None
