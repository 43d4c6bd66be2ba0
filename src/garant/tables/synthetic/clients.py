"""Who the clients are: ids, the latent risk z, the day of application, and a trace of z for each child table."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from garant.tables.synthetic.dates import Shock, draw_days, elapsed
from garant.tables.synthetic.draws import Flags, Floats, Ints, mix
from garant.tables.synthetic.streams import BLOCK_CLIENTS, Topic, stream

FULL_TRAIN = 307_511
FULL_TEST = 48_744
FULL_CLIENTS = FULL_TRAIN + FULL_TEST
"""Applications of the complete competition tables: scale 1.0."""

FIRST_CLIENT_ID = 100_001

LOADINGS: Mapping[str, float] = {
    "bureau": 0.91,
    "bureau_balance": 0.86,
    "previous_application": 0.89,
    "POS_CASH_balance": 0.88,
    "installments_payments": 0.93,
    "credit_card_balance": 0.93,
}
"""Correlation of z with what a child table can tell about a client at most. Given z, the traces are independent, so
that each table adds knowledge of its own; tuned so that a good model reaches an AUC of about 0.76 on the application
alone and of about 0.825 on all tables."""


@dataclass(frozen=True, slots=True)
class Clients:
    """One block of clients; every array has one entry per client.

    Parameters
    ----------
    ids : array of int
        SK_ID_CURR.
    is_test : array of bool
        The client stands in application_test.
    z : array of float
        Latent risk, standard normal; higher is riskier.
    days : array of int
        Day of application since 1970-01-01.
    elapsed : array of float
        Position of that day in the calendar, -0.5 to 0.5.
    shocked : array of bool
        The day lies in the shock.
    traces : mapping of str to array
        Per child table a standard normal score that correlates with z.
    """

    ids: Ints
    is_test: Flags
    z: Floats
    days: Ints
    elapsed: Floats
    shocked: Flags
    traces: Mapping[str, Floats]

    @property
    def n(self) -> int:
        """Number of clients."""
        return len(self.ids)

    def shifted(self, score: Floats, *, drift: float = 0.0, shock: float = 0.0) -> Floats:
        """Shift a standard normal score over the calendar and by the shock, both in standard deviations."""
        return score + drift * self.elapsed + shock * self.shocked


def clients_at(scale: float) -> int:
    """Number of applications at a scale; 1.0 is the complete competition (356,255)."""
    return max(1, round(FULL_CLIENTS * scale))


def is_test_client(number: Ints) -> Flags:
    """Tell which clients, counted from 0, belong to the test table: 48,744 of each 356,255, evenly spread.

    A client's table depends on the number alone, so that both tables of a small lender are prefixes of a large one's.
    """
    return (number + 1) * FULL_TEST // FULL_CLIENTS > number * FULL_TEST // FULL_CLIENTS


def draw_clients(seed: int, block: int, shock: Shock | None) -> Clients:
    """Draw one block of clients."""
    rng = stream(seed, Topic.CLIENTS, block)
    number = np.arange(block * BLOCK_CLIENTS, (block + 1) * BLOCK_CLIENTS)
    z = rng.standard_normal(BLOCK_CLIENTS)
    days = draw_days(rng, BLOCK_CLIENTS)
    traces = {table: mix(z, loading, rng.standard_normal(BLOCK_CLIENTS)) for table, loading in LOADINGS.items()}
    return Clients(
        ids=FIRST_CLIENT_ID + number,
        is_test=is_test_client(number),
        z=z,
        days=days,
        elapsed=elapsed(days),
        shocked=shock.covers(days) if shock else np.zeros(BLOCK_CLIENTS, dtype=np.bool_),
        traces=traces,
    )
