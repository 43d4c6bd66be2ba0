"""`garant bundle compare`: what another bundle would change for people, groups and money."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from garant.cli.parameters import (
    FOLDER,
    LOCAL,
    AcceptQuarantine,
    AllowMissingColumns,
    Data,
    Language,
)
from garant.cli.show import print_json, print_table, say, step_progress, warn
from garant.settings import load_settings
from garant.storage import Location, staging
from garant.tables.quarantine_limit import DEFAULT_LIMIT, QuarantineLimit

if TYPE_CHECKING:
    from garant.runs.comparison.compare import Comparison
    from garant.wording.catalogue import Wording


def compare_bundle(  # noqa: PLR0913 - one parameter per option of the command
    a: Annotated[Location, FOLDER, Parameter(name="A", help="Folder of the bundle in use.")],
    b: Annotated[Location, FOLDER, Parameter(name="B", help="Folder of the bundle that might replace it.")],
    /,
    *,
    data: Annotated[Data, Parameter(name="--data", help="Folder of raw tables; better applicants that neither saw.")],
    report: Annotated[Path | None, LOCAL, Parameter(help="Also write the comparison as one HTML page.")] = None,
    changes: Annotated[
        Path | None,
        LOCAL,
        Parameter(help="Also list everybody whose outcome differs: a .csv or .parquet file, personal data."),
    ] = None,
    accept_quarantine: AcceptQuarantine = DEFAULT_LIMIT.text,
    allow_missing_columns: AllowMissingColumns = False,
    lang: Language = None,
    output: Annotated[Literal["table", "json"], Parameter(help="How the result is printed.")] = "table",
) -> int:
    """Score DATA with two bundles: who would be decided otherwise, why, in which groups, and for which money.

    Rows and columns of every table add up to all applicants. Where the outcome is known, both are measured by the costs
    of A. Ends with 0, also where many outcomes differ; nothing is kept of the scores but what `--changes` writes.

    Example: garant bundle compare MODEL NEW --data DATA --report compare.html
    """
    from datetime import UTC, datetime

    from garant.exceptions import UsageError
    from garant.runs.comparison.compare import compare, write_changes
    from garant.runs.comparison.page import comparison_wording, write_comparison

    if changes is not None and changes.suffix not in {".csv", ".parquet"}:
        raise UsageError(f"--changes {changes}: expected a file that ends with .csv or .parquet.")
    settings = load_settings()
    with step_progress() as progress, staging(settings, progress=progress) as at:
        found = compare(
            at.fetched(data),
            at.fetched(a),
            at.fetched(b),
            settings=settings,
            accept_quarantine=QuarantineLimit.parse(accept_quarantine),
            allow_missing_columns=allow_missing_columns,
            progress=progress,
        )
    wording = comparison_wording(found, lang or settings.language)
    if report is not None:
        today = datetime.now(UTC).date()
        write_comparison(report, found, wording, names=(str(a), str(b)), data=str(data), made_on=today)
    n_listed = 0 if changes is None else write_changes(changes, found)
    if output == "json":
        print_json(found.to_dict())
        return 0
    for key in found.uneven:
        warn(wording.text(key))
    _print(found, wording)
    if report is not None:
        say(f"Page: {report}")
    if changes is not None:
        say(f"Changes: {changes}, {n_listed} applicants")
    return 0


def _print(found: "Comparison", wording: "Wording") -> None:
    from garant.runs.comparison.sections import comparison_sections

    for section in comparison_sections(found, wording):
        for table in section.tables:
            print_table(table.rows, header=table.columns, title=f"{section.heading} – {table.caption}")
        for paragraph in section.paragraphs:
            say(paragraph)
        say()
