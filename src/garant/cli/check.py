"""`garant check`: what of the raw tables is accepted, and why the rest is not."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from garant.cli.parameters import FOLDER, LOCAL, Data, Engine, Language, OutputOption, Without
from garant.cli.show import print_json, print_rows, say, step_progress
from garant.exceptions import DataError, TableError, UsageError
from garant.settings import load_settings
from garant.storage import Location, S3Location, staging

if TYPE_CHECKING:
    from garant.tables.accepted import AcceptedTables


def check(
    data: Data,
    /,
    *,
    purpose: Annotated[
        Literal["train", "score"], Parameter(name="--for", help="`train` needs the label, `score` does not.")
    ] = "train",
    without: Without = (),
    out: Annotated[
        Location | None,
        FOLDER,
        Parameter(help="Write the accepted tables as Parquet, with a manifest, to this folder."),
    ] = None,
    report: Annotated[
        Path | None, LOCAL, Parameter(help="Write what was found as one HTML page; of refused data it says the reason.")
    ] = None,
    engine: Engine = "duckdb",
    lang: Language = None,
    output: OutputOption = "table",
) -> int:
    """Check raw tables: every row is accepted, set aside as an orphan, or put into quarantine with its reason.

    Ends with 0 when every row is accepted (warnings are allowed), 1 when any row is set aside (orphans included), 3
    when the data are refused: nothing is written then, and an older folder OUT stays as it is. `--lang` is the language
    of the page.

    - Look at the data: `garant check DATA`
    - Applicants without outcome: `garant check DATA --for score`
    - Keep what is accepted: `garant check DATA --out ACCEPTED`, then `garant train ACCEPTED --bundle MODEL`
    - A page for those who own the data: `garant check DATA --report check.html --lang fr`
    - For a program: `garant check DATA --output json`
    - Many files at once on a cluster that sees the folders: `garant check DATA --out ACCEPTED --engine spark`
    - A lender without cards: `garant check DATA --without credit_card_balance`
    """
    from garant.runs.absent_columns import losing_information
    from garant.runs.check import check_tables

    _require_common_disk(engine, data, out)
    settings = load_settings()
    try:
        with step_progress() as progress, staging(settings, progress=progress) as at, ExitStack() as stack:
            folder = stack.enter_context(at.output(out, manifest="manifest.json")) if out else None
            accepted = check_tables(
                at.fetched(data),
                purpose=purpose,
                without=without,
                out=folder,
                report=report,
                shown=str(data),
                language=lang or settings.language,
                engine=engine,
                settings=settings,
                progress=progress,
            )
    except DataError as error:
        if output == "json":
            rule = error.rule if isinstance(error, TableError) else ""
            print_json({"refused": {"rule": rule, "message": str(error)}})
        raise
    found = accepted.report
    code = 1 if found.n_quarantined or found.n_orphans else 0
    if output == "json":
        print_json({**found.to_dict(), "losing_information": losing_information(accepted)})
        return code
    rows = [
        {
            "table": count.table,
            "file": count.file,
            "rows": count.rows,
            "accepted": count.accepted,
            "orphans": count.orphans,
            "quarantined": count.quarantined,
        }
        for count in found.files
    ]
    print_rows(rows, output=output)
    if output == "table":
        _say_findings(accepted)
        if report is not None:
            say(f"Page: {report}")
        if out is not None:
            say(f"Accepted tables: {out}")
        if not _say_over_limit(accepted):
            say(f"Next: garant {purpose} {out or data} --bundle MODEL" + (" --out RUNS" if purpose == "score" else ""))
    return code


def _require_common_disk(engine: str, *places: Location | None) -> None:
    """Refuse to have raw tables of a bucket read by workers, who fetch only what was accepted."""
    buckets = [str(place) for place in places if isinstance(place, S3Location)]
    if engine != "duckdb" and buckets:
        raise UsageError(
            f"--engine {engine} checks raw tables on a disk that its workers see, and {buckets[0]} is in a bucket. "
            "Leave --engine out here; `garant score` and `garant pca` reach buckets with it."
        )


def _say_over_limit(accepted: "AcceptedTables") -> bool:
    """Say each table with more rows in quarantine than train and score go on with; whether there is any."""
    from garant.tables.quarantine_limit import DEFAULT_LIMIT

    over = DEFAULT_LIMIT.tables_over(accepted)
    for table in over:
        count = accepted.report.table(table)
        say(
            f"{table}: {count.quarantined} of {count.rows} rows are in quarantine, the limit is "
            f"{DEFAULT_LIMIT.rows_of(count.rows)} ({DEFAULT_LIMIT.text}): train and score stop beyond it: correct the "
            "rows, or raise --accept-quarantine"
        )
    return bool(over)


def _say_findings(accepted: "AcceptedTables") -> None:
    """Say each broken rule with its first rows, each warning and each file that is no table."""
    from garant.runs.absent_columns import ABSENT_COLUMNS, absent_warning
    from garant.tables.report import shortened
    from garant.tables.rules import ROW

    report = accepted.report
    for broken in report.rules:
        rows = "1 row" if broken.rows == 1 else f"{broken.rows} rows"
        say(f"{broken.rule}: {rows}: {broken.en}. {broken.remedy_en}")
        for example in broken.examples:
            value = example.value if example.value is None else shortened(example.value)
            cell = "" if example.column == ROW else f", column {example.column}: {value!r}"
            say(f"    {example.file}, line {example.line}{cell}")
    for warning in report.warnings:
        if warning.rule != ABSENT_COLUMNS:
            say(f"warning: {warning.en}")
    if text := absent_warning(accepted):
        say(f"warning: {text}")
    if report.ignored:
        say(f"Not a table, ignored: {', '.join(report.ignored)}")
    for table in dict.fromkeys(count.table for count in report.files):
        count = report.table(table)
        if count.has_many_orphans:
            say(f"warning: {count.orphans / count.rows:.0%} of {table} are orphans. Is the application table complete?")
    if report.n_orphans:
        say(f"{report.n_orphans} orphans: child rows whose client or credit is in no table here; they are set aside.")
