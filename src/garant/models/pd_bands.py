"""Applicants counted by bands of PD: what a bundle must know of its sample to be cut elsewhere without the sample.

Borders are the cut-offs of the cost ratios 1:1 to 1:50, so that what is said at any of these is exact. Counts and means
of at least 20 applicants are kept, no row of a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.metrics.intervals import REPLICATES, Interval
from garant.models.cutoff import Outcome
from garant.models.decision_measures import means_of_cells
from garant.models.loans import Loans, product_groups
from garant.models.product_cutoffs import PRODUCTS, Cutoffs, CutoffTerms

LARGEST_RATIO = 50
MIN_BAND_ROWS = 20
"""A band with fewer applicants joins its neighbour."""

OTHER = "other"
"""Applicants of no product that is counted apart."""

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


def product_bands(
    pd: Floats, loans: Loans, label: npt.NDArray[np.int8], contributions: Mapping[str, npt.NDArray[np.floating]]
) -> dict[str, tuple[PdBand, ...]]:
    """Bands of each product, and under `OTHER` of everybody else; nothing where no product is counted apart.

    Parameters as `pd_bands`; products that are asked for too rarely are among the others, see `product_groups`.
    """
    groups = product_groups(loans.product, PRODUCTS)
    if len(groups) == 1 and groups[0][0] is None:
        return {}
    return {
        name or OTHER: pd_bands(pd[mask], label[mask], {family: v[mask] for family, v in contributions.items()})
        for name, mask in groups
    }


BandsAndTerms = Sequence[tuple[Sequence[PdBand], CutoffTerms]]
"""Bands of groups of applicants, each with what the group is judged by."""


def judged_bands(
    bands: Sequence[PdBand], by_product: Mapping[str, Sequence[PdBand]] | None, cutoffs: Cutoffs
) -> BandsAndTerms | None:
    """What each band is judged by; None when a product with a cut-off of its own was not counted apart."""
    if not cutoffs.products:
        return [(bands, cutoffs.single)]
    known = by_product or {}
    if not set(cutoffs.products) <= set(known):
        return None
    return [(found, cutoffs.terms(None if name == OTHER else name)) for name, found in known.items()]


def accepted_contributions(judged: BandsAndTerms) -> dict[str, float]:
    """Mean contribution of each family over applicants whose PD is below their refer band.

    Those of everybody when nobody is below.
    """
    bands = [band for found, _ in judged for band in found]
    everybody = np.array([float(band.rows) for band in bands])
    below = [shares_below(found, terms.refer_band.lower) for found, terms in judged]
    rows = everybody * np.concatenate(below)
    if not np.any(rows):
        rows = everybody
    families = bands[0].contributions
    return {
        family: float(np.average([band.contributions[family] for band in bands], weights=rows)) for family in families
    }


def cutoff_measures(judged: BandsAndTerms, *, seed: int, replicates: int = REPLICATES) -> dict[str, Interval]:
    """The measures that depend on the cut-off, from the bands alone: ``cost``, ``accept``, ``refer``, ``refuse``.

    Inside a band that a border parts, applicants are taken as evenly spread.
    """
    counts: list[Floats] = []
    values: list[Floats] = []
    for bands, terms in judged:
        bad = np.array([b.positives for b in bands], dtype=np.float64)
        counts += [np.array([b.rows for b in bands]) - bad, bad]
        below, accepted, not_refused = (
            shares_below(bands, pd) for pd in (terms.cutoff, terms.refer_band.lower, terms.refer_band.upper)
        )
        costs = (terms.costs.c_fp * (1 - below), terms.costs.c_fn * below)
        values += [np.array([cost, accepted, not_refused - accepted, 1 - not_refused]) for cost in costs]
    names = ("cost", *(outcome.value for outcome in (Outcome.ACCEPT, Outcome.REFER, Outcome.REFUSE)))
    by_name = dict(zip(names, np.concatenate(values, axis=1), strict=True))
    return means_of_cells(np.concatenate(counts), by_name, seed=seed, replicates=replicates)


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
