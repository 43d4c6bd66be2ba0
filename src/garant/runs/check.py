"""`garant check`: read the raw tables and say what is accepted."""

from collections.abc import Collection
from pathlib import Path
from typing import Literal

from garant.exceptions import DataError, UsageError
from garant.reports.check_report import write_check_report, write_refusal
from garant.runs.absent_columns import features_losing_information
from garant.runs.accept import Purpose, accepted_tables
from garant.runs.engine import EngineName, open_engine
from garant.runs.progress import Progress, silent
from garant.settings import Settings
from garant.tables.acceptance import accept_tables
from garant.tables.accepted import AcceptedTables
from garant.tables.sources import find_sources


def check_tables(  # noqa: PLR0913 - one parameter per option of the command
    data: Path,
    *,
    purpose: Purpose,
    settings: Settings,
    without: Collection[str] = (),
    out: Path | None = None,
    report: Path | None = None,
    shown: str = "",
    language: Literal["fr", "en"] = "en",
    engine: EngineName = "duckdb",
    progress: Progress = silent,
) -> AcceptedTables:
    """Check the tables of `data`; write the accepted ones to `out` and a page to `report` when they are given.

    Parameters
    ----------
    data : Path
        Folder of raw tables, or a folder that an earlier check wrote.
    purpose : {"train", "score"}
        Whether the label is needed.
    settings : Settings
        Where the cache is.
    without : collection of str
        Child tables to go on without.
    out : Path or None
        Folder of accepted tables to make or replace.
    report : Path or None
        HTML page to write; refused data have one as well, which says the reason.
    shown : str
        What the page calls the data folder; `data` by default.
    language : {"fr", "en"}
        Language of the page.
    engine : {"duckdb", "spark"}
        Who reads the files; the accepted tables are the same. A cluster must see the data, and `out` or the cache.
    progress : Progress
        Told of each table.

    Raises
    ------
    DataError
        When a file is refused; nothing is written then.
    UsageError
        When `out` is asked of tables that are accepted already.
    """
    if report is not None and report.is_dir():
        raise UsageError(f"{report} is a folder. Give the name of the HTML file to write.")
    try:
        accepted = _accepted(
            data, purpose=purpose, without=without, out=out, settings=settings, engine=engine, progress=progress
        )
    except DataError as error:
        if report is not None:
            write_refusal(report, error, folder=shown or str(data), purpose=purpose, language=language)
        raise
    if report is not None:
        write_check_report(
            report,
            accepted.report,
            folder=shown or str(data),
            language=language,
            losing=features_losing_information(accepted),
        )
    return accepted


def _accepted(
    data: Path,
    *,
    purpose: Purpose,
    settings: Settings,
    without: Collection[str],
    out: Path | None,
    engine: EngineName,
    progress: Progress,
) -> AcceptedTables:
    if out is None:
        return accepted_tables(
            data, purpose=purpose, without=without, settings=settings, engine=engine, progress=progress
        )
    # Absolute, here and below, since a worker of Spark runs in another folder.
    found = find_sources(data.absolute(), without=without, progress=progress)
    if isinstance(found, AcceptedTables):
        raise UsageError(f"{data} holds accepted tables already; point --out at raw tables only.")
    with open_engine(engine, settings) as running:
        return accept_tables(found, out.absolute(), purpose=purpose, progress=progress, engine=running)
