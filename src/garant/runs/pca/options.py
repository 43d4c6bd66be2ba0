"""How `garant pca` is asked to work."""

from dataclasses import dataclass
from typing import Literal

from garant.features.feature import Profile
from garant.projection.components import Extent
from garant.runs.engine import EngineName
from garant.tables.quarantine_limit import DEFAULT_LIMIT, QuarantineLimit

ONE_FILE_ROWS = 1_000_000
"""Clients up to which the scores are one CSV file: about what a spreadsheet opens (1,048,576 rows)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PcaOptions:
    """What to compute and of what.

    Parameters
    ----------
    extent : Extent or None
        How many components; None where components of an earlier run are applied.
    profile : Profile or None
        Features of raw tables where no bundle says which; ``eu`` when None.
    language : {"fr", "en"}
        Language of the pictures.
    without : tuple of str
        Child tables to go on without.
    accept_quarantine : QuarantineLimit
        How many rows of a raw table may be in quarantine.
    allow_missing_columns : bool
        Whether to read columns as empty that the bundle learned from and the raw tables lack.
    one_file_rows : int
        Clients up to which the scores are one CSV file; beyond it they are numbered files with a list.
    engine : {"duckdb", "spark"}
        What computes; it decides no byte.
    """

    extent: Extent | None
    profile: Profile | None = None
    language: Literal["fr", "en"] = "en"
    without: tuple[str, ...] = ()
    accept_quarantine: QuarantineLimit = DEFAULT_LIMIT
    allow_missing_columns: bool = False
    one_file_rows: int = ONE_FILE_ROWS
    engine: EngineName = "duckdb"
