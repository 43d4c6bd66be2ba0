"""Parameters that several commands share, with their help."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter, Token

from garant.cli.show import Output
from garant.storage import Location, parse_local, parse_location


def _folder(_type: object, tokens: Sequence[Token]) -> Location:
    return parse_location(tokens[0].value)


def _local(_type: object, tokens: Sequence[Token]) -> Path:
    return parse_local(tokens[0].value)


FOLDER = Parameter(converter=_folder, n_tokens=1, accepts_keys=False, metavar="FOLDER")
"""A local folder, or ``s3://bucket/prefix``."""

FOLDERS = Parameter(negative="", consume_multiple=False, metavar="FOLDER")
"""An option that may be repeated, a folder each time, as text that `garant.storage.parse_location` takes."""

LOCAL = Parameter(converter=_local, n_tokens=1, accepts_keys=False, metavar="PATH")
"""A path that can only be local: a bucket is refused instead of becoming a folder called ``s3:``."""

Data = Annotated[
    Location,
    FOLDER,
    Parameter(
        help="Folder of raw tables (CSV, CSV.gz or Parquet), or one that `check --out` wrote; s3://bucket/prefix too."
    ),
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
        help="Most rows per table that may be in quarantine, else nothing is written: a share like 0.5% or 0.005 (but "
        "5 rows at least), or a number of rows like 200.",
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
WhatIf = Annotated[
    tuple[str, ...],
    Parameter(
        name="--what-if",
        negative="",
        consume_multiple=False,
        help="Compute everything again from other raw facts, MOVE=AMOUNT; repeat for several, applied in order. "
        "smaller-purchase=PRICE, down-payment=AMOUNT, longer-term=INSTALMENTS, arrears-paid=all, card-balance=AMOUNT "
        "paid back, or a wrong fact corrected: income=, employed-since=, education=, occupation=, housing=, own-home=, "
        "phone-changed=, external-score-1= (2, 3). AMT_CREDIT and the like are refused with the move to use.",
    ),
]
Segment = Annotated[
    str | None,
    Parameter(help="Judge the model apart on each value of this column of the application table, or of your own."),
]
BundleOption = Annotated[
    Location | None,
    FOLDER,
    Parameter(name="--bundle", help="Folder of a model bundle: with the lender's own columns in it."),
]
DataOption = Annotated[
    Location | None,
    FOLDER,
    Parameter(name="--data", help="Folder of raw tables: with the columns that its tables.toml declares."),
]
OutputOption = Annotated[Output, Parameter(help="How the result is printed.")]
Language = Annotated[
    Literal["fr", "en"] | None, Parameter(name="--lang", help="Language of sentences; default from the settings.")
]
BundleFolder = Annotated[Location, FOLDER, Parameter(name="--bundle", help="Folder of the model bundle.")]
Engine = Annotated[
    Literal["duckdb", "spark"],
    Parameter(
        name="--engine",
        help="`duckdb` runs in this process; `spark` on this machine's cores or the cluster of GARANT_SPARK_MASTER. "
        "Both write the same bytes.",
    ),
]
EngineOrAuto = Annotated[
    Literal["duckdb", "spark", "auto"],
    Parameter(
        name="--engine",
        help="`duckdb` runs in this process; `spark` on this machine's cores or the cluster of GARANT_SPARK_MASTER; "
        "`auto` takes the one that is expected to be done first, and says why. Both write the same bytes.",
    ),
]
