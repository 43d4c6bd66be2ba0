"""Monthly balances of earlier consumer and cash loans."""

import numpy as np

from garant.tables.synthetic.bureau_balance import DAYS_PER_MONTH
from garant.tables.synthetic.clients import Clients
from garant.tables.synthetic.draws import Category, Flags, Floats, Ints, expand, follow, mix, with_missing
from garant.tables.synthetic.frames import Values
from garant.tables.synthetic.previous_application import Applications
from garant.tables.synthetic.streams import Topic, stream

OLDEST_MONTH = -96

DPD_SHARE, DPD_SLOPE = 0.027, 1.8
"""Share of months that end past due, and how its log-odds follow the trace."""

DPD_CONTRACT = 0.28
"""Part of that score that belongs to the contract, not to the client."""

DPD_DAYS = (1.6, 1.1)
"""Mean and standard deviation of the log of the days past due."""

MATERIAL = 0.42
"""Share of months past due that are so above the lender's tolerance (SK_DPD_DEF)."""

LOST_SHARE, LOST_SLOPE = 0.004, 1.0
"""Contracts that are never paid again: their days past due grow until today."""

MONTH_AFTER = 0.43
"""Contracts that show one month more than that of their end."""

SIGNED_FIRST = 0.085
RARE_STATUS = 0.0021
COUNT_MISSING = 0.0027
STATUSES = ("Active", "Completed", "Signed", "Demand", "Returned to the store", "Approved", "Amortized debt")
RARE = tuple(range(3, len(STATUSES)))


def draw_pos_cash_balance(
    seed: int, block: int, clients: Clients, applications: Applications
) -> tuple[dict[str, Values], Ints]:
    """Draw the monthly rows of one block.

    Returns
    -------
    columns : dict
        Columns of POS_CASH_balance, oldest month of a contract first.
    owner : array of int
        Index of the client of each row.
    """
    rng = stream(seed, Topic.POS_CASH_BALANCE, block)
    contract = applications.loans
    n = len(contract)
    trace = clients.traces["POS_CASH_balance"][applications.owner[contract]]
    start = np.floor(applications.decided[contract] / DAYS_PER_MONTH).astype(np.int64) + rng.integers(0, 2, n)
    start = np.clip(start, OLDEST_MONTH, -1)
    running = applications.ended[contract] > 0
    last = np.floor(applications.ended[contract] / DAYS_PER_MONTH).astype(np.int64) + (rng.random(n) < MONTH_AFTER)
    end = np.maximum(np.where(running, -1, np.minimum(last, -1)), start)
    lost = rng.random(n) < follow(LOST_SHARE, LOST_SLOPE, trace)
    lost_from = np.where(lost, end, 0)
    end = np.where(lost, -1, end)
    owner, age = expand(end - start + 1)
    month = start[owner] + age
    terms = applications.n_payments[contract][owner]
    final = (month == end[owner]) & ~running[owner] & ~lost[owner]
    future = np.where(final, 0, np.clip(terms - age, 0, None))
    days, material = _past_due(rng, trace, owner, np.where(lost[owner], month - lost_from[owner], -1))
    missing = rng.random(len(owner)) < COUNT_MISSING
    columns: dict[str, Values] = {
        "SK_ID_PREV": applications.ids[contract][owner],
        "SK_ID_CURR": clients.ids[applications.owner[contract]][owner],
        "MONTHS_BALANCE": month,
        "CNT_INSTALMENT": with_missing(np.where(final, np.minimum(terms, np.maximum(age, 1)), terms), missing),
        "CNT_INSTALMENT_FUTURE": with_missing(future, missing),
        "NAME_CONTRACT_STATUS": _status(rng, age == 0, final),
        "SK_DPD": days,
        "SK_DPD_DEF": material,
    }
    return columns, applications.owner[contract][owner]


def _past_due(rng: np.random.Generator, trace: Floats, owner: Ints, months_lost: Ints) -> tuple[Ints, Ints]:
    score = mix(rng.standard_normal(len(trace)), DPD_CONTRACT, trace)
    late = rng.random(len(owner)) < follow(DPD_SHARE, DPD_SLOPE, score)[owner]
    rows = np.flatnonzero(late)
    days = np.zeros(len(owner), dtype=np.int64)
    days[rows] = np.ceil(np.exp(DPD_DAYS[0] + DPD_DAYS[1] * rng.standard_normal(len(rows)))).astype(np.int64)
    material = np.zeros(len(owner), dtype=np.int64)
    seen = rows[rng.random(len(rows)) < MATERIAL]
    material[seen] = days[seen]
    days = np.maximum(days, (months_lost + 1) * 30)
    return days, material


def _status(rng: np.random.Generator, first: Flags, final: Flags) -> Category:
    uniform = rng.random(len(first))
    codes = np.zeros(len(first), dtype=np.int8)
    codes[first & (uniform < SIGNED_FIRST)] = STATUSES.index("Signed")
    rare = np.flatnonzero(uniform > 1 - RARE_STATUS)
    codes[rare] = rng.choice(RARE, len(rare))
    codes[final] = STATUSES.index("Completed")
    return Category(codes, STATUSES)
