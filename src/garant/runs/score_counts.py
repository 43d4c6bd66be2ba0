"""What is counted while a run is scored: inside a part where it is scored, then added in the order of the parts."""

from collections import Counter
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from garant.policy.outcome import OUTCOMES


def _zeros() -> dict[str, float]:
    return {word.value: 0.0 for word in OUTCOMES}


@dataclass(slots=True)
class ScoreCounts:
    """Counts of some scored rows.

    Sums of floats depend on their order: they are made batch by batch inside a part and part by part outside, so that
    whoever scored a part, the manifest says the same.

    Parameters
    ----------
    rows : Counter of str
        ``applicants``, and applicants by outcome.
    expected_loss, ead : dict of str to float
        Sums by outcome, in currency units.
    unknown_levels : Counter of str
        Applicants per category whose level the bundle never met.
    """

    rows: Counter[str] = field(default_factory=Counter[str])
    expected_loss: dict[str, float] = field(default_factory=_zeros)
    ead: dict[str, float] = field(default_factory=_zeros)
    unknown_levels: Counter[str] = field(default_factory=Counter[str])

    def add(self, scores: pa.RecordBatch | pa.Table) -> None:
        """Count rows of the schema `garant.runs.score_rows.SCORES`."""
        outcome = scores.column("outcome")
        self.rows["applicants"] += scores.num_rows
        self.rows.update(outcome.to_pylist())
        for word in OUTCOMES:
            mine = scores.filter(pc.equal(outcome, word.value))
            for name, sums in (("expected_loss", self.expected_loss), ("ead", self.ead)):
                sums[word.value] += pc.sum(mine.column(name)).as_py() or 0.0

    def merge(self, part: "ScoreCounts") -> None:
        """Add the counts of the next part."""
        self.rows += part.rows
        self.unknown_levels += part.unknown_levels
        for sums, more in ((self.expected_loss, part.expected_loss), (self.ead, part.ead)):
            for word, total in more.items():
                sums[word] += total
