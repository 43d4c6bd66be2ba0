"""Credits at other lenders, as the bureau reports them."""

from dataclasses import dataclass

import numpy as np

from garant.tables.synthetic.clients import FIRST_CLIENT_ID, Clients
from garant.tables.synthetic.draws import (
    Category,
    Flags,
    Floats,
    Ints,
    Levels,
    at_by_group,
    expand,
    follow,
    follow_each,
    mix,
    money,
    whole,
    with_missing,
)
from garant.tables.synthetic.frames import Values
from garant.tables.synthetic.reference import figures, levels_of, quantiles, quantiles_or_none
from garant.tables.synthetic.streams import Topic, stream

FIRST_BUREAU_ID = 5_000_001
IDS_PER_CLIENT = 40
"""SK_ID_BUREAU is the client's number times this plus a position: unique without knowing other blocks."""

UNLISTED_PER_CLIENT = 0.15
"""Credits per client that have monthly balances but no row in bureau: about 3 % of the balance rows."""

GROUPS = ("consumer", "card", "car", "mortgage", "micro")
GROUP_OF_TYPE = {"Credit card": "card", "Car loan": "car", "Mortgage": "mortgage", "Microloan": "micro"}
"""Types of credit that have figures of their own; all others are like consumer credits."""

RECENCY = 0.52
"""Loading of the trace on how recent the credits are."""

DEBT = 0.65
"""Loading of the trace on the share of a credit that is still owed."""

AMOUNT = -0.10
"""Loading of the trace on the amount."""

ANNUITY_OF_AMOUNT = -0.55
"""Correlation of the annuity, as a share of the amount, with the amount."""

ACTIVE_SLOPE = 0.70
OVERDUE_SLOPE = 1.1
MAX_OVERDUE_SLOPE = 1.5
"""Slopes, in log-odds per unit of the trace, of being active, overdue today, and of ever having been overdue."""

DAY_OVERDUE_SHARE = 0.0050
"""Active credits that are overdue today."""

NEGATIVE_DEBT = 0.004
"""Active credits with a small balance in the client's favour."""

AMOUNT_MISSING = 2e-5
EARLIEST_DAY = -2922
STEP = 4_500
FINE_STEP = 45
"""Thousandths: amounts are multiples of 4.5, arrears and limits of 0.045."""


@dataclass(frozen=True, slots=True)
class Credits:
    """The bureau credits of one block, in the order of clients; every entry has one value per credit.

    Parameters
    ----------
    owner : array of int
        Index of the client in the block.
    ids : array of int
        SK_ID_BUREAU.
    listed : array of bool
        The credit has a row in bureau.
    opened, closed : array of int
        DAYS_CREDIT, and the day of closing or 1 when it is open.
    columns : dict
        Columns of the table bureau.
    """

    owner: Ints
    ids: Ints
    listed: Flags
    opened: Ints
    closed: Ints
    columns: dict[str, Values]


def draw_credits(seed: int, block: int, clients: Clients) -> Credits:
    """Draw the bureau credits of one block."""
    rng = stream(seed, Topic.BUREAU, block)
    reference = figures("bureau")
    per_client = Levels.of({str(n): share for n, share in enumerate(reference["credits_per_client"])})
    listed_counts = per_client.draw(rng.random(clients.n)).codes.astype(np.int64)
    counts = listed_counts + (rng.random(clients.n) < UNLISTED_PER_CLIENT)
    owner, position = expand(counts)
    trace = clients.traces["bureau"][owner]
    n = len(owner)
    kind = levels_of("bureau", "CREDIT_TYPE").draw(rng.random(n))
    group = np.array([GROUPS.index(GROUP_OF_TYPE.get(name, "consumer")) for name in kind.names])[kind.codes]
    shares = [reference["active_share"][name] for name in GROUPS]
    active = rng.random(n) < follow_each(shares, ACTIVE_SLOPE, group, trace)
    cell = group * 2 + active
    days = _days(rng, cell, active, trace)
    ids = FIRST_BUREAU_ID + (clients.ids[owner] - FIRST_CLIENT_ID) * IDS_PER_CLIENT + position
    columns: dict[str, Values] = {
        "SK_ID_CURR": clients.ids[owner],
        "SK_ID_BUREAU": ids,
        "CREDIT_ACTIVE": _status(active, rng.random(n) < reference["sold_share"]),
        "CREDIT_CURRENCY": levels_of("bureau", "CREDIT_CURRENCY").draw(rng.random(n)),
        "CREDIT_TYPE": kind,
        **days,
        **_overdue(rng, cell, active, trace),
        **_amounts(rng, cell, active, trace),
    }
    return Credits(
        owner=owner,
        ids=ids,
        listed=position < listed_counts[owner],
        opened=days["DAYS_CREDIT"].astype(np.int64),
        closed=whole(np.nan_to_num(days["DAYS_ENDDATE_FACT"], nan=1.0)),
        columns=columns,
    )


def _cells(name: str) -> list[list[float]]:
    groups = figures("bureau")["groups"]
    return [groups[f"{group} {state}"][name] for group in GROUPS for state in ("closed", "active")]


