"""The five dates of a contract that came of an earlier application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from garant.tables.columns import DAYS_SENTINEL
from garant.tables.synthetic.draws import Flags, Floats, Ints, at_by_group, mix, whole, with_missing
from garant.tables.synthetic.frames import Values
from garant.tables.synthetic.previous_cells import REVOLVING, TYPES
from garant.tables.synthetic.reference import figures, quantiles_or_none
from garant.tables.synthetic.streams import Topic, stream

EARLY_END = -0.40
"""Loading of the trace on repaying before the end."""

DAYS_PER_DUE = 30
TERMINATION_LAG_DAYS = (2, 10)

FIRST_DRAWING_KNOWN: Mapping[str, float] = {"Revolving loans": 0.65}
"""Share of contracts with a real first drawing, by type; the others have the sentinel."""

NO_FIRST_DUE: Mapping[str, float] = {"Consumer loans": 0.01, "Revolving loans": 0.378}
"""Share of contracts whose first due day is the sentinel."""

OPEN_PLAN = 0.957
"""Share of revolving contracts without a planned end."""

REVOLVING_ENDED, REVOLVING_SPREAD_DAYS = 0.258, 500.0
"""Share of revolving contracts that have ended, and how long after the first due day."""

FIRST_DRAWING_LOG = (2.0, 1.6)
"""Mean and standard deviation of the log of the days from decision to first drawing."""

INSURED = 0.34


@dataclass(frozen=True, slots=True)
class ContractDates:
    """Dates of contracts.

    Parameters
    ----------
    first_due : array of int
        Day of the first instalment; 0 when the contract has not started.
    ended : array of int
        Day of the end, `DAYS_SENTINEL` while the contract runs.
    columns : dict
        The columns of previous_application, sentinels included.
    """

    first_due: Ints
    ended: Ints
    columns: dict[str, Values]


def draw_contract_dates(
    seed: int, block: int, *, kind: Ints, approved: Flags, decided: Ints, n_payments: Floats, trace: Floats
) -> ContractDates:
    """Draw the dates of all earlier applications of one block; only approved ones show them.

    Parameters
    ----------
    kind : array of int
        Index into `TYPES`.
    approved : array of bool
        The application became a contract.
    decided : array of int
        DAYS_DECISION.
    n_payments : array of float
        CNT_PAYMENT, NaN where there is none.
    trace : array of float
        Trace of the client.
    """
    rng = stream(seed, Topic.CONTRACT_DATES, block)
    reference = figures("previous_application")
    n = len(kind)
    noise = rng.standard_normal((4, n))
    uniform = rng.random((6, n))
    first_due = decided + whole(_at(kind, reference["first_due_lag"], noise[0]))
    terms = whole(np.maximum(np.nan_to_num(n_payments), 1))
    planned = first_due + DAYS_PER_DUE * (terms - 1)
    left = _at(kind, reference["months_left_share"], mix(trace, EARLY_END, noise[1]))
    repaid = planned - DAYS_PER_DUE * np.clip(whole(left * terms), 0, terms - 1)
    revolving = kind == REVOLVING
    stopped = np.where(uniform[0] < REVOLVING_ENDED, first_due + whole(np.abs(noise[2]) * REVOLVING_SPREAD_DAYS), 0)
    last = np.where(revolving, stopped, repaid)
    closing = last + rng.integers(*TERMINATION_LAG_DAYS, n)
    last_due = np.where(last < 0, last, DAYS_SENTINEL)
    ended = np.where(closing < 0, closing, DAYS_SENTINEL)
    first_drawing = np.minimum(decided + whole(np.exp(FIRST_DRAWING_LOG[0] + FIRST_DRAWING_LOG[1] * noise[3])), -1)
    no_drawing = uniform[1] >= _share(kind, FIRST_DRAWING_KNOWN)
    no_due = (uniform[2] < _share(kind, NO_FIRST_DUE)) | (first_due >= 0)
    no_plan = revolving & (uniform[4] < OPEN_PLAN)
    gap = ~approved | (uniform[3] < _share(kind, reference["dates_missing"]))
    written = {
        "DAYS_FIRST_DRAWING": np.where(no_drawing, DAYS_SENTINEL, first_drawing),
        "DAYS_FIRST_DUE": np.where(no_due, DAYS_SENTINEL, first_due),
        "DAYS_LAST_DUE_1ST_VERSION": np.where(no_plan, DAYS_SENTINEL, planned),
        "DAYS_LAST_DUE": last_due,
        "DAYS_TERMINATION": ended,
        "NFLAG_INSURED_ON_APPROVAL": (uniform[5] < INSURED).astype(np.int64),
    }
    return ContractDates(
        # A contract without dates has not started: it has no balances either.
        first_due=np.where(gap, 0, first_due),
        ended=ended,
        columns={name: with_missing(values, gap) for name, values in written.items()},
    )


def _at(kind: Ints, by_type: Mapping[str, Sequence[float]], score: Floats) -> Floats:
    return np.nan_to_num(at_by_group(kind, [quantiles_or_none(by_type.get(name, [])) for name in TYPES], score))


def _share(kind: Ints, by_type: Mapping[str, float]) -> Floats:
    return np.array([by_type.get(name, 0.0) for name in TYPES])[kind]
