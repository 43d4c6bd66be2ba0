"""What a training made."""

from dataclasses import dataclass
from pathlib import Path

from garant.models.bundle.reading import Bundle
from garant.models.evaluation import Evaluation
from garant.runs.challenger import Challenger
from garant.tables.accepted import AcceptedTables


@dataclass(frozen=True, slots=True)
class TrainResult:
    """What training made.

    Parameters
    ----------
    bundle : Bundle
        The bundle, read back and checked.
    report : Path
        Validation report, in the bundle's folder.
    oof : Path
        Out-of-fold predictions: rows of persons, so beside the bundle and never inside.
    evaluation : Evaluation
        Out-of-fold quality.
    later : Evaluation or None
        Quality on later applicants, where there was an out-of-time split.
    accepted : AcceptedTables
        The data.
    left_out : tuple of str
        Features that read an absent column and say nothing without it; the bundle does not use them.
    challenger : Challenger, str or None
        The scorecard; or why it was skipped; None when it was not asked for.
    said : tuple of str
        What the findings say in a line each.
    has_dates : bool
        Whether the days of the applications are known, so that an out-of-time split is possible.
    """

    bundle: Bundle
    report: Path
    oof: Path
    evaluation: Evaluation
    later: Evaluation | None
    accepted: AcceptedTables
    left_out: tuple[str, ...]
    challenger: Challenger | str | None = None
    said: tuple[str, ...] = ()
    has_dates: bool = False
