"""From a data folder to accepted tables: file by file, block by block, all or nothing."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.exceptions import ReconciliationError, UsageError
from garant.storage import atomic_folder, sha256_file, sha256_json, write_json
from garant.tables.accepted import FORMAT, FORMAT_VERSION, MANIFEST, AcceptedTables, is_accepted, open_accepted
from garant.tables.judge import Judge
from garant.tables.orphans import IdSet
from garant.tables.reading import SourceReader
from garant.tables.report import AcceptanceReport, FileCount, RuleCount, Warned
from garant.tables.rules import refuse, rule_of
from garant.tables.sources import DataFolder, Format, Purpose, SourceFile
from garant.tables.table_columns import LABEL, match_table, table_warnings
from garant.tables.table_files import TableFiles, Tally

Progress = Callable[[str, int, int], None]
"""Told the step's text, how much of it is done and the total."""

MOSTLY_BROKEN_SHARE = 0.05
"""Beyond this share of a file, one broken rule is no matter of single rows: a column was swapped or misread."""

MOSTLY_BROKEN_ROWS = 20
"""Fewer broken rows say nothing about a whole file."""


@dataclass(frozen=True, slots=True)
class _TableResult:
    """What became of one table."""

    parts: tuple[Path, ...]
    files: tuple[FileCount, ...]
    rules: tuple[RuleCount, ...]
    warnings: tuple[Warned, ...]
    ids: IdSet | None


def accept_tables(
    data: DataFolder,
    out: Path,
    *,
    purpose: Purpose = "train",
    progress: Progress | None = None,
    threads: int | None = None,
) -> AcceptedTables:
    """Read the raw tables of `data` and write the accepted ones to `out`.

    Everything is written beside `out` and renamed at the end: nothing half written ever stands there.

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
        Workers that parse blocks; all cores by default, at most four.

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
    with atomic_folder(out, replace=True) as folder:
        results: dict[str, _TableResult] = {}
        for table in data.tables:
            results[table] = _accept_table(
                data,
                table,
                folder,
                parents=_parents(data, table, results),
                purpose=purpose,
                progress=progress,
                threads=threads or min(os.cpu_count() or 1, 4),
            )
            if table == "application":
                _check_applicants(results[table], purpose=purpose)
        write_json(folder / MANIFEST, _manifest(data, folder, results, purpose=purpose))
    return open_accepted(out)


def _parents(data: DataFolder, table: str, results: dict[str, _TableResult]) -> IdSet | None:
    """Ids of the accepted rows that the children in `table` belong to."""
    parent = data.config.table_schema(table).parent
    return results[parent[0]].ids if parent else None


def _accept_table(
    data: DataFolder,
    table: str,
    folder: Path,
    *,
    parents: IdSet | None,
    purpose: Purpose,
    progress: Progress | None,
    threads: int,
) -> _TableResult:
    schema, options = data.config.table_schema(table), data.config.read_options(table)
    matches = match_table(data.files[table], schema, data.config, purpose=purpose)
    readers: dict[str, SourceReader] = {}
    with TableFiles(folder, schema) as files:
        for file, match in matches.items():
            judge = Judge(
                schema=schema,
                file=file.name,
                parents=parents,
                label_needed=purpose == "train" and LABEL in match.positions,
                is_text=file.format is not Format.PARQUET,
                decimal=options.decimal,
                thousands=options.thousands,
            )
            reader = SourceReader(file, options, match, judge, threads=threads)
            tally = files.start(file.name)
            for judged in reader:
                files.write(file.name, judged)
                if progress is not None:
                    progress(f"read {file.name}", min(judged.done, reader.n_bytes), reader.n_bytes)
            _check_share(files, file, tally)
            readers[file.name] = reader
        ids = files.set_copies_aside()
    for name, tally in files.tallies.items():
        tally.reconcile(name)
    _check_written(folder, table, files)
    counts = tuple(_file_count(table, name, readers[name], tally) for name, tally in files.tallies.items())
    warnings = tuple(table_warnings(schema, data.config, matches))
    return _TableResult(tuple(files.parts), counts, files.quarantine.summary(), warnings, ids)


def _check_share(files: TableFiles, file: SourceFile, tally: Tally) -> None:
    """Refuse the file when one rule is broken so often that a whole column must be wrong."""
    for rule, n in tally.by_rule.most_common(1):
        if n >= MOSTLY_BROKEN_ROWS and n > MOSTLY_BROKEN_SHARE * tally.physical:
            example = next(e for e in files.quarantine.examples(rule) if e.file == file.name)
            refuse(
                "mostly_broken",
                file.name,
                n=n,
                total=tally.physical,
                share=f"{n / tally.physical:.1%}",
                rule=rule,
                text=rule_of(rule).text,
                line=example.line,
                value=repr(example.value),
                table=file.table,
            )


def _check_applicants(result: _TableResult, *, purpose: Purpose) -> None:
    where = ", ".join(count.file for count in result.files)
    if not sum(count.rows for count in result.files):
        refuse("no_rows", where)
    if purpose == "train":
        found = {
            label
            for part in result.parts
            for label in pc.unique(pq.read_table(part, columns=[LABEL])[LABEL]).to_pylist()
        }
        if len(found - {None}) < 2:  # noqa: PLR2004 - both outcomes
            refuse("one_class", where, found=", ".join(str(label) for label in found - {None}) or "nowhere known")


def _check_written(folder: Path, table: str, files: TableFiles) -> None:
    """Compare the counts with what the written files say of themselves."""
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


def _file_count(table: str, name: str, reader: SourceReader, tally: Tally) -> FileCount:
    return FileCount(
        table=table,
        file=name,
        bytes=reader.n_bytes,
        sha256=reader.sha256,
        rows=tally.physical,
        accepted=tally.accepted,
        orphans=tally.orphans,
        quarantined=tally.quarantined,
    )


def _manifest(data: DataFolder, folder: Path, results: dict[str, _TableResult], *, purpose: Purpose) -> dict[str, Any]:
    report = AcceptanceReport(
        purpose=purpose,
        files=tuple(count for result in results.values() for count in result.files),
        rules=tuple(rule for result in results.values() for rule in result.rules),
        warnings=tuple(warning for result in results.values() for warning in result.warnings),
        ignored=data.ignored,
        without=data.without,
    )
    written = {
        path.relative_to(folder).as_posix(): {
            "bytes": path.stat().st_size,
            "rows": pq.read_metadata(path).num_rows,
            "sha256": sha256_file(path),
        }
        for path in sorted(folder.rglob("*.parquet"))
    }
    config = data.config.to_dict()
    return {
        "config": config,
        "digest": sha256_json({"config": config, "files": written, "format_version": FORMAT_VERSION}),
        "files": written,
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "report": report.to_dict(),
        "tables": {t: [part.relative_to(folder).as_posix() for part in r.parts] for t, r in results.items()},
    }
