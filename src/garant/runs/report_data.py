"""What the validation report of a training shows."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from garant.models.bundle.reading import Bundle
from garant.models.cohorts import Cohort, cohorts
from garant.reports.report_data import Importance, ReportData, Split
from garant.reports.section import SectionMaker
from garant.runs.judged_model import JudgedModel
from garant.runs.words import words_of
from garant.tables.accepted import AcceptedTables
from garant.tables.synthetic.config import SYNTHETIC_LABEL
from garant.wording.catalogue import Wording


def report_data(
    model: JudgedModel, bundle: Bundle, *, language: Literal["fr", "en"], sections: tuple[SectionMaker, ...] = ()
) -> ReportData:
    """Gather what is shown; with an out-of-time split the later applicants are judged, else the out-of-fold ones."""
    content = bundle.content
    words = words_of(model.features, language)
    return ReportData(
        evaluation=model.judged,
        label=model.judged_on.label,
        label_text=content.label.text(language),
        profile=content.profile,
        synthetic=content.label.name == SYNTHETIC_LABEL,
        n_features=len(content.features),
        importance=tuple(
            Importance(words.label(feature.text, window=str(feature.window)), model.trained.importance[feature.name])
            for feature in model.features
        ),
        split=_split(model),
        tables=tuple((name, model.accepted.report.table(name).accepted) for name in model.accepted.tables),
        parameters=_parameters(bundle, model.accepted),
        sections=sections,
        notices=made_fast(bundle, Wording(language)),
    )


def made_fast(bundle: Bundle, wording: Wording) -> tuple[str, ...]:
    """The notice on a model that was made for a quick look; nothing on any other."""
    return (wording.text("report.notice.fast"),) if bundle.content.training.fast else ()


def _split(model: JudgedModel) -> Split:
    folds, split = len(model.trained.iterations), model.split
    dates = model.judged_on.application_date
    known = () if dates is None else _by_quarter(dates, model)
    if split is None:
        return Split("random", folds, cohorts=known)
    return Split("out_of_time", folds, start=split.start, cohorts=known, n_immature=int(split.immature.sum()))


def _by_quarter(dates: npt.NDArray[np.datetime64], model: JudgedModel) -> tuple[Cohort, ...]:
    return cohorts(dates, model.judged_on.label, model.judged.pd, mature=np.ones(len(dates), dtype=np.bool_))


def _parameters(bundle: Bundle, accepted: AcceptedTables) -> tuple[tuple[str, str], ...]:
    content = bundle.content
    chosen = {key: value for key, value in content.training.parameters.items() if not isinstance(value, dict)}
    return (
        ("bundle", bundle.digest),
        ("data", accepted.digest),
        ("garant", content.garant_version),
        ("seed", str(content.seed)),
        ("trees", str(content.training.iteration)),
        *((key, str(value)) for key, value in sorted(chosen.items())),
        *((key, value) for key, value in sorted(content.training.libraries.items())),
    )
