"""The lenders that engines are compared on."""

from lenders.drawn import drawn_lender
from lenders.generated import generated_lender
from lenders.hostile import hostile_lender
from lenders.writing import Lender

SEED, RANDOM_CLIENTS = 20, 120


def all_lenders() -> dict[str, Lender]:
    """Each lender by its name, the same in every run."""
    hostile = hostile_lender()
    return {
        "hostile": hostile,
        "drawn by hypothesis": drawn_lender(),
        "random": generated_lender(SEED, RANDOM_CLIENTS),
        "without child rows": {table: rows if table == "application" else [] for table, rows in hostile.items()},
        "without applications": {table: [] if table == "application" else rows for table, rows in hostile.items()},
    }
