"""Where accepting ends: the cut-off that follows from two costs, and the band around it that a person looks at."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from garant.exceptions import UsageError

_RATIO = re.compile(r"\s*(\d+(?:\.\d+)?)\s*:\s*(\d+(?:\.\d+)?)\s*")


class Outcome(StrEnum):
    """What is proposed for an applicant."""

    ACCEPT = "accept"
    REFER = "refer"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Costs:
    """What the two wrong decisions cost; only their ratio matters for the cut-off.

    Parameters
    ----------
    c_fp : float
        Cost of refusing one good payer.
    c_fn : float
        Cost of accepting one applicant who gets into payment difficulties.
    """

    c_fp: float
    c_fn: float

    def __post_init__(self) -> None:
        """Raise UsageError unless both costs are positive and finite."""
        if not (0 < self.c_fp < math.inf and 0 < self.c_fn < math.inf):
            raise UsageError(f"Costs {self}: expected two positive numbers such as 1:10.")

    def __str__(self) -> str:
        """The ratio as it is written: ``1:10``."""
        return f"{plain_number(self.c_fp)}:{plain_number(self.c_fn)}"

    @property
    def ratio(self) -> float:
        """Good payers whose refusal costs as much as one bad applicant accepted: 10 for 1:10."""
        return self.c_fn / self.c_fp

    @classmethod
    def parse(cls, text: str) -> "Costs":
        """Costs written as a ratio, refusing a good payer first: ``"1:10"``.

        Raises
        ------
        UsageError
            When the text is no ratio of two positive numbers.
        """
        found = _RATIO.fullmatch(text)
        if found is None:
            raise UsageError(
                f"Costs '{text}': expected a ratio such as 1:10, the cost of refusing a good payer to that of "
                "accepting one who gets into payment difficulties."
            )
        return cls(float(found[1]), float(found[2]))


def plain_number(value: float, *, digits: int = 6) -> str:
    """`value`, above 0, with that many significant digits (all those before the point) and never with an exponent."""
    text = f"{value:.{digits}g}"
    if "e" not in text:
        return text
    return f"{value:.0f}" if value >= 1 else f"{Decimal(text):f}"


def shown_pd(pd: float, *, decimals: int = 4) -> str:
    """`pd` with so many decimals; with two significant digits where it would show fewer."""
    return plain_number(pd, digits=2) if pd < 10 ** (1 - decimals) else f"{pd:.{decimals}f}"


def cutoff(costs: Costs) -> float:
    """PD from which refusing is cheaper: ``c_fp / (c_fp + c_fn)``.

    Accepting costs ``PD * c_fn`` on average, refusing ``(1 - PD) * c_fp``; they are equal there. Right only for a
    calibrated PD. Elkan (2001), The Foundations of Cost-Sensitive Learning, IJCAI.
    """
    return costs.c_fp / (costs.c_fp + costs.c_fn)


@dataclass(frozen=True, slots=True)
class ReferBand:
    """PDs between which a person decides: accept below `lower`, refuse from `upper` on, refer between.

    With both equal to the cut-off nobody is referred for being near it.
    """

    lower: float
    upper: float

    def __post_init__(self) -> None:
        """Raise UsageError unless the PDs are ordered and lie between 0 and 1."""
        if not 0 < self.lower <= self.upper < 1:
            raise UsageError(f"Refer band {self.lower:g} to {self.upper:g}: expected two PDs in order between 0 and 1.")

    @classmethod
    def at(cls, pd: float) -> "ReferBand":
        """Empty band at the cut-off `pd`."""
        return cls(pd, pd)

    @classmethod
    def around(cls, pd: float, half_width: float) -> "ReferBand":
        """Band from `half_width` below the cut-off `pd` to as much above it, in log-odds."""
        if half_width == 0:
            return cls.at(pd)
        centre = log_odds_of(pd)
        return cls(_pd(centre - half_width), _pd(centre + half_width))

    @property
    def width(self) -> float:
        """Distance of the two PDs in log-odds."""
        return log_odds_of(self.upper) - log_odds_of(self.lower)

    def outcome(self, pd: float) -> Outcome:
        """Outcome of one PD; one that equals a border belongs to the stricter side."""
        if pd < self.lower:
            return Outcome.ACCEPT
        return Outcome.REFER if pd < self.upper else Outcome.REFUSE


def moved_band(band: ReferBand, *, old_cutoff: float, new_cutoff: float) -> ReferBand:
    """Band of the same widths in log-odds around another cut-off."""
    shift = log_odds_of(new_cutoff) - log_odds_of(old_cutoff)
    return ReferBand(
        *(new_cutoff if pd == old_cutoff else _pd(log_odds_of(pd) + shift) for pd in (band.lower, band.upper))
    )


def log_odds_of(pd: float) -> float:
    """Log-odds of a PD."""
    return math.log(pd / (1 - pd))


def _pd(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
