"""What was due and what was paid, for loans and for cards."""

from dataclasses import dataclass

import numpy as np

from garant.tables.synthetic.clients import Clients
from garant.tables.synthetic.contract_dates import DAYS_PER_DUE
from garant.tables.synthetic.draws import Floats, Ints, Levels, expand, follow, mix, money, whole, with_missing
from garant.tables.synthetic.frames import Values
from garant.tables.synthetic.previous_application import Applications
from garant.tables.synthetic.reference import figures, quantiles
from garant.tables.synthetic.streams import Topic, stream

LATENESS = 0.62
"""Loading of the trace on the day of payment, relative to the day it was due."""

LATENESS_CONTRACT = 0.30
"""Loading of what is common to the instalments of a contract on the same."""

IN_PARTS_SHARE, IN_PARTS_SLOPE = 0.045, 0.45
"""Instalments paid in two rows: number and version are no key; the log-odds follow the trace."""

SHORT_SHARE, SHORT_SLOPE = 0.015, 0.8
"""Instalments paid short in one row."""

PARTS_APART_DAYS = (1, 12)

EARLY_SETTLEMENT = 0.90
"""Share of the remaining instalments that settles a loan at once: the last row has version 2."""

CARD_EXTRAS = Levels.of({"0": 0.20, "1": 0.35, "2": 0.35, "3": 0.10})
"""Card months with none to three more rows: small sums that are due on the day they are paid."""

PAYMENT_MISSING = 0.0002
STEP = 45
"""Thousandths: every amount is a multiple of 0.045."""


@dataclass(frozen=True, slots=True)
class CardMonths:
    """Card rows that call for a payment; every entry has one value per row."""

    owner: Ints
    ids: Ints
    month: Ints
    minimum: Floats
    payment: Floats

    @classmethod
    def of(cls, columns: dict[str, Values], owner: Ints) -> "CardMonths":
        """Take the rows of credit_card_balance with a minimum instalment."""
        minimum = np.nan_to_num(np.asarray(columns["AMT_INST_MIN_REGULARITY"]))
        rows = np.flatnonzero(minimum > 0)
        return cls(
            owner=owner[rows],
            ids=np.asarray(columns["SK_ID_PREV"])[rows],
            month=np.asarray(columns["MONTHS_BALANCE"])[rows],
            minimum=minimum[rows],
            payment=np.asarray(columns["AMT_PAYMENT_TOTAL_CURRENT"])[rows],
        )


@dataclass(frozen=True, slots=True)
class Dues:
    """Instalments before any is split; every entry has one value per instalment."""

    owner: Ints
    ids: Ints
    version: Ints
    number: Ints
    due: Ints
    paid: Ints
    amount: Floats

    def __add__(self, other: "Dues") -> "Dues":
        """Put two lists together, in the order of clients."""
        order = np.argsort(np.concatenate([self.owner, other.owner]), kind="stable")
        return Dues(*(np.concatenate([getattr(self, name), getattr(other, name)])[order] for name in self.__slots__))


def draw_installments_payments(
    seed: int, block: int, clients: Clients, applications: Applications, card_months: CardMonths
) -> tuple[dict[str, Values], Ints]:
    """Draw the rows of one block.

    Returns
    -------
    columns : dict
        Columns of installments_payments.
    owner : array of int
        Index of the client of each row.
    """
    rng = stream(seed, Topic.INSTALLMENTS_PAYMENTS, block)
    trace = clients.traces["installments_payments"]
    dues = _loan_dues(rng, trace, applications) + _card_dues(rng, trace, card_months)
    row, entry, amount = _payments(rng, dues, trace[dues.owner])
    owner = dues.owner[row]
    missing = rng.random(len(row)) < PAYMENT_MISSING
    columns: dict[str, Values] = {
        "SK_ID_PREV": dues.ids[row],
        "SK_ID_CURR": clients.ids[owner],
        "NUM_INSTALMENT_VERSION": dues.version[row].astype(np.float64),
        "NUM_INSTALMENT_NUMBER": dues.number[row],
        "DAYS_INSTALMENT": dues.due[row].astype(np.float64),
        "DAYS_ENTRY_PAYMENT": with_missing(entry, missing),
        "AMT_INSTALMENT": dues.amount[row],
        "AMT_PAYMENT": with_missing(amount, missing),
    }
    return columns, owner


