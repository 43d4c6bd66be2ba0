"""How a model is trained: what `garant train` may be asked."""

from dataclasses import dataclass

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
