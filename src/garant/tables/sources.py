"""Which file or folder of part files holds which table, and which files are none of ours."""

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from garant.exceptions import TableError, UnknownNameError, UsageError
from garant.storage import sha256_json
from garant.tables.accepted import FORMAT_VERSION, AcceptedTables, is_accepted, open_accepted
from garant.tables.config import TablesConfig
from garant.tables.config_file import CONFIG_NAME, load_config
from garant.tables.manifest import MANIFEST_NAME, Manifest, Progress, read_manifest, silent, verify_files
from garant.tables.rules import refuse
from garant.tables.schema import TABLES
from garant.tables.source_file import SourceFile, digest, format_of, leaving_link, refuse_access, stem_of

Purpose = Literal["train", "score"]

CHILD_TABLES = tuple(name for name, schema in TABLES.items() if schema.parent)

_STEMS = {stem: name for name, schema in TABLES.items() for stem in schema.files}


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
    manifest : Manifest or None
        What was shipped with the files, once their bytes agree with it.
    """

    folder: Path
    files: Mapping[str, tuple[SourceFile, ...]]
    without: tuple[str, ...]
    ignored: tuple[str, ...]
    config: TablesConfig
    manifest: Manifest | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that are read."""
        return tuple(self.files)

    @property
    def all_files(self) -> tuple[SourceFile, ...]:
        """Files of all tables that are read."""
        return tuple(file for files in self.files.values() for file in files)


def find_sources(
    folder: Path, *, without: Collection[str] = (), config: Path | None = None, progress: Progress = silent
) -> DataFolder | AcceptedTables:
    """Find the files of each table in `folder` and hold them to the manifest that was shipped with them, if any.

    Parameters
    ----------
    folder : Path
        Folder of raw tables, or one that `garant check --out` wrote.
    without : collection of str
        Child tables to go on without.
    config : Path or None
        A ``tables.toml`` elsewhere than in the folder.
    progress : callable
        Told of the bytes of each file that are compared with a manifest.

    Returns
    -------
    DataFolder or AcceptedTables
        Accepted tables are recognised by their manifest and need no reading.

    Raises
    ------
    UsageError
        An unknown table in `without`, or a ``tables.toml`` that cannot be used.
    TableError
        A table is missing, is there twice or lies elsewhere, or a file is not what the manifest says.
    """
    _require_folder(folder)
    if is_accepted(folder):
        return open_accepted(folder).without(_left_out(without))
    manifest = read_manifest(folder)
    if manifest is None:
        return find_raw(folder, without=without, config=config)
    try:
        data = find_raw(folder, without=without, config=config)
    except TableError:
        # What differs from the manifest explains why a table is missing or there twice, so it is said first.
        here = find_present(folder, without=without, config=config)
        verify_files(manifest, here.all_files, here.without, progress=progress)
        raise
    verify_files(manifest, data.all_files, data.without, progress=progress)
    return replace(data, manifest=manifest)


def find_raw(folder: Path, *, without: Collection[str] = (), config: Path | None = None) -> DataFolder:
    """Find the files of each table in `folder`, whatever a manifest says; parameters and errors of `find_sources`."""
    return _find(folder, without, config, whole=True)


def find_present(folder: Path, *, without: Collection[str] = (), config: Path | None = None) -> DataFolder:
    """Find what is there like `find_raw`, although tables are missing, there twice or without part files."""
    return _find(folder, without, config, whole=False)


def file_digests(data: DataFolder) -> dict[str, str]:
    """sha256 of each file of `data` by its name; those that a manifest has confirmed are not read again."""
    return {
        file.name: data.manifest.files[file.name].sha256 if data.manifest else digest(file)
        for files in data.files.values()
        for file in files
    }


def input_digest(data: DataFolder, digests: Mapping[str, str], *, purpose: Purpose) -> str:
    """Digest of all that decides the accepted tables: content of the files, configuration, schema, purpose."""
    return sha256_json(
        {
            "config": data.config.to_dict(),
            "files": [[file.table, file.name, digests[file.name]] for files in data.files.values() for file in files],
            "format": FORMAT_VERSION,
            "purpose": purpose,
            "schema": repr([data.config.table_schema(table) for table in data.tables]),
            "without": data.without,
        }
    )


def _find(folder: Path, without: Collection[str], config: Path | None, *, whole: bool) -> DataFolder:
    _require_folder(folder)
    left_out = _left_out(without)
    settings = load_config(config or folder / CONFIG_NAME)
    found, ignored = _sort_out(folder, settings, left_out, whole=whole)
    if whole:
        _require_all(found, left_out, ignored)
    read = [table for table in TABLES if table in found and table not in left_out]
    files = {table: tuple(_files(table, found[table], folder, ignored, whole=whole)) for table in read}
    return DataFolder(folder, files, left_out, tuple(sorted(ignored)), settings)


