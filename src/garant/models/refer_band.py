"""How wide the refer band is: as wide as retrained models need to agree, within what persons can look at.

The band is symmetric in log-odds around the cut-off. An applicant *flips* between two trainings when one accepts and
the other refuses, both outside the band; who is referred by either is looked at by a person and does not flip.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from garant.metrics.intervals import Interval
from garant.models.retraining import Members

LARGEST_SHARE = 0.15
"""At most this share of the out-of-fold applicants is referred. garant's own: the band costs the time of persons."""

FLIP_LEVEL = 0.01
"""Share of applicants that may flip between two bootstrap retrains. garant's own: one in a hundred."""

STEP = 0.005
"""Half-widths are whole multiples of it, in log-odds: finer ones would say more than a sample knows."""

SHOWN_SHARES = (0.0, 0.05, 0.10, 0.15, 0.25)
"""Referred shares of the table of flips."""

_Z = 1.959963984540054
"""Of a 95 % interval."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Flips:
    """How many applicants flip with one band.

    Parameters
    ----------
    half_width : float
        Of the band, in log-odds.
    referred : float
        Share of the out-of-fold applicants that the band refers.
    seeds, samples : Interval
        Share of held-out applicants that flip between two members, mean over all pairs: other seeds, and other
        bootstrap samples. The 95 % interval is that of drawing applicants, not members.
    """

    half_width: float
    referred: float
    seeds: Interval
    samples: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class BandChoice:
    """The band of a bundle and what it was chosen from.

    Parameters
    ----------
    chosen : Flips
        The band that was taken.
    is_capped : bool
        Whether more applicants flip than `FLIP_LEVEL`, because a wider band would refer too many.
    table : tuple of Flips
        With `SHOWN_SHARES` referred, narrowest first.
    compared_rows : int
        Held-out applicants that members were compared on.
    """

    chosen: Flips
    is_capped: bool
    table: tuple[Flips, ...]
    compared_rows: int


def choose_band(log_odds: Floats, members: Members, *, cutoff: float | Floats) -> BandChoice:
    """Narrowest band with which at most `FLIP_LEVEL` flip, or the widest that refers at most `LARGEST_SHARE`.

    Parameters
    ----------
    log_odds : array of float64, shape (n,)
        Out-of-fold calibrated log-odds of the champion's training sample.
    members : Members
        Retrained models.
    cutoff : float or array of float64, shape (n,)
        PD in the middle of the band, of everybody or of each applicant.
    """
    centres = np.broadcast_to(np.log(cutoff) - np.log1p(-np.asarray(cutoff)), log_odds.shape)
    log_odds = log_odds - centres
    held_out = centres[members.rows]
    members = replace(members, by_seed=members.by_seed - held_out, by_sample=members.by_sample - held_out)
    distance = np.sort(np.abs(log_odds))
    allowed = distance[: int(LARGEST_SHARE * len(distance)) + 1][-1]
    widest = int(allowed / STEP)
    # A border belongs to the stricter side, so a distance of just a multiple may count: then one step less.
    while widest > 0 and _referred(log_odds, widest * STEP) > LARGEST_SHARE:
        widest -= 1
    steps = next((k for k in range(widest + 1) if _quiet(members, k * STEP)), widest)
    return BandChoice(
        chosen=flips(log_odds, members, half_width=steps * STEP),
        is_capped=not _quiet(members, steps * STEP),
        table=tuple(
            flips(log_odds, members, half_width=float(np.quantile(distance, share)) if share else 0.0)
            for share in SHOWN_SHARES
        ),
        compared_rows=members.by_sample.shape[1],
    )


def flips(log_odds: Floats, members: Members, *, half_width: float) -> Flips:
    """What the band of `half_width` refers, and who flips in spite of it; all log-odds are those above the cut-off."""
    return Flips(
        half_width=half_width,
        referred=_referred(log_odds, half_width),
        seeds=share_flipped(members.by_seed, half_width=half_width),
        samples=share_flipped(members.by_sample, half_width=half_width),
    )


def share_flipped(log_odds: Floats, *, half_width: float) -> Interval:
    """Share of applicants accepted by one and refused by the other of two models, mean over all pairs.

    Parameters
    ----------
    log_odds : array of float64, shape (k, m)
        Of m applicants by k models, above the cut-off.
    half_width : float
        Of the band.
    """
    models, applicants = log_odds.shape
    accepted = np.sum(log_odds < -half_width, axis=0)
    refused = np.sum(log_odds >= half_width, axis=0)
    flipped = accepted * refused / (models * (models - 1) / 2)
    share = float(np.mean(flipped))
    margin = _Z * float(np.std(flipped)) / math.sqrt(applicants)
    return Interval(share, max(0.0, share - margin), min(1.0, share + margin))


def _quiet(members: Members, half_width: float) -> bool:
    return share_flipped(members.by_sample, half_width=half_width).value <= FLIP_LEVEL


def _referred(log_odds: Floats, half_width: float) -> float:
    return float(np.mean((log_odds >= -half_width) & (log_odds < half_width)))
