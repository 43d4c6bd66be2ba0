"""Monthly balances of credit cards, simulated month by month from drawings, payments and interest."""

from dataclasses import dataclass

import numpy as np

from garant.tables.synthetic.bureau_balance import DAYS_PER_MONTH
from garant.tables.synthetic.clients import Clients
from garant.tables.synthetic.draws import (
    Category,
    Flags,
    Floats,
    Ints,
    Levels,
    expand,
    follow,
    mix,
    money,
    whole,
    with_missing,
)
from garant.tables.synthetic.frames import Values
from garant.tables.synthetic.previous_application import Applications
from garant.tables.synthetic.streams import Topic, stream

MONTHS = 96
HAS_BALANCES = 0.95
"""Share of approved revolving applications that have card months."""

NEVER_USED, NEVER_USED_MONTHS = 0.48, 60.0
"""Share of new cards that were never used, and how fast it falls with age: their drawings are missing, not zero."""

CLOSED_SHARE = 0.35
"""Cards that are closed one day: no more drawings, and a limit of zero once the balance is paid."""

USE_SHARE, USE_SLOPE, USE_OWN = 0.34, 1.8, 0.65
"""Share of months with a drawing on a used card, how its log-odds follow the score of the card, and how much of that
score is the card's own."""

TARGET_SHARE, TARGET_SLOPE, TARGET_OWN = 0.80, 1.7, 0.45
"""The same for the share of the limit at which drawing stops: the utilisation of a card."""

ATM_SHARE, ATM_SLOPE = 0.65, 0.5
"""Share of drawings made at cash machines, and how its log-odds follow the trace."""

MISSED_SHARE, MISSED_SLOPE = 0.06, 1.5
"""Share of months in which the minimum is not paid."""

FULL_PAYER_SHARE, FULL_PAYER_SLOPE = 0.09, -0.8
"""Cards whose balance is paid in full each month."""

LOST_SHARE, LOST_SLOPE = 0.06, 1.0
"""Cards that are never paid again from some month on."""

SHOP_TOO = 0.30
"""Months with a drawing at a cash machine that have a purchase as well."""

OTHER_SHARE = 0.012
"""Drawings that are neither at a cash machine nor in a shop."""

ATM_STEP = 4_500.0
MONTHLY_INTEREST = 0.021
MINIMUM_SHARE = 0.05
OVER_LIMIT = 1.08

BEYOND_MINIMUM = 0.65
"""Spread of the log of payment over minimum; half of the payments are the minimum itself."""

MINIMUM_UNKNOWN = 0.095
MINIMUM_UNKNOWN_MONTH = MONTHS - 22
"""Share of the months before this one whose minimum and matured instalments are missing."""

FEE_SHARE, FEE_MEAN = 0.75, 900.0
"""Small payments on cards without a balance."""

MATERIAL = 0.53
"""Share of short delays that count as above the lender's tolerance (SK_DPD_DEF)."""

