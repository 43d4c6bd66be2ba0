"""Monthly status of the bureau loans."""

import numpy as np

from garant.tables.synthetic.bureau import Credits
from garant.tables.synthetic.clients import Clients
from garant.tables.synthetic.draws import Category, Codes, Flags, Floats, Ints, Levels, expand, follow
from garant.tables.synthetic.frames import Values
from garant.tables.synthetic.streams import Topic, stream

DAYS_PER_MONTH = 30.44
STATUSES = ("0", "C", "X", "1", "2", "3", "4", "5")
"""0 paid, C closed, X unknown, 1 to 5 days past due in growing classes."""

COVERED_TRAIN = 0.364
COVERED_TEST = 0.999
"""Share of clients whose credits have monthly balances: nearly all of the test clients, a third of the others."""

ENDS_EARLY = 0.15
"""Share of credits whose report stops before the application."""

NEVER_UNKNOWN, ALWAYS_UNKNOWN = 0.43, 0.12
"""Shares of credits without any and with nothing but unknown months."""

LATE_SHARE, LATE_SLOPE = 0.028, 1.5
"""Share of late months among known months of open credits, and its slope in the trace."""

WRITTEN_OFF_SHARE, WRITTEN_OFF_SLOPE = 0.004, 1.0
"""Credits that stay in class 5 from some month on."""

LATE_CLASSES = Levels.of({"1": 0.90, "2": 0.055, "3": 0.02, "4": 0.012, "5": 0.013})


def draw_bureau_balance(seed: int, block: int, clients: Clients, loans: Credits) -> tuple[dict[str, Values], Ints]:
    """Draw the monthly rows of one block.

    Returns
    -------
    columns : dict
        Columns of bureau_balance; within a credit the newest month comes first.
    owner : array of int
        Index of the client of each row.
    """
    rng = stream(seed, Topic.BUREAU_BALANCE, block)
    covered = rng.random(clients.n) < np.where(clients.is_test, COVERED_TEST, COVERED_TRAIN)
    trace = clients.traces["bureau_balance"][loans.owner]
    n = len(loans.owner)
    uniform = rng.random((5, n))
    first = np.floor(loans.opened / DAYS_PER_MONTH).astype(np.int64)
    last = np.where(uniform[0] < ENDS_EARLY, -(uniform[1] * -first).astype(np.int64), 0)
    months = (last - first + 1) * covered[loans.owner]
    credit, age = expand(months)
    month = last[credit] - age
    unknown = _unknown_months(uniform[2], months)
    closing = np.where(loans.closed < 0, np.floor(loans.closed / DAYS_PER_MONTH), 1).astype(np.int64)
    lost = _lost_month(uniform[3], uniform[4], trace, first)
    columns: dict[str, Values] = {
        "SK_ID_BUREAU": loans.ids[credit],
        "MONTHS_BALANCE": month,
        "STATUS": Category(
            _statuses(
                rng,
                trace[credit],
                closed=month > closing[credit],
                unknown=(months[credit] - age <= unknown[credit]) | (unknown == months)[credit],
                lost=month >= lost[credit],
            ),
            STATUSES,
        ),
    }
    return columns, loans.owner[credit]


def _unknown_months(uniform: Floats, months: Ints) -> Ints:
    """Count the oldest months that are unknown."""
    between = (uniform - NEVER_UNKNOWN) / (1 - NEVER_UNKNOWN - ALWAYS_UNKNOWN)
    return np.ceil(np.clip(between, 0, 1) ** 3 * months).astype(np.int64)


def _lost_month(event: Floats, when: Floats, trace: Floats, first: Ints) -> Ints:
    """First month in class 5 of credits that are written off; 1, never reached, for the others."""
    lost = event < follow(WRITTEN_OFF_SHARE, WRITTEN_OFF_SLOPE, trace)
    return np.where(lost, np.floor(first * when).astype(np.int64), 1)


def _statuses(rng: np.random.Generator, trace: Floats, *, closed: Flags, unknown: Flags, lost: Flags) -> Codes:
    late = rng.random(len(trace)) < follow(LATE_SHARE, LATE_SLOPE, trace)
    codes = np.zeros(len(trace), dtype=np.int8)
    rows = np.flatnonzero(late)
    codes[rows] = LATE_CLASSES.draw(rng.random(len(rows))).codes + STATUSES.index("1")
    codes[lost] = STATUSES.index("5")
    codes[closed] = STATUSES.index("C")
    codes[unknown] = STATUSES.index("X")
    return codes
