"""Weight of evidence of bins: how much safer or riskier than the whole sample the applicants of a bin are."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.models.scorecard.bins import Index

PSEUDO_ROWS = 100.0
"""Applicants of the sample's bad rate that are added to each bin: a bin without a bad case gets a finite weight, a
small one a cautious weight; one of 1,000 applicants hardly changes."""

MIN_ROWS = 20
"""A bin with fewer applicants gets weight 0 and shows no count: it would speak of single persons."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class BinCounts:
    """Applicants in each bin, arrays of shape (bins,).

    Parameters
    ----------
    rows, bads : array of float64
        Applicants, and those with payment difficulties.
    """

    rows: Floats
    bads: Floats


def count_bins(index: Index, label: npt.NDArray[np.int8], n_bins: int) -> BinCounts:
    """Count applicants and bad cases by bin."""
    rows = np.bincount(index, minlength=n_bins).astype(np.float64)
    return BinCounts(rows, np.bincount(index, weights=label, minlength=n_bins).astype(np.float64))


def weights_of_evidence(counts: BinCounts) -> Floats:
    """Weight of evidence of each bin: ``ln(share of the good / share of the bad)``, above 0 = safer than the sample.

    Both counts of a bin are first enlarged by `PSEUDO_ROWS` applicants of the sample's bad rate. Bins of fewer than
    `MIN_ROWS` applicants get 0. Siddiqi (2006), Credit Risk Scorecards, Wiley.
    """
    total, bad = float(np.sum(counts.rows)), float(np.sum(counts.bads))
    rate = bad / total
    bads = counts.bads + PSEUDO_ROWS * rate
    goods = counts.rows - counts.bads + PSEUDO_ROWS * (1 - rate)
    weights = np.log(goods / (1 - rate)) - np.log(bads / rate)
    return np.where(counts.rows < MIN_ROWS, 0.0, weights)


def information_value(counts: BinCounts, weights: Floats) -> float:
    """Information value: sum over bins of (share of the good - share of the bad) times the weight of evidence."""
    goods = counts.rows - counts.bads
    return float(np.sum((goods / np.sum(goods) - counts.bads / np.sum(counts.bads)) * weights))
