"""From a data folder to its accepted tables, kept by the digest of what was read."""

import os
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from garant.exceptions import BundleTablesError, StorageError, TableError, UsageError
from garant.features.catalogue import groups
from garant.features.extra import feature_extras
from garant.runs.engine import EngineName, open_engine
from garant.runs.progress import Progress, silent
from garant.settings import Settings
from garant.storage.durable import remove_if_dead
from garant.storage.in_use import InUse, is_in_use
from garant.tables.acceptance import accept_tables
from garant.tables.accepted import AcceptedTables, open_accepted
from garant.tables.rules import refuse
from garant.tables.sources import Purpose, file_digests, find_present, find_sources, input_digest, near_file

KEPT_FOLDERS = 5
"""Accepted tables kept in the cache; the least recently used folder goes first, none that is being used."""


def accepted_tables(
    data: Path,
    *,
    purpose: Purpose,
    without: Collection[str] = (),
    settings: Settings,
    engine: EngineName = "duckdb",
    progress: Progress = silent,
) -> AcceptedTables:
    """Read `data`, or return what an earlier command read from the same content.

    Parameters
    ----------
    data : Path
        Folder of raw tables, or a folder that `garant check --out` wrote.
    purpose : {"train", "score"}
        Whether the label is needed.
    without : collection of str
        Child tables to go on without.
    settings : Settings
        Where the cache is.
    engine : {"duckdb", "spark"}
        Who reads what is not in the cache; a cluster must see the data and the cache.
    progress : Progress
        Told of each table.

    Raises
    ------
    DataError
        When the data are refused.
    UsageError
        When ``tables.toml`` declares columns that cannot become features, before anything is read.
    """
    # Absolute, since a worker of Spark runs in another folder.
    found = find_sources(data.absolute(), without=without, progress=progress)
    if extras := feature_extras(found.config):
        groups(("application",), extras)
    if isinstance(found, AcceptedTables):
        if purpose == "train" and found.report.purpose == "score":
            message = f"{data} was checked for scoring: its labels were not judged. Check the raw tables --for train."
            raise UsageError(message)
        return found
    digests = file_digests(found)
    folder = settings.cache_folder / "accepted" / input_digest(found, digests, purpose=purpose)
    _make_private(folder.parent)
    with suppress(FileNotFoundError):
        # First said to be used, then looked at: nobody clears it away in between.
        in_use = InUse(folder)
        if (folder / "manifest.json").exists():
            os.utime(folder)
            return replace(open_accepted(folder), in_use=in_use)
    try:
        with open_engine(engine, settings) as running:
            accepted = accept_tables(found, folder, purpose=purpose, progress=progress, engine=running)
    except StorageError:
        # Another command may have read the same meanwhile: what it wrote is as good.
        if not (folder / "manifest.json").exists():
            raise
        accepted = open_accepted(folder)
    _require_unchanged(accepted, digests)
    accepted = replace(accepted, in_use=InUse(folder))
    _forget_old(folder.parent)
    return accepted


def _require_unchanged(accepted: AcceptedTables, digests: Mapping[str, str]) -> None:
    """Refuse tables whose files changed between the digest that names their place in the cache and their reading."""
    for count in accepted.report.files:
        if count.sha256 != digests[count.file]:
            shutil.rmtree(accepted.folder, ignore_errors=True)
            refuse("changed", count.file)


def tables_for_bundle(
    data: Path,
    trained_on: Collection[str],
    *,
    without: Collection[str],
    settings: Settings,
    progress: Progress = silent,
) -> AcceptedTables:
    """Read `data` for scoring; refuse, before anything is read, to leave out a table that the bundle needs.

    Raises
    ------
    BundleTablesError
        When the data hold, or are asked to hold, another set of tables than the bundle was trained on.
    """
    needed = [name for name in trained_on if name.casefold() in {table.casefold() for table in without}]
    if needed:
        raise BundleTablesError(_needs(needed, asked=True))
    try:
        accepted = accepted_tables(data, purpose="score", without=without, settings=settings, progress=progress)
    except TableError as error:
        # Going on without a table is the way of a training: said here of one that the bundle needs, it leads nowhere.
        if error.rule not in {"file.missing_tables", "file.misnamed_tables"}:
            raise
        here = find_present(data, without=without)
        if missing := [name for name in trained_on if name not in here.tables]:
            near = {name: file for name in missing if (file := near_file(name, here.ignored))}
            raise BundleTablesError(_needs(missing, near=near)) from error
        raise
    require_tables(accepted, trained_on)
    return accepted


def _needs(missing: Collection[str], *, asked: bool = False, near: Mapping[str, str] | None = None) -> str:
    tables = ", ".join(sorted(missing))
    do = f"Do not leave {tables} out" if asked else f"Add {tables} to the data"
    could = " ".join(
        f'{file} could be {name}: if so, write [tables] {name} = "{file}" in tables.toml.'
        for name, file in sorted((near or {}).items())
    )
    return (
        f"The bundle was trained with {tables} and is used only with the same tables. {do}, or use a bundle that was "
        f"trained on tables like these. {could}"
    ).rstrip()


def require_tables(accepted: AcceptedTables, trained_on: Collection[str]) -> None:
    """Raise BundleTablesError unless the data hold exactly the tables that the bundle was trained on."""
    missing, extra = set(trained_on) - set(accepted.tables), set(accepted.tables) - set(trained_on)
    if missing:
        raise BundleTablesError(_needs(missing))
    if extra:
        options = " ".join(f"--without {name}" for name in sorted(extra))
        message = f"The bundle was trained without {', '.join(sorted(extra))}. Score with {options}, or train again."
        raise BundleTablesError(message)


def _make_private(cache: Path) -> None:
    """Make the cache: accepted tables hold personal data, so nobody but the user may read what is kept of them."""
    try:
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        cache.chmod(0o700)
    except OSError as error:
        message = f"{cache}: cannot be written ({error.strerror or error}). Set GARANT_CACHE_FOLDER to another folder."
        raise StorageError(message) from error


def _forget_old(cache: Path) -> None:
    for half in cache.glob(".*.partial"):
        remove_if_dead(half)
    kept = (f for f in cache.iterdir() if f.is_dir() and not f.name.startswith("."))
    folders = sorted(kept, key=lambda f: f.stat().st_mtime, reverse=True)
    for folder in folders[KEPT_FOLDERS:]:
        if not is_in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)
