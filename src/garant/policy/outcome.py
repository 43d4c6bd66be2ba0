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
Mask = npt.NDArray[np.bool_]


OUTCOMES = (Outcome.ACCEPT, Outcome.REFER, Outcome.REFUSE)
"""Outcomes by their code in arrays: the position in this tuple."""

ACCEPT, REFER, REFUSE = range(3)


class PolicyCode(IntEnum):
    """Which rule outside the model decided; NONE when the PD did."""

    NONE = 0
    INSUFFICIENT_INFORMATION = 1
    UNDER_AGE = 2
    DEBT_SERVICE_RATIO = 3
    EXTERNAL_CHECK_MISSING = 4


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


_INCOMPLETE = frozenset({PolicyCode.INSUFFICIENT_INFORMATION, PolicyCode.EXTERNAL_CHECK_MISSING})
"""Rules about what must be known: without it nobody is accepted or refused."""


def propose(
    pd: Floats,
    facts: Facts,
    *,
    policy: Policy,
    cutoffs: RowCutoffs,
    period_declared: bool,
) -> Proposals:
    """Judge every row: incomplete input, hard rules, then the PD against the refer band.

    Parameters
    ----------
    pd : array of float64, shape (n,)
        Calibrated probability of default.
    facts : Facts
        Facts of the same rows.
    policy : Policy
        Rules outside the model. Rows of tables bring no external checks: one that is required refers them all; who has
        checks judges them by `garant.policy.application`.
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
    outcome = np.where(pd < cutoffs.lower, ACCEPT, np.where(pd < cutoffs.upper, REFER, REFUSE)).astype(np.int8)
    rule = np.zeros(len(pd), dtype=np.int8)
    for code, hit in reversed(hits(facts, policy=policy, period_declared=period_declared).items()):
        if code is PolicyCode.INSUFFICIENT_INFORMATION and policy.required_checks:
            _apply(outcome, rule, np.ones(len(pd), dtype=bool), REFER, PolicyCode.EXTERNAL_CHECK_MISSING)
        _apply(outcome, rule, hit, verdict(code, policy), code)
    return Proposals(outcome, rule)


def hits(facts: Facts, *, policy: Policy, period_declared: bool) -> dict[PolicyCode, Mask]:
    """Rows that each rule outside the model hits, whatever their PD: more rules than the one that decides.

    Parameters
    ----------
    facts, policy, period_declared
        As those of `propose`.

    Returns
    -------
    dict of PolicyCode to array of bool, shape (n,)
        Every rule that is judged, the one that goes before the others first.
    """
    known = np.ones(len(facts.income), dtype=bool)
    for name in policy.incomplete.facts:
        known &= getattr(facts, name) > 0
    minor = facts.age_days < policy.majority.years * DAYS_PER_YEAR - 0.5
    found = {PolicyCode.INSUFFICIENT_INFORMATION: ~known, PolicyCode.UNDER_AGE: minor}
    if period_declared:
        with np.errstate(invalid="ignore", divide="ignore"):
            found[PolicyCode.DEBT_SERVICE_RATIO] = facts.charges / facts.income > policy.debt_service.max_share
    return found


def verdict(code: PolicyCode, policy: Policy) -> int:
    """Outcome of the rows that a rule decides, as position in `OUTCOMES`."""
    words = {PolicyCode.UNDER_AGE: policy.majority.outcome, PolicyCode.DEBT_SERVICE_RATIO: policy.debt_service.outcome}
    return REFUSE if words.get(code) == "refuse" else REFER


def _apply(outcome: npt.NDArray[np.int8], rule: npt.NDArray[np.int8], hit: Mask, asked: int, code: PolicyCode) -> None:
    """Let a rule decide the rows that it hits; a refusal by PD is not softened, later rules go before earlier ones."""
    decided = hit if code in _INCOMPLETE else hit & (outcome <= asked)
    outcome[decided] = asked
    rule[decided] = code
