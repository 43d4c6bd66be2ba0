"""How to score: what the options of `garant score` are to the functions behind it."""

from dataclasses import dataclass
from typing import Literal

from garant.runs.score_files import FileFormat
from garant.runs.score_rows import Explain
from garant.tables.quarantine_limit import DEFAULT_LIMIT, QuarantineLimit

Purpose = Literal["simulation", "portfolio", "application"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreOptions:
    """How to score.

    Parameters
    ----------
    explain : {"refused", "all", "none"}
        Who gets reasons; ``refused`` is everybody not accepted.
    purpose : {"portfolio", "simulation", "application"}
        What the scores are for; said in the manifest.
    language : {"fr", "en"}
        Language of the sentences.
    file_format : {"parquet", "csv", "kaggle"}
        ``csv`` and ``kaggle`` add a file beside the folder ``scores``.
    without : tuple of str
        Child tables to go on without.
    accept_quarantine : QuarantineLimit
        How many rows of a table may be in quarantine.
    allow_missing_columns : bool
        Whether to read columns as empty that the bundle learned from and the data lack.
    """

    explain: Explain = "all"
    purpose: Purpose = "portfolio"
    language: Literal["fr", "en"] = "en"
    file_format: FileFormat = "parquet"
    without: tuple[str, ...] = ()
    accept_quarantine: QuarantineLimit = DEFAULT_LIMIT
    allow_missing_columns: bool = False