STATUSES = Levels.of({"Active": 0.9969, "Signed": 0.0028, "Sent proposal": 0.0002, "Refused": 0.0001})
COMPLETED_SHARE = 0.20
"""Share of the months of closed cards that say so."""


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards of one block.

    Parameters
    ----------
    application : array of int
        Index into the earlier applications.
    owner : array of int
        Index of the client in the block.
    trace, limit : array of float
        Trace of the client, limit in the currency unit.
    first, closed : array of int
        Index of the first month and of the month of closing; 0 is 96 months before the application, `MONTHS` never.
    is_used : array of bool
        The card was ever used.
    """

    application: Ints
    owner: Ints
    trace: Floats
    limit: Floats
    first: Ints
    closed: Ints
    is_used: Flags


@dataclass(frozen=True, slots=True)
class Habits:
    """How the holder of each card behaves in any month."""

    use: Floats
    target: Floats
    at_atm: Floats
    missed: Floats
    pays_all: Flags
    lost_from: Ints


@dataclass(frozen=True, slots=True)
class Months:
    """State of every card in every month, arrays of shape (MONTHS, cards)."""

    balance: Floats
    principal: Floats
    minimum: Floats
    payment: Floats
    atm: Floats
    pos: Floats
    other: Floats
    n_pos: Floats
    dpd: Floats


def draw_credit_card_balance(
    seed: int, block: int, clients: Clients, applications: Applications
) -> tuple[dict[str, Values], Ints]:
    """Draw the monthly rows of one block.

    Returns
    -------
    columns : dict
        Columns of credit_card_balance, oldest month of a card first.
    owner : array of int
        Index of the client of each row.
    """
    rng = stream(seed, Topic.CREDIT_CARD_BALANCE, block)
    cards = _cards(rng, clients, applications)
    months = _simulate(rng, cards, _habits(rng, cards))
    last = MONTHS - 1 - Levels.of({"0": 0.55, "1": 0.35, "2": 0.10}).draw(rng.random(len(cards.owner))).codes
    last = np.maximum(last, cards.first)
    card, age = expand(last - cards.first + 1)
    month = cards.first[card] + age
    columns: dict[str, Values] = {
        "SK_ID_PREV": applications.ids[cards.application][card],
        "SK_ID_CURR": clients.ids[cards.owner][card],
        "MONTHS_BALANCE": month - MONTHS,
        **_columns(rng, cards, months, card, month),
    }
    return columns, cards.owner[card]


def _cards(rng: np.random.Generator, clients: Clients, applications: Applications) -> Cards:
    application = applications.cards
    listed = applications.listed[application]
    kept = rng.random(len(application)) < np.where(listed, HAS_BALANCES, 1.0)
    application, listed = application[kept], listed[kept]
    owner = applications.owner[application]
    n = len(application)
    opened = np.floor(applications.decided[application] / DAYS_PER_MONTH).astype(np.int64) + 1
    first = np.clip(opened + MONTHS, 0, MONTHS - 1)
    limit = applications.limit[application]
    # The old cards that no application knows have half the limit.
    limit = np.where(listed, limit, np.maximum(np.rint(limit / 90_000) * 45_000, 45_000))
    closing = first + ((MONTHS - first) * rng.random(n)).astype(np.int64)
    return Cards(
        application=application,
        owner=owner,
        trace=clients.traces["credit_card_balance"][owner],
        limit=limit,
        first=first,
        closed=np.where(rng.random(n) < CLOSED_SHARE, closing, MONTHS),
        is_used=rng.random(n) > NEVER_USED * np.exp((first - MONTHS) / NEVER_USED_MONTHS),
    )


def _habits(rng: np.random.Generator, cards: Cards) -> Habits:
    n = len(cards.owner)
    trace = cards.trace
    lost = rng.random(n) < follow(LOST_SHARE, LOST_SLOPE, trace)
    lost_from = cards.first + ((MONTHS - cards.first) * rng.random(n)).astype(np.int64)
    return Habits(
        use=follow(USE_SHARE, USE_SLOPE, mix(rng.standard_normal(n), USE_OWN, trace)) * cards.is_used,
        target=follow(TARGET_SHARE, TARGET_SLOPE, mix(rng.standard_normal(n), TARGET_OWN, trace)),
        at_atm=follow(ATM_SHARE, ATM_SLOPE, trace),
        missed=follow(MISSED_SHARE, MISSED_SLOPE, trace),
        pays_all=rng.random(n) < follow(FULL_PAYER_SHARE, FULL_PAYER_SLOPE, trace),
        lost_from=np.where(lost, lost_from, MONTHS),
    )


def _simulate(rng: np.random.Generator, cards: Cards, habits: Habits) -> Months:
    n = len(cards.owner)
    uniform = rng.random((5, MONTHS, n))
    noise = rng.standard_normal((2, MONTHS, n))
    record = np.zeros((9, MONTHS, n))
    principal, balance, dpd = np.zeros(n), np.zeros(n), np.zeros(n)
    limit = cards.limit
    for month in range(MONTHS):
        is_lost = month >= habits.lost_from
        minimum = np.where(balance > 0, np.minimum(MINIMUM_SHARE * limit, balance), 0.0)
        missed = (uniform[0, month] < habits.missed) | is_lost
        extra = np.exp(BEYOND_MINIMUM * np.maximum(noise[0, month], 0.0) ** 1.6)
        payment = np.where(habits.pays_all, balance, np.minimum(minimum * extra, balance)) * ~missed
        room = np.maximum(habits.target * limit - principal, 0.0)
        draws = (month >= cards.first) & (month < cards.closed) & ~is_lost & (uniform[1, month] < habits.use)
        amount = draws * (room > 0.02 * limit) * room * (0.15 + 0.85 * uniform[2, month])
        place = uniform[3, month]
        atm = np.where(place < habits.at_atm, np.rint(amount / ATM_STEP) * ATM_STEP, 0.0)
        shops = (atm == 0) | (place < habits.at_atm * SHOP_TOO)
        rest = np.where(shops, np.maximum(amount - atm, 0.0), 0.0)
        other = np.where(uniform[4, month] < OTHER_SHARE, rest, 0.0)
        interest = MONTHLY_INTEREST * principal * ~habits.pays_all
        principal = np.clip(principal + atm + rest - np.maximum(payment - interest, 0.0), 0.0, OVER_LIMIT * limit)
        balance = np.minimum(principal + interest, OVER_LIMIT * limit)
        dpd = np.where(missed & (minimum > 0), np.where(is_lost, dpd + 30, 1), 0)
        n_pos = np.ceil(np.exp(0.8 * noise[1, month]) * (rest - other) / 7_000)
        record[:, month] = (balance, principal, minimum, payment, atm, rest - other, other, n_pos, dpd)
    return Months(*record)


def _columns(rng: np.random.Generator, cards: Cards, months: Months, card: Ints, month: Ints) -> dict[str, Values]:
    n = len(card)
    at = (month, card)
    unused = ~cards.is_used[card]
    balance = money(months.balance[at], 45)
    closed = (month >= cards.closed[card]) & (balance == 0)
    matured = np.cumsum(months.minimum > 0, axis=0)[at]
    unknown = (month < MINIMUM_UNKNOWN_MONTH) & (rng.random(n) < MINIMUM_UNKNOWN)
    fee = np.where(rng.random(n) < FEE_SHARE, rng.exponential(FEE_MEAN, n), 0.0) * (balance == 0)
    atm, pos, other = (money(part[at], 45) for part in (months.atm, months.pos, months.other))
    n_atm, n_pos, n_other = np.ceil(atm / (5 * ATM_STEP)), months.n_pos[at], np.sign(other)
    dpd = whole(months.dpd[at])
    return {
        "AMT_BALANCE": balance,
        "AMT_CREDIT_LIMIT_ACTUAL": whole(np.where(closed, 0.0, cards.limit[card])),
        "AMT_DRAWINGS_ATM_CURRENT": with_missing(atm, unused),
        "AMT_DRAWINGS_CURRENT": money(atm + pos + other, 45),
        "AMT_DRAWINGS_OTHER_CURRENT": with_missing(other, unused),
        "AMT_DRAWINGS_POS_CURRENT": with_missing(pos, unused),
        "AMT_INST_MIN_REGULARITY": with_missing(money(months.minimum[at], 45), unknown),
        "AMT_PAYMENT_CURRENT": with_missing(money(months.payment[at] + fee, 45), unused),
        "AMT_PAYMENT_TOTAL_CURRENT": money(months.payment[at], 45),
        "AMT_RECEIVABLE_PRINCIPAL": money(months.principal[at], 45),
        "AMT_RECIVABLE": balance,
        "AMT_TOTAL_RECEIVABLE": balance,
        "CNT_DRAWINGS_ATM_CURRENT": with_missing(n_atm, unused),
        "CNT_DRAWINGS_CURRENT": whole(n_atm + n_pos + n_other),
        "CNT_DRAWINGS_OTHER_CURRENT": with_missing(n_other, unused),
        "CNT_DRAWINGS_POS_CURRENT": with_missing(n_pos, unused),
        "CNT_INSTALMENT_MATURE_CUM": with_missing(matured, unknown),
        "NAME_CONTRACT_STATUS": _status(rng, closed),
        "SK_DPD": dpd,
        "SK_DPD_DEF": np.where((dpd < 30) & (rng.random(n) < MATERIAL), dpd, 0),
    }


def _status(rng: np.random.Generator, closed: Flags) -> Category:
    drawn = STATUSES.draw(rng.random(len(closed)))
    completed = closed & (rng.random(len(closed)) < COMPLETED_SHARE)
    return Category(np.where(completed, len(drawn.names), drawn.codes).astype(np.int8), (*drawn.names, "Completed"))
