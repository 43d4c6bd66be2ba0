"""From PD and facts to a proposed outcome; nothing here, and no failure, can turn into an acceptance."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from garant.exceptions import InvariantError
from garant.models.cutoff import Outcome
from garant.models.product_cutoffs import RowCutoffs
from garant.policy.policy import Policy

DAYS_PER_YEAR = 365.25

Floats = npt.NDArray[np.float64]


OUTCOMES = (Outcome.ACCEPT, Outcome.REFER, Outcome.REFUSE)
"""Outcomes by their code in arrays: the position in this tuple."""

ACCEPT, REFER, REFUSE = range(3)


class PolicyCode(IntEnum):
    """Which rule outside the model decided; NONE when the PD did."""

    NONE = 0
    INSUFFICIENT_INFORMATION = 1
    UNDER_AGE = 2
    DEBT_SERVICE_RATIO = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What the policy judges beside the PD, NaN where unknown.

    Parameters
    ----------
    income, annuity, credit, charges : array of float64, shape (n,)
        Amounts in currency units; `charges` includes the asked annuity.
    age_days : array of float64, shape (n,)
        Age at the application in days.
    """

    income: Floats
    annuity: Floats
    credit: Floats
    charges: Floats
    age_days: Floats


@dataclass(frozen=True, slots=True)
class Proposals:
    """Outcome (position in `OUTCOMES`) and deciding rule (`PolicyCode`) per row, arrays of int8 of shape (n,)."""

    outcome: npt.NDArray[np.int8]
    rule: npt.NDArray[np.int8]


def propose(pd: Floats, facts: Facts, *, policy: Policy, cutoffs: RowCutoffs, period_declared: bool) -> Proposals:
    """Judge every row: incomplete input, hard rules, then the PD against the refer band.

    Parameters
    ----------
    pd : array of float64, shape (n,)
        Calibrated probability of default.
    facts : Facts
        Facts of the same rows.
    policy : Policy
        Rules outside the model.
    cutoffs : RowCutoffs
        The refer band of each row's product; its two PDs are equal when there is none.
    period_declared : bool
        Whether the period of income and charges is known; without it no share of income is judged.

    Raises
    ------
    InvariantError
        When a PD is not a probability: no proposal is made of it.
    """
    if not bool(np.all((pd >= 0.0) & (pd <= 1.0))):
        raise InvariantError("A PD is missing or outside [0, 1]; no proposal is made.")
    outcome = np.select([pd < cutoffs.lower, pd < cutoffs.upper], [ACCEPT, REFER], REFUSE)
    outcome = outcome.astype(np.int8)
    rule = np.zeros(len(pd), dtype=np.int8)
    if period_declared:
        with np.errstate(invalid="ignore", divide="ignore"):
            heavy = facts.charges / facts.income > policy.debt_service.max_share
        _apply(outcome, rule, heavy, policy.debt_service.outcome, PolicyCode.DEBT_SERVICE_RATIO)
    minor = facts.age_days < policy.majority.years * DAYS_PER_YEAR - 0.5
    _apply(outcome, rule, minor, policy.majority.outcome, PolicyCode.UNDER_AGE)
    known = np.ones(len(pd), dtype=bool)
    for name in policy.incomplete.facts:
        known &= getattr(facts, name) > 0
    _apply(outcome, rule, ~known, "refer", PolicyCode.INSUFFICIENT_INFORMATION)
    return Proposals(outcome, rule)


def _apply(
    outcome: npt.NDArray[np.int8], rule: npt.NDArray[np.int8], hit: npt.NDArray[np.bool_], word: str, code: PolicyCode
) -> None:
    """Let a rule decide the rows that it hits; a refusal by PD is not softened, later rules go before earlier ones."""
    verdict = REFUSE if word == "refuse" else REFER
    decided = hit if code is PolicyCode.INSUFFICIENT_INFORMATION else hit & (outcome <= verdict)
    outcome[decided] = verdict
    rule[decided] = code
