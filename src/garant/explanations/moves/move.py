"""What a move is: from a person's raw rows and an amount to the rows as they would have been."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from garant.tables.variants import ClientRows


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One step of a move.

    Parameters
    ----------
    move : str
        Name of the move.
    amount : float
        What was moved to, or by, as `--what-if` takes it: see each move.
    share : float
        How large the change is: as a share of what is moved, 0.1 for a purchase a tenth smaller. Orders the results.
    rows : mapping of str to Table
        The person's rows after it.
    figures : mapping of str to float
        What a sentence states, in currency units or instalments.
    """

    move: str
    amount: float
    share: float
    rows: ClientRows
    figures: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Offer:
    """Steps of a move for one person.

    Parameters
    ----------
    amounts : tuple of float
        The smallest change first.
    why_not : str
        Id of why there are none; empty where there are.
    """

    amounts: tuple[float, ...]
    why_not: str = ""


class Move(Protocol):
    """A named change of raw facts."""

    @property
    def name(self) -> str:
        """Name in `--what-if`, with hyphens."""
        ...

    @property
    def touches(self) -> Mapping[str, frozenset[str]]:
        """Columns that the move may change, by table; every other cell stays as it is, bit for bit."""
        ...

    def offer(self, rows: ClientRows) -> Offer:
        """Steps to try for the person with these `rows`."""
        ...

    def change(self, rows: ClientRows, amount: float) -> Change:
        """Rows after the move by `amount`.

        Raises
        ------
        UsageError
            When the move does not exist for this person, or the amount is beyond its limits; names them.
        """
        ...


NOT_OFFERED = "not_offered"
"""The lender does not offer the move."""

OTHER_PRODUCT = "other_product"
"""The move makes no sense for the product asked for."""

NOT_STATED = "not_stated"
"""A fact that the move changes is not known."""

NOTHING_TO_CHANGE = "nothing_to_change"
"""There are no arrears, no balance, or no room."""

NO_TERM = "no_term"
"""At the stated rate the instalment would never repay the credit, or the term is at its limit already."""
