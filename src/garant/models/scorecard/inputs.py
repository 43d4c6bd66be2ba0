"""What the scorecard must know of a feature beside its values."""

from dataclasses import dataclass
from typing import Literal

from garant.features.encode import InputColumn
from garant.features.feature import Feature, Sign

Direction = Literal[-1, 0, 1]

_DIRECTIONS: dict[Sign, Direction] = {Sign.RAISES: 1, Sign.LOWERS: -1, Sign.NONE: 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardInput:
    """One candidate of the scorecard.

    Parameters
    ----------
    column : InputColumn
        Name and levels.
    direction : {-1, 0, 1}
        What a higher value does to the risk: lowers it, not certain, raises it.
    unit : str
        Unit of the value; edges of bins are rounded to what it shows.
    """

    column: InputColumn
    direction: Direction = 0
    unit: str = "count"

    @classmethod
    def of(cls, feature: Feature, column: InputColumn) -> "CardInput":
        """Candidate made of a feature of the catalogue."""
        return cls(column=column, direction=_DIRECTIONS[feature.sign], unit=feature.unit.value)
