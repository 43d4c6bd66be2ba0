"""Which file or folder of part files holds which table, and which files are none of ours."""

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from garant.exceptions import TableError, UnknownNameError, UsageError
from garant.storage import sha256_file, sha256_json
from garant.tables.accepted import FORMAT_VERSION, AcceptedTables, is_accepted, open_accepted
from garant.tables.config import TablesConfig
from garant.tables.config_file import CONFIG_NAME, load_config
from garant.tables.rules import refuse
from garant.tables.schema import TABLES

Purpose = Literal["train", "score"]

CHILD_TABLES = tuple(name for name, schema in TABLES.items() if schema.parent)

_STEMS = {stem: name for name, schema in TABLES.items() for stem in schema.files}


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
class DataFolder:
    """A folder of raw tables, sorted out but not yet read.

    Parameters
    ----------
    folder : Path
        The data folder.
    files : mapping of str to tuple of SourceFile
        Files of each table that is read, in the order of `TABLES`.
    without : tuple of str
        Child tables left out on demand.
    ignored : tuple of str
        Files that are no table of ours.
    config : TablesConfig
        What ``tables.toml`` says.
    """

    folder: Path
    files: Mapping[str, tuple[SourceFile, ...]]
    without: tuple[str, ...]
    ignored: tuple[str, ...]
    config: TablesConfig

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that are read."""
        return tuple(self.files)


def find_sources(
    folder: Path, *, without: Collection[str] = (), config: Path | None = None
) -> DataFolder | AcceptedTables:
    """Find the files of each table in `folder`.

    Parameters
    ----------
    folder : Path
        Folder of raw tables, or one that `garant check --out` wrote.
    without : collection of str
        Child tables to go on without.
    config : Path or None
        A ``tables.toml`` elsewhere than in the folder.

    Returns
    -------
    DataFolder or AcceptedTables
        Accepted tables are recognised by their manifest and need no reading.

    Raises
    ------
    UsageError
        An unknown table in `without`, or a ``tables.toml`` that cannot be used.
    TableError
        A table is missing, or is there twice.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder. Give the folder that holds the raw tables.")
    left_out = _left_out(without)
    if is_accepted(folder):
        return open_accepted(folder).without(left_out)
    settings = load_config(config or folder / CONFIG_NAME)
    found, ignored = _sort_out(folder, settings, left_out)
    _require_all(found, left_out, ignored)
    files = {table: tuple(_files(table, found[table], folder, ignored)) for table in TABLES if table not in left_out}
    return DataFolder(folder, files, left_out, tuple(sorted(ignored)), settings)


def input_digest(data: DataFolder, *, purpose: Purpose) -> str:
    """Digest of all that decides the accepted tables: content of the files, configuration, schema, purpose."""
    return sha256_json(
        {
            "config": data.config.to_dict(),
            "files": [
                [file.table, file.name, sha256_file(file.path)] for files in data.files.values() for file in files
            ],
            "format": FORMAT_VERSION,
            "purpose": purpose,
            "schema": repr([data.config.table_schema(table) for table in data.tables]),
            "without": data.without,
        }
    )


def format_of(path: Path) -> Format | None:
    """Format by the suffix of the name, without regard to case."""
    name = path.name.lower()
    return next((known for known in Format if name.endswith(known.value)), None)


def stem_of(path: Path) -> str:
    """Name in lower case without the suffix of a format."""
    found = format_of(path)
    return path.name.lower().removesuffix(found.value if found else "")


def _left_out(without: Collection[str]) -> tuple[str, ...]:
    by_fold = {name.casefold(): name for name in TABLES}
    for name in without:
        if name.casefold() not in by_fold:
            raise UnknownNameError("table", name, TABLES)
    left_out = {by_fold[name.casefold()] for name in without}
    if "application" in left_out:
        raise UsageError("The application table holds the applicants: nothing can be done without it.")
    return tuple(name for name in TABLES if name in left_out)