def _require_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder. Give the folder that holds the raw tables.")


def _left_out(without: Collection[str]) -> tuple[str, ...]:
    by_fold = {name.casefold(): name for name in TABLES}
    for name in without:
        if name.casefold() not in by_fold:
            raise UnknownNameError("table", name, TABLES)
    left_out = {by_fold[name.casefold()] for name in without}
    if "application" in left_out:
        raise UsageError("The application table holds the applicants: nothing can be done without it.")
    return tuple(name for name in TABLES if name in left_out)


def _sort_out(
    folder: Path, config: TablesConfig, left_out: Collection[str], *, whole: bool
) -> tuple[dict[str, list[Path]], list[str]]:
    """Sources of each table, those that the configuration names first; names of all that is none."""
    found = {table: _named(folder, table, config, whole=whole) for table in config.tables if table not in left_out}
    taken = {path for paths in found.values() for path in paths}
    ignored: list[str] = []
    for path in visible(folder):
        table = _STEMS.get(stem_of(path))
        is_source = path.is_dir() or format_of(path) is not None or not path.exists()
        if path in taken or path.name in {CONFIG_NAME, MANIFEST_NAME}:
            continue
        if table is None or table in config.tables or not is_source:
            ignored.append(path.name)
        else:
            found.setdefault(table, []).append(path)
    return found, ignored


def _named(folder: Path, table: str, config: TablesConfig, *, whole: bool) -> list[Path]:
    """Sources that the configuration names for `table`."""
    sources: list[Path] = []
    for name in _names_of(config.tables[table]):
        path = folder / name
        inside = not Path(name).is_absolute() and ".." not in Path(name).parts
        if inside and path.exists() and (not path.is_file() or format_of(path) is not None):
            sources.append(path)
        elif whole:
            taken = {used for other, said in config.tables.items() if other != table for used in _names_of(said)}
            free = [p.name for p in visible(folder) if p.name not in taken]
            near = difflib.get_close_matches(name, free, n=1)
            refuse("no_such_source", CONFIG_NAME, found=name, table=table, near=f" ('{near[0]}'?)" if near else "")
    return sources


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
    for table in missing:
        if near := near_file(table, ignored):
            refuse("misnamed_tables", where, tables=tables, table=table, found=near, options=options)
    if "application" in missing:
        refuse("no_application", where)
    refuse("missing_tables", where, tables=tables, options=options)


def near_file(table: str, ignored: Iterable[str]) -> str | None:
    """File among those that are no table of ours whose name is near that of `table`."""
    by_fold = {name.lower(): name for name in ignored}
    near = difflib.get_close_matches(table.lower(), by_fold, n=1, cutoff=0.5)
    return by_fold[near[0]] if near else None


def _files(table: str, sources: list[Path], folder: Path, ignored: list[str], *, whole: bool) -> Iterator[SourceFile]:
    """Files of `table` in the order of their names; two sources with one stem are the same rows twice."""
    if whole:
        _refuse_twins(table, sources, folder)
    for source in sorted(sources):
        _require_inside(source, folder)
        paths = [source]
        if source.is_dir():
            paths = list(_parts(table, source, folder, ignored, whole=whole))
            if whole:
                _refuse_twins(table, paths, folder)
        for path in paths:
            kind = format_of(path)
            if kind is not None:
                yield SourceFile(table, path, path.relative_to(folder).as_posix(), kind)


def _parts(table: str, source: Path, folder: Path, ignored: list[str], *, whole: bool) -> Iterator[Path]:
    n_parts = 0
    for path in visible(source):
        name = path.relative_to(folder).as_posix()
        if format_of(path) is None and not path.is_dir():
            ignored.append(name)
            continue
        _require_inside(path, folder)
        if path.is_dir():
            if whole:
                refuse("nested_folder", name, table=table)
            continue
        n_parts += 1
        yield path
    if whole and not n_parts:
        refuse("no_parts", source.relative_to(folder).as_posix(), table=table)


def _require_inside(path: Path, folder: Path) -> None:
    """Refuse what is no file or folder inside the data folder: links out of it or to nothing, pipes, devices."""
    name, link = path.relative_to(folder).as_posix(), leaving_link(folder, path)
    if link is not None:
        refuse("outside", name, link=link[0], target=link[1])
    if not path.exists():
        refuse("dangling_link", name)
    if not path.is_dir() and not path.is_file():
        refuse("special_file", name)


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
        refuse_access(str(folder), error)
