"""From one row of the matrix to everything that models say of it: PD, points, contributions, the challenger's score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from garant.explanations.contributions import check_additive, contributions_of_few, prepared
from garant.features.encode_row import RowEncoder
from garant.models.bundle.reading import Bundle
from garant.models.scorecard.reading import read_scorecard
from garant.runs.matrix_row import MatrixRow
from garant.scoring.predict import Scored, predict
from garant.scoring.scorecard import predict_scorecard

if TYPE_CHECKING:
    import lightgbm

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ModelledRow:
    """What models say of one applicant.

    Parameters
    ----------
    matrix : array of float32, shape (1, inputs)
        What the model read.
    pd, points, margin : float
        Calibrated PD, points, log-odds.
    challenger_pd, challenger_points : float or None
        The challenger's; None without one.
    """

    matrix: npt.NDArray[np.float32]
    pd: float
    points: float
    margin: float
    challenger_pd: float | None
    challenger_points: float | None


class RowModel:
    """Models of a bundle, ready for one row after another, from any number of threads.

    Parameters
    ----------
    bundle : Bundle
        The champion and its challenger.
    names : sequence of str
        Columns of the rows to come.
    members : sequence of Booster
        Retrained models.
    """

    def __init__(self, bundle: Bundle, names: Sequence[str], members: "Sequence[lightgbm.Booster]") -> None:
        self._bundle, self._members = bundle, tuple(members)
        self._encoder = RowEncoder(bundle.columns, names)
        self._columns = bundle.columns
        self._scorecard = read_scorecard(bundle)
        # Tables and compiled code are made here, and not while the first applicant waits.
        nobody = np.full((1, len(self._columns)), np.nan, dtype=np.float32)
        for booster in (bundle.booster, *self._members):
            prepared(booster)
            contributions_of_few(booster, nobody)

    def scored(self, row: MatrixRow) -> ModelledRow:
        """PD, points and the challenger's score: by the functions that score a portfolio."""
        matrix = self._encoder.encode(row.values)
        champion = predict(self._bundle, matrix)
        challenger = self._challenger(matrix)
        return ModelledRow(
            matrix,
            float(champion.pd[0]),
            float(champion.points[0]),
            float(champion.margin[0]),
            None if challenger is None else float(challenger.pd[0]),
            None if challenger is None else float(challenger.points[0]),
        )

    def unknown_levels(self, row: MatrixRow) -> tuple[str, ...]:
        """Categories of the row with a level that training never met."""
        return self._encoder.unknown_levels(row.values)

    def contributions(self, scored: ModelledRow) -> Floats:
        """Contributions by input, the base value last; shape (inputs + 1,).

        Raises
        ------
        InvariantError
            When they do not add up to the margin.
        """
        values = contributions_of_few(self._bundle.booster, scored.matrix)
        check_additive(values, np.array([scored.margin]))
        return values[0]

    def contributions_of_members(self, scored: ModelledRow) -> Floats:
        """The same of each retrained model, shape (members, inputs + 1).

        Raises
        ------
        InvariantError
            When those of one do not add up to its margin.
        """
        found = [contributions_of_few(member, scored.matrix) for member in self._members]
        if not found:
            return np.empty((0, len(self._columns) + 1))
        margins = [member.predict(scored.matrix, raw_score=True, num_threads=1) for member in self._members]
        values = np.concatenate(found)
        check_additive(values, np.concatenate([np.asarray(margin, dtype=np.float64) for margin in margins]))
        return values

    def _challenger(self, matrix: npt.NDArray[np.float32]) -> Scored | None:
        return None if self._scorecard is None else predict_scorecard(self._scorecard, matrix, self._columns)
