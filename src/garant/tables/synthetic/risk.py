"""The known truth: the probability of default of each client, and the label drawn from it."""

from dataclasses import dataclass

import numpy as np

from garant.tables.synthetic.applicant import Applicants
from garant.tables.synthetic.clients import Clients
from garant.tables.synthetic.dates import DRIFT, Shock
from garant.tables.synthetic.draws import Floats, Ints, logistic
from garant.tables.synthetic.loan import Loans
from garant.tables.synthetic.streams import Topic, stream

INTERCEPT = -3.34
SLOPE = 1.6
"""log-odds = INTERCEPT + SLOPE * z + interactions: 8.07 % defaults, and no score can exceed an AUC of about 0.845."""

YOUNG_YEARS, NEW_JOB_YEARS = 30.0, 1.0
YOUNG_HIRE = 0.30
"""People under 30 who are in their job for less than a year carry YOUNG_HIRE more."""

HEAVY_BURDEN = 0.25
"""Annuity above this share of the income ..."""

BURDEN_SLOPE = 0.15
"""... makes the log-odds steeper in z by this much."""

EDUCATED_SLOPE = -0.35
"""Higher education makes them flatter: the two keep the best possible AUC where it is."""

OFFSET = -0.015
"""Takes back what the interactions add to the overall rate of 8.07 %."""


@dataclass(frozen=True, slots=True)
class Truth:
    """True probability of default and drawn label of the clients of one block."""

    pd: Floats
    label: Ints


def draw_truth(seed: int, block: int, clients: Clients, people: Applicants, loans: Loans, shock: Shock | None) -> Truth:
    """Compute the true PD of each client and draw the label from it.

    Notes
    -----
    ``PD = logistic(-3.34 - 0.015 + z (1.6 + 0.15 heavy_burden - 0.35 higher_education) + 0.30 young_hire + drift +
    shock)``, where the drift runs linearly from -0.15 to 0.15 over the calendar and the shock is zero unless asked for.
    """
    young_hire = (people.age_years < YOUNG_YEARS) & (people.employed_years < NEW_JOB_YEARS)
    burdened = np.nan_to_num(loans.annuity) > HEAVY_BURDEN * people.income
    educated = people.education.is_any("Higher education")
    margin = (
        INTERCEPT
        + OFFSET
        + (SLOPE + BURDEN_SLOPE * burdened + EDUCATED_SLOPE * educated) * clients.z
        + YOUNG_HIRE * young_hire
        + DRIFT.log_odds * clients.elapsed
        + (shock.log_odds if shock else 0.0) * clients.shocked
    )
    pd = logistic(margin)
    uniform = stream(seed, Topic.LABELS, block).random(clients.n)
    return Truth(pd, (uniform < pd).astype(np.int64))
