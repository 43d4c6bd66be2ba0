"""Who goes from which outcome to which, and for which money: sums over all applicants that add up."""

from dataclasses import dataclass

import numpy as np

from garant.models.cutoff import Outcome
from garant.policy.outcome import ACCEPT, OUTCOMES, REFER, REFUSE
from garant.runs.comparison.pairs import Floats, Mask, Pairs, Side


@dataclass(frozen=True, slots=True)
class Flow:
    """Applicants with one outcome by A and one by B.

    Parameters
    ----------
    a, b : Outcome
        The two outcomes.
    applicants : int
        How many.
    credit : float
        Sum of the credit that they ask for, in currency units; unknown amounts count 0.
    labelled, bad : int
        How many of them have a known outcome, and how many of those got into payment difficulties.
    cost_change : float
        Cost of B's decisions on those with a known outcome less that of A's, in the unit of the costs.
    """

    a: Outcome
    b: Outcome
    applicants: int
    credit: float
    labelled: int
    bad: int
    cost_change: float


@dataclass(frozen=True, slots=True)
class Book:
    """What one bundle's decisions mean for the portfolio.

    Parameters
    ----------
    applicants, credit : dict of Outcome to int, float
        Applicants and credit asked for, by outcome.
    bad_accepted, good_refused : int
        Among those with a known outcome; a referral counts on the side of the cut-off where its PD lies.
    bad_credit_accepted, good_credit_refused : float
        Their credit.
    cost : float
        Sum of ``c_fn`` over the bad payers accepted and of ``c_fp`` over the good payers refused, by the costs of A.
    """

    applicants: dict[Outcome, int]
    credit: dict[Outcome, float]
    bad_accepted: int
    good_refused: int
    bad_credit_accepted: float
    good_credit_refused: float
    cost: float


def flows_of(pairs: Pairs) -> tuple[Flow, ...]:
    """All nine flows, from accepted by both to refused by both; empty ones too, so that rows and columns add up."""
    change = _cost(pairs, pairs.b) - _cost(pairs, pairs.a)
    return tuple(
        _flow(pairs, (pairs.a.outcome == a) & (pairs.b.outcome == b), OUTCOMES[a], OUTCOMES[b], change)
        for a in (ACCEPT, REFER, REFUSE)
        for b in (ACCEPT, REFER, REFUSE)
    )


def book_of(pairs: Pairs, side: Side) -> Book:
    """The portfolio as one bundle decides it."""
    bad_accepted, good_refused = _wrong(pairs, side)
    credit = np.nan_to_num(pairs.credit)
    by_outcome = [side.outcome == code for code in range(len(OUTCOMES))]
    return Book(
        applicants={word: int(rows.sum()) for word, rows in zip(OUTCOMES, by_outcome, strict=True)},
        credit={word: float(credit[rows].sum()) for word, rows in zip(OUTCOMES, by_outcome, strict=True)},
        bad_accepted=int(bad_accepted.sum()),
        good_refused=int(good_refused.sum()),
        bad_credit_accepted=float(credit[bad_accepted].sum()),
        good_credit_refused=float(credit[good_refused].sum()),
        cost=float(_cost(pairs, side).sum()),
    )


def _flow(pairs: Pairs, rows: Mask, a: Outcome, b: Outcome, cost_change: Floats) -> Flow:
    return Flow(
        a=a,
        b=b,
        applicants=int(rows.sum()),
        credit=float(np.nansum(pairs.credit[rows])),
        labelled=int(np.isfinite(pairs.label[rows]).sum()),
        bad=int(np.nansum(pairs.label[rows])),
        cost_change=float(cost_change[rows].sum()),
    )


def _wrong(pairs: Pairs, side: Side) -> tuple[Mask, Mask]:
    """Bad payers accepted and good payers refused; nobody whose row was set aside, whom no model judged."""
    judged = np.isfinite(side.pd)
    return judged & ~side.refused & (pairs.label == 1), judged & side.refused & (pairs.label == 0)


def _cost(pairs: Pairs, side: Side) -> Floats:
    bad_accepted, good_refused = _wrong(pairs, side)
    return pairs.yardstick.c_fn * bad_accepted + pairs.yardstick.c_fp * good_refused
