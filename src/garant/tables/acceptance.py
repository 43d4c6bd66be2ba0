"""From a data folder to accepted tables: file by file, then what only whole tables show; all or nothing."""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.engines.duckdb import DuckDBEngine
from garant.engines.protocol import Engine, part_name
from garant.exceptions import ReconciliationError, UsageError
from garant.storage import atomic_folder, sha256_file, sha256_json, write_json
from garant.storage.durable import remove_unfinished
from garant.tables.accepted import FORMAT, FORMAT_VERSION, MANIFEST, AcceptedTables, is_accepted, open_accepted
from garant.tables.columns import TableSchema
from garant.tables.config import ReadOptions
from garant.tables.cross_rules import find_disputed
from garant.tables.file_acceptance import Progress, ReadFile, ReadWork, Source, Tally, itself, read_source
from garant.tables.header import ColumnMatch
from garant.tables.manifest import verify_read
from garant.tables.misread import explain
from garant.tables.orphans import IdSet
from garant.tables.quarantine import SUMMARY, write_summary
from garant.tables.report import AcceptanceReport, FileCount, Warned
from garant.tables.rules import refuse, rule_of
from garant.tables.source_file import SourceFile
from garant.tables.sources import DataFolder, Purpose
from garant.tables.table_columns import LABEL, absent_columns, match_table, table_warnings
from garant.tables.table_files import TableFiles

MOSTLY_BROKEN_SHARE = 0.05
"""Beyond this share of a file, one broken rule is no matter of single rows: a column was swapped or misread."""

MOSTLY_BROKEN_ROWS = 5
"""So few broken rows say nothing about a whole file, unless they are more than half of it."""

HALF_BROKEN_ROWS = 3
"""Of a file of so few rows, more than half say enough."""

_MOST_THREADS = 4
"""Beyond it the one thread that reads the file is what the others wait for."""


@dataclass(frozen=True, slots=True)
class _TableResult:
    """What became of one table."""

    files: TableFiles
    column_warnings: tuple[Warned, ...]
    absent: tuple[str, ...]
    ids: IdSet | None

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """Warnings about its columns, then those about its values."""
        return (*self.column_warnings, *self.files.level_warnings.warnings())

    @property
    def counts(self) -> tuple[FileCount, ...]:
        """Counts of each of its files."""
        return tuple(_file_count(self.files.schema.name, read) for read in self.files.read.values())


def accept_tables(
    data: DataFolder,
    out: Path,
    *,
    purpose: Purpose = "train",
    progress: Progress | None = None,
    threads: int | None = None,
    engine: Engine | None = None,
) -> AcceptedTables:
    """Read the raw tables of `data` and write the accepted ones to `out`.

    Everything is written beside `out` and renamed at the end: nothing half written ever stands there. The bytes are the
    same whatever the engine.

    Parameters
    ----------
    data : DataFolder
        What `find_sources` found.
    out : Path
        Folder to make; accepted tables that stand there are replaced.
    purpose : {"train", "score"}
        Whether the label is needed.
    progress : callable or None
        Told of the bytes read of each file.
    threads : int or None
        Workers that parse blocks of one file; what the engine gives by default, at most four.
    engine : Engine or None
        Reads the files, one by one or many at once, and answers what only whole tables show; DuckDB by default.

    Returns
    -------
    AcceptedTables
        The tables, with a report of what was set aside.

    Raises
    ------
    TableError
        A file breaks a rule of severity "file"; nothing was written.
    ReconciliationError
        accepted + orphans + quarantined differs from the physical rows of a file; nothing was written.
    UsageError
        `out` holds something else than accepted tables.
    """
    if out.exists() and not (out.is_dir() and (is_accepted(out) or not any(out.iterdir()))):
        raise UsageError(
            f"{out} holds other files. Choose a folder that is new, empty or made by `garant check --out`."
        )
    with ExitStack() as stack:
        folder = stack.enter_context(atomic_folder(out, replace=True))
        running = engine or stack.enter_context(DuckDBEngine(threads=os.cpu_count() or 1))
        _write_tables(data, folder, running, purpose=purpose, progress=progress, threads=threads)
    return open_accepted(out)


def _write_tables(
    data: DataFolder, folder: Path, engine: Engine, *, purpose: Purpose, progress: Progress | None, threads: int | None
) -> None:
    results: dict[str, _TableResult] = {}
    with ExitStack() as stack:
        for table in data.tables:
            files = stack.enter_context(TableFiles(folder, data.config.table_schema(table)))
            results[table] = _accept_table(
                data,
                files,
                engine,
                part_names=[folder / table / part_name(number) for number in range(len(data.files[table]))],
                parents=_parents(files.schema, results),
                purpose=purpose,
                progress=progress,
                threads=threads or min(engine.threads_per_file, _MOST_THREADS),
            )
            if table == "application":
                _check_applicants(results[table], purpose=purpose)
        _set_disputed_aside(engine, [result.files for result in results.values()])
    # What workers left that died.
    remove_unfinished(folder)
    for table, result in results.items():
        _check_counts(folder, table, result.files)
    write_summary(folder / SUMMARY, {table: result.files.quarantine.summary() for table, result in results.items()})
    write_json(folder / MANIFEST, _manifest(data, folder, results, purpose=purpose))


def _parents(schema: TableSchema, results: Mapping[str, _TableResult]) -> IdSet | None:
    """Ids of the accepted rows that the rows of a child table belong to."""
    return results[schema.parent[0]].ids if schema.parent else None