def _at(cell: Ints, name: str, score: Floats) -> Floats:
    return at_by_group(cell, [quantiles_or_none(values) for values in _cells(name)], score)


def _gap(rng: np.random.Generator, cell: Ints, column: str) -> Flags:
    groups = figures("bureau")["groups"]
    shares = [groups[f"{group} {state}"]["missing"][column] for group in GROUPS for state in ("closed", "active")]
    return rng.random(len(cell)) < np.array(shares)[cell]


def _status(active: Flags, sold: Flags) -> Category:
    return Category(np.where(active, np.where(sold, 2, 1), 0).astype(np.int8), ("Closed", "Active", "Sold"))


def _days(rng: np.random.Generator, cell: Ints, active: Flags, trace: Floats) -> dict[str, Ints | Floats]:
    noise = rng.standard_normal((4, len(cell)))
    opened = np.clip(whole(_at(cell, "DAYS_CREDIT", mix(trace, RECENCY, noise[0]))), EARLIEST_DAY, -2)
    planned = opened + np.rint(_at(cell, "term", noise[1]))
    shift = np.nan_to_num(_at(cell, "end_shift", noise[2]))
    # A credit that is closed has ended before today: where the plan says otherwise it was repaid on some day so far.
    sooner = np.floor(opened * rng.random(len(cell)) * 0.8) - 1
    fact = np.rint(planned + shift)
    fact = np.maximum(np.where(fact < 0, fact, sooner), opened + 1)
    lag = np.rint(_at(cell, "update_lag", noise[3]))
    updated = np.where(active, np.minimum(lag, 0), np.minimum(fact + np.maximum(lag, 0), -1))
    unknown_end = rng.random(len(cell)) < np.array(_cells("enddate_missing"))[cell]
    return {
        "DAYS_CREDIT": opened,
        "DAYS_CREDIT_ENDDATE": with_missing(planned, unknown_end),
        "DAYS_ENDDATE_FACT": with_missing(fact, active),
        "DAYS_CREDIT_UPDATE": whole(np.maximum(updated, opened)),
    }


def _overdue(rng: np.random.Generator, cell: Ints, active: Flags, trace: Floats) -> dict[str, Values]:
    reference = figures("bureau")
    n = len(cell)
    uniform = rng.random((3, n))
    noise = rng.standard_normal((3, n))
    today = active & (uniform[0] < follow(DAY_OVERDUE_SHARE, OVERDUE_SLOPE, trace))
    ever = uniform[1] < follow(reference["max_overdue_nonzero"], MAX_OVERDUE_SLOPE, trace)
    days = np.maximum(quantiles(reference["day_overdue"]).at(noise[0]), 1)
    now = np.maximum(money(quantiles(reference["sum_overdue"]).at(noise[1]), STEP), 4.5)
    worst = np.maximum(money(quantiles(reference["max_overdue"]).at(noise[2]), FINE_STEP), 0.045)
    return {
        "CREDIT_DAY_OVERDUE": whole(days) * today,
        "AMT_CREDIT_SUM_OVERDUE": now * today,
        "AMT_CREDIT_MAX_OVERDUE": with_missing(worst * ever, _gap(rng, cell, "AMT_CREDIT_MAX_OVERDUE")),
        "CNT_CREDIT_PROLONG": _numbers(levels_of("bureau", "CNT_CREDIT_PROLONG").draw(uniform[2])),
    }


def _amounts(rng: np.random.Generator, cell: Ints, active: Flags, trace: Floats) -> dict[str, Values]:
    reference = figures("bureau")
    n = len(cell)
    noise = rng.standard_normal((4, n))
    uniform = rng.random((4, n))
    amount = np.maximum(money(_at(cell, "AMT_CREDIT_SUM", mix(trace, AMOUNT, noise[0])), STEP), 0)
    owed = np.nan_to_num(_at(cell, "debt_share", mix(trace, DEBT, noise[1])))
    debt = money(amount * owed, STEP) * active
    debt = np.where(uniform[0] < NEGATIVE_DEBT * active, -money(debt * 0.01, FINE_STEP), debt)
    has_limit = uniform[1] < np.array(_cells("limit_nonzero"))[cell]
    limit = np.maximum(money(quantiles(reference["limit"]).at(noise[2]), FINE_STEP), 0) * has_limit
    annuity = money(
        amount * np.nan_to_num(_at(cell, "annuity_share", mix(noise[0], ANNUITY_OF_AMOUNT, noise[3]))), STEP
    )
    annuity = np.where(uniform[2] < np.array(_cells("annuity_zero"))[cell], 0.0, annuity)
    return {
        "AMT_CREDIT_SUM": with_missing(amount, uniform[3] < AMOUNT_MISSING),
        "AMT_CREDIT_SUM_DEBT": with_missing(debt, _gap(rng, cell, "AMT_CREDIT_SUM_DEBT")),
        "AMT_CREDIT_SUM_LIMIT": with_missing(limit, _gap(rng, cell, "AMT_CREDIT_SUM_LIMIT")),
        "AMT_ANNUITY": with_missing(annuity, _gap(rng, cell, "AMT_ANNUITY")),
    }


def _numbers(category: Category) -> Ints:
    return np.array([int(name) for name in category.names], dtype=np.int64)[category.codes]
