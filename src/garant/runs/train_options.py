"""How a model is trained: what `garant train` may be asked."""

import math
from dataclasses import dataclass

from garant.exceptions import UsageError
from garant.features.feature import Profile
from garant.tables.quarantine_limit import DEFAULT_LIMIT, QuarantineLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainOptions:
    """How to train.

    Parameters
    ----------
    profile : Profile
        Which features the model may see.
    seed : int
        Seed of folds, trees and intervals.
    folds : int
        Folds of the out-of-fold predictions.
    without : tuple of str
        Child tables to go on without.
    out_of_time : str or None
        First month that is tested instead of trained on, ``"2026-01"``.
    fast : bool
        Few large trees, for a demonstration.
    overwrite : bool
        Whether an older bundle is replaced.
    accept_quarantine : QuarantineLimit
        How many rows of a table may be in quarantine.
    challenger : bool
        Whether a points scorecard is trained beside the champion.
    directions : bool
        Whether the catalogue's directions bind the champion.
    features : int or None
        How many features the model uses; all of the profile when None.
    tune : float or None
        Minutes of tuning, those of earlier commands with the same data and options included; none when None.
    members : int
        How many models are retrained on other seeds, and on bootstrap samples, to size the refer band; 0 = none.
    allow_strong : tuple of (str, str)
        Features that may tell the outcome better than a feature should, each with the reason why.
    leak_check : bool
        Whether the training is repeated with shuffled outcomes, which nobody can tell.
    variants : bool
        Whether the model's choices are priced by training without them; never with `fast`.
    segment : str or None
        Column of the application by whose values the report judges the model apart.

    Raises
    ------
    UsageError
        When `tune` is no span of time.
    """

    profile: Profile = Profile.EU
    seed: int = 7
    folds: int = 5
    without: tuple[str, ...] = ()
    out_of_time: str | None = None
    fast: bool = False
    overwrite: bool = False
    accept_quarantine: QuarantineLimit = DEFAULT_LIMIT
    challenger: bool = True
    directions: bool = True
    features: int | None = None
    tune: float | None = None
    members: int = 5
    allow_strong: tuple[tuple[str, str], ...] = ()
    leak_check: bool = False
    variants: bool = True
    segment: str | None = None

    def __post_init__(self) -> None:
        """Check what can be checked without the data."""
        if self.tune is not None and not 0 < self.tune < math.inf:
            raise UsageError(f"--tune {self.tune:g}: expected minutes above 0.")
