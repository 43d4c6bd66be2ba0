"""Parameters that several commands share, with their help."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from garant.cli.show import Output

Data = Annotated[
    Path, Parameter(help="Folder of raw tables (CSV, CSV.gz or Parquet), or a folder that `check --out` wrote.")
]
Without = Annotated[
    tuple[str, ...],
    Parameter(
        name="--without",
        negative="",
        consume_multiple=False,
        help="Go on without this child table; repeat for several. Its features are left out.",
    ),
]
AcceptQuarantine = Annotated[
    str,
    Parameter(
        name="--accept-quarantine",
        help="Most rows per table that may be in quarantine, else nothing is written: a share like 0.5% or 0.005 (but 5 "
        "rows at least), or a number of rows like 200.",
    ),
]
AllowMissingColumns = Annotated[
    bool,
    Parameter(
        name="--allow-missing-columns",
        negative="",
        help="Go on where the data lack columns that the bundle learned from: they are read as empty.",
    ),
]
BundleOption = Annotated[
    Path | None, Parameter(name="--bundle", help="Folder of a model bundle: with the lender's own columns in it.")
]
DataOption = Annotated[
    Path | None, Parameter(name="--data", help="Folder of raw tables: with the own columns that its tables.toml declares.")
]
OutputOption = Annotated[Output, Parameter(help="How the result is printed.")]
Language = Annotated[
    Literal["fr", "en"] | None, Parameter(name="--lang", help="Language of sentences; default from the settings.")
]
BundleFolder = Annotated[Path, Parameter(name="--bundle", help="Folder of the model bundle.")]
