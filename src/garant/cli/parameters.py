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
OutputOption = Annotated[Output, Parameter(help="How the result is printed.")]
Language = Annotated[
    Literal["fr", "en"] | None, Parameter(name="--lang", help="Language of sentences; default from the settings.")
]
BundleFolder = Annotated[Path, Parameter(name="--bundle", help="Folder of the model bundle.")]
