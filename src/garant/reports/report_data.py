"""What a validation report is made of: an evaluation, and what must be said around it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from garant.exceptions import InvariantError
from garant.models.cohorts import Cohort
from garant.models.evaluation import Evaluation
from garant.reports.section import SectionMaker


@dataclass(frozen=True, slots=True)
class Split:
    """How the judged applicants were kept apart from the training.

    Parameters
    ----------
    kind : {"random", "out_of_time", "new_data", "own_data"}
        Folds at random, later applications than those of the training, data that took no part in it, or the very data
        that the model learned from.
    folds : int
        Number of folds.
    start : str
        First month that is judged, ``"2026-01"``; empty for a random split.
    cohorts : tuple of Cohort
        Judged applications by month or quarter.
    n_immature : int
        Applications left out because their outcome window was not over.
    """

    kind: Literal["random", "out_of_time", "new_data", "own_data"]
    folds: int
    start: str = ""
    cohorts: tuple[Cohort, ...] = ()
    n_immature: int = 0


@dataclass(frozen=True, slots=True)
class Importance:
    """A feature in the report's language and its share of the model's total gain."""

    label: str
    share: float


@dataclass(frozen=True, kw_only=True, eq=False)
class ReportData:
    """Everything that a validation report shows.

    Parameters
    ----------
    evaluation : Evaluation
        Measures and curves of the judged applicants.
    label : array of {0, 1}, shape (n,)
        Outcome of the same applicants in the same order, 1 = payment difficulties.
    label_text : str
        What the PD is a probability of, in the report's language.
    profile : {"eu", "kaggle"}
        Profile of the model; ``kaggle`` is said loudly.
    synthetic : bool
        Whether the data are those of a synthetic lender.
    n_features : int
        Inputs of the model.
    importance : tuple of Importance
        Features in any order; the most important are shown.
    split : Split
        How the judged applicants were kept apart.
    tables : tuple of (str, int)
        Accepted tables and their rows.
    parameters : tuple of (str, str)
        Names and values of what the training was run with: seed, rounds, digests.
    sections : tuple of SectionMaker
        What else was found out about the model, in the order of the report.
    notices : tuple of str
        What must be read before anything else, in the report's language.

    Raises
    ------
    InvariantError
        When the labels are not those of the evaluation, or nothing has an importance.
    """

    evaluation: Evaluation
    label: npt.NDArray[np.int8]
    label_text: str
    profile: Literal["eu", "kaggle"]
    synthetic: bool
    n_features: int
    importance: tuple[Importance, ...]
    split: Split
    tables: tuple[tuple[str, int], ...]
    parameters: tuple[tuple[str, str], ...]
    sections: tuple[SectionMaker, ...] = ()
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse labels of other applicants than those evaluated."""
        judged = (self.evaluation.rows, self.evaluation.positives)
        given = (len(self.label), int(np.sum(self.label)))
        if given != judged:
            raise InvariantError(f"The report got {given} labels and defaults, the evaluation judged {judged}.")
        if not self.importance:
            raise InvariantError("The report got no feature importance.")

    @property
    def bad_rate(self) -> float:
        """Share of defaults."""
        return self.evaluation.positives / self.evaluation.rows

    def median_pd(self, outcome: int) -> float:
        """Median PD of the applicants with that outcome."""
        return float(np.median(self.evaluation.pd[self.label == outcome]))

    def refused_at_cutoff(self, outcome: int) -> float:
        """Share of the applicants with that outcome whose PD reaches the cut-off."""
        return float(np.mean(self.evaluation.pd[self.label == outcome] >= self.evaluation.cutoff))
