"""What the applicant asks for: contract, price of the goods, credit, annuity."""

from dataclasses import dataclass

import numpy as np

from garant.tables.synthetic.applicant import Applicants
from garant.tables.synthetic.clients import Clients
from garant.tables.synthetic.dates import DRIFT
from garant.tables.synthetic.draws import Category, Flags, Floats, money
from garant.tables.synthetic.reference import levels_of, quantiles_of
from garant.tables.synthetic.streams import Topic, stream

REVOLVING_ANNUITY = 0.05
"""Annuity of a revolving loan as a share of its limit."""

REVOLVING_STEP = 45_000.0
GOODS_STEPS = (22_500.0, 4_500.0)
ROUND_GOODS = 0.60
"""Share of prices rounded to the first of the two steps."""

CREDIT_STEP = 4_500
"""Thousandths: credits and annuities are multiples of 4.5."""

ANNUITY_MISSING = 4e-5
REVOLVING_GOODS_MISSING = 0.0096


@dataclass(frozen=True, slots=True)
class Loans:
    """The loans of one block, one per client; amounts in the currency unit."""

    contract: Category
    is_revolving: Flags
    credit: Floats
    annuity: Floats
    goods: Floats


def draw_loans(seed: int, block: int, clients: Clients, people: Applicants) -> Loans:
    """Draw the loans of one block."""
    rng = stream(seed, Topic.LOAN, block)
    uniform = rng.random((4, clients.n))
    contract = levels_of("application", "NAME_CONTRACT_TYPE").draw(_drifting(uniform[0], clients), clients.z)
    revolving = contract.is_any("Revolving loans")
    growth = 1.0 + DRIFT.amount * clients.elapsed
    score = people.scores["AMT_GOODS_PRICE"]
    step = np.where(uniform[1] < ROUND_GOODS, *GOODS_STEPS)
    price = np.maximum(np.rint(quantiles_of("application", "AMT_GOODS_PRICE").at(score) * growth / step), 2.0) * step
    limit = np.rint(quantiles_of("application", "revolving_credit").at(score) * growth / REVOLVING_STEP)
    limit = np.maximum(limit, 1.0) * REVOLVING_STEP
    to_goods = quantiles_of("application", "credit_to_goods").at(people.scores["credit_to_goods"])
    to_credit = quantiles_of("application", "annuity_to_credit").at(people.scores["annuity_to_credit"])
    credit = np.where(revolving, limit, money(price * to_goods, CREDIT_STEP))
    annuity = money(credit * np.where(revolving, REVOLVING_ANNUITY, to_credit), CREDIT_STEP)
    goods = np.where(revolving, limit, price)
    return Loans(
        contract=contract,
        is_revolving=revolving,
        credit=credit,
        annuity=np.where(uniform[2] < ANNUITY_MISSING, np.nan, annuity),
        goods=np.where(revolving & (uniform[3] < REVOLVING_GOODS_MISSING), np.nan, goods),
    )


def _drifting(uniform: Floats, clients: Clients) -> Floats:
    """Make the last level, revolving loans, rarer as time goes by."""
    return 1.0 - np.minimum((1.0 - uniform) / (1.0 + DRIFT.revolving * clients.elapsed), 1.0)
