"""Whether a model keeps to its directions: feature by feature, and on raw facts that get worse.

The first must hold without exception. The second need not: a raw fact moves several features, and those without a
direction, or which had no value before, may pull the other way. So it is counted and shown, not enforced.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import lightgbm
import numpy as np

from garant.explanations.contributions import checked_contributions
from garant.features.encode import InputColumn
from garant.models.calibrator import Calibrator
from garant.models.directions import Direction, Floats, Matrix, Moves, moves_of_features
from garant.runs.worse_facts import Worsened


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedScore:
    """What turns a matrix into margins and PDs.

    Parameters
    ----------
    booster : lightgbm.Booster
        The model.
    columns : sequence of InputColumn
        Its inputs.
    calibrator : Calibrator
        From margin to PD.
    threads : int
        Threads of one prediction.
    """

    booster: lightgbm.Booster
    columns: Sequence[InputColumn]
    calibrator: Calibrator
    threads: int = 1

    def margin(self, matrix: Matrix) -> Floats:
        """Raw log-odds of each row."""
        if not len(matrix):
            return np.empty(0)
        return np.asarray(self.booster.predict(matrix, raw_score=True, num_threads=self.threads), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class FactMoves:
    """What a score did when a fact got worse.

    Parameters
    ----------
    fact : str
        Name of the `WorseFact`.
    moves : Moves
        Of the margin, among the applicants of whom a feature changed.
    largest_pd : float
        Largest fall of the PD; 0 when none fell.
    led_by : str or None
        Feature whose contribution fell most where the margin fell; None when none fell.
    """

    fact: str
    moves: Moves
    largest_pd: float
    led_by: str | None


@dataclass(frozen=True, slots=True)
class DirectionCheck:
    """What was found.

    Parameters
    ----------
    applicants : int
        Applicants looked at.
    features : mapping of str to Moves
        By feature with a direction.
    facts : tuple of FactMoves
        By raw fact; empty when the raw tables were not looked at.
    """

    applicants: int
    features: Mapping[str, Moves]
    facts: tuple[FactMoves, ...] = field(default=())

    @property
    def of_features(self) -> Moves:
        """All features together."""
        return sum(self.features.values(), start=Moves(0, 0, 0.0))


def check_directions(
    score: JudgedScore,
    matrix: Matrix,
    bound: Mapping[str, Direction],
    worse: Sequence[Worsened] = (),
    *,
    seed: int,
) -> DirectionCheck:
    """Check a score on the applicants of `matrix`.

    Parameters
    ----------
    score : JudgedScore
        Model and calibrator.
    matrix : array of float32, shape (n, f)
        Encoded applicants.
    bound : mapping of str to int
        Directions that bind the model.
    worse : sequence of Worsened
        Applicants before and after a fact got worse.
    seed : int
        Seed of the raised values.
    """
    return DirectionCheck(
        applicants=len(matrix),
        features=moves_of_features(score.margin, matrix, score.columns, bound, seed=seed),
        facts=tuple(fact_moves(score, found) for found in worse),
    )


def fact_moves(score: JudgedScore, found: Worsened) -> FactMoves:
    """Moves of margin and PD among the applicants of whom a feature changed."""
    rows = found.changed
    before, after = score.margin(found.before[rows]), score.margin(found.after[rows])
    moves = Moves.of(before, after)
    if not moves.against:
        return FactMoves(found.fact, moves, 0.0, None)
    fall = score.calibrator.pd(before) - score.calibrator.pd(after)
    fell = rows[before > after]
    change = checked_contributions(score.booster, found.after[fell], threads=score.threads) - checked_contributions(
        score.booster, found.before[fell], threads=score.threads
    )
    leading = int(np.argmin(change.sum(axis=0)[:-1]))
    return FactMoves(found.fact, moves, float(fall.max()), score.columns[leading].name)
