"""Applicants counted by bands of PD: what a bundle must know of its sample to be cut elsewhere without the sample.

Borders are the cut-offs of the cost ratios 1:1 to 1:50, so that what is said at any of these is exact. Counts and means
of at least 20 applicants are kept, no row of a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.metrics.intervals import LEVEL, REPLICATES, Interval
from garant.models.cutoff import Costs, Outcome, ReferBand, cutoff

LARGEST_RATIO = 50
MIN_BAND_ROWS = 20
"""A band with fewer applicants joins its neighbour."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PdBand:
    """Applicants whose PD lies from the upper end of the band before (0 for the first) to below `upper`.

    Parameters
    ----------
    upper : float
        Upper end, not included; 1 for the last band.
    rows, positives : int
        Applicants, and those with payment difficulties.
    contributions : dict of str to float
        Mean contribution to the margin of each reason family.
    """

    upper: float
    rows: int
    positives: int
    contributions: dict[str, float]


def pd_bands(
    pd: Floats, label: npt.NDArray[np.int8], contributions: Mapping[str, npt.NDArray[np.floating]]
) -> tuple[PdBand, ...]:
    """Bands of a sample, lowest first.

    Parameters
    ----------
    pd : array of float64, shape (n,)
        PD of each applicant by a model that has not seen the row.
    label : array of {0, 1}, shape (n,)
        1 = payment difficulties.
    contributions : mapping of str to array of float, shape (n,)
        Contribution of each reason family to each applicant's margin.
    """
    uppers = [1 / (1 + ratio) for ratio in range(LARGEST_RATIO, 0, -1)] + [1.0]
    number = np.searchsorted(uppers, pd, side="right")
    bands: list[PdBand] = []
    for first, last in _joined(np.bincount(number, minlength=len(uppers))):
        inside = (number >= first) & (number <= last)
        means = {family: float(np.mean(values[inside])) for family, values in contributions.items()}
        rows, positives = int(np.count_nonzero(inside)), int(np.sum(label[inside]))
        bands.append(PdBand(upper=uppers[last], rows=rows, positives=positives, contributions=means))
    return tuple(bands)


def accepted_contributions(bands: Sequence[PdBand], *, below: float) -> dict[str, float]:
    """Mean contribution of each family over applicants with a PD below `below`.

    Those of everybody when nobody is below.
    """
    rows = np.array([band.rows for band in bands]) * shares_below(bands, below)
    if not np.any(rows):
        rows = np.array([float(band.rows) for band in bands])
    families = bands[0].contributions
    return {
        family: float(np.average([band.contributions[family] for band in bands], weights=rows)) for family in families
    }


def cutoff_measures(
    bands: Sequence[PdBand], *, costs: Costs, band: ReferBand, seed: int, replicates: int = REPLICATES
) -> dict[str, Interval]:
    """The measures that depend on the cut-off, from the bands alone: ``cost``, ``accept``, ``refer``, ``refuse``.

    Drawing applicants and counting them by band and label is a multinomial draw, so the 95 % intervals are those of a
    bootstrap of applicants. Inside a band that the cut-off parts, applicants are taken as evenly spread.
    """
    bad = np.array([b.positives for b in bands], dtype=np.float64)
    good = np.array([b.rows for b in bands]) - bad
    counts = np.concatenate([good, bad])
    rows = int(np.sum(counts))
    drawn = np.random.default_rng(seed).multinomial(rows, counts / rows, size=replicates)
    samples = np.vstack([counts, drawn]) / rows
    below_cutoff, accepted, not_refused = (
        np.tile(shares_below(bands, pd), 2) for pd in (cutoff(costs), band.lower, band.upper)
    )
    is_bad = np.repeat([0.0, 1.0], len(bands))
    price = costs.c_fn * is_bad * below_cutoff + costs.c_fp * (1 - is_bad) * (1 - below_cutoff)
    found = {
        "cost": price,
        Outcome.ACCEPT.value: accepted,
        Outcome.REFER.value: not_refused - accepted,
        Outcome.REFUSE.value: 1 - not_refused,
    }
    return {name: _interval(samples @ weights) for name, weights in found.items()}


def shares_below(bands: Sequence[PdBand], pd: float) -> Floats:
    """Share of each band that lies below `pd`: 0, 1, or a part of the one band that it falls into."""
    uppers = np.array([band.upper for band in bands])
    lowers = np.append(0.0, uppers[:-1])
    return np.clip((pd - lowers) / (uppers - lowers), 0.0, 1.0)


def _joined(rows: npt.NDArray[np.intp]) -> list[tuple[int, int]]:
    """First and last number of each run of bands that together hold enough rows."""
    runs: list[tuple[int, int]] = []
    first, held = 0, 0
    for number, count in enumerate(rows):
        held += int(count)
        if held >= MIN_BAND_ROWS:
            runs.append((first, number))
            first, held = number + 1, 0
    if first < len(rows):
        start = runs.pop()[0] if runs else 0
        runs.append((start, len(rows) - 1))
    return runs


def _interval(values: Floats) -> Interval:
    low, high = np.quantile(values[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(values[0]), float(low), float(high))