def _payments(rng: np.random.Generator, dues: Dues, trace: Floats) -> tuple[Ints, Ints, Floats]:
    """Pay each instalment in one row or two; return index of the instalment, day and amount of each row."""
    n = len(dues.owner)
    short = rng.random(n) < follow(SHORT_SHARE, SHORT_SLOPE, trace)
    in_parts = ~short & (rng.random(n) < follow(IN_PARTS_SHARE, IN_PARTS_SLOPE, trace))
    share = rng.random(n)
    first = np.where(short, dues.amount * share, np.where(in_parts, dues.amount * share**2, dues.amount))
    row, part = expand(1 + in_parts.astype(np.int64))
    amount = money(first, STEP)[row]
    amount = np.where(part == 0, amount, dues.amount[row] - amount)
    entry = np.minimum(dues.paid[row] + part * rng.integers(*PARTS_APART_DAYS, len(row)), -1)
    return row, entry, money(amount, STEP)


def _loan_dues(rng: np.random.Generator, trace: Floats, applications: Applications) -> Dues:
    loan = applications.loans
    first = applications.first_due[loan]
    ended = np.minimum(applications.ended[loan], 0)
    planned = np.maximum(applications.n_payments[loan], 1)
    counts = np.clip((ended - 1 - first) // DAYS_PER_DUE + 1, 1, planned)
    row, position = expand(counts)
    left = ((planned - counts) * (ended < 0))[row] * (position == counts[row] - 1)
    due = first[row] + DAYS_PER_DUE * position
    amount = applications.annuity[loan][row] * (1 + EARLY_SETTLEMENT * left)
    owner = applications.owner[loan]
    loading = float(np.hypot(LATENESS, LATENESS_CONTRACT))
    common = mix(trace[owner], LATENESS / loading, rng.standard_normal(len(loan)))
    late = _lateness("lateness_days", mix(common[row], loading, rng.standard_normal(len(row))))
    return Dues(
        owner=owner[row],
        ids=applications.ids[loan][row],
        version=1 + (left > 0),
        number=position + 1,
        due=due,
        paid=np.minimum(due + late, -1),
        amount=np.maximum(money(amount, STEP), STEP / 1000),
    )


def _card_dues(rng: np.random.Generator, trace: Floats, months: CardMonths) -> Dues:
    extras = CARD_EXTRAS.draw(rng.random(len(months.owner))).codes.astype(np.int64)
    row, part = expand(1 + extras)
    ids = months.ids[row]
    due = np.minimum(months.month[row] * DAYS_PER_DUE - rng.integers(0, 12, len(row)), -1)
    score = mix(trace[months.owner[row]], LATENESS, rng.standard_normal(len(row)))
    late = _lateness("card_lateness_days", score) * (part == 0)
    minimum = months.minimum[row]
    small = minimum * rng.random(len(row)) ** 3
    beyond = np.where(part == 1, np.maximum(months.payment[row] - minimum, small), small)
    return Dues(
        owner=months.owner[row],
        ids=ids,
        version=np.zeros(len(row), dtype=np.int64),
        number=_running_number(ids),
        due=due,
        paid=np.minimum(due + late, -1),
        amount=np.maximum(money(np.where(part == 0, minimum, beyond), STEP), STEP / 1000),
    )


def _running_number(ids: Ints) -> Ints:
    """Count the rows of each id from 1; rows of an id lie together."""
    starts = np.flatnonzero(np.diff(ids, prepend=-1))
    return np.arange(len(ids)) - np.repeat(starts, np.diff(starts, append=len(ids))) + 1


def _lateness(name: str, score: Floats) -> Ints:
    return whole(quantiles(figures("installments_payments")[name]).at(score))
