"""What is asked of a figure, and whether it was reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from garant.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A figure with the bounds that it is asked to keep.

    Parameters
    ----------
    name : str
        What is measured.
    measured : float
        The figure.
    low, high : float or None
        Bounds that belong to what is asked.
    must : bool
        False for a figure that would be good to reach and is not asked.
    """

    name: str
    measured: float
    low: float | None = None
    high: float | None = None
    must: bool = True

    @classmethod
    def holds(cls, name: str, *, is_true: bool) -> Self:
        """A target that is reached or not, without a figure."""
        return cls(name=name, measured=float(is_true), low=1.0)

    @property
    def is_reached(self) -> bool:
        """Whether the figure lies inside the bounds; false for NaN."""
        low, high = -float("inf") if self.low is None else self.low, float("inf") if self.high is None else self.high
        return low <= self.measured <= high

    @property
    def asked(self) -> str:
        """The bounds in words."""
        said = [f"at least {self.low:g}"] if self.low is not None else []
        said += [f"at most {self.high:g}"] if self.high is not None else []
        return " and ".join(said) + ("" if self.must else " (stretch)")

    @property
    def entry(self) -> dict[str, Any]:
        """For the results file."""
        return {
            "target": self.name,
            "asked": self.asked,
            "measured": round(self.measured, 5),
            "result": "reached" if self.is_reached else "missed",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a case found.

    Parameters
    ----------
    targets : sequence of Target
        Figures of which something is asked.
    figures : mapping
        All figures, for the results file.
    """

    targets: Sequence[Target]
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and how a case works.

    Parameters
    ----------
    settings : Settings
        Threads, memory, and a cache folder of its own.
    folder : Path
        For what it makes; emptied afterwards.
    seeds : tuple of int
        Seeds of folds and trees; the first is that of the run of which all measures are kept.
    lender_scale : float
        Size of the synthetic lender; 1.0 is about 307,500 applicants.
    """

    settings: Settings
    folder: Path
    seeds: tuple[int, ...]
    lender_scale: float
