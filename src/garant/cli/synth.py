"""`garant synth`: write a synthetic lender."""

from typing import Annotated, Literal

from cyclopts import Parameter

from garant.cli.parameters import FOLDER, OutputOption
from garant.cli.show import print_rows, say, step_progress
from garant.settings import load_settings
from garant.storage import Location, staging


def synth(
    out: Annotated[Location, FOLDER, Parameter(help="Folder to write; s3://bucket/prefix too.")],
    /,
    *,
    scale: Annotated[float, Parameter(help="Size: 1.0 is 356,255 applications and 58 million child rows.")] = 0.02,
    seed: Annotated[int, Parameter(help="Same seed, same bytes.")] = 7,
    file_format: Annotated[
        Literal["parquet", "csv"], Parameter(name="--format", help="Format of the files.")
    ] = "parquet",
    shock: Annotated[
        bool, Parameter(help="Let the economy worsen suddenly in the calendar's last part.", negative="")
    ] = False,
    output: OutputOption = "table",
) -> int:
    """Write a synthetic lender: seven tables that look like the real ones, with a known truth beside them.

    No row is real. The file `truth` holds each client's true PD; no command reads it as a table.
    """
    from garant.tables.config_file import CONFIG_NAME
    from garant.tables.synthetic.dates import Shock
    from garant.tables.synthetic.generate import generate

    with (
        step_progress() as progress,
        staging(load_settings(), progress=progress) as at,
        at.output(out, manifest=CONFIG_NAME) as folder,
    ):
        lender = generate(
            folder,
            scale=scale,
            seed=seed,
            file_format=file_format,
            shock=Shock() if shock else None,
            progress=lambda done, total: progress("synth", done, total),
        )
    print_rows([{"table": name, "rows": rows} for name, rows in lender.rows.items()], output=output)
    if output == "table":
        say(f"Written to {out}. Next: garant check {out}")
    return 0
