"""A bundle judged on data: what was asked, and what was found."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.features.feature import Feature
from garant.models.bundle.promotion.gates import Verdict
from garant.models.bundle.reading import Bundle
from garant.models.evaluation import Evaluation
from garant.models.loans import Loans
from garant.models.population import PopulationStability
from garant.models.segments import Segment
from garant.models.training_data import TrainingData
from garant.reports.sections.population import FAR, Compared
from garant.runs.findings.finding import Finding
from garant.tables.accepted import AcceptedTables
from garant.tables.quarantine_limit import DEFAULT_LIMIT, QuarantineLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateOptions:
    """How to validate.

    Parameters
    ----------
    segment : str or None
        Column of the application by whose values the bundle is judged apart.
    observed_until : str or None
        Day until which outcomes were observed, ``"2026-09-30"``; the last day of application when absent.
    without : tuple of str
        Child tables to go on without.
    accept_quarantine : QuarantineLimit
        How many rows of a table may be in quarantine.
    allow_missing_columns : bool
        Whether to read columns as empty that the bundle learned from and the data lack.
    """

    segment: str | None = None
    observed_until: str | None = None
    without: tuple[str, ...] = ()
    accept_quarantine: QuarantineLimit = DEFAULT_LIMIT
    allow_missing_columns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Validation:
    """A bundle judged on data.

    Parameters
    ----------
    bundle : Bundle
        What was judged.
    accepted : AcceptedTables
        The data.
    features : tuple of Feature
        The bundle's inputs.
    labelled : TrainingData
        Applicants with an outcome.
    mature : array of bool, shape (n,)
        Which of them are judged: the others' outcomes may still change.
    pd : array of float64, shape (n,)
        PDs of `labelled`.
    evaluation : Evaluation
        Quality on the judged applicants.
    loans : Loans
        What the judged applicants ask for.
    challenger : Evaluation or None
        Quality of the bundle's scorecard on the same applicants.
    segment : str or None
        Column that parts the judged applicants.
    segments : tuple of Segment
        The champion on each part.
    fairness : Finding
        How the cut-off treats groups of the judged applicants.
    populations : dict of str to PopulationStability
        Applicants against the training sample; empty for a bundle that does not keep the distribution of its score.
    verdicts : tuple of Verdict
        What the gates of promotion say with these applicants as the later ones.
    missing_columns : tuple of str
        Columns that the bundle learned from and that were read as empty.
    unknown_levels : dict of str to int
        Applicants per category whose level the bundle never met.
    observed_until : str or None
        Day until which outcomes count as observed; None where every outcome counts as mature.
    """

    bundle: Bundle
    accepted: AcceptedTables
    features: tuple[Feature, ...]
    labelled: TrainingData
    mature: npt.NDArray[np.bool_]
    pd: npt.NDArray[np.float64]
    evaluation: Evaluation
    loans: Loans
    challenger: Evaluation | None
    segment: str | None
    segments: tuple[Segment, ...]
    fairness: Finding
    populations: dict[Compared, PopulationStability]
    verdicts: tuple[Verdict, ...]
    missing_columns: tuple[str, ...]
    unknown_levels: dict[str, int]
    observed_until: str | None

    @property
    def own_data(self) -> bool:
        """Whether these are the very data that the bundle was trained on: its measures are then too good."""
        return self.accepted.digest in self.bundle.content.inputs.values()

    @property
    def judged(self) -> TrainingData:
        """The judged applicants."""
        return self.labelled.rows(self.mature)

    @property
    def n_immature(self) -> int:
        """Applicants left out because their outcome may still change."""
        return int(np.count_nonzero(~self.mature))

    @property
    def is_alarming(self) -> bool:
        """Whether a gate fails, or score or features moved moderately or far."""
        changes = {index.change for each in self.populations.values() for index in each.all}
        return not all(verdict.passed for verdict in self.verdicts) or bool(changes & set(FAR))

    @property
    def other_label(self) -> bool:
        """Whether the data name another label than the bundle learned."""
        return self.accepted.config.label.name != self.bundle.content.label.name
