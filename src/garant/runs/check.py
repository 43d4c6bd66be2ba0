"""`garant check`: read the raw tables and say what is accepted."""

from collections.abc import Collection
from pathlib import Path

from garant.exceptions import UsageError
from garant.runs.accept import Purpose, accepted_tables
from garant.runs.progress import Progress, silent
from garant.settings import Settings
from garant.tables.acceptance import accept_tables
from garant.tables.accepted import AcceptedTables
from garant.tables.sources import find_sources


def check_tables(
    data: Path,
    *,
    purpose: Purpose,
    settings: Settings,
    without: Collection[str] = (),
    out: Path | None = None,
    progress: Progress = silent,
) -> AcceptedTables:
    """Check the tables of `data`; write the accepted ones to `out` when it is given.

    Raises
    ------
    DataError
        When a file is refused; nothing is written then.
    UsageError
        When `out` is asked of tables that are accepted already.
    """
    if out is None:
        return accepted_tables(data, purpose=purpose, without=without, settings=settings, progress=progress)
    found = find_sources(data, without=without)
    if isinstance(found, AcceptedTables):
        raise UsageError(f"{data} holds accepted tables already; point --out at raw tables only.")
    return accept_tables(found, out, purpose=purpose, progress=progress)
