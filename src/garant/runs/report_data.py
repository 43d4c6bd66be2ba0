"""What the validation report of a training shows."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from garant.features.catalogue import feature
from garant.models.bundle.reading import Bundle
from garant.models.cohorts import Cohort, cohorts
from garant.models.evaluation import Evaluation
from garant.models.out_of_time import TimeSplit
from garant.models.training import Trained, TrainingData
from garant.reports.report_data import Importance, ReportData, Split
from garant.tables.accepted import AcceptedTables
from garant.tables.synthetic.config import SYNTHETIC_LABEL
from garant.wording.catalogue import Wording


def report_data(
    bundle: Bundle,
    accepted: AcceptedTables,
    trained: Trained,
    evaluation: Evaluation,
    inner: TrainingData,
    *,
    sample: TrainingData,
    split: TimeSplit | None,
    later: Evaluation | None,
    language: Literal["fr", "en"],
) -> ReportData:
    """Gather what is shown; with an out-of-time split the later applicants are judged, else the out-of-fold ones."""
    content = bundle.content
    words = Wording(language)
    judged = evaluation if later is None else later
    tested = inner if split is None else sample.rows(split.test)
    return ReportData(
        evaluation=judged,
        label=tested.label,
        label_text=content.label.text(language),
        profile=content.profile,
        synthetic=content.label.name == SYNTHETIC_LABEL,
        n_features=len(content.features),
        importance=tuple(
            Importance(words.label(feature(name).text, window=str(feature(name).window)), share)
            for name, share in trained.importance.items()
        ),
        split=_split(tested, judged, split, folds=content.training.folds),
        tables=tuple((name, accepted.report.table(name).accepted) for name in accepted.tables),
        parameters=_parameters(bundle, accepted),
    )


def _split(tested: TrainingData, judged: Evaluation, split: TimeSplit | None, *, folds: int) -> Split:
    dates = tested.application_date
    known = () if dates is None else _by_quarter(dates, tested, judged)
    if split is None:
        return Split("random", folds, cohorts=known)
    return Split("out_of_time", folds, start=split.start, cohorts=known, n_immature=int(split.immature.sum()))


def _by_quarter(dates: npt.NDArray[np.datetime64], tested: TrainingData, judged: Evaluation) -> tuple[Cohort, ...]:
    return cohorts(dates, tested.label, judged.pd, mature=np.ones(len(dates), dtype=np.bool_))


def _parameters(bundle: Bundle, accepted: AcceptedTables) -> tuple[tuple[str, str], ...]:
    content = bundle.content
    chosen = {key: value for key, value in content.training.parameters.items() if value != {}}
    return (
        ("bundle", bundle.digest),
        ("data", accepted.digest),
        ("garant", content.garant_version),
        ("seed", str(content.seed)),
        ("trees", str(content.training.iteration)),
        *((key, str(value)) for key, value in sorted(chosen.items())),
        *((key, value) for key, value in sorted(content.training.libraries.items())),
    )