def _accept_table(
    data: DataFolder,
    files: TableFiles,
    engine: Engine,
    *,
    part_names: Sequence[Path],
    parents: IdSet | None,
    purpose: Purpose,
    progress: Progress | None,
    threads: int,
) -> _TableResult:
    schema = files.schema
    options = data.config.read_options(schema.name)
    matches = match_table(data.files[schema.name], schema, data.config, purpose=purpose)
    sources = [Source(file, match, part) for (file, match), part in zip(matches.items(), part_names, strict=True)]
    work = ReadWork(
        schema=schema,
        options=options,
        sources=tuple(sources),
        parents=parents,
        label_needed=purpose == "train",
        threads=threads,
        progress=progress if engine.in_process else None,
    )
    found = engine.map_files([source.file.path for source in sources], read_source, shared=work, prepare=itself)
    for source, read in zip(sources, found, strict=True):
        files.take(read)
        _check_share(read.tally, source.file, options, schema, source.match)
        if data.manifest is not None:
            verify_read(data.manifest, read.name, rows=read.tally.physical, sha256=read.sha256)
        if progress is not None and not engine.in_process:
            progress(f"read {read.name}", read.n_bytes, read.n_bytes)
    ids = files.find_copies(engine)
    if schema.owned is None:
        files.set_copies_aside()
    warnings = tuple(table_warnings(schema, data.config, matches))
    return _TableResult(files, warnings, absent_columns(schema, matches), ids)


def _set_disputed_aside(engine: Engine, tables: Sequence[TableFiles]) -> None:
    """Contracts of two clients leave all tables: no row of them can be trusted; copies bear witness and leave too."""
    owned = [files for files in tables if files.schema.owned is not None]
    contracts = find_disputed(engine, [(files.schema, files.parts, files.orphans) for files in owned])
    for files in tables:
        files.set_copies_aside()
        files.set_disputed_aside(contracts)
        files.gather_orphans()


def _check_share(tally: Tally, file: SourceFile, options: ReadOptions, schema: TableSchema, match: ColumnMatch) -> None:
    """Refuse the file when one rule is broken so often that a whole column must be wrong."""
    for rule, n in tally.by_rule.most_common(1):
        many = n > MOSTLY_BROKEN_ROWS and n > MOSTLY_BROKEN_SHARE * tally.physical
        if many or (n >= HALF_BROKEN_ROWS and 2 * n > tally.physical):
            found = explain(file, options, schema, match, rule)
            refuse(
                "mostly_broken",
                file.name,
                n=n,
                total=tally.physical,
                share=f"{n / tally.physical:.1%}",
                rule=rule,
                text=rule_of(rule).text,
                line=found.line,
                value=found.shown,
                advice=found.advice,
            )


def _check_applicants(result: _TableResult, *, purpose: Purpose) -> None:
    where = ", ".join(result.files.tallies)
    if not sum(tally.physical for tally in result.files.tallies.values()):
        refuse("no_rows", where)
    if purpose == "train":
        found = {
            label
            for part in result.files.parts
            for label in pc.unique(pq.read_table(part, columns=[LABEL])[LABEL]).to_pylist()
        }
        if len(found - {None}) < 2:  # noqa: PLR2004 - both outcomes
            refuse("one_class", where, found=", ".join(str(label) for label in found - {None}) or "nowhere known")


def _check_counts(folder: Path, table: str, files: TableFiles) -> None:
    """Account for every physical row, and compare the counts with what the written files say of themselves."""
    for name, tally in files.tallies.items():
        tally.reconcile(name)
    tallies = files.tallies.values()
    written = {
        "accepted": (files.parts, sum(tally.accepted for tally in tallies)),
        "orphans": ([folder / "orphans" / f"{table}.parquet"], sum(tally.orphans for tally in tallies)),
        "quarantined": ([folder / "quarantine" / f"{table}.parquet"], sum(tally.quarantined for tally in tallies)),
    }
    for what, (paths, expected) in written.items():
        found = sum(pq.read_metadata(path).num_rows for path in paths if path.exists())
        if found != expected:
            raise ReconciliationError(
                f"{table}: {expected} rows were {what}, {found} are in the files. Nothing was written."
            )


def _file_count(table: str, read: ReadFile) -> FileCount:
    return FileCount(
        table=table,
        file=read.name,
        bytes=read.n_bytes,
        sha256=read.sha256,
        rows=read.tally.physical,
        accepted=read.tally.accepted,
        orphans=read.tally.orphans,
        quarantined=read.tally.quarantined,
    )


def _manifest(data: DataFolder, folder: Path, results: dict[str, _TableResult], *, purpose: Purpose) -> dict[str, Any]:
    report = AcceptanceReport(
        purpose=purpose,
        files=tuple(count for result in results.values() for count in result.counts),
        rules=tuple(rule for result in results.values() for rule in result.files.quarantine.summary()),
        warnings=tuple(warning for result in results.values() for warning in result.warnings),
        ignored=data.ignored,
        without=data.without,
        absent={table: result.absent for table, result in results.items() if result.absent},
    )
    written = {
        path.relative_to(folder).as_posix(): {
            "bytes": path.stat().st_size,
            "rows": pq.read_metadata(path).num_rows,
            "sha256": sha256_file(path),
        }
        for path in sorted(folder.rglob("*.parquet"))
    }
    if (folder / SUMMARY).exists():
        written[SUMMARY] = {
            "bytes": (folder / SUMMARY).stat().st_size,
            "rows": len(report.rules),
            "sha256": sha256_file(folder / SUMMARY),
        }
    config = data.config.to_dict()
    return {
        "config": config,
        "digest": sha256_json({"config": config, "files": written, "format_version": FORMAT_VERSION}),
        "files": written,
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "report": report.to_dict(),
        "tables": {t: [part.relative_to(folder).as_posix() for part in r.files.parts] for t, r in results.items()},
    }
