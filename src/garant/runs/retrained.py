"""Members of a training, and the refer band that follows from how far they agree."""

from dataclasses import dataclass

from garant.exceptions import DataError, UsageError
from garant.models.calibration import cross_fitted_log_odds
from garant.models.cutoff import ReferBand
from garant.models.loans import Loans
from garant.models.product_cutoffs import Cutoffs
from garant.models.refer_band import BandChoice, choose_band
from garant.models.retraining import FEWEST, Members, retrain
from garant.models.training import Trained
from garant.models.training_data import TrainingData
from garant.runs.progress import Progress

MOST_MEMBERS = 50
"""Beyond it there is nothing left to learn, only to wait for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Retrained:
    """Members and the band chosen on them.

    Parameters
    ----------
    members : Members
        The retrained models.
    choice : BandChoice
        The band and how many applicants flip with it and with others.
    cutoff : float
        PD in the middle of the band.
    """

    members: Members
    choice: BandChoice
    cutoff: float

    @property
    def band(self) -> ReferBand:
        """Two PDs, symmetric in log-odds around the cut-off."""
        return ReferBand.around(self.cutoff, self.choice.chosen.half_width)


def check_members(members: int) -> None:
    """Raise UsageError unless so many members can be compared, before the long work of training."""
    if members and not FEWEST <= members <= MOST_MEMBERS:
        raise UsageError(
            f"--members {members}: expected {FEWEST} to {MOST_MEMBERS} retrained models, which are compared with each "
            "other, or 0 for none (then nobody is referred for being near the cut-off)."
        )


def retrained_of(
    data: TrainingData,
    trained: Trained,
    cutoffs: Cutoffs,
    loans: Loans,
    *,
    members: int,
    threads: int,
    progress: Progress,
) -> Retrained | str | None:
    """Members and band; each applicant is held against the cut-off of the product asked for.

    Or, in a sentence, why there is none; None when no member is asked for.
    """
    if not members:
        return None
    try:
        found = retrain(data, trained, members=members, num_threads=threads, progress=progress)
        log_odds = cross_fitted_log_odds(trained.oof_margin, data.label, trained.fold)
    except DataError as error:
        return f"No refer band, retrained models cannot be compared on so small a sample: {error}"
    choice = choose_band(log_odds, found, cutoff=cutoffs.rows(loans.product).cutoff)
    return Retrained(members=found, choice=choice, cutoff=cutoffs.single.cutoff)
