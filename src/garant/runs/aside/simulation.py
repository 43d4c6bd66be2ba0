"""What another cut-off or other costs would do to a portfolio. Nothing here decides about anybody.

An applicant's expected cost is ``c_fn * PD`` when accepted and ``c_fp * (1 - PD)`` when refused; whoever is referred
counts on their side of the cut-off, as in the reports. What a rule decided stays as it is.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.models.cutoff import Costs, cutoff, moved_band
from garant.models.product_cutoffs import Cutoffs, CutoffTerms, RowCutoffs
from garant.policy.outcome import ACCEPT, REFER, REFUSE
from garant.runs.aside.scored import Scored

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

CURVE_POINTS = 120
HIGHEST_CUTOFF = 0.5
"""Cut-offs above it are no lender's."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is tried.

    Parameters
    ----------
    cutoff : float or None
        Cut-off of everybody; None takes the one that the costs give, or today's when there are none either.
    costs : Costs or None
        None keeps those of today.
    """

    cutoff: float | None = None
    costs: Costs | None = None

    @property
    def is_any(self) -> bool:
        """Whether anything is tried."""
        return self.cutoff is not None or self.costs is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A portfolio under some terms.

    Parameters
    ----------
    rows, accepted, referred, refused : int
        Applicants.
    bad : float
        Expected payment difficulties among the accepted.
    cost : float
        Expected cost per applicant with a PD, NaN when there is none.
    """

    rows: int
    accepted: int
    referred: int
    refused: int
    bad: float
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Simulated:
    """Today and what is tried, at the same costs.

    Parameters
    ----------
    today, tried : Figures
        Both.
    changed : int
        Applicants whose proposal would be another one.
    curve : tuple of arrays
        Cut-offs, expected cost per applicant and share that is not refused at each, for everybody.
    cutoff, costs
        What was tried, made whole.
    """

    today: Figures
    tried: Figures
    changed: int
    curve: tuple[Floats, Floats, Floats]
    cutoff: float
    costs: Costs


def simulate(found: Scored, chosen: Mask, change: Change) -> Simulated:
    """Figures of the rows `chosen` under `change`."""
    costs = change.costs or found.terms.single.costs
    tried = terms_under(found.terms, change)
    single = tried.single.cutoff
    product = found.rows.column("product").to_numpy().astype(object)[chosen]
    pd, ruled, before = found.pd[chosen], found.ruled[chosen], found.outcome[chosen]
    today, then = found.today.only(chosen), tried.rows(product)
    after = np.where(ruled, before, _by_pd(pd, then)).astype(np.int8)
    priced = _Priced(pd, ruled & (before == REFUSE), costs if change.costs else None, today)
    return Simulated(
        today=_figures(pd, before, priced.at(today.cutoff)),
        tried=_figures(pd, after, priced.at(then.cutoff)),
        changed=int(np.count_nonzero(before != after)),
        curve=priced.curve(single),
        cutoff=single,
        costs=costs,
    )


def terms_under(today: Cutoffs, change: Change) -> Cutoffs:
    """What applicants would be judged by; each band keeps its widths."""
    if not change.is_any:
        return today
    costs = change.costs or today.single.costs
    point = cutoff(costs) if change.cutoff is None else change.cutoff
    old = today.single
    return Cutoffs(CutoffTerms(costs, point, moved_band(old.refer_band, old_cutoff=old.cutoff, new_cutoff=point)))


def expected_costs(pd: Floats, refused: Mask, c_fp: Floats, c_fn: Floats) -> Floats:
    """Expected cost of each applicant; NaN without a PD."""
    return np.where(refused, c_fp * (1 - pd), c_fn * pd)


@dataclass(frozen=True, slots=True, eq=False)
class _Priced:
    """Applicants with what the two wrong decisions cost for each."""

    pd: Floats
    kept_out: Mask
    costs: Costs | None
    today: RowCutoffs

    def at(self, point: Floats | float) -> Floats:
        """Expected cost of each when the cut-off is `point`."""
        refused = (self.pd >= point) | self.kept_out
        c_fp, c_fn = self.each
        return expected_costs(self.pd, refused, c_fp, c_fn)

    @property
    def each(self) -> tuple[Floats, Floats]:
        """Costs of each applicant."""
        if self.costs is None:
            return self.today.c_fp, self.today.c_fn
        return np.full(len(self.pd), self.costs.c_fp), np.full(len(self.pd), self.costs.c_fn)

    def curve(self, point: float) -> tuple[Floats, Floats, Floats]:
        """Cut-offs, mean cost and share not refused, from sums over applicants in the order of their PD."""
        cutoffs = np.unique(np.append(np.geomspace(0.005, HIGHEST_CUTOFF, CURVE_POINTS), min(point, HIGHEST_CUTOFF)))
        known = ~np.isnan(self.pd)
        free = np.flatnonzero(known & ~self.kept_out)
        order = free[np.argsort(self.pd[free], kind="stable")]
        c_fp, c_fn = self.each
        accepted = np.concatenate([[0.0], np.cumsum(c_fn[order] * self.pd[order])])
        refused = np.concatenate([[0.0], np.cumsum(c_fp[order] * (1 - self.pd[order]))])
        fixed = known & self.kept_out
        always = float(np.sum(c_fp[fixed] * (1 - self.pd[fixed])))
        n = max(int(np.count_nonzero(known)), 1)
        at = np.searchsorted(self.pd[order], cutoffs, side="left")
        return cutoffs, (accepted[at] + refused[-1] - refused[at] + always) / n, at / n


def _by_pd(pd: Floats, terms: RowCutoffs) -> npt.NDArray[np.int8]:
    return np.where(pd < terms.lower, ACCEPT, np.where(pd < terms.upper, REFER, REFUSE)).astype(np.int8)


def _figures(pd: Floats, outcome: npt.NDArray[np.int8], cost: Floats) -> Figures:
    known = ~np.isnan(pd)
    counts = np.bincount(outcome, minlength=3)
    return Figures(
        rows=len(pd),
        accepted=int(counts[ACCEPT]),
        referred=int(counts[REFER]),
        refused=int(counts[REFUSE]),
        bad=float(np.sum(pd[(outcome == ACCEPT) & known])),
        cost=float(np.mean(cost[known])) if known.any() else float("nan"),
    )
