"""`garant manifest`: rows, bytes and sha256 of each table, shipped beside the data and verified before reading."""

from typing import Annotated

from cyclopts import Parameter

from garant.cli.parameters import Data, OutputOption
from garant.cli.show import Output, print_rows, say, step_progress
from garant.settings import load_settings
from garant.storage import staging

LeftOut = Annotated[
    tuple[str, ...],
    Parameter(
        name="--without",
        negative="",
        consume_multiple=False,
        help="Leave out this child table: its files are neither required, listed nor compared; repeat for several.",
    ),
]


def write_manifest(
    data: Data,
    /,
    *,
    without: LeftOut = (),
    overwrite: Annotated[bool, Parameter(help="Replace a manifest that says something else.", negative="")] = False,
    output: OutputOption = "table",
) -> int:
    """List every table file of DATA with its rows, bytes and sha256 in DATA/garant-manifest.json.

    Whoever exports the tables runs it before they are sent. Where the manifest lies beside the data, every command
    compares bytes and sha256 before it reads a file, and rows after.

    Example: garant manifest write EXPORT
    """
    from garant.runs.manifest import write

    with step_progress() as progress, staging(load_settings(), progress=progress) as at:
        written = write(at.fetched(data), without=without, overwrite=overwrite, progress=progress)
        place = data / written.path.name
        if written.changed:
            at.send(written.path, place, replace=True)
    _show(written.manifest.model_dump(mode="json")["files"], output)
    if output == "table":
        say(f"Written: {place}" if written.changed else f"The same manifest stood there already: {place}")
    return 0


def verify_manifest(data: Data, /, *, without: LeftOut = (), output: OutputOption = "table") -> int:
    """Compare every table file of DATA with DATA/garant-manifest.json.

    Ends with 0 when all of it agrees, 3 when a file differs, is missing or is not listed; every difference is named.

    Example: garant manifest verify EXPORT
    """
    from garant.runs.manifest import verify

    with step_progress() as progress, staging(load_settings(), progress=progress) as at:
        manifest = verify(at.fetched(data), without=without, progress=progress)
    _show(manifest.model_dump(mode="json")["files"], output)
    if output == "table":
        say("All files are those of the manifest.")
    return 0


def _show(files: dict[str, dict[str, str | int]], output: Output) -> None:
    """Show the files that are listed."""
    print_rows([{"file": name, **listed} for name, listed in files.items()], output=output)
