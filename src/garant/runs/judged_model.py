"""A trained model together with the data it learned from and how it was judged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.features.feature import Feature
from garant.models.calibrator import Calibrator
from garant.models.evaluation import Evaluation
from garant.models.leaks.single_features import FeatureAuc
from garant.models.loans import Loans
from garant.models.out_of_time import TimeSplit
from garant.models.pricing import Pricing
from garant.models.product_cutoffs import Cutoffs
from garant.models.training import Trained
from garant.models.training_data import TrainingData
from garant.runs.champion import Chosen
from garant.runs.fold_explanations import Explained
from garant.runs.retrained import Retrained
from garant.runs.tuning import Tuning
from garant.tables.accepted import AcceptedTables


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JudgedModel:
    """What a training made, before it becomes a bundle and a report.

    Parameters
    ----------
    accepted : AcceptedTables
        The data.
    features : sequence of Feature
        Inputs of the model, in the order of its columns.
    sample : TrainingData
        All applicants with a known outcome.
    learned_from : TrainingData
        Those of them that the model was trained on: all, or those before an out-of-time split.
    loans : Loans
        What the applicants of `sample` asked for.
    pricing : Pricing
        What wrong decisions cost.
    split : TimeSplit or None
        The out-of-time split, where there is one.
    trained : Trained
        The champion and its out-of-fold margins.
    explained : Explained
        Contributions by the models of its folds.
    calibrator : Calibrator
        From margin to PD.
    evaluation : Evaluation
        Out-of-fold quality.
    later : Evaluation or None
        Quality on later applicants, where there is an out-of-time split.
    chosen : Chosen or None
        How the features were chosen, where fewer than all were asked for; `sample` and `learned_from` then hold the
        chosen ones alone.
    tuning : Tuning or None
        How the parameters were tuned, where they were.
    retrained : Retrained, str or None
        Members and the refer band; or why there is none; None when no member was asked for.
    strengths : tuple of FeatureAuc
        How well each feature alone tells the outcome in `sample`, the strongest first.
    unlabelled : array of float32, shape (m, f), or None
        Features of applicants without an outcome, in the columns of `sample`.
    """

    accepted: AcceptedTables
    features: Sequence[Feature]
    sample: TrainingData
    learned_from: TrainingData
    loans: Loans
    pricing: Pricing
    split: TimeSplit | None
    trained: Trained
    explained: Explained
    calibrator: Calibrator
    evaluation: Evaluation
    later: Evaluation | None
    chosen: Chosen | None = None
    tuning: Tuning | None = None
    retrained: Retrained | str | None = None
    strengths: tuple[FeatureAuc, ...] = ()
    unlabelled: npt.NDArray[np.float32] | None = None

    @property
    def judged(self) -> Evaluation:
        """Quality that is shown first: that on later applicants where it is known."""
        return self.evaluation if self.later is None else self.later

    @property
    def judged_on(self) -> TrainingData:
        """Applicants of `judged`, in the same order."""
        return self.learned_from if self.split is None else self.sample.rows(self.split.test)

    @property
    def learned_from_loans(self) -> Loans:
        """Loans of `learned_from`."""
        return self.loans if self.split is None else self.loans.rows(self.split.train)

    @property
    def judged_loans(self) -> Loans:
        """Loans of `judged_on`."""
        return self.loans if self.split is None else self.loans.rows(self.split.test)

    @property
    def cutoffs(self) -> Cutoffs:
        """What applicants are judged by: the refer band is that of the evaluation."""
        return Cutoffs.of(self.pricing.costs, self.pricing.products, band=self.evaluation.band)
