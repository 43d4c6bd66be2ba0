"""The lenders that engines are compared on."""

from lenders.drawn import drawn_lender
from lenders.generated import generated_lender
from lenders.hostile import hostile_lender
from lenders.writing import Lender, joined_lenders, shifted

SEED, RANDOM_CLIENTS = 20, 120

RANDOM_FROM, DRAWN_FROM = 10_000_000, 20_000_000
"""Added to the keys of random and drawn clients, so that all may stand in one lender."""


def all_lenders() -> dict[str, Lender]:
    """Each lender by its name, the same in every run; few, because an engine plans the whole matrix for each."""
    everybody = joined_lenders(
        hostile_lender(),
        shifted(generated_lender(SEED, RANDOM_CLIENTS), RANDOM_FROM),
        shifted(drawn_lender(), DRAWN_FROM),
    )
    return {
        "everybody": everybody,
        "without child rows": {table: rows if table == "application" else [] for table, rows in everybody.items()},
        "without applications": {table: [] if table == "application" else rows for table, rows in everybody.items()},
    }