def _sort_out(folder: Path, config: TablesConfig, left_out: Collection[str]) -> tuple[dict[str, list[Path]], list[str]]:
    """Sources of each table, those that the configuration names first; names of all that is none."""
    found = {table: _named(folder, table, config) for table in config.tables if table not in left_out}
    taken = {path for paths in found.values() for path in paths}
    ignored: list[str] = []
    for path in visible(folder):
        table = _STEMS.get(stem_of(path))
        is_source = path.is_dir() or format_of(path) is not None
        if path in taken or path.name == CONFIG_NAME:
            continue
        if table is None or table in config.tables or not is_source:
            ignored.append(path.name)
        else:
            found.setdefault(table, []).append(path)
    return found, ignored


def _named(folder: Path, table: str, config: TablesConfig) -> list[Path]:
    """Sources that the configuration names for `table`."""
    names = _names_of(config.tables[table])
    for name in names:
        path = folder / name
        inside = not Path(name).is_absolute() and ".." not in Path(name).parts
        if not inside or not path.exists() or (path.is_file() and format_of(path) is None):
            taken = {used for other, said in config.tables.items() if other != table for used in _names_of(said)}
            free = [p.name for p in visible(folder) if p.name not in taken]
            near = difflib.get_close_matches(name, free, n=1)
            refuse("no_such_source", CONFIG_NAME, found=name, table=table, near=f" ('{near[0]}'?)" if near else "")
    return [folder / name for name in names]


def _names_of(said: str | list[str]) -> list[str]:
    return [said] if isinstance(said, str) else said


def _require_all(found: Mapping[str, list[Path]], left_out: Collection[str], ignored: Iterable[str]) -> None:
    missing = [table for table in TABLES if table not in found and table not in left_out]
    if not missing and "bureau" in left_out and "bureau_balance" not in left_out:
        raise UsageError("bureau_balance is linked to clients through bureau: add --without bureau_balance.")
    if not missing:
        return
    where, tables = "The data folder", ", ".join(missing)
    options = " ".join(f"--without {table}" for table in missing if table in CHILD_TABLES)
    zipped = [name for name in ignored if name.lower().endswith(".zip")]
    if zipped:
        refuse("zipped_tables", where, tables=tables, found=", ".join(zipped))
    by_fold = {name.lower(): name for name in ignored}
    for table in missing:
        near = difflib.get_close_matches(table.lower(), by_fold, n=1, cutoff=0.5)
        if near:
            refuse("misnamed_tables", where, tables=tables, table=table, found=by_fold[near[0]], options=options)
    if "application" in missing:
        refuse("no_application", where)
    refuse("missing_tables", where, tables=tables, options=options)


def _files(table: str, sources: list[Path], folder: Path, ignored: list[str]) -> Iterator[SourceFile]:
    """Files of `table` in the order of their names; two sources with one stem are the same rows twice."""
    _refuse_twins(table, sources, folder)
    for source in sorted(sources):
        paths = [source]
        if source.is_dir():
            paths = list(_parts(table, source, ignored))
            _refuse_twins(table, paths, folder)
        for path in paths:
            kind = format_of(path)
            if kind is not None:
                yield SourceFile(table, path, path.relative_to(folder).as_posix(), kind)


def _parts(table: str, source: Path, ignored: list[str]) -> Iterator[Path]:
    n_parts = 0
    for path in visible(source):
        if path.is_dir():
            refuse("nested_folder", f"{source.name}/{path.name}", table=table)
        if format_of(path) is None:
            ignored.append(f"{source.name}/{path.name}")
            continue
        n_parts += 1
        yield path
    if not n_parts:
        refuse("no_parts", source.name, table=table)


def _refuse_twins(table: str, paths: list[Path], folder: Path) -> None:
    by_stem: dict[str, list[str]] = {}
    for path in paths:
        by_stem.setdefault(stem_of(path), []).append(path.relative_to(folder).as_posix())
    for names in by_stem.values():
        if len(names) > 1:
            refuse("two_sources", "The data folder", table=table, found=", ".join(sorted(names)))


def visible(folder: Path) -> list[Path]:
    """Entries of `folder` without those that tools leave behind (``.crc``, ``_SUCCESS``)."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "_")))
    except OSError as error:
        raise TableError(f"{folder}: cannot be listed ({error.strerror}). Check its rights.") from error
