"""Whether new applicants look like those that the model learned from: PSI of the score, CSI of every feature.

A CSI is the PSI of a feature. Its limit is what chance reaches when nothing moved: see `garant.metrics.psi`. Chance
exceeds that of the score in one comparison of a hundred, and that of any feature in one of a hundred (Bonferroni).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.features.encode import InputColumn
from garant.metrics.psi import Change, Stability, stability
from garant.models.bundle.reference import FeatureReference, count_bins
from garant.models.bundle.score_reference import ScoreReference

FALSE_ALARM = 0.01
"""Chance of an alarm where nothing moved: of the score, and of all features together."""

MIN_EXPECTED = 20
"""Applicants that a bin holds in the training sample and is expected to hold in the new one. With fewer the law behind
the limit is too short in the tail, and the bin would speak of few persons."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureStability:
    """One feature against its distribution in the training sample.

    Parameters
    ----------
    name : str
        Feature.
    found : Stability
        Its CSI, and the limit that holds for all features together.
    null_before, null_now : float
        Share of applicants without a value, in the training sample and now.
    """

    name: str
    found: Stability
    null_before: float
    null_now: float

    @property
    def moved(self) -> bool:
        """Whether it moved by more than chance."""
        return self.found.change is not Change.NONE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PopulationStability:
    """New applicants against the training sample.

    Parameters
    ----------
    rows_before, rows_now : int
        Applicants of the training sample, and new ones.
    score : Stability
        PSI of the PD.
    edges : tuple of float
        PDs between its bins.
    score_before, score_now : arrays of int64, one more than edges
        Applicants by PD.
    features : tuple of FeatureStability
        In the order of the model's inputs.
    """

    rows_before: int
    rows_now: int
    score: Stability
    edges: tuple[float, ...]
    score_before: Counts
    score_now: Counts
    features: tuple[FeatureStability, ...]

    @property
    def all(self) -> tuple[Stability, ...]:
        """The score's index, then those of the features."""
        return (self.score, *(feature.found for feature in self.features))

    @property
    def alarms(self) -> tuple[FeatureStability, ...]:
        """Features that moved by more than chance, the furthest first."""
        return tuple(sorted((f for f in self.features if f.moved), key=lambda f: -f.found.psi))


def population_stability(
    references: Sequence[FeatureReference],
    score: ScoreReference,
    *,
    matrix: npt.NDArray[np.float32],
    columns: Sequence[InputColumn],
    pd: npt.NDArray[np.float64],
) -> PopulationStability:
    """Compare applicants with the training sample.

    Parameters
    ----------
    references : sequence of FeatureReference
        Distributions of the model's inputs, in the order of `columns`.
    score : ScoreReference
        Distribution of the PD.
    matrix : array of float32, shape (n, f)
        Encoded new applicants.
    columns : sequence of InputColumn
        The f inputs.
    pd : array of float64, shape (n,)
        Their PDs.
    """
    tests = len(columns)
    now = count_bins(pd, score.edges)
    return PopulationStability(
        rows_before=sum(score.rows),
        rows_now=len(pd),
        score=shift(np.array(score.rows), now),
        edges=score.edges,
        score_before=np.array(score.rows, dtype=np.int64),
        score_now=now,
        features=tuple(
            _feature(reference, matrix[:, position], column, tests=tests)
            for position, (reference, column) in enumerate(zip(references, columns, strict=True))
        ),
    )


def shift(before: Counts, now: Counts, *, tests: int = 1) -> Stability:
    """PSI of counts by the same bins, in an order in which neighbours may be joined; one bin tells nothing.

    Which bins are joined follows from the training sample and the size of the new one alone. If it followed from where
    new applicants lie, the law behind the limit would no longer hold, and values that are new would hide themselves.

    Parameters
    ----------
    before, now : arrays of int64, shape (bins,)
        Applicants of the training sample and new ones in each bin.
    tests : int
        Distributions that are looked at: the chance of a false alarm is that of all together.
    """
    enough = MIN_EXPECTED * max(1.0, before.sum() / now.sum())
    starts: list[int] = []
    first, held = 0, 0
    for number, count in enumerate(before):
        held += int(count)
        if held >= enough:
            starts.append(first)
            first, held = number + 1, 0
    # What is left over joins the last run.
    joined = [np.add.reduceat(counts, starts or [0]) for counts in (before, now)]
    return stability(*joined, level=1 - FALSE_ALARM / tests)


def _feature(
    reference: FeatureReference, values: npt.NDArray[np.float32], column: InputColumn, *, tests: int
) -> FeatureStability:
    counts, nulls = reference.count(values, column)
    before, now = np.append(reference.counts, reference.nulls), np.append(counts, nulls)
    if reference.levels is not None:
        # Levels have no order: the rare ones come last, where they join each other.
        order = np.argsort(-before, kind="stable")
        before, now = before[order], now[order]
    return FeatureStability(
        name=reference.name,
        found=shift(before, now, tests=tests),
        null_before=reference.nulls / int(before.sum()),
        null_now=nulls / len(values),
    )
