"""What may be asked about a portfolio."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from garant.decisions.record import Language
from garant.runs.aside.dimensions import Dimension
from garant.storage import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioQuestion:
    """Whom to look at, and what to try.

    Parameters
    ----------
    language : {"fr", "en"}
        Of the answer.
    filters : mapping of Dimension to str
        Value that applicants must have.
    by : Dimension
        What they are grouped by.
    cutoff : float or None
        Cut-off to simulate.
    costs : str or None
        Costs to simulate, ``1:12``.
    """

    language: Language
    filters: Mapping[Dimension, str] = field(default_factory=dict[Dimension, str])
    by: Dimension = "product"
    cutoff: float | None = None
    costs: str | None = None

    def about(self, run: Path) -> Mapping[str, Json]:
        """The question about one run, as the process aside is asked it."""
        return {
            "about": "portfolio",
            "run": str(run.absolute()),
            "language": self.language,
            "filters": dict(self.filters),
            "by": self.by,
            "cutoff": self.cutoff,
            "costs": self.costs,
        }
